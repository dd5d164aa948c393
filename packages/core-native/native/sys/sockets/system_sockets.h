// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sys/datagram_socket.h"

// What each system does in a way of its own.
namespace hp::sys {

// Makes a stream socket that does not block and is not inherited; kNoHandle and
// LastError() on failure.
Handle NewStream(Family family);

// Sets all options but the raw ones.
bool ApplyOptions(Handle handle, Family family, const SocketOptions& options);

// The same for datagram sockets. Windows would report of one socket what some
// peer refused: there it is told not to.
Handle NewDatagram(Family family);
bool ApplyDatagramOptions(Handle handle, Family family, const SocketOptions& options);
// The socket has been connected: refusals are its own now.
void ReportRefusals(Handle handle);

// The number of the interface that has an address; 0: there is none such.
std::uint32_t InterfaceOf(const Endpoint& address);
// Keeps out what is sent to groups that only others on this host have joined.
void ReceiveOwnGroupsOnly(Handle handle, Family family);

// Waits for a connect that has begun, and says how it ended.
ErrorCode WaitForConnect(Handle handle, std::uint32_t timeout_ms);
// Whether a connect that says `error` has begun.
bool HasBegunToConnect(ErrorCode error);

// The zone of an IPv6 address, as the system writes it; 0: there is none such.
std::uint32_t ParseZone(const std::string& text);
// Empty when it has no name.
std::string FormatZone(std::uint32_t zone);

// What getaddrinfo() has answered.
Failure ResolverFailure(int answer);

}  // namespace hp::sys
