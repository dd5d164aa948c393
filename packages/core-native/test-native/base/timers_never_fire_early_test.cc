// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <vector>

#include "base/timer_wheel.h"

namespace hp {
namespace {

std::vector<std::uint64_t> TagsDueAt(TimerWheel& wheel, std::uint64_t now_ms) {
  std::vector<std::uint64_t> tags;
  wheel.Advance(now_ms, [&](TimerNode& node) { tags.push_back(node.tag); });
  return tags;
}

using Tags = std::vector<std::uint64_t>;

TEST(TimerWheel, ExpiresAtTheDeadlineAndNotBefore) {
  for (const std::uint64_t delay : {1ULL, 2ULL, 63ULL, 64ULL, 65ULL, 4095ULL, 4096ULL, 4097ULL,
                                    262'144ULL, 1'000'003ULL, 86'400'000ULL, 1ULL << 37}) {
    for (const std::uint64_t start : {0ULL, 63ULL, 64ULL, 4095ULL, 123'456'789ULL}) {
      TimerWheel wheel(start);
      TimerNode node{.tag = 1};
      wheel.Arm(node, start + delay);
      EXPECT_EQ(TagsDueAt(wheel, start + delay - 1), Tags{}) << delay << " from " << start;
      EXPECT_EQ(TagsDueAt(wheel, start + delay), Tags{1}) << delay << " from " << start;
      EXPECT_FALSE(node.armed());
    }
  }
}

TEST(TimerWheel, ExpiresInOrderOfTheDeadlinesWhenTimeJumps) {
  TimerWheel wheel(0);
  std::array<TimerNode, 5> nodes;
  const std::array<std::uint64_t, 5> deadlines{90'000, 3, 5000, 70, 300'000};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].tag = deadlines[i];
    wheel.Arm(nodes[i], deadlines[i]);
  }
  EXPECT_EQ(TagsDueAt(wheel, 1'000'000), (Tags{3, 70, 5000, 90'000, 300'000}));
  EXPECT_EQ(wheel.armed(), 0U);
}

TEST(TimerWheel, ADeadlineThatHasPassedExpiresInTheNextMillisecond) {
  TimerWheel wheel(1000);
  TimerNode node{.tag = 1};
  wheel.Arm(node, 10);
  EXPECT_EQ(TagsDueAt(wheel, 1001), Tags{1});
}

TEST(TimerWheel, ArmingAgainMovesTheDeadline) {
  TimerWheel wheel(0);
  TimerNode node{.tag = 1};
  wheel.Arm(node, 50);
  wheel.Arm(node, 5000);
  EXPECT_EQ(wheel.armed(), 1U);
  EXPECT_EQ(TagsDueAt(wheel, 4999), Tags{});
  wheel.Arm(node, 5001);
  EXPECT_EQ(TagsDueAt(wheel, 5001), Tags{1});
}

TEST(TimerWheel, ACancelledTimerStaysSilent) {
  TimerWheel wheel(0);
  TimerNode node{.tag = 1};
  wheel.Cancel(node);
  wheel.Arm(node, 50);
  wheel.Cancel(node);
  EXPECT_FALSE(node.armed());
  EXPECT_EQ(wheel.NextWake(), std::nullopt);
  EXPECT_EQ(TagsDueAt(wheel, 1000), Tags{});
}

TEST(TimerWheel, DeadlinesFarAwayWaitTheirTime) {
  constexpr std::uint64_t kYear = 366ULL * 24 * 3600 * 1000;
  TimerWheel wheel(1'000'000);
  TimerNode century{.tag = 100};
  TimerNode never{.tag = 1};
  wheel.Arm(century, 100 * kYear);
  wheel.Arm(never, UINT64_MAX);
  for (std::uint64_t year = 1; year < 100; ++year) {
    ASSERT_EQ(TagsDueAt(wheel, year * kYear), Tags{}) << year;
  }
  EXPECT_EQ(TagsDueAt(wheel, 100 * kYear), Tags{100});
  EXPECT_EQ(wheel.armed(), 1U);
  wheel.Cancel(never);
}

// A model: deadlines in a sorted list.
class Model {
 public:
  explicit Model(std::uint64_t now) : now_(now), wheel_(now) {}

