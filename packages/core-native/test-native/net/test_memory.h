// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/receive_memory.h"

namespace hp::net {

// Receive memory that keeps what came, a block for each receive and each copy.
class TestMemory final : public ReceiveMemory {
 public:
  static constexpr std::size_t kUnlimited = SIZE_MAX;

  // Receives there is memory for.
  void set_stock(std::size_t receives) { stock_ = receives; }
  std::string_view At(std::uint32_t block) const { return blocks_.at(block); }
  void Forget() { blocks_.clear(); }
  // The largest limit that was asked for.
  std::size_t largest_request() const { return largest_request_; }

  bool HasRoom() const override { return stock_ != 0; }

  std::span<std::byte> Reserve(const Request& request) override {
    largest_request_ = std::max(largest_request_, request.limit);
    if (stock_ == 0) return {};
    // Exactly as large as may be written to, so that a sanitizer sees more.
    reserved_ = std::make_unique<std::byte[]>(request.limit);
    return {reserved_.get(), request.limit};
  }

  Place Commit(std::size_t bytes) override {
    const Place place = Keep({reserved_.get(), bytes});
    reserved_.reset();
    return place;
  }

  std::optional<Place> Copy(std::span<const std::byte> bytes, bool /*borrowed*/) override {
    if (stock_ == 0) return std::nullopt;
    return Keep(bytes);
  }

 private:
  Place Keep(std::span<const std::byte> bytes) {
    if (stock_ != kUnlimited) --stock_;
    blocks_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {.block = static_cast<std::uint32_t>(blocks_.size() - 1), .offset = 0};
  }

  std::vector<std::string> blocks_;
  std::unique_ptr<std::byte[]> reserved_;
  std::size_t stock_ = kUnlimited;
  std::size_t largest_request_ = 0;
};

}  // namespace hp::net
