// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "byte_reader.h"
#include "record_peer.h"
#include "test_host.h"
#include "tls/record_layer.h"

namespace hp::tls {

// The steps of a script.
enum class RecordsStep : std::uint8_t {
  kData,       // two amounts: of content, of padding
  kRecord,     // a byte of type; a byte of length and so many of content; an amount of padding
  kAlert,      // two bytes
  kKeyUpdate,  // a byte: whether an answer is asked for
  kBytes,      // a byte of length, and so many that nobody has sealed
  kFlip,       // a word: which bit of all that is under way
  kCut,        // an amount off its end
  kDeliver,    // an amount of it; 0: all
  kGiveRoom,   // amounts: at once, in all; 0: without limit
  kSend,       // two amounts: a part of that size, another
  kWireRoom,   // an amount
  kFinish,
};
inline constexpr std::uint8_t kRecordsSteps = 12;

// Plays fuzz input to a server's record layer, by a client that has its keys: what is
// inside a record is genuine however odd it is. Aborts when the layer breaks its
// contract, or fails although nothing was wrong.
class RecordsScript {
 public:
  explicit RecordsScript(std::string_view input);
  void Run();

 private:
  void Play(RecordsStep step);
  void Deliver(std::string_view bytes);
  void Send();
  void Note(const Verdict& verdict);
  // A record without data, of which there may not be too many.
  void NoteIdle();
  void Check();

  ByteReader input_;
  const CipherSuite& suite_;
  RecordPeer peer_;
  RecordLayer layer_;
  TestHost host_;
  Wire wire_;
  std::string under_way_;
  std::string client_sent_;
  std::string server_sent_;
  std::string client_received_;
  int idle_ = 0;
  bool is_honest_ = true;
  bool is_over_ = false;
  bool is_finished_ = false;
};

}  // namespace hp::tls
