// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {

Texts TakeSent(sys::FakeDatagrams& socket) {
  Texts texts;
  for (const sys::FakeDatagram& each : socket.TakeSent()) {
    texts.push_back(std::to_string(each.peer.port) + ":" + each.bytes);
  }
  return texts;
}

DatagramServer::DatagramServer(sys::FakeStyle style, const ComponentSettings& settings,
                               const Reactor::Limits& limits, const sys::Endpoint& local)
    : TestReactor(style, settings, limits) {
  const sys::Handle handle = backend.OpenDatagrams(socket, local);
  EXPECT_EQ(reactor.ServeDatagrams(component, handle), ErrorCode::kOk);
}

Target DatagramServer::Accept(std::uint16_t peer, std::string_view bytes) {
  const std::size_t before = log.CountOf(EventKind::kAccept);
  Deliver(peer, bytes);
  Settle();
  EXPECT_EQ(log.CountOf(EventKind::kAccept), before + 1);
  Do(CommandKind::kOpen, newest());
  return newest();
}

DatagramClient::DatagramClient(sys::FakeStyle style, const ComponentSettings& settings,
                               const Reactor::Limits& limits, Role role, const sys::Endpoint& peer)
    : TestReactor(style, settings, limits) {
  const sys::Endpoint connected = role == Role::kClient ? peer : sys::Endpoint{};
  const sys::Handle handle = backend.OpenDatagrams(socket, Loopback(1), connected);
  target.id = component.TakeId();
  log.Expect(target.id);
  reactor.ReadClock();
  target.slot = reactor.AdoptDatagrams(component, target.id, handle, peer, role, true);
}

ComponentSettings Detecting(std::uint32_t attempts, std::uint32_t interval_ms) {
  ComponentSettings settings;
  settings.datagrams.detect_attempts = attempts;
  settings.datagrams.detect_interval_ms = interval_ms;
  return settings;
}

ComponentSettings Notifying() {
  ComponentSettings settings;
  settings.datagrams.close_notify = true;
  return settings;
}

}  // namespace hp::net
