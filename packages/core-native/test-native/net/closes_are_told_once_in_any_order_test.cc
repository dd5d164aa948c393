// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "reactor_fixture.h"

namespace hp::net {
namespace {

// What may happen to a connection, each at most once, in whatever order.
enum class Step : std::uint8_t {
  kPeerSends,
  kPeerEnds,
  kPeerResets,
  kPeerReads,
  kSend,
  kDisconnect,
  kPause,
  kResume,
  kEnd,
  kNotifyDrain,
};
constexpr std::array kSteps{
    Step::kPeerSends,  Step::kPeerEnds, Step::kPeerResets, Step::kPeerReads, Step::kSend,
    Step::kDisconnect, Step::kPause,    Step::kResume,     Step::kEnd,       Step::kNotifyDrain};
constexpr std::array kNames{"peer sends", "peer ends", "peer resets", "peer reads", "send",
                            "disconnect", "pause",     "resume",      "end",        "notify drain"};

// When the reactor turns and JavaScript sees, between the steps.
enum class Pace : std::uint8_t { kSettleAfterEach, kTurnAfterEach, kAllInOneTurn };

// On one thread there is nothing for the thread sanitizer to find, and on the fake
// nothing of Windows; the address sanitizer sees longer orders of the fuzzer's.
// These get the shorter orders.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__) || defined(_WIN32)
constexpr std::size_t kLongestOrder = 4;
constexpr std::size_t kOrders = 1 + 10 + 90 + 720 + 5040;
#else
constexpr std::size_t kLongestOrder = 5;
constexpr std::size_t kOrders = 1 + 10 + 90 + 720 + 5040 + 30'240;
#endif

// More than the stream holds, so that some of it waits in the queue.
constexpr std::size_t kBytes = 1500;

class AnyOrder {
 public:
  AnyOrder(sys::FakeStyle style, Pace pace) : reactor_(style, Settings()), pace_(pace) {
    reactor_.backend.set_stream_capacity(kCapacity);
  }

  void Run(std::span<const Step> steps) {
    reactor_.log.Forget();
    reactor_.memory.Forget();
    peer_ = reactor_.Dial();
    reactor_.Settle();
    target_ = reactor_.newest();
    reactor_.Do(CommandKind::kOpen, target_);
    sent_by_peer_ = read_by_peer_ = 0;
    for (const Step step : steps) {
      Take(step);
      if (pace_ == Pace::kSettleAfterEach) reactor_.Settle();
      if (pace_ == Pace::kTurnAfterEach) reactor_.Turn();
    }
    reactor_.Settle();
    CheckBytes(steps);
    Finish(steps);
    CheckClose(steps);
  }

 private:
  static ComponentSettings Settings() {
    ComponentSettings settings;
    settings.high_water_mark = 400;
    settings.low_water_mark = 100;
    settings.pause_reads_when_congested = true;
    settings.tells_sends = true;
    return settings;
  }

  void Take(Step step) {
    switch (step) {
      case Step::kPeerSends:
        sent_by_peer_ += peer_->Send(bytes_.substr(0, 700));
        return;
      case Step::kPeerEnds:
        return peer_->FinishSending();
      case Step::kPeerResets:
        return peer_->Reset();
      case Step::kPeerReads:
        return PeerReads();
      case Step::kSend:
        return reactor_.Send(target_, bytes_);
      case Step::kDisconnect:
        return reactor_.Disconnect(target_);
      case Step::kPause:
        return reactor_.Do(CommandKind::kPause, target_);
      case Step::kResume:
        return reactor_.Do(CommandKind::kResume, target_);
      case Step::kEnd:
        return reactor_.Do(CommandKind::kEnd, target_);
      case Step::kNotifyDrain:
        return reactor_.Do(CommandKind::kNotifyDrain, target_);
    }
  }

  void PeerReads() {
    const std::string read = peer_->Receive();
    EXPECT_EQ(read, bytes_.substr(read_by_peer_, read.size()));
    read_by_peer_ += read.size();
  }

  static bool Has(std::span<const Step> steps, Step step) {
    return std::find(steps.begin(), steps.end(), step) != steps.end();
  }
  // Whether `first` comes, and nowhere behind `second`.
  static bool ComesFirst(std::span<const Step> steps, Step first, Step second) {
    const auto at = std::find(steps.begin(), steps.end(), first);
    return at != steps.end() && at < std::find(steps.begin(), steps.end(), second);
  }

  void CheckBytes(std::span<const Step> steps) {
    const std::string& received = reactor_.log[target_.id].received;
    EXPECT_EQ(received, bytes_.substr(0, received.size()));
    EXPECT_LE(received.size(), sent_by_peer_);
    const bool resumed =
        Has(steps, Step::kResume) && ComesFirst(steps, Step::kPause, Step::kResume);
    const bool paused = Has(steps, Step::kPause) && !resumed;
    // A queue above its mark holds up receiving until the peer reads.
    const bool congested = Has(steps, Step::kSend);
    if (!paused && !congested && !Has(steps, Step::kPeerResets) && !Has(steps, Step::kDisconnect)) {
      EXPECT_EQ(received.size(), sent_by_peer_);
    }
  }

