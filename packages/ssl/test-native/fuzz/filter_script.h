// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bare_peer.h"
#include "byte_reader.h"
#include "filter_peer.h"

namespace hp::tls {

// The steps of a script, and how a recorder writes them.
enum class FilterStep : std::uint8_t {
  kReceive,        // a word of length, and so many bytes of anybody's
  kReceivePeers,   // of what the peer has to say: an amount, or all of it for 0
  kReceiveBroken,  // all of that, with a bit changed: a word of where
  kAnswer,         // the peer hears what the filter has to say
  kTalk,           // until both have nothing to say
  kSend,           // two amounts: a part of that size, another
  kPeerSends,      // an amount
  kPeerActs,       // a byte: it updates its keys, or finishes
  kGiveRoom,       // amounts: at once, in all; 0: without limit
  kRefuseTells,    // a byte: so many times
  kFinish,
  kEnd,
  kDeadline,
  kCommand,  // a byte of what; four bytes with it
};
inline constexpr std::uint8_t kFilterSteps = 14;

// What the first byte of a script says of the filter.
struct FilterKind {
  explicit FilterKind(std::uint8_t byte);

  std::uint8_t number;
  bool is_server;
  bool starts_by_itself;
  bool asks_server_name;
  bool is_old;  // TLS 1.2 at most
  bool verifies_clients;
  unsigned suite;
};

// Plays fuzz input to a filter, as the core would call it: anybody's bytes, and those
// of an honest peer who may be listened to in the midst of them. Aborts when the filter
// breaks its contract, or fails although nobody else has.
class FilterScript {
 public:
  explicit FilterScript(std::string_view input);
  void Run();

  FilterPeer& filter() { return *filter_; }
  // Made when it is first needed.
  BarePeer& peer();
  // The peer hears what the filter has to say.
  void Answer();

 private:
  void Play(FilterStep step);
  void Receive(std::string_view bytes);
  std::string Heard();
  void Talk();
  void Send();
  void PeerSends();
  void PeerActs();
  void End();
  void Check();
  bool is_open() const { return filter_->outcome() == 0 && !is_ended_; }

  ByteReader input_;
  FilterKind kind_;
  std::shared_ptr<Context> context_;
  std::unique_ptr<FilterPeer> filter_;
  std::unique_ptr<BarePeer> peer_;
  std::string heard_;  // of the peer, and not received
  std::string sent_;
  std::string peer_sent_;
  int updates_ = 0;  // of the peer's keys, since it has sent data
  bool is_honest_;   // nobody has done anything wrong
  bool is_finished_ = false;
  bool is_peer_finished_ = false;
  bool is_ended_ = false;
};

}  // namespace hp::tls
