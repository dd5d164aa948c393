// SPDX-License-Identifier: Apache-2.0
#include "record_layer_test.h"

namespace hp::tls {
namespace {

using KeyUpdates = RecordLayerTest;

std::string Message(std::initializer_list<std::uint8_t> bytes) {
  return {bytes.begin(), bytes.end()};
}

const std::string kUpdate = Message({24, 0, 0, 1, 0});
const std::string kUpdateAndAnswer = Message({24, 0, 0, 1, 1});

TEST_F(KeyUpdates, AreFollowed) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate)).answer, HP_FILTER_OK);
    peer->UpdateSealer();
    EXPECT_EQ(Receive(peer->Seal(kDataType, "x")).answer, HP_FILTER_OK);
  }
  EXPECT_EQ(host.plain, "xxx");
  EXPECT_EQ(host.wire, "");
}

TEST_F(KeyUpdates, HaveTheOldKeysRefused) {
  EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate)).answer, HP_FILTER_OK);
  ExpectRefused(peer->Seal(kDataType, "old"), SSL_AD_BAD_RECORD_MAC,
                "decryption failed or bad record mac");
}

TEST_F(KeyUpdates, AreAnsweredWhereThatIsAskedFor) {
  EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdateAndAnswer)).answer, HP_FILTER_OK);
  EXPECT_EQ(host.wire, "");
  EXPECT_EQ(Send("under new keys").answer, HP_FILTER_OK);
  EXPECT_EQ(Written(), (std::vector<RecordPeer::Record>{{kHandshakeType, kUpdate},
                                                        {kDataType, "under new keys"}}));
}

TEST_F(KeyUpdates, AreAnsweredOnceHoweverOftenThatIsAskedFor) {
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdateAndAnswer)).answer, HP_FILTER_OK);
    peer->UpdateSealer();
  }
  EXPECT_EQ(Send("first").answer, HP_FILTER_OK);
  EXPECT_EQ(Send("second").answer, HP_FILTER_OK);
  EXPECT_EQ(Written(),
            (std::vector<RecordPeer::Record>{
                {kHandshakeType, kUpdate}, {kDataType, "first"}, {kDataType, "second"}}));
}

TEST_F(KeyUpdates, AreNotAnsweredOnceTheStreamHasBeenFinished) {
  Finish();
  EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdateAndAnswer)).answer, HP_FILTER_OK);
  EXPECT_EQ(Written(), std::vector{Alert(1, SSL_AD_CLOSE_NOTIFY)});
  peer->UpdateSealer();
  EXPECT_EQ(Receive(peer->Seal(kDataType, "x")).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, "x");
}

TEST_F(KeyUpdates, MaySpanRecords) {
  for (std::size_t split = 1; split < kUpdate.size(); ++split) {
    Begin();
    EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate.substr(0, split))).answer, HP_FILTER_OK);
    EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate.substr(split))).answer, HP_FILTER_OK);
    peer->UpdateSealer();
    EXPECT_EQ(Receive(peer->Seal(kDataType, "x")).answer, HP_FILTER_OK);
    EXPECT_EQ(host.plain, "x");
  }
}

TEST_F(KeyUpdates, AreNotInterrupted) {
  EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate.substr(0, 2))).answer, HP_FILTER_OK);
  ExpectRefused(peer->Seal(kDataType, "x"), SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
  EXPECT_EQ(host.plain, "");
}

TEST_F(KeyUpdates, AreTheLastOfTheirRecord) {
  for (const std::string_view behind : {std::string_view("x"), std::string_view(kUpdate)}) {
    Begin();
    ExpectRefused(peer->Seal(kHandshakeType, kUpdate + std::string(behind)),
                  SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
  }
}

TEST_F(KeyUpdates, OfAnotherLengthAreRefused) {
  for (const std::uint8_t length : std::array<std::uint8_t, 2>{0, 2}) {
    Begin();
    ExpectRefused(peer->Seal(kHandshakeType, Message({24, 0, 0, length, 0, 0})),
                  SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
  }
}

TEST_F(KeyUpdates, ThatAskForSomethingElseAreRefused) {
  ExpectRefused(peer->Seal(kHandshakeType, Message({24, 0, 0, 1, 2})), SSL_AD_ILLEGAL_PARAMETER,
                "bad key update");
}

TEST_F(KeyUpdates, AreTheOnlyHandshakeThereIs) {
  // A client's hello, a ticket, a request for a certificate, a certificate.
  for (const std::uint8_t kind : std::array<std::uint8_t, 4>{1, 4, 13, 11}) {
    Begin();
    ExpectRefused(peer->Seal(kHandshakeType, Message({kind, 0, 0, 1, 0})),
                  SSL_AD_UNEXPECTED_MESSAGE, "unexpected message");
  }
}

TEST_F(KeyUpdates, OfNoBytesAreRefused) {
  ExpectRefused(peer->Seal(kHandshakeType, ""), SSL_AD_UNEXPECTED_MESSAGE,
                "empty handshake record");
}

TEST_F(KeyUpdates, WithoutDataBetweenThemAreNotTakenForever) {
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(Receive(peer->Seal(kHandshakeType, kUpdate)).answer, HP_FILTER_OK);
    peer->UpdateSealer();
  }
  ExpectRefused(peer->Seal(kHandshakeType, kUpdate), SSL_AD_UNEXPECTED_MESSAGE,
                "too many records without data");
}

TEST_F(KeyUpdates, ComeBeforeAKeyHasSealedTooMuch) {
  constexpr std::uint64_t kRecordsPerKey = std::uint64_t{1} << 24;
  Begin(kRecordsPerKey - 1);
  for (const char* text : {"the last", "the first", "the second"}) {
    EXPECT_EQ(Send(text).answer, HP_FILTER_OK);
  }
  EXPECT_EQ(Written(), (std::vector<RecordPeer::Record>{{kDataType, "the last"},
                                                        {kHandshakeType, kUpdate},
                                                        {kDataType, "the first"},
                                                        {kDataType, "the second"}}));
}

TEST_F(KeyUpdates, ComeBeforeAFinishToo) {
  Begin(std::uint64_t{1} << 24);
  Finish();
  EXPECT_EQ(Written(), (std::vector<RecordPeer::Record>{{kHandshakeType, kUpdate},
                                                        Alert(1, SSL_AD_CLOSE_NOTIFY)}));
}

}  // namespace
}  // namespace hp::tls
