// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace hp::bench {

// Owns one descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int value) : value_(value) {}
  Fd(Fd&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Fd() { Reset(); }

  int get() const { return value_; }
  void Reset() {
    if (value_ >= 0) close(std::exchange(value_, -1));
  }

 private:
  int value_ = -1;
};

// Throws std::system_error that names `call`.
[[noreturn]] void ThrowErrno(std::string_view call);

// 10,000 connections need more descriptors than the soft limit usually grants.
void RaiseDescriptorLimit();

// A blocking IPv4 connection with TCP_NODELAY. On loopback, connections are
// spread over several source addresses by `number`, because one address has
// only some 28,000 ports.
Fd Connect(const std::string& host, uint16_t port, uint32_t number);

// Closes with a reset: no TIME_WAIT stays behind, of which tens of thousands a
// second would use up the ports and slow down whatever is measured next.
void CloseWithReset(Fd& connection);

// A non-blocking listener on a free port of 127.0.0.1.
Fd Listen();

// UDP sockets with a receive buffer of 4 MiB, or as much of it as the system
// grants: a connected one that blocks, and a non-blocking one on a free port of
// 127.0.0.1.
Fd ConnectDatagram(const std::string& host, uint16_t port);
Fd BindDatagram();

uint16_t LocalPort(const Fd& socket);

}  // namespace hp::bench
