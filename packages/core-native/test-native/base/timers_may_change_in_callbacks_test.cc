// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <vector>

#include "base/timer_wheel.h"

namespace hp {
namespace {

TEST(TimerCallback, MayArmItsOwnTimerAgain) {
  TimerWheel wheel(0);
  TimerNode node;
  wheel.Arm(node, 10);
  std::vector<std::uint64_t> fired;
  for (std::uint64_t now = 0; now <= 60; now += 5) {
    wheel.Advance(now, [&](TimerNode& each) {
      fired.push_back(now);
      wheel.Arm(each, now + 20);
    });
  }
  EXPECT_EQ(fired, (std::vector<std::uint64_t>{10, 30, 50}));
}

TEST(TimerCallback, IsNotCalledAgainWithinOneAdvance) {
  TimerWheel wheel(0);
  TimerNode node;
  wheel.Arm(node, 10);
  int calls = 0;
  wheel.Advance(100, [&](TimerNode& each) {
    ++calls;
    wheel.Arm(each, 0);
  });
  EXPECT_EQ(calls, 1);
  wheel.Advance(101, [&](TimerNode&) { ++calls; });
  EXPECT_EQ(calls, 2);
}

TEST(TimerCallback, MayCancelOthersThatAreDueToo) {
  TimerWheel wheel(0);
  std::array<TimerNode, 4> nodes;
  for (TimerNode& node : nodes) wheel.Arm(node, 10);
  int calls = 0;
  wheel.Advance(10, [&](TimerNode& fired) {
    ++calls;
    for (TimerNode& node : nodes) {
      if (&node != &fired) wheel.Cancel(node);
    }
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(wheel.armed(), 0U);
}

TEST(TimerCallback, MayPostponeOthersThatAreDueToo) {
  TimerWheel wheel(0);
  std::array<TimerNode, 3> nodes;
  for (TimerNode& node : nodes) wheel.Arm(node, 10);
  int calls = 0;
  wheel.Advance(10, [&](TimerNode& fired) {
    ++calls;
    for (TimerNode& node : nodes) {
      if (&node != &fired) wheel.Arm(node, 5000);
    }
  });
  EXPECT_EQ(calls, 1);
  wheel.Advance(5000, [&](TimerNode&) { ++calls; });
  EXPECT_EQ(calls, 3);
}

TEST(TimerCallback, MayDoAllOfThatAtRandom) {
  std::mt19937 random(11);
  TimerWheel wheel(0);
  std::array<TimerNode, 64> nodes;
  std::uint64_t now = 0;
  const auto change = [&](std::uint64_t at) {
    TimerNode& node = nodes[random() % nodes.size()];
    if (random() % 3 == 0) {
      wheel.Cancel(node);
    } else {
      wheel.Arm(node, at + random() % 10'000);
    }
  };
  for (int step = 0; step < 5000; ++step) {
    for (unsigned i = random() % 8; i > 0; --i) change(now);
    now += random() % 300;
    std::set<const TimerNode*> fired;
    wheel.Advance(now, [&](TimerNode& node) {
      EXPECT_FALSE(node.armed());
      EXPECT_LE(node.deadline_ms, now);
      EXPECT_TRUE(fired.insert(&node).second) << "fired twice";
      for (unsigned i = random() % 4; i > 0; --i) change(now);
    });
    for (const TimerNode& node : nodes) {
      ASSERT_TRUE(!node.armed() || node.deadline_ms >= now) << "missed";
    }
  }
}

}  // namespace
}  // namespace hp
