// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "record_peer.h"
#include "tls/key_schedule.h"

namespace hp::tls {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets Read(const std::string& digits) {
  Octets bytes(digits.size() / 2);
  std::size_t size = 0;
  OPENSSL_hexstr2buf_ex(bytes.data(), bytes.size(), &size, digits.c_str(), '\0');
  return bytes;
}

const Hash& Sha256() { return *Hash::ByName("SHA256"); }

Octets Expand(const Octets& secret, std::string_view label, const Octets& context,
              std::size_t size) {
  Octets out(size);
  EXPECT_TRUE(ExpandLabel(Sha256(), secret, label, context, out));
  return out;
}

Octets Extract(const Octets& last, const Octets& input) {
  Octets out(32);
  EXPECT_TRUE(ExtractSecret(Sha256(), last, input, out));
  return out;
}

// Of the simple handshake in section 3 of the RFC.
const Octets kEarly = Read("33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
const Octets kShared = Read("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
const Octets kHandshake = Read("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
const Octets kMaster = Read("18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
const Octets kServer = Read("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
const Octets kClient = Read("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5");

TEST(KeySchedule, ExtractsItsSecretsInTurn) {
  EXPECT_EQ(Extract({}, {}), kEarly);
  EXPECT_EQ(Extract(kEarly, kShared), kHandshake);
  EXPECT_EQ(Extract(kHandshake, {}), kMaster);
}

TEST(KeySchedule, DerivesTheSecretsOfApplicationData) {
  // The hash of the handshake up to the server's Finished.
  const Octets hash = Read("9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13");
  EXPECT_EQ(Expand(kMaster, "s ap traffic", hash, 32), kServer);
  EXPECT_EQ(Expand(kMaster, "c ap traffic", hash, 32), kClient);
}

TEST(KeySchedule, MakesKeysAndNonces) {
  EXPECT_EQ(Expand(kServer, "key", {}, 16), Read("9f02283b6c9c07efc26bb9f2ac92e356"));
  EXPECT_EQ(Expand(kServer, "iv", {}, 12), Read("cf782b88dd83549aadf1e984"));
  EXPECT_EQ(Expand(kClient, "key", {}, 16), Read("17422dda596ed5d9acd890e3c63f5051"));
  EXPECT_EQ(Expand(kClient, "iv", {}, 12), Read("5b78923dee08579033e523d9"));
}

TEST(KeySchedule, MakesNoMoreThanItsHashHas) {
  Octets out(33, 7);
  EXPECT_FALSE(ExpandLabel(Sha256(), kServer, "key", {}, out));
  EXPECT_EQ(out, Octets(33, 7));
  out.resize(32);
  EXPECT_TRUE(ExpandLabel(Sha256(), kServer, "key", {}, out));
}

TEST(KeySchedule, KnowsTheHashesOfTheCipherSuites) {
  EXPECT_EQ(Hash::ByName("SHA256")->size(), 32U);
  EXPECT_EQ(Hash::ByName("SHA2-256"), Hash::ByName("SHA256"));
  EXPECT_EQ(Hash::ByName("SHA384")->size(), 48U);
  EXPECT_EQ(Hash::ByName("SHA2-384"), Hash::ByName("SHA384"));
  EXPECT_EQ(Hash::ByName("SHA512"), nullptr);
  EXPECT_EQ(Hash::ByName(""), nullptr);
}

TEST(KeySchedule, SealsTheRecordsOfTheRfc) {
  const CipherSuite& suite = *CipherSuite::Of(0x1301);
  Secrets secrets;
  std::ranges::copy(kClient, secrets.client.Make(32).begin());
  std::ranges::copy(kServer, secrets.server.Make(32).begin());
  RecordPeer client(suite, secrets);
  std::string content(50, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i);
  const std::string sealed = client.Seal(kDataType, content);
  EXPECT_EQ(Octets(sealed.begin(), sealed.end()),
            Read("1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b39"
                 "5bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4"));
  const std::string closed = client.Seal(kAlertType, std::string("\1\0", 2));
  EXPECT_EQ(Octets(closed.begin(), closed.end()),
            Read("1703030013c9872760655666b74d7ff1153efd6db6d0b0e3"));
}

}  // namespace
}  // namespace hp::tls
