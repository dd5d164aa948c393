// SPDX-License-Identifier: Apache-2.0
#include "sys/windows/completion_port.h"

#include <utility>

namespace hp::sys {
namespace {

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
constexpr DWORD CREATE_WAITABLE_TIMER_HIGH_RESOLUTION = 2;
#endif

constexpr std::int64_t kTicksPerMs = 10'000;

}  // namespace

bool CompletionPort::Open() {
  port_ = KernelHandle(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1));
  timer_ = KernelHandle(CreateWaitableTimerExW(
      nullptr, nullptr, CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, TIMER_ALL_ACCESS));
  // Before Windows 10 1803 there is none of that kind.
  if (!timer_.valid()) {
    timer_ = KernelHandle(CreateWaitableTimerExW(nullptr, nullptr, 0, TIMER_ALL_ACCESS));
  }
  return port_.valid() && timer_.valid();
}

bool CompletionPort::Associate(SOCKET socket) const {
  return CreateIoCompletionPort(reinterpret_cast<HANDLE>(socket), port_.get(), 0, 0) != nullptr;
}

void CompletionPort::Post() const { PostQueuedCompletionStatus(port_.get(), 0, 0, nullptr); }

// The timer ends the wait by a procedure call to this thread, which is served
// only in waits that allow it.
void CompletionPort::ArmTimer(std::uint64_t deadline_ms, std::uint64_t now_ms) {
  if (armed_deadline_ms_ == deadline_ms) return;
  armed_deadline_ms_ = deadline_ms;
  LARGE_INTEGER due;
  due.QuadPart = -static_cast<std::int64_t>(deadline_ms - now_ms) * kTicksPerMs;
  SetWaitableTimer(
      timer_.get(), &due, 0,
      [](void* self, DWORD, DWORD) {
        static_cast<CompletionPort*>(self)->armed_deadline_ms_.reset();
      },
      this, FALSE);
}

std::size_t CompletionPort::Take(std::span<OVERLAPPED_ENTRY> packets,
                                 std::optional<std::uint64_t> deadline_ms, std::uint64_t now_ms) {
  const bool waits = !deadline_ms || *deadline_ms > now_ms;
  if (waits && deadline_ms) ArmTimer(*deadline_ms, now_ms);
  ULONG count = 0;
  const BOOL found =
      GetQueuedCompletionStatusEx(port_.get(), packets.data(), static_cast<ULONG>(packets.size()),
                                  &count, waits ? INFINITE : 0, waits ? TRUE : FALSE);
  return found ? count : 0;
}

}  // namespace hp::sys
