// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "record_peer.h"
#include "test_host.h"
#include "tls/record_layer.h"

namespace hp::tls {

// A server's record layer and its client.
class RecordLayerTest : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kSuite = 0x1301;
  static constexpr int kBadMessage = -74;

  RecordLayerTest() { Begin(); }
  ~RecordLayerTest() override { EXPECT_EQ(host.misuses, 0); }

  // A new connection, of which the server has sealed so many records already.
  void Begin(std::uint64_t sealed = 0) {
    const CipherSuite& suite = *CipherSuite::Of(kSuite);
    const Secrets secrets = RecordPeer::SomeSecrets(suite);
    peer = std::make_unique<RecordPeer>(suite, secrets, sealed);
    layer = std::make_unique<RecordLayer>(suite);
    EXPECT_TRUE(layer->Use(secrets, sealed));
    wire.emplace();
    host.plain.clear();
    host.wire.clear();
  }

  Verdict Receive(std::string_view bytes) {
    wire->Begin(&host);
    // Memory of exactly this size: a sanitizer sees who reads behind it.
    const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
    wire->Feed(copy);
    Verdict verdict = layer->Open(*wire, &host);
    wire->End();
    return verdict;
  }

  Verdict Send(std::string_view bytes) {
    wire->Begin(&host);
    const HpFilterPart part{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
    Verdict verdict = layer->Seal(*wire, std::span(&part, 1));
    wire->End();
    return verdict;
  }

  void Finish() {
    wire->Begin(&host);
    layer->Finish(*wire);
    wire->End();
  }

  // What the layer has written.
  std::vector<RecordPeer::Record> Written() { return peer->Open(std::exchange(host.wire, {})); }

  static RecordPeer::Record Alert(std::uint8_t level, std::uint8_t description) {
    return {kAlertType, {static_cast<char>(level), static_cast<char>(description)}};
  }

  // `bytes` close the connection: with this reason, and this alert to the peer.
  void ExpectRefused(std::string_view bytes, std::uint8_t alert, std::string_view reason) {
    const Verdict verdict = Receive(bytes);
    EXPECT_EQ(verdict.answer, kBadMessage);
    EXPECT_EQ(verdict.reason, reason);
    EXPECT_EQ(Written(), std::vector{Alert(2, alert)});
  }

  TestHost host;
  std::unique_ptr<RecordPeer> peer;
  std::unique_ptr<RecordLayer> layer;
  std::optional<Wire> wire;
};

}  // namespace hp::tls
