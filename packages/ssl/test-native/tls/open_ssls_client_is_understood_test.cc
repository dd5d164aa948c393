// SPDX-License-Identifier: Apache-2.0
#include "server_with_bare_client.h"

namespace hp::tls {
namespace {

TEST(OpenSslsClient, MayUpdateItsKeys) {
  ServerWithBareClient pair;
  for (int i = 0; i < 40; ++i) {
    pair.client.UpdateKeys(i % 2 == 0);
    pair.ExpectOpen();
  }
}

TEST(OpenSslsClient, MayUpdateItsKeysManyTimesAtOnce) {
  ServerWithBareClient pair;
  for (int i = 0; i < 10; ++i) pair.client.UpdateKeys(true);
  pair.ExpectOpen();
}

TEST(OpenSslsClient, MayUpdateItsKeysInTheMidstOfItsBytes) {
  ServerWithBareClient pair(ServerConfig(), {}, Randomly(4));
  std::string sent;
  for (int i = 0; i < 50; ++i) {
    const std::string bytes(static_cast<std::size_t>(i * 1000 % 20'000 + 1),
                            static_cast<char>('a' + i % 26));
    pair.client.Send(bytes);
    pair.client.UpdateKeys(i % 3 == 0);
    pair.server.Send(bytes);
    sent += bytes;
    if (i % 5 == 0) pair.link.Settle();
  }
  pair.link.Settle();
  EXPECT_TRUE(pair.server.host.plain == sent);
  EXPECT_TRUE(pair.client.received() == sent);
  pair.ExpectOpen();
}

TEST(OpenSslsClient, MayPadItsRecords) {
  for (const std::size_t block : {16, 100, 4096, 16384}) {
    ServerWithBareClient pair(ServerConfig(), [&](SSL* ssl) { SSL_set_block_padding(ssl, block); });
    pair.ExpectOpen();
    const std::string bytes(40'000, 'p');
    pair.server.host.plain.clear();
    pair.client.Send(bytes);
    pair.link.Settle();
    EXPECT_TRUE(pair.server.host.plain == bytes);
  }
}

TEST(OpenSslsClient, MayPadEachRecordOtherwise) {
  ServerWithBareClient pair(ServerConfig(), [](SSL* ssl) {
    SSL_set_record_padding_callback(
        ssl, [](SSL*, int, std::size_t length, void*) { return length * 7 % 501; });
  });
  for (std::size_t size = 1; size < 3000; size += 97) {
    pair.server.host.plain.clear();
    pair.client.Send(std::string(size, 'p'));
    pair.link.Settle();
    EXPECT_EQ(pair.server.host.plain.size(), size);
  }
}

TEST(OpenSslsClient, MayHaveSmallRecords) {
  ServerWithBareClient pair(ServerConfig(), [](SSL* ssl) { SSL_set_max_send_fragment(ssl, 512); });
  const std::string bytes(100'000, 's');
  pair.client.Send(bytes);
  pair.link.Settle();
  EXPECT_TRUE(pair.server.host.plain == bytes);
}

TEST(OpenSslsClient, MayAskForSmallRecords) {
  ServerWithBareClient pair(ServerConfig(), [](SSL* ssl) {
    SSL_set_tlsext_max_fragment_length(ssl, TLSEXT_max_fragment_length_512);
  });
  const std::string bytes(20'000, 's');
  pair.server.Send(bytes);
  pair.link.Settle();
  EXPECT_EQ(pair.client.failure(), "");
  EXPECT_TRUE(pair.client.received() == bytes) << pair.client.received().size();
  pair.ExpectOpen();
}

TEST(OpenSslsClient, IsToldThatARecordWasNotGenuine) {
  ServerWithBareClient pair;
  pair.client.Send("about to be changed");
  std::string bytes = pair.client.Take();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  pair.server.Give(bytes);
  EXPECT_EQ(pair.server.outcome(), -74);
  EXPECT_EQ(pair.server.failure(), "decryption failed or bad record mac");
  EXPECT_EQ(pair.server.host.plain, "");
  pair.client.Give(pair.server.Take());
  EXPECT_EQ(pair.client.alert(), SSL_AD_BAD_RECORD_MAC);
}

TEST(OpenSslsClient, IsToldWhatItSentThatMakesNoSense) {
  ServerWithBareClient pair;
  pair.server.Give("no TLS at all");
  EXPECT_EQ(pair.server.outcome(), -74);
  EXPECT_EQ(pair.server.failure(), "unexpected record");
  pair.client.Give(pair.server.Take());
  EXPECT_EQ(pair.client.alert(), SSL_AD_UNEXPECTED_MESSAGE);
}

TEST(OpenSslsClient, MayNotChangeItsCipherAfterTheHandshake) {
  ServerWithBareClient pair;
  pair.server.Give(std::string("\x14\3\3\0\1\1", 6));
  EXPECT_EQ(pair.server.outcome(), -74);
  EXPECT_EQ(pair.server.failure(), "unexpected record");
}

TEST(OpenSslsClient, EndsTheConnectionByCloseNotify) {
  ServerWithBareClient pair;
  pair.client.Send("last words");
  pair.client.Finish();
  pair.link.Settle();
  EXPECT_EQ(pair.server.host.plain, "last words");
  EXPECT_EQ(pair.server.outcome(), HP_FILTER_ENDED);
}

TEST(OpenSslsClient, SeesTheServersCloseNotify) {
  ServerWithBareClient pair;
  pair.server.Send("last words");
  pair.server.Finish();
  pair.link.Settle();
  EXPECT_EQ(pair.client.received(), "last words");
  EXPECT_TRUE(pair.client.is_ended());
  EXPECT_EQ(pair.server.outcome(), 0);
  pair.client.Send("and one word more");
  pair.client.Finish();
  pair.link.Settle();
  EXPECT_EQ(pair.server.host.plain, "and one word more");
  EXPECT_EQ(pair.server.outcome(), HP_FILTER_ENDED);
}

TEST(OpenSslsClient, MayNotRenegotiate) {
  ServerWithBareClient pair(OfVersion(TLS1_2_VERSION, ServerConfig()));
  pair.client.Send("before");
  SSL_renegotiate(pair.client.ssl());
  SSL_do_handshake(pair.client.ssl());
  pair.link.Settle();
  EXPECT_EQ(pair.client.alert(), SSL_AD_NO_RENEGOTIATION);
  EXPECT_EQ(pair.server.host.plain, "before");
  EXPECT_EQ(pair.server.host.readies, 1);
}

class Tickets : public ::testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(, Tickets, ::testing::Values(0U, 1U, 2U, 5U, 16U));

TEST_P(Tickets, AreCountedAsRecordsOfTheServer) {
  for (const char* suite : {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"}) {
    Config config = ServerConfig();
    config.tickets = GetParam();
    config.cipher_suites = suite;
    ServerWithBareClient pair(config);
    pair.ExpectOpen();
    pair.client.UpdateKeys(true);
    pair.ExpectOpen();
  }
}

}  // namespace
}  // namespace hp::tls
