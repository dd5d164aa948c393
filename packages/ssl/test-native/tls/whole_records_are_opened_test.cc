// SPDX-License-Identifier: Apache-2.0
#include "record_layer_test.h"

namespace hp::tls {
namespace {

using WholeRecords = RecordLayerTest;

TEST_F(WholeRecords, WaitForTheirLastByte) {
  const std::string record = peer->Seal(kDataType, "bytes");
  for (const char byte : record.substr(0, record.size() - 1)) {
    EXPECT_EQ(Receive({&byte, 1}).answer, HP_FILTER_OK);
    EXPECT_EQ(host.plain, "");
  }
  EXPECT_EQ(Receive(record.substr(record.size() - 1)).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, "bytes");
}

TEST_F(WholeRecords, OfTheGreatestSizeAreOpened) {
  const std::string content(16384, 'x');
  EXPECT_EQ(Receive(peer->Seal(kDataType, content)).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, content);
}

TEST_F(WholeRecords, LoseTheirPadding) {
  for (const std::size_t padding : {1, 15, 255, 16000}) {
    EXPECT_EQ(Receive(peer->Seal(kDataType, "content", padding)).answer, HP_FILTER_OK);
    EXPECT_EQ(std::exchange(host.plain, {}), "content");
  }
}

TEST_F(WholeRecords, KeepZerosThatAreContent) {
  const std::string zeros(100, '\0');
  EXPECT_EQ(Receive(peer->Seal(kDataType, zeros, 100)).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, zeros);
}

TEST_F(WholeRecords, OpenToLittleRoomPieceByPiece) {
  host.plain_step = 3;
  EXPECT_EQ(Receive(peer->Seal(kDataType, "more than three bytes", 50)).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, "more than three bytes");
}

TEST_F(WholeRecords, StayOnTheWireWhereThereIsNoRoom) {
  host.plain_stock = 0;
  EXPECT_EQ(Receive(peer->Seal(kDataType, "first")).answer, HP_FILTER_MORE);
  EXPECT_EQ(Receive(peer->Seal(kDataType, "second")).answer, HP_FILTER_MORE);
  host.plain_stock = 7;
  EXPECT_EQ(Receive("").answer, HP_FILTER_MORE);
  EXPECT_EQ(host.plain, "firstse");
  host.plain_stock = TestHost::kUnlimited;
  EXPECT_EQ(Receive(peer->Seal(kDataType, "third")).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, "firstsecondthird");
}

TEST_F(WholeRecords, AreSealedInAsFewAsHoldTheBytes) {
  EXPECT_EQ(Send(std::string(2 * 16384, 'x')).answer, HP_FILTER_OK);
  const auto written = Written();
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[0], (RecordPeer::Record{kDataType, std::string(16384, 'x')}));
  EXPECT_EQ(written[1], written[0]);
}

TEST_F(WholeRecords, AreSealedWhateverRoomTheWireHas) {
  std::string sent;
  for (const std::size_t step : {1, 2, 5, 16, 17, 1000}) {
    host.wire_step = step;
    const std::string bytes(1234, static_cast<char>('a' + step % 26));
    EXPECT_EQ(Send(bytes).answer, HP_FILTER_OK);
    EXPECT_EQ(Written(), (std::vector{RecordPeer::Record{kDataType, bytes}}));
  }
}

TEST_F(WholeRecords, AreNotMadeOfNothing) {
  EXPECT_EQ(Send("").answer, HP_FILTER_OK);
  EXPECT_EQ(host.wire, "");
}

}  // namespace
}  // namespace hp::tls
