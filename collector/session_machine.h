// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_COLLECTOR_SESSION_MACHINE_H_
#define PLUMBLINE_COLLECTOR_SESSION_MACHINE_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/load_limits.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/office_record.h"
#include "model/wire/batch.h"
#include "model/wire/session.h"
#include "store/store.h"

// The collector's side of the conversation with an agent (docs/formats/wire.md, "Session"), as a
// state machine: events in, actions out, nothing else.
namespace plumbline {

// Why a session ends. The words of `session_end_name` are label values of metrics.
enum class SessionEnd {
  kClosed,     // the peer went away between two frames
  kEnrolled,   // an enrolment was answered
  kRotated,    // a change of keys was answered
  kRefused,    // a hello, enrolment or batch was refused for good
  kShutdown,   // the server stops
  kIdle,       // nothing was heard for the idle deadline
  kReplaced,   // newer sessions of its stream took its seat
  kPutOff,     // the server had no room for it
  kContinued,  // it was welcomed under an id that the ledger no longer has
  // What follows is the peer's mistake and counted as a protocol error.
  kTruncatedFrame,     // the peer went away within a frame
  kBadFrame,           // a frame that does not parse, or of an unknown mandatory type
  kOversizedFrame,     // a frame that says to be larger than its limit
  kUnexpectedMessage,  // a message that has no place here
  kBadVersion,         // another protocol version
  kHelloTimeout,       // no hello within its deadline
  kSlowFrame,          // a frame under way made no progress
};
std::string_view session_end_name(SessionEnd end);
bool is_protocol_error(SessionEnd end);

// What an agent is told of the ledger and of the rules it validates by.
struct SessionOffer {
  std::string ledger_id;
  Hash events_hash;  // zero while no rules are active
  std::vector<PackFile> files;
  std::vector<Bytes> successions = {};  // Welcome::successions
};

// What happens to a session.
namespace session_event {
struct Received {  // a whole frame; only while wants_input()
  Message message;
};
struct FrameFailed {  // the frame decoder's error
  Error error;
};
struct StreamLookedUp {  // the answer to LookUpStream
  Result<StreamState> stream;
  SessionOffer offer;
};
struct EnrollAnswered {  // the answer to Enroll
  Result<Enrolled> enrolled;
};
struct RotateAnswered {  // the answer to Rotate
  Result<Rotated> rotated;
};
struct StreamRevoked {  // the key of a stream is revoked; does nothing to sessions of other streams
  StreamId stream;
};
struct AdmitAnswered {  // the answer to the Admit of the same ticket
  std::uint64_t ticket = 0;
  Result<Admitted> admitted;
  // Of a batch that was put off: when to come again; else the machine's own waiting times.
  std::optional<Duration> retry_after = std::nullopt;
};
struct ProofsLookedUp {  // the answer to LookUpProofs
  Result<Proofs> proofs;
};
struct PeerClosed {
  bool in_frame = false;  // bytes of an unfinished frame had been received
};
struct HelloDeadline {};
struct IdleDeadline {};
struct SlowFrame {};  // the frame under way did not get on in its time
struct NoRoom {};     // the server can keep no more bytes of frames under way
struct Replaced {};   // answers what is in flight, takes nothing more; so does:
struct ShutdownAsked {};
}  // namespace session_event
using SessionEvent = std::variant<
    session_event::Received, session_event::FrameFailed, session_event::StreamLookedUp,
    session_event::EnrollAnswered, session_event::RotateAnswered, session_event::StreamRevoked,
    session_event::AdmitAnswered, session_event::ProofsLookedUp, session_event::PeerClosed,
    session_event::HelloDeadline, session_event::IdleDeadline, session_event::SlowFrame,
    session_event::NoRoom, session_event::Replaced, session_event::ShutdownAsked>;

// What is to be done, in this order.
namespace session_action {
struct Send {
  Message message;
};
struct LookUpStream {  // answered by StreamLookedUp
  StreamId stream;
  Bytes record = {};  // Hello::record: of use where the stream is not known
};
struct Enroll {  // answered by EnrollAnswered
  EnrollRequest request;
};
struct Rotate {  // answered by RotateAnswered
  StreamId old;
  std::string software;
  RotateRequest request;
};
struct ReportConflict {  // not answered
  StreamConflict conflict;
};
struct Admit {  // answered by AdmitAnswered; also where the writer takes no more
  std::uint64_t ticket = 0;
  Admission admission;
  Instant sealed_at;  // by the agent's clock
};
struct LookUpProofs {  // answered by ProofsLookedUp
  StreamId stream;
  ProofRequest request;
};
struct ShowCheckpoint {  // to whoever signs: a note that the agent holds; not answered
  std::string note;
};
struct End {  // the last action: send what is to be sent, then close
  SessionEnd end = SessionEnd::kClosed;
  std::string sentence;
};
}  // namespace session_action
using SessionAction =
    std::variant<session_action::Send, session_action::LookUpStream, session_action::Enroll,
                 session_action::Rotate, session_action::ReportConflict, session_action::Admit,
                 session_action::LookUpProofs, session_action::ShowCheckpoint, session_action::End>;

// One session. A value with no clock, socket or thread; used by one thread at a time.
//
// Answers leave in the order of the batches. A refusal that is final ends the session after the
// answers before it; one that may be tried again (Refused::retry_after_ms) leaves it open, and
// later batches are put off in the same way until the refused one has come again.
class SessionMachine {
 public:
  struct Config {
    // Of batches received and not answered. Input stops early enough that one more frame of the
    // largest size fits.
    std::size_t max_bytes_in_flight = limits::kMaxSessionBytesInFlight;
    std::size_t max_frame_bytes = limits::kMaxFrameBytes;
    std::int64_t retry_when_full_ms = 200;     // the writer's queue is full
    std::int64_t retry_when_failed_ms = 5000;  // the store has failed or is going away
    // A server that stops is back soon, and all its agents are sent away at once: they come again
    // between this and twice this.
    std::int64_t retry_when_sent_away_ms = 1000;
    std::int64_t retry_proofs_ms = 2000;  // there is no checkpoint to prove by
  };

