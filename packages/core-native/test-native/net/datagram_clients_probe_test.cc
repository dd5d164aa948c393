// SPDX-License-Identifier: Apache-2.0
#include "datagram_reactor.h"

namespace hp::net {
namespace {

HP_REACTOR_SUITE(DatagramClients);

// Of what the client has sent since the last look.
std::size_t Probes(DatagramClient& client) {
  const Texts sent = TakeSent(*client.socket);
  for (const std::string& each : sent) EXPECT_EQ(each, "2000:");
  return sent.size();
}

// Past what Open() sends.
void OpenQuietly(DatagramClient& client) {
  client.Open();
  client.Settle();
  EXPECT_EQ(Probes(client), 1U);
}

void ExpectClosed(DatagramClient& client, Operation operation, ErrorCode error) {
  EXPECT_TRUE(client.told().closed);
  EXPECT_EQ(client.told().operation, operation);
  EXPECT_EQ(client.told().error, error);
  EXPECT_EQ(client.reactor.load(), 0U);
  EXPECT_EQ(client.component.connection_count(), 0U);
}

TEST_P(DatagramClients, AreToldConnectedAndHearNothingBeforeTheyAreOpened) {
  DatagramClient client(GetParam());
  client.Deliver("early");
  client.Settle();
  EXPECT_TRUE(client.told().opened);
  EXPECT_EQ(client.log.CountOf(EventKind::kConnect), 1U);
  EXPECT_EQ(client.told().messages, Texts{});
  EXPECT_EQ(Probes(client), 0U);
  EXPECT_FALSE(client.reactor.HasWork());
  OpenQuietly(client);
  EXPECT_EQ(client.told().messages, Texts{"early"});
  EXPECT_EQ(client.counters().connected.Read(), 1U);
}

TEST_P(DatagramClients, AreNotToldWhereTheirCallerDoesThat) {
  TestReactor reactor(GetParam());
  DatagramSocket socket;
  const sys::Handle handle = reactor.backend.OpenDatagrams(socket, Loopback(1), Loopback(2000));
  const std::uint64_t id = reactor.component.TakeId();
  const std::uint32_t slot = reactor.reactor.AdoptDatagrams(
      reactor.component, id, handle, Loopback(2000), DatagramEndpoint::Role::kClient, false);
  reactor.log.HandedOver({.slot = slot, .id = id});
  reactor.Settle();
  EXPECT_TRUE(reactor.log.events().empty());
  reactor.Do(CommandKind::kOpen, {.slot = slot, .id = id});
  EXPECT_EQ(TakeSent(*socket), Texts{"2000:"});
}

TEST_P(DatagramClients, ShowThemselvesWhenTheyAreOpened) {
  ComponentSettings settings;
  settings.opens_by_itself = true;
  DatagramClient client(GetParam(), settings);
  EXPECT_EQ(Probes(client), 1U);
  client.Deliver("data");
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{"data"});
}

TEST_P(DatagramClients, ShowThemselvesBeforeWhatIsSentWhileTheyAreOpened) {
  DatagramClient client(GetParam());
  // As inside onConnect.
  client.commands.AddWithBytes(CommandKind::kSend, client.target, "one");
  client.commands.AddWithBytes(CommandKind::kSend, client.target, "two");
  client.commands.Add(CommandKind::kOpen, client.target);
  client.Flush();
  client.Open();
  EXPECT_EQ(TakeSent(*client.socket), (Texts{"2000:", "2000:one", "2000:two"}));
}

TEST_P(DatagramClients, ThatCannotBeServedAreToldSo) {
  TestReactor reactor(GetParam());
  DatagramSocket socket;
  const sys::Handle handle = reactor.backend.OpenDatagrams(socket, Loopback(1), Loopback(2000));
  reactor.backend.FailNextAttach(ErrorCode::kOutOfMemory);
  const std::uint64_t id = reactor.component.TakeId();
  reactor.log.Expect(id);
  reactor.reactor.AdoptDatagrams(reactor.component, id, handle, Loopback(2000),
                                 DatagramEndpoint::Role::kClient, true);
  reactor.Settle();
  EXPECT_FALSE(reactor.log[id].opened);
  EXPECT_EQ(reactor.log[id].operation, Operation::kConnect);
  EXPECT_EQ(reactor.log[id].error, ErrorCode::kOutOfMemory);
  EXPECT_TRUE(socket->closed());
  EXPECT_EQ(reactor.reactor.load(), 0U);
}

TEST_P(DatagramClients, ExchangeDatagramsWithTheirServer) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  for (const char* bytes : {"one", "two"}) client.Deliver(bytes);
  client.socket->Deliver(Loopback(2001), "from a stranger");
  client.Settle();
  EXPECT_EQ(client.told().messages, (Texts{"one", "two"}));
  client.Send(client.target, "three");
  client.Send(client.target, "four");
  EXPECT_EQ(TakeSent(*client.socket), (Texts{"2000:three", "2000:four"}));
}

