// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <variant>

#include "contexts.h"
#include "tls/settings_builder.h"

namespace hp::tls {
namespace {

class WrongSettings : public ::testing::Test {
 protected:
  // Node's crypto reads the same queue.
  ~WrongSettings() override { EXPECT_EQ(ERR_peek_error(), 0U); }

  // Which part of the Config is wrong; "" where it is none.
  std::string Wrong() {
    const auto made = MakeSettings(config);
    const auto* error = std::get_if<ConfigError>(&made);
    if (error == nullptr) return "";
    reason = error->reason;
    EXPECT_NE(reason, "");
    return error->what;
  }

  static Pem Text(std::string_view text) { return {text.begin(), text.end()}; }
  // A text that begins as `pem` does and then breaks off.
  static Pem Broken(Pem pem) {
    pem.resize(pem.size() / 2);
    return pem + Text("\n-----END CERTIFICATE-----\n");
  }

  Config config = ServerConfig();
  std::string reason;
};

TEST_F(WrongSettings, AreNotThoseOfMostTests) {
  EXPECT_EQ(Wrong(), "");
  config = ClientConfig();
  EXPECT_EQ(Wrong(), "");
  config = {};
  EXPECT_EQ(Wrong(), "");
}

TEST_F(WrongSettings, HaveACertificateThatIsNone) {
  config.certificate = Text("no certificate");
  EXPECT_EQ(Wrong(), "certificate");
  EXPECT_EQ(reason, "there is no certificate in it");
  config.certificate = config.key;
  EXPECT_EQ(Wrong(), "certificate");
  config.certificate = Broken(PemOf(TheServer()));
  EXPECT_EQ(Wrong(), "certificate");
}

TEST_F(WrongSettings, HaveAChainThatBreaksOff) {
  config.certificate = PemOf(TheServer()) + Broken(PemOf(TheIntermediate()));
  EXPECT_EQ(Wrong(), "certificate");
}

TEST_F(WrongSettings, HaveAKeyThatIsNone) {
  config.key = Text("no key");
  EXPECT_EQ(Wrong(), "key");
  config.key = {};
  EXPECT_EQ(Wrong(), "key");
  config.key = PemOf(TheServer());
  EXPECT_EQ(Wrong(), "key");
}

TEST_F(WrongSettings, LackThePasswordOfAKey) {
  config.key = KeyPemOf(TheServer(), "secret");
  EXPECT_EQ(Wrong(), "key");
  config.key_password = "guess";
  EXPECT_EQ(Wrong(), "password");
  config.key_password = "";
  EXPECT_EQ(Wrong(), "password");
  config.key_password = std::string(5000, 'x');
  EXPECT_EQ(Wrong(), "password");
  config.key_password = "secret";
  EXPECT_EQ(Wrong(), "");
}

TEST_F(WrongSettings, HaveAKeyOfAnotherCertificate) {
  config.key = KeyPemOf(TheIntermediate());
  EXPECT_EQ(Wrong(), "mismatch");
}

TEST_F(WrongSettings, HaveAKeyOfAnotherKind) {
  config.key = KeyPemOf(Issue({}, MakeRsaKey()));
  EXPECT_EQ(Wrong(), "mismatch");
}

TEST_F(WrongSettings, HaveAuthoritiesThatAreNone) {
  config.authorities = Text("nobody");
  EXPECT_EQ(Wrong(), "ca");
  config.authorities = PemOf(TheRoot()) + Broken(PemOf(TheIntermediate()));
  EXPECT_EQ(Wrong(), "ca");
  config.authorities = PemOf(TheRoot()) + PemOf(TheRoot()) + PemOf(TheIntermediate());
  EXPECT_EQ(Wrong(), "");
}

TEST_F(WrongSettings, HaveRevocationsThatAreNone) {
  config.revocations = PemOf(TheRoot());
  EXPECT_EQ(Wrong(), "crl");
  const Pem list = RevocationOf(TheServer(), TheIntermediate());
  config.revocations = list + Text("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n");
  EXPECT_EQ(Wrong(), "crl");
  config.revocations = list + RevocationOf(TheIntermediate(), TheRoot());
  EXPECT_EQ(Wrong(), "");
}

TEST_F(WrongSettings, HaveNoVersionThatThereIs) {
  config.min_version = 0x0999;
  EXPECT_EQ(Wrong(), "versions");
}

TEST_F(WrongSettings, HaveNoCipherThatThereIs) {
  config.ciphers = "no-such-cipher";
  EXPECT_EQ(Wrong(), "ciphers");
  config.ciphers = "";
  config.cipher_suites = "TLS_NO_SUCH_SUITE";
  EXPECT_EQ(Wrong(), "ciphers");
}

TEST_F(WrongSettings, HaveNoGroupThatThereIs) {
  config.groups = "no-such-group";
  EXPECT_EQ(Wrong(), "groups");
  config.groups = "X25519:P-256";
  EXPECT_EQ(Wrong(), "");
}

TEST_F(WrongSettings, HaveAKeyLogThatCannotBeWritten) {
  config.key_log_file = "/no such folder/keys.log";
  EXPECT_EQ(Wrong(), "keylog");
}

}  // namespace
}  // namespace hp::tls
