// SPDX-License-Identifier: Apache-2.0
//
// Drives an echo server, verifies every byte and prints one line of JSON.
// Exits with 1 when a byte was wrong or a connection was lost. A datagram may be lost, and a
// handshake of --mode handshake may fail: they are counted.
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include <unistd.h>

#include "closed_loop.h"
#include "datagram_loop.h"
#include "handshake_loop.h"
#include "measurement.h"
#include "options.h"
#include "sockets.h"

namespace hp::bench {
namespace {

void Print(const Report& report, const Options& options) {
  const LatencyHistogram& latencies = report.latencies;
  std::printf("{\"messages\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.6f,\"rate\":%.1f",
              report.messages, report.messages * options.size, report.seconds,
              static_cast<double>(report.messages) / report.seconds);
  std::printf(",\"p50Microseconds\":%.2f,\"p99Microseconds\":%.2f,\"maxMicroseconds\":%.2f",
              latencies.QuantileMicroseconds(0.5), latencies.QuantileMicroseconds(0.99),
              latencies.MaxMicroseconds());
  std::printf(",\"errors\":%" PRIu64 ",\"lost\":%" PRIu64, report.errors, report.lost);
  std::printf(",\"serverCpuSeconds\":%.9f,\"serverResidentBytes\":%ld}\n",
              report.server_cpu_seconds, report.server_resident_bytes);
}

// The caller looks at the server meanwhile and closes our stdin when it has seen enough.
void HoldUntilStdinCloses(const Options& options) {
  std::printf("{\"connections\":%u}\n", options.connections);
  std::fflush(stdout);
  char ignored;
  while (read(STDIN_FILENO, &ignored, 1) > 0) {
  }
}

int Run(const Options& options) {
  RaiseDescriptorLimit();
  // OpenSSL knows no MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  if (options.transport == Transport::kUdp) {
    Print(DatagramLoop(options).Run(), options);
    return 0;
  }
  if (options.mode == Mode::kHandshake) {
    Print(HandshakeLoop(options).Run(), options);
    return 0;
  }
  ClosedLoop loop(options);
  loop.OpenConnections();
  if (loop.errors() > 0) return 1;
  if (options.mode == Mode::kIdle) {
    HoldUntilStdinCloses(options);
  } else {
    Print(loop.Run(), options);
  }
  return loop.errors() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace hp::bench

int main(int argc, char** argv) {
  using namespace hp::bench;
  try {
    return Run(ParseOptions(argc, argv));
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "load_generator: %s\n%s", error.what(), kUsage);
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "load_generator: %s\n", error.what());
    return 1;
  }
}
