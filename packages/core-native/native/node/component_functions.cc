// SPDX-License-Identifier: Apache-2.0
#include "node/component_functions.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/component.h"
#include "node/held_component.h"
#include "node/link_functions.h"
#include "node/values.h"
#include "sys/stream_socket.h"

namespace hp::node {
namespace {

Napi::Value FromId(Napi::Env env, std::uint64_t id) {
  return Napi::Number::New(env, static_cast<double>(id));
}

// createComponent(index, settings, reactors, firstId, filter): the filter is an
// external of another addon that points to an HpStreamFilter, or undefined.
Napi::Value CreateComponent(const Napi::CallbackInfo& info) {
  net::ComponentSettings settings = ToSettings(info[1].As<Napi::Object>());
  if (!info[4].IsUndefined()) {
    settings.filter = *info[4].As<Napi::External<HpStreamFilter>>().Data();
    if (settings.filter->magic != HP_STREAM_FILTER_MAGIC ||
        settings.filter->version != HP_STREAM_FILTER_VERSION) {
      Napi::TypeError::New(info.Env(), "the stream filter was built for another core")
          .ThrowAsJavaScriptException();
      return info.Env().Undefined();
    }
  }
  auto held = std::make_unique<HeldComponent>(std::make_shared<net::Component>(
      info[0].As<Napi::Number>().Uint32Value(), std::move(settings),
      info[2].As<Napi::Number>().Uint32Value(), ToId(info[3])));
  return Napi::External<HeldComponent>::New(
      info.Env(), held.release(),
      [](Napi::Env, HeldComponent* data) { const std::unique_ptr<HeldComponent> owned(data); });
}

// openStream(component, address) -> {error, call, handle}: a socket of the
// address's family, not yet bound.
Napi::Value OpenStream(const Napi::CallbackInfo& info) {
  const auto endpoint = sys::ParseAddress(info[1].As<Napi::String>(), 0);
  sys::Handle handle = sys::kNoHandle;
  const sys::Failure failure =
      endpoint ? sys::OpenStream(endpoint->family, ComponentOf(info[0])->settings().socket, handle)
               : sys::Failure{ErrorCode::kInvalidArgument, "inet_pton"};
  return ToSocketResult(info, failure, handle);
}

// bind(handle, address, port) -> {error, call}
Napi::Value Bind(const Napi::CallbackInfo& info) {
  const auto endpoint = sys::ParseAddress(info[1].As<Napi::String>(), ToPort(info[2]));
  const sys::Handle handle = ToHandle(info[0]);
  return ToResult(info.Env(), endpoint ? sys::Bind(handle, *endpoint)
                                       : sys::Failure{ErrorCode::kInvalidArgument, "inet_pton"});
}

// startListening(handle, backlog) -> {error, call}
Napi::Value StartListening(const Napi::CallbackInfo& info) {
  return ToResult(info.Env(),
                  sys::StartListening(ToHandle(info[0]), info[1].As<Napi::Number>().Uint32Value()));
}

// closeSocket(component, handle)
void CloseSocket(const Napi::CallbackInfo& info) {
  const sys::Handle handle = ToHandle(info[1]);
  HeldOf(info[0]).sockets.erase(handle);
  sys::CloseSocket(handle);
}

// accept(component, handle, links) -> error: the reactor of the first link
// accepts, the one with the least to do serves. The links outlive the listening.
Napi::Value Accept(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const sys::Handle handle = ToHandle(info[1]);
  const std::vector<Link*> links = LinksOf(info[2]);
  if (links.empty()) return info.Env().Undefined();
  ErrorCode error = ErrorCode::kOk;
  links.front()->Run([&](net::Reactor& acceptor) {
    error = acceptor.Listen(
        *component, handle,
        [component, links, &acceptor](net::Component& owner, sys::Handle accepted,
                                      const sys::Endpoint& peer) {
          Link* idlest = *std::min_element(links.begin(), links.end(), [](Link* one, Link* other) {
            return one->load() < other->load();
          });
          if (idlest == links.front()) return acceptor.Adopt(owner, accepted, peer);
          const bool is_taken = idlest->Post([component, accepted, peer](net::Reactor& reactor) {
            reactor.Adopt(*component, accepted, peer);
          });
          if (!is_taken) sys::CloseSocket(accepted);
        });
  });
  if (error == ErrorCode::kOk) HeldOf(info[0]).sockets.erase(handle);
  return Napi::Number::New(info.Env(), static_cast<double>(error));
}

// stopAccepting(component, links): each link tells kStopped. The first goes
// first: what it still handed to the others reaches them before the news.
void StopAccepting(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const auto stop = [component](net::Reactor& reactor) {
    reactor.StopAccepting(*component);
    reactor.TellStopped(*component);
  };
  const std::vector<Link*> links = LinksOf(info[1]);
  if (links.empty()) return;
  const auto stop_all = [stop, links](net::Reactor& reactor) {
    stop(reactor);
    for (std::size_t i = 1; i < links.size(); ++i) links[i]->Post(stop);
  };
  // A start that throws after it has bound a port may be repeated at once.
  const bool is_waited_for = component->settings().datagrams.max_bytes != 0;
  if (is_waited_for) {
    links.front()->Run(stop_all);
  } else {
    links.front()->Post(stop_all);
  }
}

// takeId(component): the id of a connection that is about to be dialled.
Napi::Value TakeId(const Napi::CallbackInfo& info) {
  return FromId(info.Env(), ComponentOf(info[0])->TakeId());
}

// nextId(component): the id after all that have been given out.
Napi::Value NextId(const Napi::CallbackInfo& info) {
  return FromId(info.Env(), ComponentOf(info[0])->next_id());
}

std::unique_ptr<net::ConnectAttempt> ToAttempt(const net::Component& component,
                                               const Napi::Object& request) {
  auto attempt = std::make_unique<net::ConnectAttempt>();
  const auto peers = PropertyOf(request, "peers").As<Napi::Array>();
  const std::uint16_t port = ToPort(PropertyOf(request, "port"));
  for (std::uint32_t i = 0; i < peers.Length(); ++i) {
    const auto peer = sys::ParseAddress(ElementOf(peers, i).As<Napi::String>(), port);
    if (peer) attempt->peers.Add(*peer);
  }
  const std::string local = PropertyOf(request, "localAddress").As<Napi::String>();
  const std::uint16_t local_port = ToPort(PropertyOf(request, "localPort"));
  attempt->local = sys::ParseAddress(local, local_port).value_or(sys::Endpoint{});
  attempt->local.port = local_port;
  attempt->host_name = PropertyOf(request, "hostName").As<Napi::String>();
  attempt->options = component.settings().socket;
  attempt->options.raw = ToRawOptions(PropertyOf(request, "options"));
  return attempt;
}

std::uint32_t TimeoutOf(const Napi::Object& request) {
  return PropertyOf(request, "timeoutMs").As<Napi::Number>().Uint32Value();
}

// connect(component, link, id, {peers, port, localAddress, localPort, timeoutMs, options})
void Connect(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const auto request = info[3].As<Napi::Object>();
  const std::uint64_t id = ToId(info[2]);
  const std::uint32_t timeout_ms = TimeoutOf(request);
  // A task is copyable, so what it moves on travels in a shared holder.
  const auto holder =
      std::make_shared<std::unique_ptr<net::ConnectAttempt>>(ToAttempt(*component, request));
  Link* link = LinkOf(info[1]);
  if (link == nullptr) return;
  link->Post([component, id, holder, timeout_ms](net::Reactor& reactor) {
    if (timeout_ms != 0) (*holder)->deadline_ms = reactor.NowMs() + timeout_ms;
    reactor.Connect(*component, id, std::move(*holder));
  });
}

// cancel(component, link, id)
void Cancel(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const std::uint64_t id = ToId(info[2]);
  Link* link = LinkOf(info[1]);
  if (link == nullptr) return;
  link->Post([component, id](net::Reactor& reactor) { reactor.Cancel(*component, id); });
}

// connectBlocking(component, request) -> {error, call, handle}
Napi::Value ConnectBlocking(const Napi::CallbackInfo& info) {
  const auto request = info[1].As<Napi::Object>();
  const auto attempt = ToAttempt(*ComponentOf(info[0]), request);
  sys::Handle handle = sys::kNoHandle;
  sys::Failure failure{ErrorCode::kAddressNotAvailable, "connect"};
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(TimeoutOf(request));
  for (net::AddressLine& peers = attempt->peers; !peers.empty();) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const std::chrono::milliseconds share(peers.share_ms());
    if (share.count() != 0) left = std::min(left, share);
    if (left.count() <= 0) break;
    failure = sys::ConnectBlocking(
        {.peer = peers.first(), .local = attempt->local, .options = &attempt->options},
        static_cast<std::uint32_t>(left.count()), handle);
    if (!failure) break;
    if (failure.error == ErrorCode::kTimedOut && left == share) {
      peers.PutOff();
    } else {
      peers.Drop();
    }
  }
  return ToSocketResult(info, failure, handle);
}

// adopt(component, link, id, handle, hostName) -> slot: serves a socket that is connected.
Napi::Value Adopt(const Napi::CallbackInfo& info) {
  const SharedComponent component = ComponentOf(info[0]);
  const std::uint64_t id = ToId(info[2]);
  const sys::Handle handle = ToHandle(info[3]);
  const std::string host_name = info[4].As<Napi::String>();
  sys::Endpoint peer;
  sys::PeerEndpoint(handle, peer);
  Link* link = LinkOf(info[1]);
  if (link == nullptr) return info.Env().Undefined();
  HeldOf(info[0]).sockets.erase(handle);
  std::uint32_t slot = 0;
  link->Run([&](net::Reactor& reactor) {
    slot = reactor.AdoptConnected(*component, id, handle, peer, host_name.c_str());
  });
  return Napi::Number::New(info.Env(), slot);
}

// stats(component, links, values): the counters in the order of src/stats.ts.
void Stats(const Napi::CallbackInfo& info) {
  net::Component& component = *ComponentOf(info[0]);
  auto values = info[2].As<Napi::Float64Array>();
  const auto add = [&values](std::size_t index, std::uint64_t amount) {
    values[index] += static_cast<double>(amount);
  };
  std::size_t index = 0;
  for (std::size_t reactor = 0; reactor < component.reactors(); ++reactor) {
    const net::Counters& counters = component.counters(reactor);
    index = 0;
    for (const net::Counter* counter :
         {&counters.accepted, &counters.connected, &counters.closed, &counters.rejected,
          &counters.accept_pauses, &counters.receives, &counters.bytes_received, &counters.sends,
          &counters.bytes_sent, &counters.receive_calls, &counters.send_calls,
          &counters.read_pauses, &counters.heartbeats, &counters.dropped_datagrams,
          &counters.queued_bytes}) {
      add(index++, counter->Read());
    }
  }
  for (Link* link : LinksOf(info[1])) {
    const LinkStats stats = link->Stats();
    add(index, stats.batches);
    add(index + 1, stats.events);
    add(index + 2, stats.cached_buffers);
    add(index + 3, stats.cached_connections);
  }
}

}  // namespace

void AddComponentFunctions(Napi::Env env, Napi::Object& exports) {
  exports.Set("createComponent", Napi::Function::New(env, CreateComponent));
  exports.Set("openStream", Napi::Function::New(env, OpenStream));
  exports.Set("bind", Napi::Function::New(env, Bind));
  exports.Set("startListening", Napi::Function::New(env, StartListening));
  exports.Set("closeSocket", Napi::Function::New(env, CloseSocket));
  exports.Set("accept", Napi::Function::New(env, Accept));
  exports.Set("stopAccepting", Napi::Function::New(env, StopAccepting));
  exports.Set("takeId", Napi::Function::New(env, TakeId));
  exports.Set("nextId", Napi::Function::New(env, NextId));
  exports.Set("connect", Napi::Function::New(env, Connect));
  exports.Set("cancel", Napi::Function::New(env, Cancel));
  exports.Set("connectBlocking", Napi::Function::New(env, ConnectBlocking));
  exports.Set("adopt", Napi::Function::New(env, Adopt));
  exports.Set("stats", Napi::Function::New(env, Stats));
}

}  // namespace hp::node