  void ArmSomething(std::mt19937_64& random) {
    const std::uint64_t delay = random() % (1ULL << random() % 40);
    TimerNode& node = NodeFor(random() % 300);
    Forget(node);
    wheel_.Arm(node, now_ + delay);
    // What is due already waits for the next millisecond.
    due_.emplace(std::max(now_ + delay, now_ + 1), &node);
  }

  void CancelSomething(std::mt19937_64& random) {
    TimerNode& node = NodeFor(random() % 300);
    Forget(node);
    wheel_.Cancel(node);
  }

  void CheckNextWake() {
    const auto wake = wheel_.NextWake();
    ASSERT_EQ(wake.has_value(), !due_.empty());
    if (!wake) return;
    ASSERT_GT(*wake, now_);
    ASSERT_LE(*wake, due_.begin()->first);
  }

  void Advance(std::uint64_t now) {
    now_ = now;
    std::uint64_t last = 0;
    wheel_.Advance(now, [&](TimerNode& node) {
      EXPECT_LE(node.deadline_ms, now_) << "early";
      EXPECT_GE(node.deadline_ms + 1, last) << "out of order";
      last = std::max(last, node.deadline_ms);
      Forget(node);
    });
    if (!due_.empty()) {
      EXPECT_GT(due_.begin()->first, now_) << "missed";
    }
    EXPECT_EQ(wheel_.armed(), due_.size());
  }

  std::uint64_t now() const { return now_; }
  std::optional<std::uint64_t> FirstDeadline() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
  }
  TimerWheel& wheel() { return wheel_; }

 private:
  TimerNode& NodeFor(std::uint64_t index) {
    auto& node = nodes_[index];
    if (node == nullptr) node = std::make_unique<TimerNode>();
    return *node;
  }

  void Forget(const TimerNode& node) {
    std::erase_if(due_, [&](const auto& each) { return each.second == &node; });
  }

  std::uint64_t now_;
  TimerWheel wheel_;
  std::map<std::uint64_t, std::unique_ptr<TimerNode>> nodes_;
  std::multimap<std::uint64_t, TimerNode*> due_;
};

class TimerModelTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(TimerModelTest, AgreesWithASortedList) {
  std::mt19937_64 random(GetParam());
  Model model(GetParam());
  for (int step = 0; step < 20'000; ++step) {
    switch (random() % 5) {
      case 0:
      case 1:
        model.ArmSomething(random);
        break;
      case 2:
        model.CancelSomething(random);
        break;
      case 3:
        model.Advance(model.now() + random() % (1ULL << random() % 24));
        break;
      case 4:
        // As a reactor does: sleep until the wake it was told, or the deadline.
        if (const auto wake = model.wheel().NextWake()) model.Advance(*wake);
        break;
    }
    model.CheckNextWake();
    if (::testing::Test::HasFailure()) return;
  }
}

// The last two: a clock close to where the upper digits of a time turn over.
INSTANTIATE_TEST_SUITE_P(Starts, TimerModelTest,
                         ::testing::Values(0, 1, 123'456'789, (1ULL << 36) - 5000,
                                           (1ULL << 42) - 70'000));

TEST(TimerWheel, WakesFewTimesForOneDeadlineFarAway) {
  TimerWheel wheel(12'345);
  TimerNode node{.tag = 1};
  wheel.Arm(node, 12'345 + 86'400'000);
  int wakes = 0;
  while (const auto wake = wheel.NextWake()) {
    ++wakes;
    wheel.Advance(*wake, [](TimerNode&) {});
  }
  // One a level at most.
  EXPECT_LE(wakes, 5);
}

}  // namespace
}  // namespace hp
