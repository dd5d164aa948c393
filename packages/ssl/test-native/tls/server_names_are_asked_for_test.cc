// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "bare_peer.h"
#include "contexts.h"
#include "filter_peer.h"
#include "link.h"

namespace hp::tls {
namespace {

constexpr auto kQuestion = static_cast<std::uint32_t>(Told::kServerName);

class ServerNames : public ::testing::TestWithParam<int> {
 protected:
  // A client that asks for `name`, and has sent its hello.
  static BarePeer ClientFor(const char* name) {
    return BarePeer::Client([name](SSL* ssl) {
      SSL_set_max_proto_version(ssl, GetParam());
      if (*name != '\0') SSL_set_tlsext_host_name(ssl, name);
    });
  }

  // Who the server has shown to be.
  static std::string Shown(const BarePeer& client) {
    X509* certificate = SSL_get0_peer_certificate(client.ssl());
    if (certificate == nullptr) return "";
    std::array<char, 100> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                              name.size());
    return name.data();
  }

  static std::shared_ptr<Context> ContextFor(const std::string& name) {
    return ContextOf(ServerConfig(Issue({.name = name, .alternatives = "DNS:" + name})));
  }

  const std::shared_ptr<Context> context = ContextFor("default");
  const std::shared_ptr<Context> other = ContextFor("other");
  FilterPeer server{context, HP_FILTER_SERVER, {.asks_server_name = true}};
};
INSTANTIATE_TEST_SUITE_P(, ServerNames, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(ServerNames, AreAskedForOnce) {
  BarePeer client = ClientFor("Some.Where");
  Link link(server, client, OneByOne());
  link.Settle();
  ASSERT_EQ(server.host.told.size(), 1U);
  EXPECT_EQ(server.host.Last(kQuestion), "some.where");
  EXPECT_EQ(server.host.wire, "");
  server.Answer(other->id());
  link.Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(server.host.told.size(), 2U);
  EXPECT_EQ(Shown(client), "other");
  EXPECT_EQ(FieldOf(server, InfoTag::kServerName), "some.where");
}

TEST_P(ServerNames, MayBeAnsweredByTheDefault) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  server.Answer(kDefaultName);
  link.Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(Shown(client), "default");
}

TEST_P(ServerNames, MayBeAnsweredByTheSameContext) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  server.Answer(context->id());
  link.Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(Shown(client), "default");
}

TEST_P(ServerNames, MayBeRefused) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  server.Answer(kRefuseName);
  EXPECT_EQ(server.outcome(), -74);
  EXPECT_EQ(server.failure(), "no certificate for the server name 'somewhere'");
  link.Settle();
  EXPECT_EQ(client.alert(), SSL_AD_UNRECOGNIZED_NAME);
}

TEST_P(ServerNames, AreRefusedByAContextThatIsGone) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  std::shared_ptr<Context> gone = ContextFor("gone");
  const std::uint32_t id = gone->id();
  gone.reset();
  server.Answer(id);
  EXPECT_EQ(server.outcome(), -74);
  EXPECT_FALSE(server.is_ready());
}

TEST_P(ServerNames, AreNotAskedForWhereThereIsNone) {
  BarePeer client = ClientFor("");
  Link(server, client).Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(Shown(client), "default");
  EXPECT_EQ(FieldOf(server, InfoTag::kServerName), std::nullopt);
}

TEST_P(ServerNames, AreNotAskedForWhereTheTableKnows) {
  context->SetServerNames({{"*.known", other}});
  BarePeer client = ClientFor("www.known");
  Link(server, client).Settle();
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(server.host.Last(kQuestion), "");
  EXPECT_EQ(Shown(client), "other");
}

TEST_P(ServerNames, AreAskedForAgainWhenThereWasNoRoom) {
  server.host.refused_tells = 2;
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  EXPECT_TRUE(server.has_more());
  server.Resume();
  EXPECT_TRUE(server.has_more());
  EXPECT_TRUE(server.host.told.empty());
  server.Resume();
  EXPECT_FALSE(server.has_more());
  EXPECT_EQ(server.host.Last(kQuestion), "somewhere");
  server.Answer(other->id());
  link.Settle();
  EXPECT_TRUE(server.is_ready());
}

TEST_P(ServerNames, LetWhatThePeerSendsWait) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  link.Settle();
  // Nobody who keeps to the protocol would; it is as good as any later.
  server.Give("too early");
  EXPECT_EQ(server.outcome(), 0);
  EXPECT_EQ(server.host.told.size(), 1U);
  server.Answer(other->id());
  EXPECT_EQ(server.outcome(), -74);
}

TEST_P(ServerNames, LetNotAnyNumberOfBytesWait) {
  BarePeer client = ClientFor("somewhere");
  Link(server, client).Settle();
  const std::string bytes(10'000, 'x');
  for (int i = 0; i < 100 && server.outcome() == 0; ++i) server.Give(bytes);
  EXPECT_EQ(server.outcome(), -74);
  EXPECT_EQ(server.failure(), "excessive message size");
}

TEST_P(ServerNames, AreAskedForOnceThoughTheHelloComesTwice) {
  Config config = ServerConfig();
  // Not that of the client's first key share.
  config.groups = "P-384";
  FilterPeer picky(ContextOf(config), HP_FILTER_SERVER, {.asks_server_name = true});
  BarePeer client = ClientFor("somewhere");
  Link link(picky, client);
  link.Settle();
  picky.Answer(kDefaultName);
  link.Settle();
  EXPECT_TRUE(picky.is_ready());
  EXPECT_EQ(picky.host.told.size(), 2U);
}

TEST_P(ServerNames, DecideOnTheVersionToo) {
  for (const bool is_asked : {false, true}) {
    const bool is_old = GetParam() == TLS1_2_VERSION;
    const int other_version = is_old ? TLS1_3_VERSION : TLS1_2_VERSION;
    const auto strict = ContextOf(OfVersion(other_version, ServerConfig()));
    if (!is_asked) context->SetServerNames({{"strict", strict}});
    FilterPeer asking(context, HP_FILTER_SERVER, {.asks_server_name = is_asked});
    BarePeer client = ClientFor("strict");
    Link link(asking, client);
    link.Settle();
    if (is_asked) asking.Answer(strict->id());
    link.Settle();
    // The client speaks TLS 1.2, and 1.3 where it is tested with that.
    EXPECT_EQ(asking.is_ready(), !is_old);
    if (is_old) {
      EXPECT_EQ(asking.failure(), "unsupported protocol");
    } else {
      EXPECT_EQ(SSL_version(client.ssl()), TLS1_2_VERSION);
    }
    context->SetServerNames({});
  }
}

TEST_P(ServerNames, AnswersNobodyWaitsForAreNothing) {
  BarePeer client = ClientFor("somewhere");
  Link link(server, client);
  server.Answer(other->id());
  link.Settle();
  server.Command(Order::kServerName, "short");
  server.Command(Order::kServerName, "");
  EXPECT_FALSE(server.is_ready());
  server.Answer(other->id());
  server.Answer(kRefuseName);
  link.Settle();
  server.Answer(kRefuseName);
  EXPECT_TRUE(server.is_ready());
  EXPECT_EQ(server.outcome(), 0);
}

}  // namespace
}  // namespace hp::tls
