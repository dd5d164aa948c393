// SPDX-License-Identifier: Apache-2.0
#include "record_layer_test.h"

namespace hp::tls {
namespace {

using Alerts = RecordLayerTest;

std::string AlertBytes(std::uint8_t level, std::uint8_t description) {
  return {static_cast<char>(level), static_cast<char>(description)};
}

TEST_F(Alerts, OfCloseNotifyEndTheStream) {
  EXPECT_EQ(Receive(peer->Seal(kAlertType, AlertBytes(1, SSL_AD_CLOSE_NOTIFY))).answer,
            HP_FILTER_ENDED);
  EXPECT_EQ(host.wire, "");
}

TEST_F(Alerts, EndTheStreamBehindItsBytes) {
  const std::string bytes = peer->Seal(kDataType, "last words");
  const Verdict verdict = Receive(bytes + peer->Seal(kAlertType, AlertBytes(1, 0)));
  EXPECT_EQ(verdict.answer, HP_FILTER_ENDED);
  EXPECT_EQ(host.plain, "last words");
}

TEST_F(Alerts, EndTheStreamBeforeWhatFollows) {
  const std::string end = peer->Seal(kAlertType, AlertBytes(1, SSL_AD_CLOSE_NOTIFY));
  EXPECT_EQ(Receive(end + peer->Seal(kDataType, "too late")).answer, HP_FILTER_ENDED);
  EXPECT_EQ(host.plain, "");
}

TEST_F(Alerts, OfCloseNotifyWaitForBytesWithoutRoom) {
  host.plain_stock = 3;
  const std::string bytes = peer->Seal(kDataType, "last words");
  const std::string end = peer->Seal(kAlertType, AlertBytes(1, SSL_AD_CLOSE_NOTIFY));
  EXPECT_EQ(Receive(bytes + end).answer, HP_FILTER_MORE);
  host.plain_stock = TestHost::kUnlimited;
  EXPECT_EQ(Receive("").answer, HP_FILTER_ENDED);
  EXPECT_EQ(host.plain, "last words");
}

TEST_F(Alerts, SayWhatIsWrong) {
  const Verdict verdict = Receive(peer->Seal(kAlertType, AlertBytes(2, SSL_AD_BAD_CERTIFICATE)));
  EXPECT_EQ(verdict.answer, kBadMessage);
  EXPECT_EQ(verdict.reason, "the peer sent an alert: bad certificate");
  EXPECT_EQ(host.wire, "");
}

TEST_F(Alerts, NobodyKnowsAreFatalToo) {
  const Verdict verdict = Receive(peer->Seal(kAlertType, AlertBytes(1, 199)));
  EXPECT_EQ(verdict.answer, kBadMessage);
  EXPECT_EQ(verdict.reason, "the peer sent an alert: unknown");
}

TEST_F(Alerts, OfUserCancelledAreFollowedByAnother) {
  const std::string cancelled = peer->Seal(kAlertType, AlertBytes(1, SSL_AD_USER_CANCELLED));
  EXPECT_EQ(Receive(cancelled).answer, HP_FILTER_OK);
  EXPECT_EQ(Receive(peer->Seal(kAlertType, AlertBytes(1, SSL_AD_CLOSE_NOTIFY))).answer,
            HP_FILTER_ENDED);
}

TEST_F(Alerts, OfUserCancelledAreNotTakenForever) {
  for (int i = 0; i < 32; ++i) {
    EXPECT_EQ(Receive(peer->Seal(kAlertType, AlertBytes(1, SSL_AD_USER_CANCELLED))).answer, 0);
  }
  ExpectRefused(peer->Seal(kAlertType, AlertBytes(1, SSL_AD_USER_CANCELLED)),
                SSL_AD_UNEXPECTED_MESSAGE, "too many records without data");
}

TEST_F(Alerts, OfAnotherSizeAreRefused) {
  for (const std::size_t size : {0, 1, 3, 4, 100}) {
    Begin();
    const Verdict verdict = Receive(peer->Seal(kAlertType, std::string(size, '\1')));
    EXPECT_EQ(verdict.answer, kBadMessage);
    EXPECT_EQ(verdict.reason, "bad alert");
  }
}

TEST_F(Alerts, AreSentOnceByWhoFinishes) {
  Finish();
  Finish();
  EXPECT_EQ(Written(), std::vector{Alert(1, SSL_AD_CLOSE_NOTIFY)});
}

TEST_F(Alerts, LeaveThePeerToFinishToo) {
  Finish();
  EXPECT_EQ(Receive(peer->Seal(kDataType, "still to be said")).answer, HP_FILTER_OK);
  EXPECT_EQ(host.plain, "still to be said");
  EXPECT_EQ(Receive(peer->Seal(kAlertType, AlertBytes(1, SSL_AD_CLOSE_NOTIFY))).answer,
            HP_FILTER_ENDED);
}

}  // namespace
}  // namespace hp::tls
