// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "contexts.h"

namespace hp::tls {
namespace {

class NamedContexts : public ::testing::Test {
 protected:
  static std::shared_ptr<Context> Any() {
    static const std::shared_ptr<const Settings> settings = SettingsOf(ClientConfig());
    return Context::Make(settings);
  }

  const std::shared_ptr<Context> context = Any();
  const std::shared_ptr<Context> first = Any();
  const std::shared_ptr<Context> second = Any();
};

TEST_F(NamedContexts, AnswerForNobodyAtFirst) {
  EXPECT_EQ(context->ForName(""), nullptr);
  EXPECT_EQ(context->ForName("example.com"), nullptr);
}

TEST_F(NamedContexts, AnswerForTheirNameAlone) {
  context->SetServerNames({{"example.com", first}, {"example.org", second}});
  EXPECT_EQ(context->ForName("example.com"), first);
  EXPECT_EQ(context->ForName("example.org"), second);
  EXPECT_EQ(context->ForName("www.example.com"), nullptr);
  EXPECT_EQ(context->ForName("example"), nullptr);
}

TEST_F(NamedContexts, AnswerForNamesOfOneLabelMore) {
  context->SetServerNames({{"*.example.com", first}});
  EXPECT_EQ(context->ForName("www.example.com"), first);
  EXPECT_EQ(context->ForName("example.com"), nullptr);
  EXPECT_EQ(context->ForName("a.www.example.com"), nullptr);
  EXPECT_EQ(context->ForName(".example.com"), nullptr);
}

TEST_F(NamedContexts, AnswerForTheirNameBeforeAPattern) {
  context->SetServerNames({{"*.example.com", first}, {"www.example.com", second}});
  EXPECT_EQ(context->ForName("www.example.com"), second);
  EXPECT_EQ(context->ForName("ftp.example.com"), first);
}

TEST_F(NamedContexts, AreReplacedByTheNextTable) {
  context->SetServerNames({{"example.com", first}});
  context->SetServerNames({{"example.org", second}});
  EXPECT_EQ(context->ForName("example.com"), nullptr);
  EXPECT_EQ(context->ForName("example.org"), second);
}

TEST_F(NamedContexts, AreNotKeptByTheTable) {
  std::shared_ptr<Context> gone = Any();
  context->SetServerNames({{"example.com", gone}});
  gone.reset();
  EXPECT_EQ(context->ForName("example.com"), nullptr);
}

TEST_F(NamedContexts, MayNameThemselves) {
  std::shared_ptr<Context> own = Any();
  const std::weak_ptr<Context> watched = own;
  own->SetServerNames({{"example.com", own}});
  EXPECT_EQ(own->ForName("example.com"), own);
  own.reset();
  EXPECT_TRUE(watched.expired());
}

TEST_F(NamedContexts, AreFoundByTheirNumberWhileTheyLive) {
  EXPECT_NE(first->id(), second->id());
  EXPECT_EQ(Context::Find(first->id()), first);
  EXPECT_EQ(Context::Find(second->id()), second);
  std::shared_ptr<Context> gone = Any();
  const std::uint32_t id = gone->id();
  gone.reset();
  EXPECT_EQ(Context::Find(id), nullptr);
  EXPECT_EQ(Context::Find(0), nullptr);
}

TEST_F(NamedContexts, KeepTheirTableWhenTheyAreReplaced) {
  context->SetServerNames({{"example.com", first}});
  context->Replace(*second);
  EXPECT_EQ(context->ForName("example.com"), first);
  EXPECT_EQ(context->settings(), second->settings());
}

}  // namespace
}  // namespace hp::tls
