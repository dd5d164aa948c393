// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "contexts.h"
#include "conversation.h"
#include "tls/settings_builder.h"

// OpenSSL is not compiled for the thread sanitizer, which sees its calls to malloc and
// memcpy, but not the counts of references that keep threads apart: of sessions, say.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}

namespace hp::tls {
namespace {

// Two reactors with filters of their own, on contexts that JavaScript changes.
class SharedContexts : public ::testing::Test {
 protected:
  // Connects and talks until told otherwise; how often.
  void Talk(int version) {
    while (!is_over) {
      FilterPeer server(server_context, HP_FILTER_SERVER, {.asks_server_name = true});
      FilterPeer client(client_context, HP_FILTER_CLIENT, {}, "localhost");
      // Less than a record, which goes by way of memory of the thread's own.
      server.host.plain_step = 4;
      Link link(server, client);
      link.Settle();
      // Nobody has answered for the name where the table had none.
      if (!server.is_ready()) server.Answer(named->id());
      link.Settle();
      server.Send("to the client");
      client.Send({"to the", " server"});
      link.Settle();
      EXPECT_EQ(server.host.plain, "to the server") << server.failure() << version;
      EXPECT_EQ(client.host.plain, "to the client") << client.failure() << version;
      ++talks;
    }
  }

  void TalkWhile(const std::function<void(int)>& change) {
    std::thread first([this] { Talk(1); });
    std::thread second([this] { Talk(2); });
    for (int i = 0; i < 1000 && talks < 60; ++i) {
      change(i);
      std::this_thread::yield();
    }
    // Changes alone may be over before either thread has begun.
    while (talks < 10) std::this_thread::yield();
    is_over = true;
    first.join();
    second.join();
  }

  const std::shared_ptr<Context> server_context = ContextOf(ServerConfig());
  const std::shared_ptr<Context> client_context = ContextOf(ClientConfig());
  const std::shared_ptr<Context> named = ContextOf(ServerConfig());
  std::atomic<int> talks = 0;
  std::atomic<bool> is_over = false;
};

TEST_F(SharedContexts, MayBeReplaced) {
  TalkWhile([this](int) {
    const auto server = ContextOf(ServerConfig());
    KeepTickets(*server_context->settings(), *server->settings());
    server_context->Replace(*server);
    client_context->Replace(*ContextOf(ClientConfig()));
  });
}

TEST_F(SharedContexts, MayGetOtherServerNames) {
  TalkWhile([this](int turn) {
    server_context->SetServerNames({{"*.example.com", named}});
    if (turn % 2 == 0) server_context->SetServerNames({{"localhost", named}});
  });
}

TEST_F(SharedContexts, MayGetRoots) {
  const std::array<Pem, 2> roots = {PemOf(TheRoot()), PemOf(TheRoot()) + PemOf(TheIntermediate())};
  TalkWhile([&](int turn) {
    client_context->SetRoots(roots[static_cast<std::size_t>(turn % 2)]);
    EXPECT_TRUE(client_context->has_roots());
  });
}

TEST_F(SharedContexts, MayBeMadeAndUnmade) {
  TalkWhile([this](int) {
    const auto another = ContextOf(ServerConfig());
    EXPECT_EQ(Context::Find(another->id()), another);
    server_context->SetServerNames({{"localhost", another}});
  });
}

TEST(SharedSessions, AreGivenToOneThreadEach) {
  SessionCache cache;
  std::atomic<int> taken = 0;
  const auto work = [&](int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int i = 0; i < 3000; ++i) {
      const std::string host = "host " + std::to_string(random() % 300);
      if (random() % 2 == 0) {
        SessionPtr session(SSL_SESSION_new());
        SSL_SESSION_set_protocol_version(session.get(),
                                         random() % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION);
        cache.Put(host, std::move(session));
      } else if (cache.Take(host) != nullptr) {
        ++taken;
      }
    }
  };
  std::thread first(work, 1);
  std::thread second(work, 2);
  first.join();
  second.join();
  EXPECT_GT(taken, 0);
}

}  // namespace
}  // namespace hp::tls
