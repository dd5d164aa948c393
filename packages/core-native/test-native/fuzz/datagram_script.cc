// SPDX-License-Identifier: Apache-2.0
#include "datagram_script.h"

#include <algorithm>

#include "net/close_notify.h"
#include "script_tools.h"

namespace hp::net {
namespace {

constexpr std::size_t kMostEndpoints = 4;
constexpr std::size_t kIdsOfEach = 10'000;

constexpr std::array kErrors = {ErrorCode::kConnectionRefused, ErrorCode::kHostUnreachable,
                                ErrorCode::kNoBufferSpace, ErrorCode::kMessageSize};

const std::string kNotice(reinterpret_cast<const char*>(kCloseNotify.data()), kCloseNotify.size());

// A datagram says who has sent it and how many he has sent before.
constexpr std::size_t kHeadBytes = 4;

std::string Datagram(std::uint16_t peer, std::uint32_t number, std::size_t bytes) {
  std::string text = {static_cast<char>('A' + peer), static_cast<char>('A' + number / 676 % 26),
                      static_cast<char>('A' + number / 26 % 26),
                      static_cast<char>('A' + number % 26)};
  return text + Bytes(number, std::max(bytes, kHeadBytes) - kHeadBytes);
}

std::uint32_t NumberOf(std::string_view text) {
  std::uint32_t number = 0;
  for (const char digit : text.substr(1, kHeadBytes - 1)) {
    number = number * 26 + static_cast<std::uint32_t>(digit - 'A');
  }
  return number;
}

}  // namespace

void DatagramScript::Step(ByteReader& input) {
  const std::uint8_t choice = input.Byte() % 12;
  if (choice == 0) return Open(input);
  if (endpoints_.empty()) return;
  Endpoint& endpoint = endpoints_[input.Byte() % endpoints_.size()];
  switch (choice) {
    case 1:
      return endpoint.socket->LimitRoom(input.Byte() % 6);
    case 2:
      return endpoint.socket->LimitRoom(SIZE_MAX);
    case 3:
      return endpoint.socket->FailNextSend(kErrors[input.Byte() % kErrors.size()],
                                           input.Byte() % 4);
    case 4:
      return endpoint.socket->Fail(kErrors[input.Byte() % kErrors.size()]);
    case 5:
      return endpoint.socket->Refuse(input.Flag());
    case 6:
      return endpoint.socket->Deliver(Loopback(ReadPeer(input)), kNotice);
    case 7:
      if (input.Byte() % 4 == 0) reactor_.StopAccepting(*endpoint.component);
      return CheckSent(endpoint);
    default:
      return Deliver(endpoint, input);
  }
}

ComponentSettings DatagramScript::ReadSettings(ByteReader& input) const {
  ComponentSettings settings = settings_;
  settings.filter.reset();
  const std::uint8_t bits = input.Byte();
  DatagramSettings& datagrams = settings.datagrams;
  datagrams.max_bytes = (bits & 1) != 0 ? 50 : 5000;
  datagrams.receives = (bits & 2) != 0 ? 3 : 64;
  datagrams.detect_attempts = (bits & 4) != 0 ? 2 : 0;
  datagrams.detect_interval_ms = 300;
  datagrams.close_notify = (bits & 8) != 0;
  return settings;
}

void DatagramScript::Open(ByteReader& input) {
  if (endpoints_.size() == kMostEndpoints) return;
  const ComponentSettings settings = ReadSettings(input);
  const auto index = static_cast<std::uint32_t>(endpoints_.size());
  const std::uint8_t choice = input.Byte();
  Endpoint& endpoint = endpoints_.emplace_back();
  endpoint.component =
      std::make_unique<Component>(100 + index, settings, 1, kFirstId + index * kIdsOfEach);
  endpoint.role = static_cast<Role>(choice % 3);
  const bool is_client = endpoint.role == Role::kClient;
  const sys::Handle handle =
      backend_.OpenDatagrams(endpoint.socket, Loopback(static_cast<std::uint16_t>(100 + index)),
                             is_client ? Loopback(0) : sys::Endpoint{});
  reactor_.ReadClock();
  if (endpoint.role != Role::kServer) return Adopt(endpoint, handle, (choice & 4) != 0);
  if (reactor_.ServeDatagrams(*endpoint.component, handle) != ErrorCode::kOk) {
    backend_.Discard(handle);
  }
}

void DatagramScript::Adopt(Endpoint& endpoint, sys::Handle handle, bool tells) {
  const std::uint64_t id = endpoint.component->TakeId();
  if (tells) log_.Expect(id);
  const std::uint32_t slot =
      reactor_.AdoptDatagrams(*endpoint.component, id, handle, Loopback(0), endpoint.role, tells);
  if (!tells) log_.HandedOver({.slot = slot, .id = id});
}

void DatagramScript::Deliver(Endpoint& endpoint, ByteReader& input) {
  const std::uint16_t peer = ReadPeer(input);
  const std::uint32_t bytes = input.Amount();
  if (bytes == 0) return endpoint.socket->Deliver(Loopback(peer), "");
  endpoint.socket->Deliver(Loopback(peer), Datagram(peer, endpoint.delivered[peer]++, bytes));
}

// What leaves is whole.
void DatagramScript::CheckSent(const Endpoint& endpoint) const {
  for (const sys::FakeDatagram& each : endpoint.socket->TakeSent()) {
    const bool is_notice =
        endpoint.component->settings().datagrams.close_notify && each.bytes == kNotice;
    Require(is_notice || each.bytes == Bytes(0, each.bytes.size()), "sent datagrams");
    Require(each.peer == Loopback(each.peer.port) && each.peer.port < kPeers, "their peers");
  }
}

// What has arrived is told whole, in order, and to its own connection.
void DatagramScript::CheckReceived(const ConnectionLog::Connection& connection,
                                   bool is_server) const {
  std::array<std::int64_t, kPeers> last;
  last.fill(-1);
  std::string_view first;
  for (std::size_t i = 0; i < connection.messages.size(); ++i) {
    const std::string& text = connection.messages[i];
    if (text.empty() || text == kNotice) continue;
    Require(text.size() >= kHeadBytes, "received datagrams");
    const auto peer = static_cast<std::uint16_t>(text[0] - 'A');
    const std::uint32_t number = NumberOf(text);
    Require(peer < kPeers && text == Datagram(peer, number, text.size()), "received datagrams");
    Require(number > last[peer], "their order");
    last[peer] = number;
    if (first.empty()) first = text;
    if (is_server) Require(text[0] == first[0], "peers are apart");
    if (connection.senders.empty()) continue;
    Require(connection.senders[i].port[1] == peer, "senders are told");
  }
}

void DatagramScript::Check() const {
  for (const Endpoint& each : endpoints_) CheckSent(each);
  for (const auto& [id, connection] : log_.connections()) {
    if (!Owns(id)) continue;
    const std::size_t index = (id - kFirstId) / kIdsOfEach;
    CheckReceived(connection, index < endpoints_.size() && endpoints_[index].role == Role::kServer);
  }
}

void DatagramScript::Stop() {
  for (const Endpoint& each : endpoints_) reactor_.StopAccepting(*each.component);
}

void DatagramScript::CheckEnd() const {
  for (const Endpoint& each : endpoints_) {
    Require(each.socket->closed(), "every datagram socket is closed");
    Require(each.component->counters(0).queued_bytes.Read() == 0, "no datagrams are left");
  }
}

}  // namespace hp::net
