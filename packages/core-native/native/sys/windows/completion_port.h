// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "sys/windows/native_socket.h"

namespace hp::sys {

// Owns a handle of the kernel's.
class KernelHandle {
 public:
  KernelHandle() = default;
  explicit KernelHandle(HANDLE handle) : handle_(handle) {}
  KernelHandle(const KernelHandle&) = delete;
  KernelHandle& operator=(const KernelHandle&) = delete;
  KernelHandle& operator=(KernelHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~KernelHandle() {
    if (valid()) CloseHandle(handle_);
  }

  HANDLE get() const { return handle_; }
  bool valid() const { return handle_ != nullptr; }

 private:
  HANDLE handle_ = nullptr;
};

// A completion port, and a timer that ends the wait for it to the millisecond:
// the port's own timeouts end with the system's tick, 15 ms at worst.
class CompletionPort {
 public:
  // False when the system has nothing left.
  bool Open();
  bool Associate(SOCKET socket) const;
  // Adds a packet without an operation.
  void Post() const;
  // Packets that have come, at once or by `deadline_ms`; nothing when it ended
  // by something else. `now_ms` is the present.
  std::size_t Take(std::span<OVERLAPPED_ENTRY> packets, std::optional<std::uint64_t> deadline_ms,
                   std::uint64_t now_ms);

 private:
  void ArmTimer(std::uint64_t deadline_ms, std::uint64_t now_ms);

  KernelHandle port_;
  KernelHandle timer_;
  std::optional<std::uint64_t> armed_deadline_ms_;
};

}  // namespace hp::sys
