// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "error_code_text.h"
#include "sys/endpoint.h"
#include "sys/sockets/system_sockets.h"
#include "sys/stream_socket.h"

namespace hp::sys {
namespace {

TEST(Addresses, OfBothFamiliesAreRead) {
  const auto v4 = ParseAddress("127.0.0.1", 80);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->family, Family::kIPv4);
  EXPECT_EQ(v4->port, 80);
  EXPECT_EQ(v4->address[0], 127);
  EXPECT_EQ(v4->address[3], 1);
  const auto v6 = ParseAddress("2001:db8::7", 65535);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->family, Family::kIPv6);
  EXPECT_EQ(v6->port, 65535);
  EXPECT_EQ(v6->address[0], 0x20);
  EXPECT_EQ(v6->address[15], 7);
  EXPECT_EQ(v6->scope, 0U);
}

TEST(Addresses, NamesAndRubbishAreNot) {
  for (const char* text :
       {"", "localhost", "127.0.0", "127.0.0.1 ", "127.0.0.256", "1.2.3.4.5", ":",
        ":::", "2001:db8::g", "[::1]", "::1%", "::1%no-such-zone", "127.0.0.1%lo", "%", "0x7f.1"}) {
    EXPECT_EQ(ParseAddress(text, 1), std::nullopt) << text;
  }
  EXPECT_EQ(ParseAddress(std::string("127.0.0.1\0.example", 18), 1), std::nullopt);
}

TEST(Addresses, ComeBackAsTheyWere) {
  for (const std::string text : {"0.0.0.0", "192.168.1.200", "255.255.255.255", "::", "::1",
                                 "2001:db8:1:2:3:4:5:6", "fe80::1"}) {
    const auto endpoint = ParseAddress(text, 1);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(FormatAddress(*endpoint), text);
  }
  EXPECT_EQ(FormatAddress({}), "");
}

TEST(Addresses, KeepTheirZone) {
  // The first interface is the loopback one.
  const std::string text = "fe80::1%" + FormatZone(1);
  const auto endpoint = ParseAddress(text, 1);
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->scope, 1U);
  EXPECT_EQ(FormatAddress(*endpoint), text);
}

TEST(Addresses, OfIPv4OnADualStackSocketAreWrittenPlainly) {
  const auto mapped = ParseAddress("::ffff:10.1.2.3", 1);
  ASSERT_TRUE(mapped);
  EXPECT_EQ(FormatAddress(*mapped), "10.1.2.3");
}

TEST(Addresses, AreFoundForLocalhost) {
  std::vector<Endpoint> endpoints;
  ASSERT_FALSE(Resolve("localhost", 1234, endpoints));
  ASSERT_FALSE(endpoints.empty());
  for (const Endpoint& endpoint : endpoints) {
    EXPECT_EQ(endpoint.port, 1234);
    const std::string text = FormatAddress(endpoint);
    EXPECT_TRUE(text == "127.0.0.1" || text == "::1") << text;
  }
}

TEST(Addresses, OfANameThatCannotBeAreNotFound) {
  std::vector<Endpoint> endpoints;
  const Failure failure = Resolve("no-such-host.invalid", 1, endpoints);
  EXPECT_TRUE(failure);
  EXPECT_STREQ(failure.call, "getaddrinfo");
  EXPECT_TRUE(endpoints.empty());
}

}  // namespace
}  // namespace hp::sys
