// SPDX-License-Identifier: Apache-2.0
#include "sockets.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace hp::bench {
namespace {

constexpr uint32_t kSourceAddresses = 16;
constexpr int kDatagramBufferSize = 4 * 1024 * 1024;

sockaddr_in Address(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::invalid_argument("not an IPv4 address: " + host);
  }
  return address;
}

const sockaddr* Generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void BindToSourceAddress(const Fd& socket, uint32_t number) {
  // The port is then chosen by connect(), per address pair instead of per address.
  const int on = 1;
  setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto source = Address("127.0.0." + std::to_string(1 + number % kSourceAddresses), 0);
  if (bind(socket.get(), Generic(source), sizeof source) < 0) ThrowErrno("bind");
}

Fd DatagramSocket(int flags) {
  Fd datagrams(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | flags, 0));
  if (datagrams.get() < 0) ThrowErrno("socket");
  setsockopt(datagrams.get(), SOL_SOCKET, SO_RCVBUF, &kDatagramBufferSize,
             sizeof kDatagramBufferSize);
  return datagrams;
}

}  // namespace

void ThrowErrno(std::string_view call) {
  throw std::system_error(errno, std::generic_category(), std::string(call));
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) ThrowErrno("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0) ThrowErrno("setrlimit");
}

Fd Connect(const std::string& host, uint16_t port, uint32_t number) {
  Fd connection(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.get() < 0) ThrowErrno("socket");
  const auto address = Address(host, port);
  if (host.starts_with("127.")) BindToSourceAddress(connection, number);
  const int on = 1;
  setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(connection.get(), Generic(address), sizeof address) < 0) ThrowErrno("connect");
  return connection;
}

void CloseWithReset(Fd& connection) {
  const linger at_once{1, 0};
  setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  connection.Reset();
}

Fd Listen() {
  Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (listener.get() < 0) ThrowErrno("socket");
  const auto address = Address("127.0.0.1", 0);
  if (bind(listener.get(), Generic(address), sizeof address) < 0) ThrowErrno("bind");
  if (listen(listener.get(), SOMAXCONN) < 0) ThrowErrno("listen");
  return listener;
}

Fd ConnectDatagram(const std::string& host, uint16_t port) {
  Fd datagrams = DatagramSocket(0);
  const auto address = Address(host, port);
  if (connect(datagrams.get(), Generic(address), sizeof address) < 0) ThrowErrno("connect");
  return datagrams;
}

Fd BindDatagram() {
  Fd datagrams = DatagramSocket(SOCK_NONBLOCK);
  const auto address = Address("127.0.0.1", 0);
  if (bind(datagrams.get(), Generic(address), sizeof address) < 0) ThrowErrno("bind");
  return datagrams;
}

uint16_t LocalPort(const Fd& socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) < 0)
    ThrowErrno("getsockname");
  return ntohs(address.sin_port);
}

}  // namespace hp::bench
