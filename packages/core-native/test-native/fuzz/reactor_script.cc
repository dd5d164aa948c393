// SPDX-License-Identifier: Apache-2.0
#include "reactor_script.h"

#include "script_tools.h"

namespace hp::net {
namespace {

const sys::Endpoint kListening = Loopback(1);
constexpr std::uint16_t kAnswers = 6;  // ports 10 to 15, each with an answer of its own
constexpr std::size_t kMostPeers = 24;
constexpr std::uint8_t kDatagramSteps = 240;  // from here on

}  // namespace

ReactorScript::Settings ReactorScript::ReadSettings(ByteReader& input, TestFilter& filter) {
  Settings settings{};
  settings.style = input.Flag() ? sys::FakeStyle::kCompletion : sys::FakeStyle::kReadiness;
  const std::uint8_t bits = input.Byte();
  ComponentSettings& component = settings.component;
  component.pause_reads_when_congested = (bits & 1) != 0;
  component.opens_by_itself = (bits & 2) != 0;
  component.tells_sends = (bits & 4) != 0;
  component.tells_rejects = (bits & 8) != 0;
  component.send_policy = (bits & 16) != 0 ? SendPolicy::kDirect : SendPolicy::kPack;
  if ((bits & 32) != 0) component.filter = filter.Functions();
  if ((bits & 64) != 0) component.idle_timeout_ms = 500;
  if ((bits & 128) != 0) component.max_lifetime_ms = 2000;
  const std::uint8_t more = input.Byte();
  component.idle_measure = static_cast<IdleMeasure>(more % 3);
  component.max_connections = (more & 4) != 0 ? 3 : 0;
  component.accept_count = (more & 8) != 0 ? 2 : 64;
  component.receive_limit = (more & 16) != 0 ? 50 : 65536;
  settings.limits.undelivered_bytes = (more & 32) != 0 ? 200 : 0;
  settings.limits.cached_chunks = (more & 64) != 0 ? 2 : 1024;
  settings.limits.cached_connections = (more & 128) != 0 ? 0 : 1024;
  component.high_water_mark = 400;
  component.low_water_mark = 100;
  return settings;
}

ReactorScript::ReactorScript(ByteReader input)
    : input_(input),
      settings_(ReadSettings(input_, filter_)),
      backend_(settings_.style),
      component_(3, settings_.component, 1, 1),
      datagrams_(backend_, reactor_, log_, settings_.component),
      reactor_(backend_, memory_, 0, settings_.limits) {
  backend_.set_stream_capacity(1 + input_.Amount());
  const std::uint8_t bits = input_.Byte();
  backend_.set_max_parts(1 + bits % 8);
  filter_.permits_early = (bits & 8) != 0;
  filter_.wants_goodbye = (bits & 16) != 0;
  backend_.Answer(Loopback(10), {});
  backend_.Answer(Loopback(11), {.after_ms = 300});
  backend_.Answer(Loopback(12), {.never = true});
  backend_.Answer(Loopback(13), {.finish_error = ErrorCode::kSelfConnect});
  backend_.Answer(Loopback(14), {.error = ErrorCode::kProcessFileLimit, .without_socket = true});
  // Nothing is said of the last: refused.
  reactor_.Listen(component_, backend_.OpenListener(kListening),
                  [this](Component& owner, sys::Handle accepted, const sys::Endpoint& peer) {
                    reactor_.Adopt(owner, accepted, peer);
                  });
}

void ReactorScript::Run() {
  while (!input_.empty()) Step();
  Finish();
}

void ReactorScript::Step() {
  const std::uint8_t choice = input_.Byte();
  if (choice >= kDatagramSteps) return datagrams_.Step(input_);
  switch (choice % 12) {
    case 0:
    case 1:
    case 2:
      return PeerStep();
    case 3:
    case 4:
    case 5:
      return AddCommand();
    case 6:
      return Flush();
    case 7:
      return Turn(0);
    case 8:
      return See();
    case 9:
      return Turn(input_.Amount());
    case 10:
      return SystemStep();
    case 11:
      return input_.Flag() ? Connect() : SendNow();
  }
}

void ReactorScript::PeerStep() {
  const std::uint8_t choice = input_.Byte() % 8;
  if (choice < 2) {
    if (peers_.size() == kMostPeers) return;
    auto peer = choice == 0 ? backend_.Dial(kListening) : backend_.TakeDialled();
    const char greeting = choice == 0 ? TestFilter::kHello : TestFilter::kWelcome;
    if (peer) peers_.push_back({.peer = std::move(peer), .greeting = greeting});
    return;
  }
  if (peers_.empty()) return;
  ScriptedPeer& peer = peers_[input_.Byte() % peers_.size()];
  switch (choice) {
    case 2:
    case 3:
      return PeerSends(peer);
    case 4:
      return peer.peer->FinishSending();
    case 5:
      return peer.peer->Reset();
    case 6:
      peer.peer->Receive(input_.Amount());
      return;
    default:
      return peer.peer->Close();
  }
}

void ReactorScript::PeerSends(ScriptedPeer& peer) {
  const std::uint32_t amount = input_.Amount();
  const std::string bytes = Bytes(peer.sent, amount);
  if (!settings_.component.filter) {
    peer.sent += peer.peer->Send(bytes);
  } else if (!peer.greeted) {
    peer.greeted = peer.peer->Send({&peer.greeting, 1}) == 1;
  } else if (amount % 16 == 15) {
    peer.peer->Send({amount % 32 == 15 ? &TestFilter::kGoodbye : &TestFilter::kNonsense, 1});
  } else {
    peer.sent += peer.peer->Send(TestFilter::Flip(bytes));
  }
}

// Somebody who exists, or existed, more often than not.
Target ReactorScript::ReadTarget() {
  const std::uint8_t choice = input_.Byte();
  const auto& known = log_.connections();
  if (known.empty() || choice >= 0xf0) {
    return {.slot = choice % 2 == 0 ? input_.Byte() : input_.Word(), .id = input_.Byte()};
  }
  auto newest = known.rbegin();
  std::advance(newest, choice % known.size());
  return newest->second.target;
}

void ReactorScript::AddCommand() {
  const auto kind = static_cast<CommandKind>(1 + input_.Byte() % 12);
  const Target target = ReadTarget();
  const std::uint8_t flags = input_.Byte();
  if (kind == CommandKind::kSend || kind == CommandKind::kFilter) {
    commands_.AddWithBytes(kind, target, Bytes(0, input_.Amount() % 3000), flags);
  } else {
    commands_.Add(kind, target, flags, input_.Byte());
  }
}

void ReactorScript::Flush() {
  reactor_.ReadClock();
  reactor_.Execute(commands_.bytes());
  commands_.Clear();
}

void ReactorScript::SendNow() {
  const Target target = ReadTarget();
  const std::string bytes = Bytes(0, input_.Amount());
  reactor_.ReadClock();
  reactor_.Execute(commands_.bytes(), target.slot, target.id, std::as_bytes(std::span(bytes)));
  commands_.Clear();
}

void ReactorScript::Connect() {
  const std::uint8_t choice = input_.Byte();
  if (choice >= 0xe0 && !dialled_.empty()) {
    return reactor_.Cancel(component_, dialled_[choice % dialled_.size()]);
  }
  if (dialled_.size() == kMostPeers) return;
  auto attempt = std::make_unique<ConnectAttempt>();
  for (unsigned i = 0; i < choice % 4U; ++i) {
    attempt->peers.Add(Loopback(static_cast<std::uint16_t>(10 + input_.Byte() % kAnswers)));
  }
  reactor_.ReadClock();
  if (input_.Flag()) attempt->deadline_ms = backend_.NowMs() + input_.Amount();
  dialled_.push_back(component_.TakeId());
  log_.Expect(dialled_.back());
  reactor_.Connect(component_, dialled_.back(), std::move(attempt));
}

// A connection that was made elsewhere, by blocking.
void ReactorScript::HandOver() {
  if (peers_.size() == kMostPeers) return;
  ScriptedPeer peer{.peer = nullptr, .greeting = TestFilter::kWelcome};
  const sys::Handle handle = backend_.OpenConnected(peer.peer);
  peers_.push_back(std::move(peer));
  reactor_.ReadClock();
  const std::uint64_t id = component_.TakeId();
  const std::uint32_t slot =
      reactor_.AdoptConnected(component_, id, handle, Loopback(9), "localhost");
  log_.HandedOver({.slot = slot, .id = id});
}

void ReactorScript::SystemStep() {
  switch (input_.Byte() % 8) {
    case 0:
      return backend_.AdvanceClock(input_.Amount());
    case 1:
      return memory_.set_stock(input_.Byte() % 4);
    case 2:
      return memory_.set_stock(TestMemory::kUnlimited);
    case 3:
      return backend_.FailAccepts(input_.Flag() ? ErrorCode::kProcessFileLimit : ErrorCode::kOk);
    case 4:
      return backend_.FailNextAttach(ErrorCode::kOutOfMemory);
    case 5:
      return Inject();
    case 6:
      return HandOver();
    case 7:
      if (input_.Byte() % 4 == 0) reactor_.StopAccepting(component_);
      return reactor_.TellStopped(component_);
  }
}

// A completion of anybody's that has news of nothing, or comes late.
void ReactorScript::Inject() {
  using Kind = sys::Completion::Kind;
  // A send that holds memory is over when that is told: no backend says it before.
  const bool may_be_sent = settings_.style == sys::FakeStyle::kReadiness;
  const sys::Token generation = input_.Byte() % 4;
  const sys::Token slot = input_.Byte() % 8;
  backend_.Inject({.token = generation << 32 | slot,
                   .kind = input_.Flag() && may_be_sent ? Kind::kSent : Kind::kReadable,
                   .ended = input_.Flag()});
  injected_ = true;
}

void ReactorScript::Turn(std::uint64_t ms) {
  reactor_.Turn(backend_.NowMs() + ms);
  std::vector<Event> events;
  reactor_.TakeEvents(events);
  for (const Event& event : events) log_.Note(event, memory_);
  unseen_.insert(unseen_.end(), events.begin(), events.end());
}

void ReactorScript::See() {
  const std::vector<Event> events = std::move(unseen_);
  unseen_.clear();
  reactor_.Seen(events);
  for (const Event& event : events) log_.Seen(event);
}

void ReactorScript::Settle() {
  for (int quiet = 0, turns = 0; quiet < 3; ++turns) {
    Require(turns < 100'000, "never settles");
    Turn(0);
    quiet = unseen_.empty() && !reactor_.HasWork() ? quiet + 1 : 0;
    See();
  }
}

void ReactorScript::CheckReceived() const {
  datagrams_.Check();
  for (const auto& [id, connection] : log_.connections()) {
    if (DatagramScript::Owns(id)) continue;
    Require(connection.received == Bytes(0, connection.received.size()), "received bytes");
  }
}

// Everybody goes; then nothing may be left.
void ReactorScript::Finish() {
  memory_.set_stock(TestMemory::kUnlimited);
  Flush();
  if (input_.Byte() == 0) {
    for (const ScriptedPeer& each : peers_) each.peer->Reset();
    reactor_.StopAccepting(component_);
    datagrams_.Stop();
    Settle();
    for (const auto& [id, connection] : log_.connections()) {
      commands_.AddDisconnect(connection.target, Operation::kClose, ErrorCode::kOk);
      reactor_.Cancel(component_, id);
    }
    Flush();
    Settle();
    // Last words wait for peers that take nothing, and for no longer than this.
    for (const std::uint64_t end = backend_.NowMs() + 11'000; backend_.NowMs() < end; See()) {
      Turn(end - backend_.NowMs());
    }
    Settle();
    for (const auto& [id, connection] : log_.connections()) {
      Require(connection.closed, "every connection is closed");
    }
    Require(reactor_.load() == 0, "every slot is free");
    Require(component_.connection_count().load() == 0, "every connection is counted");
  }
  CheckReceived();
  reactor_.CloseAll();
  Require(reactor_.load() == 0, "CloseAll() frees every slot");
  Require(backend_.open_sockets() == 0, "CloseAll() closes every socket");
  Require(component_.counters(0).queued_bytes.Read() == 0, "no bytes are left");
  datagrams_.CheckEnd();
  Require(filter_.instances == 0, "every filter is closed");
  Require(filter_.misuses == 0, "filters are called as promised");
  for (const std::string& each : log_.broken_promises()) Require(false, each.c_str());
  if (injected_) return;
  for (const std::string& each : backend_.violations()) Require(false, each.c_str());
}

}  // namespace hp::net