TEST_P(DatagramClients, ProbeEachIntervalAsLongAsTheyAreAnswered) {
  DatagramClient client(GetParam(), Detecting(2, 100));
  OpenQuietly(client);
  for (int i = 0; i < 20; ++i) {
    client.Pass(99);
    EXPECT_EQ(Probes(client), 0U);
    client.Pass(1);
    EXPECT_EQ(Probes(client), 1U);
    client.Deliver("");
    client.Settle();
  }
  EXPECT_FALSE(client.told().closed);
  // Answers are told to nobody, nor answered.
  EXPECT_EQ(client.told().messages, Texts{});
  EXPECT_EQ(Probes(client), 0U);
}

TEST_P(DatagramClients, FindASilentServerDead) {
  DatagramClient client(GetParam(), Detecting(3, 100));
  OpenQuietly(client);
  client.Pass(399);
  EXPECT_EQ(Probes(client), 3U);
  EXPECT_FALSE(client.told().closed);
  client.Pass(1);
  ExpectClosed(client, Operation::kClose, ErrorCode::kTimedOut);
  EXPECT_EQ(Probes(client), 0U);
}

TEST_P(DatagramClients, TakeAnyDatagramForASignOfLife) {
  DatagramClient client(GetParam(), Detecting(2, 100));
  OpenQuietly(client);
  for (int i = 0; i < 10; ++i) {
    client.Pass(150);
    client.Deliver(i % 2 == 0 ? "data" : "");
    client.Settle();
    ASSERT_FALSE(client.told().closed);
  }
  client.Pass(299);
  EXPECT_FALSE(client.told().closed);
  client.Pass(1);
  ExpectClosed(client, Operation::kClose, ErrorCode::kTimedOut);
}

TEST_P(DatagramClients, NeitherProbeNorDieWhereThatIsOff) {
  for (const auto& settings : {Detecting(0, 100), Detecting(3, 0), Detecting(0, 0)}) {
    DatagramClient client(GetParam(), settings);
    OpenQuietly(client);
    client.Pass(10'000);
    EXPECT_EQ(Probes(client), 0U);
    EXPECT_FALSE(client.told().closed);
    EXPECT_FALSE(client.reactor.NextTimer());
  }
}

TEST_P(DatagramClients, ThatArePausedGoOnProbingAndDoNotDie) {
  DatagramClient client(GetParam(), Detecting(2, 100));
  OpenQuietly(client);
  client.Do(CommandKind::kPause, client.target);
  client.Deliver("an answer that nobody reads");
  client.Pass(1000);
  EXPECT_EQ(Probes(client), 10U);
  EXPECT_FALSE(client.told().closed);
  client.Do(CommandKind::kResume, client.target);
  client.Settle();
  EXPECT_EQ(client.told().messages.size(), 1U);
  // And dies like any other from then on.
  client.Pass(300);
  ExpectClosed(client, Operation::kClose, ErrorCode::kTimedOut);
}

TEST_P(DatagramClients, DoNotDieWhileTheAnswersWaitForMemory) {
  DatagramClient client(GetParam(), Detecting(2, 100));
  OpenQuietly(client);
  client.memory.set_stock(0);
  client.Deliver("an answer");
  client.Pass(1000);
  EXPECT_FALSE(client.told().closed);
  client.memory.set_stock(TestMemory::kUnlimited);
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{"an answer"});
}

TEST_P(DatagramClients, ProbeWithoutRoomAsWell) {
  DatagramClient client(GetParam(), Detecting(3, 100));
  OpenQuietly(client);
  client.socket->LimitRoom(0);
  client.Send(client.target, "data");
  client.Pass(250);
  client.socket->LimitRoom(10);
  client.Settle();
  // Those that found no room are not sent later.
  EXPECT_EQ(TakeSent(*client.socket), Texts{"2000:data"});
  client.Pass(50);
  EXPECT_EQ(Probes(client), 1U);
}

TEST_P(DatagramClients, BearThatAProbeCannotBeSent) {
  DatagramClient client(GetParam(), Detecting(3, 100));
  OpenQuietly(client);
  client.socket->FailNextSend(ErrorCode::kNetworkUnreachable);
  client.Pass(100);
  EXPECT_FALSE(client.told().closed);
  client.Pass(100);
  EXPECT_EQ(Probes(client), 1U);
}

