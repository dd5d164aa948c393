// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "byte_reader.h"
#include "datagram_script.h"
#include "net/command_buffer.h"
#include "net/connection_log.h"
#include "net/reactor.h"
#include "net/test_filter.h"
#include "net/test_memory.h"
#include "sys/fake/fake_backend.h"

namespace hp::net {

// Fuzz input, read as what peers, the system, JavaScript and time do to a
// reactor. Whatever they do in whatever order, no memory is corrupted and no
// promise of the boundary is broken; the program ends at once where it is.
class ReactorScript {
 public:
  explicit ReactorScript(ByteReader input);
  void Run();

 private:
  struct Settings {
    sys::FakeStyle style;
    ComponentSettings component;
    Reactor::Limits limits;
  };

  struct ScriptedPeer {
    std::unique_ptr<sys::FakePeer> peer;
    char greeting;         // what a stream filter wants to hear first
    std::size_t sent = 0;  // after that
    bool greeted = false;
  };

  static Settings ReadSettings(ByteReader& input, TestFilter& filter);

  void Step();
  void PeerStep();
  void SystemStep();
  void AddCommand();
  void Flush();
  void SendNow();
  void Connect();
  void HandOver();
  void PeerSends(ScriptedPeer& peer);
  void Turn(std::uint64_t ms);
  void See();
  void Inject();
  void Settle();
  void CheckReceived() const;
  void Finish();

  Target ReadTarget();

  ByteReader input_;
  TestFilter filter_;
  Settings settings_;
  sys::FakeBackend backend_;
  TestMemory memory_;
  Component component_;
  DatagramScript datagrams_;
  Reactor reactor_;
  ConnectionLog log_;
  CommandBuffer commands_;
  std::vector<ScriptedPeer> peers_;
  std::vector<Event> unseen_;
  std::vector<std::uint64_t> dialled_;
  bool injected_ = false;  // the fake cannot tell violations any more
};

}  // namespace hp::net
