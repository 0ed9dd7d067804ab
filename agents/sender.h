// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SENDER_H_
#define PLUMBLINE_AGENTS_SENDER_H_

#include <functional>
#include <optional>
#include <string>

#include "agents/ack_log.h"
#include "agents/inbox.h"
#include "agents/proxy.h"
#include "agents/sender_machine.h"
#include "agents/spool.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"

// The thin shell around the sender machine: performs its actions with a spool and a network.
namespace plumbline {

struct SenderOptions {
  bool until_empty = false;
  // With until_empty: how long after the last acknowledgement to wait for its proof.
  Duration proof_limit = SenderConfig().proof_limit;
  // Give up after this time; nullopt: never.
  std::optional<Duration> deadline;
  // The way out, where there is no direct one.
  std::optional<Proxy> proxy;
  // Called on the sender's thread before each look at the spool; an error ends the run.
  std::function<Status()> each_look;
  // Told of changes that a person wants to see: connected, trouble, a new rule pack.
  std::function<void(std::string_view sentence)> tell;
  // Told, on the sender's thread, when a session sends its first heartbeat.
  std::function<void()> quiet;

  // For a program that runs many senders. With an inbox of its caller, which must outlive the run,
  // a sender takes SpoolFilled and SignalArrived from there and leaves the process's signals alone.
  Inbox* inbox = nullptr;
  // How long what another process puts into the spool may wait to be noticed.
  Duration look_every{150};
  // Told, on the sender's thread, that the spool knows all batches up to this one acknowledged.
  std::function<void(BatchNumber)> acknowledged;
  // Asked again and again; true ends the run (kLeft) after what is at hand.
  std::function<Result<bool>()> leave;
};

struct SenderOutcome {
  enum class How { kEmpty, kStopped, kDeadline, kRefused, kAlarm, kLeft };
  How how = How::kStopped;
  std::string sentence;  // for kRefused and kAlarm
  std::uint64_t acknowledged_events = 0;
  std::uint64_t unproved_batches = 0;  // acknowledged, and not proved at the end
};

// Sends until the end that `options` ask for, SIGINT, SIGTERM, or a refusal that no retry can
// change. While an alarm is open it stays without a session, and tells so again and again; with
// until_empty it ends. An Error means that the spool or the acknowledgement log failed. `acks` may
// be nullptr.
Result<SenderOutcome> run_sender(Spool& spool, const PrivateKey& key, const Clock& clock,
                                 AckLog* acks, const SenderOptions& options);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SENDER_H_