TEST_P(DatagramClients, AreClosedByADatagramThatIsTooLong) {
  ComponentSettings settings;
  settings.datagrams.max_bytes = 10;
  DatagramClient client(GetParam(), settings);
  OpenQuietly(client);
  client.Deliver("just right");
  client.Deliver("a bit long.");
  client.Deliver("later");
  client.Settle();
  EXPECT_EQ(client.told().messages, Texts{"just right"});
  ExpectClosed(client, Operation::kReceive, ErrorCode::kMessageSize);
}

TEST_P(DatagramClients, AreClosedWhereNobodyListens) {
  DatagramClient client(GetParam());
  client.socket->Refuse(true);
  client.Open();
  client.Settle();
  ExpectClosed(client, Operation::kReceive, ErrorCode::kConnectionRefused);
}

TEST_P(DatagramClients, AreClosedTheSameWhereASendSaysSo) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  client.socket->FailNextSend(ErrorCode::kConnectionRefused);
  client.Send(client.target, "anybody there?");
  client.Settle();
  ExpectClosed(client, Operation::kReceive, ErrorCode::kConnectionRefused);
}

TEST_P(DatagramClients, AreClosedTheSameWhereAProbeSaysSo) {
  DatagramClient client(GetParam(), Detecting(3, 100));
  OpenQuietly(client);
  client.socket->FailNextSend(ErrorCode::kConnectionRefused);
  client.Pass(100);
  ExpectClosed(client, Operation::kReceive, ErrorCode::kConnectionRefused);
}

TEST_P(DatagramClients, AreClosedOnceHoweverOftenTheyAreRefused) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  client.socket->Refuse(true);
  for (int i = 0; i < 5; ++i) client.Send(client.target, "anybody there?");
  client.Settle();
  EXPECT_EQ(client.log.CountOf(EventKind::kClose), 1U);
  ExpectClosed(client, Operation::kReceive, ErrorCode::kConnectionRefused);
}

TEST_P(DatagramClients, PauseAndResumeWithoutLoss) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  Texts expected;
  for (int i = 0; i < 200; ++i) {
    if (i % 20 == 5) client.Do(CommandKind::kPause, client.target);
    if (i % 20 == 8) client.Do(CommandKind::kHold, client.target);
    if (i % 20 == 12) client.Do(CommandKind::kResume, client.target);
    if (i % 20 == 16) client.Do(CommandKind::kUnhold, client.target);
    expected.push_back(std::to_string(i));
    client.Deliver(expected.back());
    client.Settle();
    EXPECT_FALSE(client.reactor.HasWork());
  }
  EXPECT_EQ(client.told().messages, expected);
}

TEST_P(DatagramClients, WaitForJavaScriptWhenMuchIsUndelivered) {
  DatagramClient client(GetParam(), {}, {.undelivered_bytes = 1000});
  OpenQuietly(client);
  Texts expected;
  for (int i = 0; i < 300; ++i) {
    expected.push_back(Pattern(static_cast<std::size_t>(100 + i)));
    client.Deliver(expected.back());
  }
  for (int i = 0; i < 20; ++i) client.Turn();
  // What one call has brought is told.
  EXPECT_LE(client.told().messages.size(), 100U);
  EXPECT_FALSE(client.reactor.HasWork());
  EXPECT_EQ(client.counters().read_pauses.Read(), 1U);
  client.See();
  client.Settle();
  EXPECT_EQ(client.told().messages, expected);
}

TEST_P(DatagramClients, CannotFinishSending) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  client.Do(CommandKind::kHalfOpen, client.target);
  client.Do(CommandKind::kEnd, client.target);
  client.Send(client.target, "more");
  EXPECT_EQ(TakeSent(*client.socket), Texts{"2000:more"});
}

TEST_P(DatagramClients, LetGoOfTheirSocketWithTheirSlot) {
  DatagramClient client(GetParam());
  OpenQuietly(client);
  client.Disconnect(client.target);
  client.Settle();
  EXPECT_TRUE(client.socket->closed());
  // What came too late is not for whoever has the slot now.
  const auto peer = client.Accept();
  const Target next = client.newest();
  EXPECT_EQ(next.slot, client.target.slot);
  client.Deliver("late");
  client.socket->Fail(ErrorCode::kConnectionRefused);
  client.Settle();
  EXPECT_FALSE(client.log[next.id].closed);
  EXPECT_EQ(client.log[next.id].received, "");
}

}  // namespace
}  // namespace hp::net
