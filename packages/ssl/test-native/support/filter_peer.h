// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "peer.h"
#include "test_host.h"
#include "tls/stream_filter.h"
#include "tls/told.h"

namespace hp::tls {

// A filter driven as the core does it.
class FilterPeer final : public Peer {
 public:
  FilterPeer(const std::shared_ptr<const Context>& context, HpFilterRole role,
             const FilterOptions& options = {}, const char* host_name = nullptr);
  ~FilterPeer() override;
  FilterPeer(const FilterPeer&) = delete;
  FilterPeer& operator=(const FilterPeer&) = delete;

  TestHost host;

  // Bytes wait while the filter has more, and are lost once the connection is over.
  void Give(std::string_view bytes) override;
  std::string Take() override;
  // There is room again, as far as the host has any.
  void Resume();

  void Send(std::string_view bytes) { Send(std::initializer_list<std::string_view>{bytes}); }
  void Send(std::span<const std::string_view> parts);
  void Send(std::initializer_list<std::string_view> parts) {
    Send(std::span(parts.begin(), parts.size()));
  }
  void Finish();
  // The peer sends a FIN.
  void End();
  void Command(Order order, std::string_view bytes = "");
  // Says who answers for the server name.
  void Answer(std::uint32_t id);
  void Deadline();

  bool is_ready() const { return host.readies != 0; }
  bool has_more() const { return has_more_; }
  // How the connection ended: HP_FILTER_ENDED or an error. 0: it goes on.
  int outcome() const { return outcome_; }
  // Why it was closed.
  std::string failure() const { return host.Last(static_cast<std::uint32_t>(Told::kFailure)); }

 private:
  // Looks at what a function answered.
  void Note(int answer);
  void Deliver();

  HpStreamFilter functions_;
  void* filter_;
  std::string inbox_;
  bool has_more_ = false;
  int outcome_ = 0;
};

// A field of what a filter has told of its connection; nothing where there is none.
std::optional<std::string> FieldOf(const FilterPeer& peer, InfoTag tag);

}  // namespace hp::tls
