// SPDX-License-Identifier: Apache-2.0
#include "filter_peer.h"

#include <array>
#include <utility>
#include <vector>

namespace hp::tls {
namespace {

const std::uint8_t* Data(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

FilterPeer::FilterPeer(const std::shared_ptr<const Context>& context, HpFilterRole role,
                       const FilterOptions& options, const char* host_name)
    : functions_(MakeStreamFilter(context, options)) {
  functions_.retain(functions_.context);
  filter_ = functions_.open(functions_.context, role, host_name);
  Note(functions_.start(filter_, &host));
}

FilterPeer::~FilterPeer() {
  functions_.close(filter_);
  functions_.release(functions_.context);
  functions_.release(functions_.context);
}

void FilterPeer::Note(int answer) {
  has_more_ |= answer == HP_FILTER_MORE;
  if (answer < 0 || answer == HP_FILTER_ENDED) outcome_ = answer;
}

void FilterPeer::Give(std::string_view bytes) {
  inbox_ += bytes;
  Deliver();
}

void FilterPeer::Deliver() {
  if (has_more_ || outcome_ != 0 || inbox_.empty()) return;
  // Memory of exactly this size: a sanitizer sees who reads behind it.
  const std::vector<std::uint8_t> bytes(inbox_.begin(), inbox_.end());
  inbox_.clear();
  Note(functions_.receive(filter_, &host, bytes.data(), bytes.size()));
}

void FilterPeer::Resume() {
  if (!has_more_ || outcome_ != 0) return;
  has_more_ = false;
  Note(functions_.resume(filter_, &host));
  Deliver();
}

std::string FilterPeer::Take() { return std::exchange(host.wire, {}); }

void FilterPeer::Send(std::span<const std::string_view> parts) {
  std::vector<HpFilterPart> list;
  for (const std::string_view part : parts) list.push_back({Data(part), part.size()});
  Note(functions_.send(filter_, &host, list.data(), list.size()));
}

void FilterPeer::Finish() { Note(functions_.finish(filter_, &host)); }

void FilterPeer::End() {
  if (outcome_ == 0) Note(functions_.end(filter_, &host));
}

void FilterPeer::Command(Order order, std::string_view bytes) {
  const auto code = static_cast<std::uint32_t>(order);
  Note(functions_.command(filter_, &host, code, Data(bytes), bytes.size()));
}

void FilterPeer::Answer(std::uint32_t id) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(id >> shift);
  Command(Order::kServerName, bytes);
}

void FilterPeer::Deadline() { Note(functions_.deadline(filter_, &host)); }

std::optional<std::string> FieldOf(const FilterPeer& peer, InfoTag tag) {
  const std::string info = peer.host.Last(static_cast<std::uint32_t>(Told::kConnectionInfo));
  for (std::size_t at = 0; at + 3 <= info.size();) {
    const auto low = static_cast<std::uint8_t>(info[at + 1]);
    const auto high = static_cast<std::uint8_t>(info[at + 2]);
    const std::size_t size = low | std::size_t{high} << 8;
    if (info[at] == static_cast<char>(tag)) return info.substr(at + 3, size);
    at += 3 + size;
  }
  return std::nullopt;
}

}  // namespace hp::tls
