// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

#include "payload.h"

namespace hp::bench {
namespace {

template <typename Number>
Number ParseNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::invalid_argument("not a number in range: " + std::string(text));
  }
  return value;
}

bool ParseFraming(std::string_view text) {
  if (text == "none") return false;
  if (text == "pack") return true;
  throw std::invalid_argument("unknown framing: " + std::string(text));
}

Transport ParseTransport(std::string_view text) {
  if (text == "tcp") return Transport::kTcp;
  if (text == "tls") return Transport::kTls;
  if (text == "udp") return Transport::kUdp;
  throw std::invalid_argument("unknown transport: " + std::string(text));
}

Mode ParseMode(std::string_view text) {
  if (text == "echo") return Mode::kEcho;
  if (text == "churn") return Mode::kChurn;
  if (text == "idle") return Mode::kIdle;
  if (text == "handshake") return Mode::kHandshake;
  throw std::invalid_argument("unknown mode: " + std::string(text));
}

Session ParseSession(std::string_view text) {
  if (text == "new") return Session::kNew;
  if (text == "resumed") return Session::kResumed;
  throw std::invalid_argument("unknown session: " + std::string(text));
}

template <typename Number>
auto Into(Number& target) {
  return [&target](std::string_view text) { target = ParseNumber<Number>(text); };
}

void CheckDatagrams(const Options& options) {
  constexpr size_t kMaxBytes = 65'507;
  if (options.mode != Mode::kEcho || options.framed || options.burst != 1) {
    throw std::invalid_argument(
        "--transport udp is for --mode echo only, without --framing and --burst");
  }
  if (options.size < sizeof(DatagramTag) || options.size > kMaxBytes) {
    throw std::invalid_argument("--size must be from 16 to 65507 with --transport udp");
  }
}

void CheckTls(const Options& options) {
  const bool is_tls = options.transport == Transport::kTls;
  const bool is_handshake = options.mode == Mode::kHandshake;
  if (!is_tls && (is_handshake || options.session == Session::kResumed)) {
    throw std::invalid_argument("--mode handshake and --session need --transport tls");
  }
  if (is_handshake && options.session == Session::kResumed) {
    // They are over before a session is given.
    throw std::invalid_argument("--session resumed is not for --mode handshake");
  }
  if (is_handshake && (options.rate == 0 || options.duration_ms == 0)) {
    throw std::invalid_argument("--mode handshake needs --rate and --duration");
  }
}

void Check(const Options& options) {
  if (options.port == 0) throw std::invalid_argument("--port is missing");
  if (options.connections == 0 || options.size == 0) {
    throw std::invalid_argument("--connections and --size must be at least 1");
  }
  if (options.framed && options.size <= Payload::kHeaderBytes) {
    throw std::invalid_argument("--size must leave room for a header");
  }
  if (options.burst == 0 || options.outstanding < options.burst) {
    throw std::invalid_argument("--burst must be at least 1 and at most --outstanding");
  }
  if (options.mode != Mode::kIdle && options.duration_ms == 0 && options.messages == 0) {
    throw std::invalid_argument("--duration or --messages must be given");
  }
  CheckTls(options);
  if (options.transport == Transport::kUdp) CheckDatagrams(options);
}

}  // namespace

const char kUsage[] =
    "usage: load_generator --port N [--transport tcp|tls|udp] [--mode echo|churn|idle|handshake]\n"
    "                      [--session new|resumed] [--host IPV4] [--connections N]\n"
    "                      [--outstanding N] [--burst N] [--size BYTES] [--framing none|pack]\n"
    "                      [--rate N] [--warmup MS] [--duration MS] [--messages N]\n"
    "                      [--server-pid PID]\n";

Options ParseOptions(int argc, char** argv) {
  Options options;
  const std::map<std::string_view, std::function<void(std::string_view)>> setters = {
      {"--transport", [&](std::string_view text) { options.transport = ParseTransport(text); }},
      {"--mode", [&](std::string_view text) { options.mode = ParseMode(text); }},
      {"--session", [&](std::string_view text) { options.session = ParseSession(text); }},
      {"--host", [&](std::string_view text) { options.host = text; }},
      {"--port", Into(options.port)},
      {"--connections", Into(options.connections)},
      {"--outstanding", Into(options.outstanding)},
      {"--burst", Into(options.burst)},
      {"--size", Into(options.size)},
      {"--framing", [&](std::string_view text) { options.framed = ParseFraming(text); }},
      {"--rate", Into(options.rate)},
      {"--warmup", Into(options.warmup_ms)},
      {"--duration", Into(options.duration_ms)},
      {"--messages", Into(options.messages)},
      {"--server-pid", Into(options.server_pid)},
  };
  for (int i = 1; i < argc; i += 2) {
    const auto setter = setters.find(argv[i]);
    if (setter == setters.end())
      throw std::invalid_argument("unknown option: " + std::string(argv[i]));
    if (i + 1 == argc) throw std::invalid_argument("value missing: " + std::string(argv[i]));
    setter->second(argv[i + 1]);
  }
  Check(options);
  return options;
}

}  // namespace hp::bench
