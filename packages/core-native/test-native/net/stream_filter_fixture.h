// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "reactor_fixture.h"
#include "test_filter.h"

namespace hp::net {

// The base of tests whose connections pass the test filter.
class FilterTest : public StyleTest {
 protected:
  FilterTest() { settings.filter = filter.Functions(); }
  ~FilterTest() override {
    EXPECT_EQ(filter.instances, 0);
    EXPECT_EQ(filter.contexts, 0);
    EXPECT_EQ(filter.misuses, 0);
  }

  // Lower-case letters, which none of the filter's own bytes become.
  static std::string Letters(std::size_t count) {
    std::string text(count, '\0');
    for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>('a' + (i + i / 26) % 26);
    return text;
  }

  // A connection whose handshake is over.
  std::unique_ptr<sys::FakePeer> Greeted(TestReactor& reactor) {
    auto peer = reactor.Accept();
    peer->Send("H");
    reactor.Settle();
    EXPECT_EQ(peer->Receive(), "W");
    EXPECT_EQ(reactor.log.newest().handshakes, 1U);
    return peer;
  }

  // Orders something from the filter of the newest connection.
  static void Order(TestReactor& reactor, std::uint32_t code, std::string_view bytes = "") {
    reactor.commands.AddWithBytes(CommandKind::kFilter, reactor.newest(), bytes,
                                  static_cast<std::uint8_t>(code));
    reactor.Flush();
  }

  // What the filters have told with `code`.
  static std::vector<std::string> Told(TestReactor& reactor, int code) {
    std::vector<std::string> told;
    for (const Event& event : reactor.log.events()) {
      if (event.kind != EventKind::kFilter || event.error != code) continue;
      told.emplace_back(reactor.memory.At(event.a).substr(event.b, event.length));
    }
    return told;
  }

  TestFilter filter;
  ComponentSettings settings;
};

}  // namespace hp::net
