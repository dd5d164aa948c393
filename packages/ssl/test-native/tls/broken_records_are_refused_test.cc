// SPDX-License-Identifier: Apache-2.0
#include "record_layer_test.h"

namespace hp::tls {
namespace {

using BrokenRecords = RecordLayerTest;

// A record of which only the head is as it is to be looked at.
std::string Head(int type, int major, int minor, std::size_t size) {
  return {static_cast<char>(type), static_cast<char>(major), static_cast<char>(minor),
          static_cast<char>(size >> 8), static_cast<char>(size)};
}

class OuterTypes : public RecordLayerTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(, OuterTypes, ::testing::Values(0, 20, 21, 22, 24, 0x80, 255));

TEST_P(OuterTypes, OtherThanApplicationDataAreRefused) {
  ExpectRefused(Head(GetParam(), 3, 3, 1), SSL_AD_UNEXPECTED_MESSAGE, "unexpected record");
}

class InnerTypes : public RecordLayerTest, public ::testing::WithParamInterface<std::uint8_t> {};
INSTANTIATE_TEST_SUITE_P(, InnerTypes,
                         ::testing::Values(kChangeCipherSpecType, kHeartbeatType, 1, 255));

TEST_P(InnerTypes, NobodyKnowsAreRefused) {
  ExpectRefused(peer->Seal(GetParam(), "x"), SSL_AD_UNEXPECTED_MESSAGE, "unexpected record");
}

TEST_F(BrokenRecords, OfAnotherVersionAreRefused) {
  ExpectRefused(Head(kDataType, 3, 1, 100), SSL_AD_PROTOCOL_VERSION, "wrong version number");
}

TEST_F(BrokenRecords, ThatAreAHelloAgainAreRefused) {
  ExpectRefused(Head(kHandshakeType, 3, 1, 200) + std::string(200, '\1'), SSL_AD_UNEXPECTED_MESSAGE,
                "unexpected record");
}

TEST_F(BrokenRecords, ThatAreNoTlsAtAllAreRefused) {
  ExpectRefused("GET / HTTP/1.1\r\n\r\n", SSL_AD_UNEXPECTED_MESSAGE, "unexpected record");
}

TEST_F(BrokenRecords, TooLongAreRefusedByTheirHead) {
  ExpectRefused(Head(kDataType, 3, 3, 16384 + 257), SSL_AD_RECORD_OVERFLOW,
                "encrypted length too long");
}

TEST_F(BrokenRecords, OfTheGreatestLengthAreAwaited) {
  EXPECT_EQ(Receive(Head(kDataType, 3, 3, 16384 + 256)).answer, HP_FILTER_OK);
  ExpectRefused(std::string(16384 + 256, 'x'), SSL_AD_BAD_RECORD_MAC,
                "decryption failed or bad record mac");
}

TEST_F(BrokenRecords, TooShortForATypeAreRefused) {
  ExpectRefused(Head(kDataType, 3, 3, 16), SSL_AD_BAD_RECORD_MAC, "length too short");
}

TEST_F(BrokenRecords, OfNoBytesAreRefused) {
  ExpectRefused(Head(kDataType, 3, 3, 0), SSL_AD_BAD_RECORD_MAC, "length too short");
}

TEST_F(BrokenRecords, WithAFlippedBitAreRefused) {
  const std::string record = peer->Seal(kDataType, "whole");
  for (std::size_t bit = 8 * kRecordHeadBytes; bit < 8 * record.size(); ++bit) {
    std::string flipped = record;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    Begin();
    ExpectRefused(flipped, SSL_AD_BAD_RECORD_MAC, "decryption failed or bad record mac");
    EXPECT_EQ(host.plain, "");
  }
}

TEST_F(BrokenRecords, ThatCameBeforeAreRefused) {
  const std::string record = peer->Seal(kDataType, "once");
  EXPECT_EQ(Receive(record).answer, HP_FILTER_OK);
  ExpectRefused(record, SSL_AD_BAD_RECORD_MAC, "decryption failed or bad record mac");
  EXPECT_EQ(host.plain, "once");
}

TEST_F(BrokenRecords, WithOneMissingBeforeThemAreRefused) {
  peer->Seal(kDataType, "lost");
  ExpectRefused(peer->Seal(kDataType, "found"), SSL_AD_BAD_RECORD_MAC,
                "decryption failed or bad record mac");
}

TEST_F(BrokenRecords, WithoutATypeAreRefused) {
  ExpectRefused(peer->Seal(0, "", 10), SSL_AD_UNEXPECTED_MESSAGE, "bad record type");
}

TEST_F(BrokenRecords, WithMoreThanARecordHoldsAreRefused) {
  ExpectRefused(peer->Seal(kDataType, std::string(16385, 'x')), SSL_AD_RECORD_OVERFLOW,
                "data length too long");
  EXPECT_EQ(host.plain, "");
}

TEST_F(BrokenRecords, LeaveWhatCameBeforeThem) {
  const std::string good = peer->Seal(kDataType, "good");
  ExpectRefused(good + Head(kAlertType, 3, 3, 2) + "\1", SSL_AD_UNEXPECTED_MESSAGE,
                "unexpected record");
  EXPECT_EQ(host.plain, "good");
}

TEST_F(BrokenRecords, AreNotAnsweredOnceTheStreamHasBeenFinished) {
  Finish();
  EXPECT_EQ(Written(), std::vector{Alert(1, SSL_AD_CLOSE_NOTIFY)});
  EXPECT_EQ(Receive(Head(kHandshakeType, 3, 3, 5)).answer, kBadMessage);
  EXPECT_EQ(host.wire, "");
}

TEST_F(BrokenRecords, WithoutDataAreNotTakenForever) {
  for (int i = 0; i < 32; ++i) EXPECT_EQ(Receive(peer->Seal(kDataType, "")).answer, HP_FILTER_OK);
  ExpectRefused(peer->Seal(kDataType, ""), SSL_AD_UNEXPECTED_MESSAGE,
                "too many records without data");
}

TEST_F(BrokenRecords, WithoutDataAreTakenBetweenSomeWithData) {
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 32; ++j) EXPECT_EQ(Receive(peer->Seal(kDataType, "")).answer, HP_FILTER_OK);
    EXPECT_EQ(Receive(peer->Seal(kDataType, "x")).answer, HP_FILTER_OK);
  }
  EXPECT_EQ(host.plain, std::string(100, 'x'));
}

}  // namespace
}  // namespace hp::tls
