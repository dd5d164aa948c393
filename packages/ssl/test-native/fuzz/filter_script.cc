// SPDX-License-Identifier: Apache-2.0
#include "filter_script.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "contexts.h"
#include "fixed_random.h"

namespace hp::tls {
namespace {

constexpr const char* kSuites[] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                                   "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_SHA256"};
constexpr const char* kHost = "localhost";
// Too many without data are not honest.
constexpr int kMaxUpdates = 30;

// While one lives, OpenSSL draws what is random for the peer.
class PeersTurn {
 public:
  PeersTurn() { FixedRandom::Use(FixedRandom::Source::kPeer); }
  ~PeersTurn() { FixedRandom::Use(FixedRandom::Source::kFilter); }
  PeersTurn(const PeersTurn&) = delete;
  PeersTurn& operator=(const PeersTurn&) = delete;
};

void Expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "it does not hold that %s\n", what);
  std::abort();
}

std::shared_ptr<Context> MakeContext(const FilterKind& kind) {
  static const Config server = ServerConfig();
  Config config = kind.is_server ? server : Config();
  config.min_version = TLS1_2_VERSION;
  config.max_version = kind.is_old ? TLS1_2_VERSION : TLS1_3_VERSION;
  config.cipher_suites = kSuites[kind.suite];
  config.verify_clients = kind.verifies_clients ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  // Whether a certificate holds depends on the time.
  config.verifies_servers = false;
  config.protocols = {2, 'h', '2'};
  config.requests_ocsp = true;
  return ContextOf(config);
}

// Clients keep sessions in theirs, of which the next input is to find none. Those of
// servers stay as they are, and take longer to make than a handshake.
std::shared_ptr<Context> ContextFor(const FilterKind& kind) {
  if (!kind.is_server) return MakeContext(kind);
  static std::map<std::uint8_t, std::shared_ptr<Context>> made;
  std::shared_ptr<Context>& context = made[kind.number];
  if (context == nullptr) context = MakeContext(kind);
  return context;
}

}  // namespace

FilterKind::FilterKind(std::uint8_t byte)
    : number(byte),
      is_server((byte & 1) != 0),
      starts_by_itself((byte & 2) == 0),
      asks_server_name((byte & 4) != 0),
      is_old((byte & 8) != 0),
      verifies_clients((byte & 16) != 0),
      suite(byte >> 5 & 3) {}

FilterScript::FilterScript(std::string_view input) : input_(input), kind_(input_.Byte()) {
  // What is made once is made of the same bytes whichever input is the first.
  FixedRandom::Restart();
  TheServer();
  FixedRandom::Restart();
  context_ = ContextFor(kind_);
  FixedRandom::Restart();
  const FilterOptions options = {.starts_by_itself = kind_.starts_by_itself,
                                 .handshake_timeout_ms = 1000,
                                 .asks_server_name = kind_.asks_server_name};
  const HpFilterRole role = kind_.is_server ? HP_FILTER_SERVER : HP_FILTER_CLIENT;
  filter_ =
      std::make_unique<FilterPeer>(context_, role, options, kind_.is_server ? nullptr : kHost);
  // Plain text and TLS are not the same to the peer.
  is_honest_ = kind_.starts_by_itself;
}

BarePeer& FilterScript::peer() {
  if (peer_) return *peer_;
  const PeersTurn turn;
  const auto adjust = [this](SSL* ssl) {
    SSL_set_ciphersuites(ssl, kSuites[kind_.suite]);
    if (kind_.is_server) SSL_set_tlsext_host_name(ssl, kHost);
  };
  peer_.reset(kind_.is_server ? new BarePeer(BarePeer::Client(adjust))
                              : new BarePeer(BarePeer::Server(TheServer(), adjust)));
  return *peer_;
}

void FilterScript::Run() {
  while (!input_.empty()) {
    Play(static_cast<FilterStep>(input_.Byte() % kFilterSteps));
    Check();
  }
}

