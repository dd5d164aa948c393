// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tls/session_cache.h"

namespace hp::tls {
namespace {

SessionPtr Session(int version = TLS1_3_VERSION) {
  SessionPtr session(SSL_SESSION_new());
  SSL_SESSION_set_protocol_version(session.get(), version);
  return session;
}

TEST(SessionCache, HasNothingOfStrangers) {
  SessionCache cache;
  EXPECT_EQ(cache.Take("host"), nullptr);
  cache.Put("host", Session());
  EXPECT_EQ(cache.Take("another"), nullptr);
  EXPECT_EQ(cache.Take(""), nullptr);
}

TEST(SessionCache, GivesEachSessionOnce) {
  SessionCache cache;
  cache.Put("host", Session());
  EXPECT_NE(cache.Take("host"), nullptr);
  EXPECT_EQ(cache.Take("host"), nullptr);
  cache.Put("host", Session());
  EXPECT_NE(cache.Take("host"), nullptr);
}

TEST(SessionCache, GivesTheNewestFirst) {
  SessionCache cache;
  std::vector<SSL_SESSION*> put;
  for (int i = 0; i < 3; ++i) {
    SessionPtr session = Session();
    put.push_back(session.get());
    cache.Put("host", std::move(session));
  }
  for (int i = 2; i >= 0; --i) {
    EXPECT_EQ(cache.Take("host").get(), put[static_cast<std::size_t>(i)]);
  }
}

TEST(SessionCache, KeepsTheNewestOfAHost) {
  SessionCache cache;
  for (int i = 0; i < 100; ++i) cache.Put("host", Session());
  for (int i = 0; i < 8; ++i) EXPECT_NE(cache.Take("host"), nullptr);
  EXPECT_EQ(cache.Take("host"), nullptr);
}

TEST(SessionCache, ForgetsTheHostWithoutNewsFirst) {
  SessionCache cache;
  for (int i = 0; i < 256; ++i) cache.Put("host " + std::to_string(i), Session());
  cache.Put("host 0", Session());
  cache.Put("one more", Session());
  EXPECT_EQ(cache.Take("host 1"), nullptr);
  EXPECT_NE(cache.Take("host 0"), nullptr);
  EXPECT_NE(cache.Take("host 2"), nullptr);
  EXPECT_NE(cache.Take("host 255"), nullptr);
  EXPECT_NE(cache.Take("one more"), nullptr);
}

TEST(SessionCache, HasRoomAgainWhereSessionsWereTaken) {
  SessionCache cache;
  for (int i = 0; i < 256; ++i) cache.Put("host " + std::to_string(i), Session());
  EXPECT_NE(cache.Take("host 7"), nullptr);
  cache.Put("one more", Session());
  EXPECT_NE(cache.Take("host 0"), nullptr);
}

TEST(SessionCache, GivesThoseOfTls12AgainAndAgain) {
  SessionCache cache;
  SessionPtr session = Session(TLS1_2_VERSION);
  const SSL_SESSION* put = session.get();
  cache.Put("host", std::move(session));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cache.Take("host").get(), put);
}

}  // namespace
}  // namespace hp::tls
