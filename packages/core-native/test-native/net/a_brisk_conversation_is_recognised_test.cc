// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <chrono>

#include "net/conversation.h"

namespace hp::net {
namespace {

using std::chrono::microseconds;

// A conversation on a clock of its own.
class ABriskConversation : public ::testing::Test {
 protected:
  // The slot asks after `pause`, and is answered at once.
  void Ask(microseconds pause, std::uint32_t slot = 1, bool answered = true) {
    now_ += pause;
    conversation_.Resume(now_);
    const Event question{.kind = EventKind::kReceive, .slot = slot};
    conversation_.Told({&question, 1}, answered);
    conversation_.Pause(now_);
  }
  void Converse(std::uint32_t questions = Conversation::kConvincing + 1) {
    for (std::uint32_t i = 0; i < questions; ++i) Ask(microseconds(10));
  }

  Conversation conversation_;
  Conversation::Time now_{std::chrono::hours(1)};
};

TEST_F(ABriskConversation, IsOneOfManyQuestionsSoonAfterEachOther) {
  Converse(Conversation::kConvincing);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
  Ask(microseconds(10));
  EXPECT_TRUE(conversation_.ExpectsQuestion());
  EXPECT_EQ(conversation_.Deadline(), now_ + Conversation::kLongestPause);
}

TEST_F(ABriskConversation, MayPauseAsLongAsIsWaitedForAndNoLonger) {
  Converse();
  Ask(Conversation::kLongestPause);
  EXPECT_TRUE(conversation_.ExpectsQuestion());
  Ask(Conversation::kLongestPause + microseconds(1));
  EXPECT_FALSE(conversation_.ExpectsQuestion());
}

TEST_F(ABriskConversation, EndsWhereNoQuestionComes) {
  Converse();
  conversation_.End();
  EXPECT_FALSE(conversation_.ExpectsQuestion());
  Converse();
  EXPECT_TRUE(conversation_.ExpectsQuestion());
}

TEST_F(ABriskConversation, IsWithOnePeer) {
  Converse();
  Ask(microseconds(1), 2);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
  for (std::uint32_t i = 0; i < 100; ++i) Ask(microseconds(1), i % 2);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
}

TEST_F(ABriskConversation, ConsistsOfAnswersToo) {
  for (std::uint32_t i = 0; i < 100; ++i) Ask(microseconds(1), 1, false);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
}

TEST_F(ABriskConversation, IsInterruptedByAnythingElse) {
  const Event question{.kind = EventKind::kReceive, .slot = 1};
  const Event close{.kind = EventKind::kClose, .slot = 1};
  Converse();
  conversation_.Told({&close, 1}, true);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
  Converse();
  conversation_.Told(std::array{question, question}, true);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
  Converse();
  conversation_.Told({}, true);
  EXPECT_FALSE(conversation_.ExpectsQuestion());
}

}  // namespace
}  // namespace hp::net