  // `tls_exporter`: the 32 bytes that both ends derive from their TLS session (see Hello::proof).
  SessionMachine(Bytes tls_exporter, Config config);

  std::vector<SessionAction> resume(SessionEvent event);

  // False while the next frame must wait: an answer comes first, too much is in flight, or the
  // session is ending.
  bool wants_input() const;

  std::size_t bytes_in_flight() const { return bytes_in_flight_; }
  bool greeted() const { return stream_.has_value(); }
  // Of a greeted session.
  const std::optional<StreamState>& stream() const { return stream_; }
  const std::string& software() const { return hello_.software; }

 private:
  enum class State {
    kAwaitHello,
    kLookUp,
    kEnroll,
    kOpen,
    kRotate,
    kEnding,  // final answers are still owed
    kEnded,
  };
  struct Pending {
    std::uint64_t ticket = 0;
    BatchNumber number;
    std::size_t bytes = 0;
    std::optional<Message> answer;
    std::optional<SessionEnd> end;  // the answer is final and ends the session
  };
  using Actions = std::vector<SessionAction>;

  void on(session_event::Received event, Actions& actions);
  void on(session_event::FrameFailed event, Actions& actions);
  void on(session_event::StreamLookedUp event, Actions& actions);
  void on(session_event::EnrollAnswered event, Actions& actions);
  void on(session_event::RotateAnswered event, Actions& actions);
  void on(session_event::StreamRevoked event, Actions& actions);
  void on(session_event::AdmitAnswered event, Actions& actions);
  void on(session_event::ProofsLookedUp event, Actions& actions);
  void on(session_event::PeerClosed event, Actions& actions);
  void on(session_event::HelloDeadline event, Actions& actions);
  void on(session_event::IdleDeadline event, Actions& actions);
  void on(session_event::SlowFrame event, Actions& actions);
  void on(session_event::NoRoom event, Actions& actions);
  void on(session_event::Replaced event, Actions& actions);
  void on(session_event::ShutdownAsked event, Actions& actions);

  void hello(Hello hello, Actions& actions);
  void enroll(EnrollRequest request, Actions& actions);
  void batch(BatchFrame frame, Actions& actions);
  void rotate(RotateRequest request, Actions& actions);
  void prove(const ProofRequest& request, Actions& actions);
  bool version_fits(std::uint32_t oldest, std::uint32_t newest, Actions& actions);

  // Answers a batch that is not admitted, or a hello (number 0).
  void refuse(BatchNumber number, const Error& error, SessionEnd end, Actions& actions);
  void put_off(BatchNumber number, const Error& error, std::int64_t retry_after_ms,
               Actions& actions);
  void report_conflict(const session_event::AdmitAnswered& event, Actions& actions);
  // Answers what is in flight, tells when to connect again, and ends.
  void send_away(const Error& error, SessionEnd end, Actions& actions);
  void answer(Pending& pending, const session_event::AdmitAnswered& event);
  void flush(Actions& actions);
  void finish(SessionEnd end, std::string sentence, Actions& actions);
  void end_now(SessionEnd end, std::string sentence, Actions& actions);

  const Config config_;
  const Bytes tls_exporter_;
  State state_ = State::kAwaitHello;
  std::uint32_t version_ = kProtocolVersion;  // of this session, once the peer has said its own
  Hello hello_;                               // valid from kLookUp on
  std::optional<StreamState> stream_;         // from kOpen on
  std::string ledger_id_;                     // likewise: what the welcome said
  bool revoked_ = false;                      // while the stream was being looked up
  std::deque<Pending> pending_;               // in the order of arrival
  std::size_t bytes_in_flight_ = 0;
  std::uint64_t next_ticket_ = 1;
  bool proving_ = false;                // a ProofRequest is not answered yet
  std::optional<BatchNumber> put_off_;  // the first batch that was told to come again
  std::int64_t put_off_ms_ = 0;         // and when
  std::optional<session_action::End> ending_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_COLLECTOR_SESSION_MACHINE_H_
