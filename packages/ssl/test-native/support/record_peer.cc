// SPDX-License-Identifier: Apache-2.0
#include "record_peer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace hp::tls {
namespace {

Bytes BytesOf(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Secrets RecordPeer::SomeSecrets(const CipherSuite& suite) {
  Secrets secrets;
  std::ranges::fill(secrets.client.Make(suite.hash->size()), std::uint8_t{0xc1});
  std::ranges::fill(secrets.server.Make(suite.hash->size()), std::uint8_t{0x5e});
  return secrets;
}

RecordPeer::RecordPeer(const CipherSuite& suite, const Secrets& secrets, std::uint64_t sealed)
    : sealer_(suite, RecordProtection::Direction::kSeal),
      opener_(suite, RecordProtection::Direction::kOpen) {
  sealer_.Use(secrets.client, 0);
  opener_.Use(secrets.server, sealed);
}

std::string RecordPeer::Seal(std::uint8_t type, std::string_view content, std::size_t padding) {
  TestHost host;
  wire_.Begin(&host);
  if (padding == 0) {
    const Bytes part = BytesOf(content);
    sealer_.Seal(wire_, std::span(&part, 1), type);
  } else {
    // The type of the record is the last of the zeros then.
    const std::string zeros(padding - 1, '\0');
    const std::array<Bytes, 3> parts = {BytesOf(content), Bytes(&type, 1), BytesOf(zeros)};
    sealer_.Seal(wire_, parts, 0);
  }
  wire_.End();
  return std::move(host.wire);
}

std::vector<RecordPeer::Record> RecordPeer::Open(std::string_view bytes) {
  std::vector<Record> records;
  while (bytes.size() > kRecordHeadBytes) {
    const Bytes head = BytesOf(bytes).first(kRecordHeadBytes);
    const std::size_t size = static_cast<std::size_t>(head[3] << 8) | head[4];
    if (bytes.size() < kRecordHeadBytes + size || size <= kTagBytes) break;
    std::string plain(size - kTagBytes, '\0');
    const std::span<std::uint8_t> out(reinterpret_cast<std::uint8_t*>(plain.data()), plain.size());
    if (!opener_.Open(head, BytesOf(bytes).subspan(kRecordHeadBytes, size), out)) break;
    bytes.remove_prefix(kRecordHeadBytes + size);
    while (plain.size() > 1 && plain.back() == '\0') plain.pop_back();
    const auto type = static_cast<std::uint8_t>(plain.back());
    plain.pop_back();
    // Nothing else is said in a handshake after it is done.
    if (type == kHandshakeType) opener_.Update();
    records.push_back({.type = type, .content = std::move(plain)});
  }
  return records;
}

}  // namespace hp::tls
