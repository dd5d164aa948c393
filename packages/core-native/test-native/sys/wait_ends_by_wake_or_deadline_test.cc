// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <thread>

#include "backend_fixture.h"

namespace hp::sys {
namespace {

HP_BACKEND_SUITE(Waiting);

using Clock = std::chrono::steady_clock;

TEST_P(Waiting, EndsAtOnceWhenTheDeadlineHasPassed) {
  std::array<Completion, 4> completions;
  const auto before = Clock::now();
  for (const std::uint64_t deadline : {std::uint64_t{0}, backend.NowMs(), backend.NowMs() - 1}) {
    EXPECT_EQ(backend.Wait(completions, deadline), 0U);
  }
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(1));
}

TEST_P(Waiting, ReachesItsDeadlineWithoutSpinning) {
  std::array<Completion, 4> completions;
  for (const std::uint64_t ms : {1U, 2U, 5U, 20U, 50U}) {
    const std::uint64_t deadline = backend.NowMs() + ms;
    int waits = 0;
    for (; backend.NowMs() < deadline; ++waits) {
      EXPECT_EQ(backend.Wait(completions, deadline), 0U);
    }
    EXPECT_LE(waits, 3) << ms;
    EXPECT_LT(backend.NowMs(), deadline + 1000);
  }
}

TEST_P(Waiting, ClockNeverGoesBack) {
  std::uint64_t last = backend.NowMs();
  std::array<Completion, 4> completions;
  for (int i = 0; i < 100; ++i) {
    backend.Wait(completions, last + i % 3);
    const std::uint64_t now = backend.NowMs();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST_P(Waiting, IsEndedByAnEarlierWake) {
  std::array<Completion, 4> completions;
  backend.Wake();
  backend.Wake();
  EXPECT_EQ(backend.Wait(completions, std::nullopt), 0U);
  // Two wake-ups may become one, but not three.
  int returns = 0;
  const std::uint64_t deadline = backend.NowMs() + 20;
  while (backend.NowMs() < deadline) {
    backend.Wait(completions, deadline);
    ++returns;
  }
  EXPECT_LE(returns, 3);
}

TEST_P(Waiting, ForEverIsEndedByAWakeFromAnotherThread) {
  std::array<Completion, 4> completions;
  std::atomic<bool> woken = false;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    woken = true;
    backend.Wake();
  });
  while (!woken) EXPECT_EQ(backend.Wait(completions, std::nullopt), 0U);
  other.join();
}

TEST_P(Waiting, LosesNoWakeOfManyThreads) {
  // Each wake-up must lead to a look at the counter after it was raised.
  constexpr int kThreads = 4;
  constexpr int kWakes = 500;
  std::atomic<int> raised = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kWakes; ++j) {
        raised.fetch_add(1);
        backend.Wake();
      }
    });
  }
  std::array<Completion, 4> completions;
  while (raised != kThreads * kWakes) backend.Wait(completions, std::nullopt);
  for (std::thread& thread : threads) thread.join();
}

TEST_P(Waiting, GivesEverySocketItsTurnInSmallBatches) {
  std::array<Pair, 20> pairs;
  for (Pair& pair : pairs) pair = Accepted();
  for (Pair& pair : pairs) pair.peer->Send("x");
  std::array<Completion, 2> few;
  std::vector<Token> told;
  const std::uint64_t deadline = backend.NowMs() + 1000;
  while (told.size() < pairs.size() && backend.NowMs() < deadline) {
    const std::size_t count = backend.Wait(few, deadline);
    for (const Completion& each : std::span(few).first(count)) {
      if (each.kind == Kind::kReadable) told.push_back(each.token);
    }
  }
  EXPECT_EQ(told.size(), pairs.size());
  for (Pair& pair : pairs) {
    EXPECT_EQ(ReceiveAll(pair.socket), "x");
    CloseAndWait(pair.socket);
  }
}

}  // namespace
}  // namespace hp::sys