  // Whatever is open is closed, and whatever was queued has found its reader.
  void Finish(std::span<const Step> steps) {
    for (int i = 0; i < 4; ++i) {
      PeerReads();
      reactor_.Settle();
    }
    flushed_ = read_by_peer_;
    reactor_.Do(CommandKind::kResume, target_);
    reactor_.Settle();
    if (Has(steps, Step::kPeerResets)) {
      EXPECT_EQ(reactor_.reactor.load(), 0U) << "holds on to a broken connection";
    }
    reactor_.Disconnect(target_);
    reactor_.Settle();
    PeerReads();
    reactor_.Settle();
  }

  void CheckClose(std::span<const Step> steps) {
    const ConnectionLog::Connection& logged = reactor_.log[target_.id];
    EXPECT_TRUE(logged.closed);
    EXPECT_EQ(reactor_.reactor.load(), 0U) << "the slot is not free";
    EXPECT_EQ(reactor_.component.connection_count().load(), 0U);
    EXPECT_EQ(reactor_.QueuedBytes(), 0U);
    EXPECT_TRUE(reactor_.log.broken_promises().empty()) << reactor_.log.broken_promises().front();
    EXPECT_TRUE(reactor_.backend.violations().empty()) << reactor_.backend.violations().front();
    EXPECT_LE(logged.drains, 1U);
    // What was sent before the peer's orderly end, or before end(), is flushed.
    const bool lost = Has(steps, Step::kPeerResets) || Has(steps, Step::kDisconnect);
    if (ComesFirst(steps, Step::kSend, Step::kEnd) &&
        ComesFirst(steps, Step::kSend, Step::kPeerEnds) && !lost) {
      EXPECT_EQ(flushed_, kBytes);
    }
    if (!Has(steps, Step::kPeerResets)) {
      EXPECT_EQ(logged.error, ErrorCode::kOk);
      EXPECT_EQ(logged.operation, Operation::kClose);
    }
  }

  TestReactor reactor_;
  Pace pace_;
  const std::string bytes_ = Pattern(kBytes);
  std::unique_ptr<sys::FakePeer> peer_;
  Target target_;
  std::size_t sent_by_peer_ = 0;
  std::size_t read_by_peer_ = 0;
  std::size_t flushed_ = 0;
};

std::string Describe(std::span<const Step> steps) {
  std::string text;
  for (const Step step : steps) {
    text += text.empty() ? "" : ", ";
    text += kNames[static_cast<std::size_t>(step)];
  }
  return text;
}

// Calls `run` with every sequence of up to `longest` different steps.
template <typename Run>
void ForEachOrder(std::size_t longest, Run&& run, std::vector<Step>& steps) {
  run(steps);
  if (steps.size() == longest) return;
  for (const Step step : kSteps) {
    if (std::find(steps.begin(), steps.end(), step) != steps.end()) continue;
    steps.push_back(step);
    ForEachOrder(longest, run, steps);
    steps.pop_back();
  }
}

class ClosesAreToldOnce : public ::testing::TestWithParam<std::tuple<sys::FakeStyle, Pace>> {};

TEST_P(ClosesAreToldOnce, WhateverHappensInWhateverOrder) {
  const auto& [style, pace] = GetParam();
  AnyOrder any_order(style, pace);
  std::vector<Step> steps;
  std::size_t orders = 0;
  ForEachOrder(
      kLongestOrder,
      [&](std::span<const Step> order) {
        if (HasFailure()) return;
        SCOPED_TRACE(Describe(order));
        any_order.Run(order);
        ++orders;
      },
      steps);
  EXPECT_EQ(orders, kOrders);
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<sys::FakeStyle, Pace>>& info) {
  constexpr std::array kStyles{"Readiness", "Completion"};
  constexpr std::array kPaces{"SettleAfterEach", "TurnAfterEach", "AllInOneTurn"};
  const auto& [style, pace] = info.param;
  return std::string(kStyles[static_cast<std::size_t>(style)]) +
         kPaces[static_cast<std::size_t>(pace)];
}

INSTANTIATE_TEST_SUITE_P(
    Reactor, ClosesAreToldOnce,
    ::testing::Combine(::testing::Values(sys::FakeStyle::kReadiness, sys::FakeStyle::kCompletion),
                       ::testing::Values(Pace::kSettleAfterEach, Pace::kTurnAfterEach,
                                         Pace::kAllInOneTurn)),
    NameOf);

}  // namespace
}  // namespace hp::net
