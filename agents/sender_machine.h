// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_SENDER_MACHINE_H_
#define PLUMBLINE_AGENTS_SENDER_MACHINE_H_

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agents/alarm.h"
#include "agents/backoff.h"
#include "agents/proof_check.h"
#include "agents/proof_pace.h"
#include "agents/succession.h"
#include "base/crypto.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/wire/session.h"

// The agent's side of a session, from the first attempt to connect until the end of `run`, as a
// pure state machine: events in, actions out, time and randomness as arguments. It knows numbers
// and hashes; the bytes stay in the spool. docs/formats/wire.md, section "Session".
//
// What must hold, whoever changes it: a proof is asked for what is acknowledged in this session's
// stream, one request at a time; an alarm ends the session, and no batch is sent before it is
// cleared. A change of keys waits until nothing is in flight and no proof is asked for, and starts
// a stream: `acknowledged`, `next` and `proofs.proved` are those of one stream.
namespace plumbline {

// Fixed for a run.
struct SenderConfig {
  std::string ledger_id;
  // End as soon as the ledger holds everything and has proved it; at the latest this long after
  // the last acknowledgement.
  bool until_empty = false;
  Duration proof_limit{3'000};
  ProofPacePolicy proof_pace;
  Duration alarm_every{600'000};  // how often an open alarm is told again
  BackoffPolicy backoff;
  std::size_t window_batches = 64;  // in flight
  std::size_t window_bytes = 0;     // see sender_machine.cc; 0 = the collector's bound
  Duration connect_limit{15'000};   // resolve, connect, TLS
  Duration answer_limit{30'000};    // from the last message to the next one expected
  Duration heartbeat_every{20'000};
  Duration stop_limit{2'000};  // for acknowledgements once a stop is asked
};

// What the spool says about the stream.
struct StreamEnd {
  BatchNumber last;
  Sequence last_sequence;         // 0 when there is none
  BatchNumber oldest_content{1};  // batches before it cannot be sent again
  bool operator==(const StreamEnd&) const = default;
};

// ---- events ----

struct Started {
  StreamEnd end;
  BatchNumber acknowledged;
  BatchNumber proved = {};
  bool alarmed = false;  // the spool has an open alarm
};
struct Connected {};
// The attempt or the session ended, for a reason that may pass.
struct Disconnected {
  Error reason;
};
// The collector's welcome, with what the spool knows about the batch that it names as its head.
struct Welcomed {
  Welcome welcome;
  bool same_files = false;             // the spool holds these pack files already
  std::optional<Hash> local_hash;      // of batch `welcome.head`; nullopt when there is none
  std::optional<Sequence> local_next;  // the sequence behind batch `welcome.head`
  // Where the welcome names another ledger: the office's word that it is the successor of the one
  // that the agent knows, or what is wrong with it.
  std::optional<Succession> succession = {};
  std::optional<Contradiction> foreign = {};
};
struct AckArrived {
  Ack ack;
};
struct RefusedArrived {
  Refused refused;
};
// The answer to AskProofs, and what is to be believed of it.
struct ProofsChecked {
  ProofVerdict verdict;
};
// A person ended the open alarm.
struct AlarmCleared {};
// A message that a collector never sends.
struct WrongMessage {
  std::string name;
};
struct SpoolGrew {
  StreamEnd end;
};
// A batch was given to the connection; answers SendBatch.
struct BatchSent {
  BatchNumber number;
  std::size_t bytes = 0;
};
// The time that was asked for by SenderState::wake_at has come (or passed).
struct Woken {};
// The user asks to stop.
struct StopAsked {};

using SenderEvent =
    std::variant<Started, Connected, Disconnected, Welcomed, AckArrived, RefusedArrived,
                 ProofsChecked, AlarmCleared, WrongMessage, SpoolGrew, BatchSent, Woken, StopAsked>;

// ---- actions ----

struct Connect {};
// Send the hello with the proof over the connection's exporter.
struct SendHello {};
// Load and send; answer with BatchSent.
struct SendBatch {
  BatchNumber number;
};
struct SendHeartbeat {
  Sequence last;
};
// The ledger holds everything up to `number`; durable before the next wait.
struct MarkAcknowledged {
  BatchNumber after;  // the acknowledged batch before
  BatchNumber number;
  // Of `number`; nullopt when only the welcome told.
  std::optional<LedgerIndex> index;
  std::optional<Instant> recorded_at;
};
// The ledger was restored and holds less than it once acknowledged.
struct Rewind {
  BatchNumber number;
};
// Ask for a checkpoint and the proofs of these batches; answered by ProofsChecked.
struct AskProofs {
  ProofAsk ask;
};
// Everything in it was verified.
struct KeepProofs {
  ProofsHold proofs;
};
// No proof counts any more.
struct ForgetProofs {};
// Why proofs do not get on; empty: they do.
struct NoteProofs {
  std::string sentence;
};
struct FollowSuccession {
  Succession succession;
};
// Keep what contradicts what, and tell everybody.
struct RaiseAlarm {
  Contradiction what;
};
// An alarm is open.
struct TellAlarm {};
struct StorePack {
  Hash events_hash;
  std::vector<PackFile> files;
};
struct CloseConnection {};
// Show and remember why sending does not get on; it is tried again.
struct NoteTrouble {
  std::string sentence;
};
// Forget the trouble: a session is up.
struct ClearTrouble {};
// The end of the run.
struct Finish {
  enum class How { kEmpty, kStopped, kRefused, kAlarm };
  How how = How::kStopped;
  std::string sentence;  // for kRefused: why, and what to do
};

using SenderAction =
    std::variant<Connect, SendHello, SendBatch, SendHeartbeat, MarkAcknowledged, Rewind, StorePack,
                 AskProofs, KeepProofs, ForgetProofs, NoteProofs, FollowSuccession, RaiseAlarm,
                 TellAlarm, CloseConnection, NoteTrouble, ClearTrouble, Finish>;
using SenderActions = std::vector<SenderAction>;

// ---- state ----

struct InFlight {
  BatchNumber number;
  std::size_t bytes = 0;
};

struct SenderState {
  enum class Phase {
    kNew,
    kConnecting,
    kGreeting,  // hello sent, no welcome yet
    kOpen,      // sends and receives
    kPaused,    // open, but the collector asked to wait
    kWaiting,   // between two attempts
    kAlarmed,   // no session before a person has cleared the alarm
    kStopping,  // a stop was asked; waits for what is in flight
    kEnded,
  };

  Phase phase = Phase::kNew;
  std::string ledger_id;  // as it was enrolled, or its successor
  StreamEnd end;
  BatchNumber acknowledged;
  BatchNumber next{1};             // to send in this session
  std::deque<InFlight> in_flight;  // ascending
  std::size_t bytes_in_flight = 0;
  ProofPace proofs;
  std::optional<std::int64_t> empty_ms;  // since when everything is acknowledged, in this session
  bool sending = false;                  // a SendBatch waits for its BatchSent
  std::uint32_t attempt = 0;             // failed ones since the last acknowledgement
  std::int64_t opened_ms = 0;            // when the session's welcome came
  std::int64_t heard_ms = 0;             // last message, or send into an empty flight
  std::int64_t spoke_ms = 0;             // last batch or heartbeat
  // Woken is due at this monotonic time; nullopt: nothing is due.
  std::optional<std::int64_t> wake_at;
};

// Time and randomness of one step.
struct SenderNow {
  std::int64_t monotonic_ms = 0;
  std::uint64_t random = 0;
};

// Performs one step. The caller performs the actions in order.
SenderActions resume(SenderState& state, const SenderConfig& config, const SenderNow& now,
                     const SenderEvent& event);

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_SENDER_MACHINE_H_
