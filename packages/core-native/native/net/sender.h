// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/command.h"
#include "net/context.h"
#include "net/datagrams.h"

namespace hp::net {

// Carries out a buffer of commands and moves queued bytes to the sockets. The
// sends of one connection within a buffer leave in one system call, straight
// from the buffer, and so do the datagrams of one endpoint; only what the socket
// does not take is copied and queued.
class Sender {
 public:
  Sender(Context& context, Datagrams& datagrams) : context_(context), datagrams_(datagrams) {}

  void Execute(std::span<std::byte> commands);
  // The same, and then sends `bytes`: together with what the buffer has to send
  // on the same connection. Keeps no reference to them.
  void Execute(std::span<std::byte> commands, std::uint32_t slot, std::uint64_t id,
               std::span<const std::byte> bytes);

  // A stream filter has been called: sends what it has queued and does what its
  // answer asks for. `operation`: what an error is charged to.
  void Conclude(Connection& connection, int answer, Operation operation = Operation::kReceive);
  // Receiving and sending may start.
  void Open(Connection& connection);
  // The peer has finished sending. Where that ends the connection, its stream filter
  // has the last word.
  void End(Connection& connection);
  // A pending send has taken `bytes`; more may be given.
  void OnSent(Connection& connection, std::size_t bytes, ErrorCode error);

 private:
  using Part = std::span<const std::byte>;

  void Read(std::span<std::byte> commands);
  void AddToFlush(Connection& connection, std::uint32_t offset);
  // Sends what the buffer has for a connection, and `last` with it.
  void Flush(Connection& connection, Part last = {});
  void FlushAll();
  void Carry(Command& command, Connection& connection);
  void Disconnect(const Command& command, Connection& connection);
  // Has the stream filter say that nothing more follows; whether there is one that
  // has not yet said so.
  bool SayFarewell(Connection& connection);
  void SendLast(Connection& connection);
  // Whether the connection is open and has a stream filter, which has started then.
  bool StartFilter(Connection& connection);
  void Submit(Connection& connection, std::span<const Part> parts);
  void SubmitFiltered(Connection& connection, std::span<const Part> parts, std::size_t total);
  void SendQueued(Connection& connection);
  void Fail(Connection& connection, ErrorCode error);
  void AfterQueueChange(Connection& connection);

  Context& context_;
  Datagrams& datagrams_;
  std::byte* buffer_ = nullptr;         // the commands being carried out
  std::vector<std::uint32_t> touched_;  // slots with sends in `buffer_`
  std::vector<Part> parts_;
  std::vector<HpFilterPart> filter_parts_;  // the same, as a stream filter gets them
};

}  // namespace hp::net
