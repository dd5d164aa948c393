// SPDX-License-Identifier: Apache-2.0
#include "tls/wire.h"

#include <algorithm>
#include <cstring>

namespace hp::tls {

void RecordCounter::Count(Bytes bytes) {
  while (!bytes.empty()) {
    if (left_ != 0) {
      const std::size_t payload = std::min<std::size_t>(left_, bytes.size());
      left_ = static_cast<std::uint16_t>(left_ - payload);
      bytes = bytes.subspan(payload);
      continue;
    }
    // A type, two bytes of version, two of length.
    if (header_seen_ == 3) length_high_ = bytes.front();
    if (header_seen_ == 4) {
      left_ = static_cast<std::uint16_t>((length_high_ << 8) | bytes.front());
      ++count_;
    }
    header_seen_ = static_cast<std::uint8_t>((header_seen_ + 1) % 5);
    bytes = bytes.subspan(1);
  }
}

void Wire::End() {
  host_ = nullptr;
  if (waiting_.empty()) {
    // Idle connections are to hold no memory.
    if (kept_.capacity() != 0) kept_ = {};
  } else if (waiting_.size() != kept_.size() || waiting_.data() != kept_.data()) {
    kept_ = std::vector<std::uint8_t>(waiting_.begin(), waiting_.end());
  }
  waiting_ = kept_;
}

void Wire::Feed(Bytes bytes) {
  if (waiting_.empty()) {
    waiting_ = bytes;
    return;
  }
  kept_.erase(kept_.begin(), kept_.end() - static_cast<std::ptrdiff_t>(waiting_.size()));
  kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  waiting_ = kept_;
}

std::span<std::uint8_t> Wire::Reserve(std::size_t wanted) {
  std::size_t room = 0;
  std::uint8_t* memory = host_->reserve_wire(host_, wanted, &room);
  return {memory, room};
}

void Wire::Write(Bytes bytes) {
  while (!bytes.empty()) {
    const std::span<std::uint8_t> room = Reserve(bytes.size());
    const std::size_t count = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), count);
    Commit(count);
    bytes = bytes.subspan(count);
  }
}

void Wire::WriteRecords(Bytes bytes) {
  counter_.Count(bytes);
  Write(bytes);
}

namespace {

Wire& WireOf(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

int WriteBio(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
  WireOf(bio).WriteRecords({reinterpret_cast<const std::uint8_t*>(data), size});
  *written = size;
  return 1;
}

int ReadBio(BIO* bio, char* data, std::size_t size, std::size_t* read) {
  Wire& wire = WireOf(bio);
  BIO_clear_retry_flags(bio);
  *read = std::min(size, wire.waiting().size());
  if (*read == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(data, wire.waiting().data(), *read);
  wire.Skip(*read);
  return 1;
}

long ControlBio(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* MakeMethod() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
  BIO_meth_set_write_ex(method, WriteBio);
  BIO_meth_set_read_ex(method, ReadBio);
  BIO_meth_set_ctrl(method, ControlBio);
  return method;
}

}  // namespace

BIO* NewBio(Wire& wire) {
  // Kept for good: connections of any thread have BIOs of it.
  static BIO_METHOD* const method = MakeMethod();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace hp::tls