void FilterScript::Play(FilterStep step) {
  switch (step) {
    case FilterStep::kReceive: {
      const std::string_view bytes = input_.Take(input_.Word());
      is_honest_ &= bytes.empty();
      return Receive(bytes);
    }
    case FilterStep::kReceivePeers: {
      const std::string heard = Heard();
      const std::size_t wanted = input_.Amount();
      const std::size_t count = wanted == 0 ? heard.size() : std::min(wanted, heard.size());
      heard_ = heard.substr(count);
      return Receive(std::string_view(heard).substr(0, count));
    }
    case FilterStep::kReceiveBroken: {
      std::string heard = Heard();
      const std::size_t bit = input_.Word();
      if (heard.empty()) return;
      is_honest_ = false;
      char& byte = heard[bit / 8 % heard.size()];
      byte = static_cast<char>(byte ^ (1 << bit % 8));
      return Receive(heard);
    }
    case FilterStep::kAnswer:
      return Answer();
    case FilterStep::kTalk:
      return Talk();
    case FilterStep::kSend:
      return Send();
    case FilterStep::kPeerSends:
      return PeerSends();
    case FilterStep::kPeerActs:
      return PeerActs();
    case FilterStep::kGiveRoom: {
      const std::size_t step_size = input_.Amount();
      const std::size_t stock = input_.Amount();
      filter_->host.plain_step = step_size == 0 ? 65536 : step_size;
      filter_->host.plain_stock = stock == 0 ? TestHost::kUnlimited : stock;
      return filter_->Resume();
    }
    case FilterStep::kRefuseTells:
      filter_->host.refused_tells = input_.Byte() % 4;
      return;
    case FilterStep::kFinish:
      if (is_open() && !std::exchange(is_finished_, true)) filter_->Finish();
      return;
    case FilterStep::kEnd:
      return End();
    case FilterStep::kDeadline:
      if (is_open() && filter_->host.deadline_ms != 0) filter_->Deadline();
      is_honest_ &= filter_->outcome() == 0;
      return;
    case FilterStep::kCommand: {
      const auto order = static_cast<Order>(input_.Byte());
      const std::string_view bytes = input_.Take(4);
      if (is_open()) filter_->Command(order, bytes);
      is_honest_ &= filter_->outcome() == 0;
      return;
    }
  }
}

void FilterScript::Receive(std::string_view bytes) {
  if (is_open()) filter_->Give(bytes);
}

// All that the peer has said and the filter has not received.
std::string FilterScript::Heard() { return std::exchange(heard_, {}) + peer().Take(); }

void FilterScript::Answer() {
  const std::string bytes = filter_->Take();
  BarePeer& to = peer();
  const PeersTurn turn;
  to.Give(bytes);
}

void FilterScript::Talk() {
  // Ends: a peer answers what it hears by less and less.
  for (int i = 0; i < 10 && is_open(); ++i) {
    Receive(Heard());
    Answer();
  }
}

void FilterScript::Send() {
  const std::string first(input_.Amount(), 'a');
  const std::string second(input_.Amount(), 'b');
  const bool may_send = filter_->is_ready() || filter_->host.permits != 0;
  if (!may_send || !is_open() || is_finished_) return;
  filter_->Send({first, second});
  sent_ += first + second;
}

void FilterScript::PeerSends() {
  const std::string bytes(input_.Amount(), 'p');
  BarePeer& from = peer();
  if (!from.is_open() || !from.failure().empty() || is_peer_finished_) return;
  const PeersTurn turn;
  from.Send(bytes);
  peer_sent_ += bytes;
  if (!bytes.empty()) updates_ = 0;
}

void FilterScript::PeerActs() {
  const std::uint8_t act = input_.Byte() % 4;
  BarePeer& actor = peer();
  if (!actor.is_open() || !actor.failure().empty() || is_peer_finished_) return;
  const PeersTurn turn;
  if (act == 0) {
    is_peer_finished_ = true;
    actor.Finish();
  } else if (SSL_version(actor.ssl()) == TLS1_3_VERSION && ++updates_ < kMaxUpdates) {
    actor.UpdateKeys(act == 1);
  }
}

void FilterScript::End() {
  if (!is_open() || filter_->has_more()) return;
  is_ended_ = true;
  filter_->End();
}

void FilterScript::Check() {
  const TestHost& host = filter_->host;
  Expect(host.misuses == 0, "the host is used as it may be");
  Expect(host.readies <= 1, "it is ready once");
  Expect(ERR_peek_error() == 0, "the error queue is left empty");
  Expect(filter_->outcome() <= 0 || filter_->outcome() == HP_FILTER_ENDED,
         "it ends in a known way");
  if (!is_honest_ || !peer_) return;
  Expect(peer_->failure().empty(), "an honest peer is content");
  Expect(peer_sent_.starts_with(host.plain), "what an honest peer has sent arrives");
  Expect(sent_.starts_with(peer_->received()), "what is sent arrives at an honest peer");
  Expect(is_ended_ || filter_->outcome() >= 0, "it has nothing against an honest peer");
}

}  // namespace hp::tls
