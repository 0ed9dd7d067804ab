// SPDX-License-Identifier: Apache-2.0
#include "collector/session_machine.h"

#include <fmt/format.h>

#include "collector/batch_admission.h"
#include "ledger/checkpoint.h"

namespace plumbline {
namespace {

namespace event = session_event;
namespace action = session_action;

Refused refused(BatchNumber number, const Error& error) {
  return {number, std::string(code_name(error.code())), error.text(), std::nullopt};
}

bool may_come_again(const Error& error) {
  return error.code() == Code::kExhausted || error.code() == Code::kUnavailable ||
         error.code() == Code::kIo || error.code() == Code::kInternal;
}

bool is_of_another_ledger(std::string_view note, std::string_view ledger_id) {
  std::string signed_id = checkpoint_ledger_id(note.substr(0, note.find('\n')));
  return !signed_id.empty() && signed_id != ledger_id;
}

}  // namespace

std::string_view session_end_name(SessionEnd end) {
  switch (end) {
    case SessionEnd::kClosed:
      return "closed";
    case SessionEnd::kEnrolled:
      return "enrolled";
    case SessionEnd::kRotated:
      return "rotated";
    case SessionEnd::kRefused:
      return "refused";
    case SessionEnd::kShutdown:
      return "shutdown";
    case SessionEnd::kIdle:
      return "idle";
    case SessionEnd::kReplaced:
      return "replaced";
    case SessionEnd::kPutOff:
      return "put_off";
    case SessionEnd::kContinued:
      return "continued";
    case SessionEnd::kTruncatedFrame:
      return "truncated_frame";
    case SessionEnd::kBadFrame:
      return "bad_frame";
    case SessionEnd::kOversizedFrame:
      return "oversized_frame";
    case SessionEnd::kUnexpectedMessage:
      return "unexpected_message";
    case SessionEnd::kBadVersion:
      return "bad_version";
    case SessionEnd::kHelloTimeout:
      return "hello_timeout";
    case SessionEnd::kSlowFrame:
      return "slow_frame";
  }
  CHECK(false, "every session end has a name");
}

bool is_protocol_error(SessionEnd end) {
  return end >= SessionEnd::kTruncatedFrame;
}

SessionMachine::SessionMachine(Bytes tls_exporter, Config config)
    : config_(config), tls_exporter_(std::move(tls_exporter)) {
  CHECK(config_.max_bytes_in_flight >= config_.max_frame_bytes,
        "a session must be able to hold one frame of the largest size");
}

std::vector<SessionAction> SessionMachine::resume(SessionEvent event) {
  Actions actions;
  if (state_ == State::kEnded) return actions;
  std::visit([&](auto&& happened) { on(std::move(happened), actions); }, std::move(event));
  return actions;
}

bool SessionMachine::wants_input() const {
  if (state_ == State::kAwaitHello) return true;
  return state_ == State::kOpen &&
         bytes_in_flight_ + config_.max_frame_bytes <= config_.max_bytes_in_flight;
}

void SessionMachine::on(event::Received event, Actions& actions) {
  if (state_ == State::kEnding) return;
  CHECK(state_ == State::kAwaitHello || state_ == State::kOpen,
        "no frame is handed in while an answer is awaited");
  if (state_ == State::kAwaitHello) {
    if (auto* first = std::get_if<Hello>(&event.message)) return hello(std::move(*first), actions);
    if (auto* first = std::get_if<EnrollRequest>(&event.message)) {
      return enroll(std::move(*first), actions);
    }
    return refuse(BatchNumber(0), Error(Code::kInvalid, "a session begins with a hello"),
                  SessionEnd::kUnexpectedMessage, actions);
  }
  if (auto* frame = std::get_if<BatchFrame>(&event.message)) {
    return batch(std::move(*frame), actions);
  }
  if (std::holds_alternative<Heartbeat>(event.message)) return;
  if (auto* request = std::get_if<RotateRequest>(&event.message); request && version_ >= 2) {
    return rotate(std::move(*request), actions);
  }
  if (auto* request = std::get_if<ProofRequest>(&event.message)) return prove(*request, actions);
  refuse(BatchNumber(0), Error(Code::kInvalid, "after the hello only batches are expected"),
         SessionEnd::kUnexpectedMessage, actions);
}

void SessionMachine::on(event::FrameFailed event, Actions& actions) {
  SessionEnd end =
      event.error.code() == Code::kExhausted ? SessionEnd::kOversizedFrame : SessionEnd::kBadFrame;
  refuse(BatchNumber(0), event.error, end, actions);
}

bool SessionMachine::version_fits(std::uint32_t oldest, std::uint32_t newest, Actions& actions) {
  Result<std::uint32_t> common = common_version(oldest, newest);
  if (common.ok()) {
    version_ = *common;
    return true;
  }
  refuse(BatchNumber(0), common.error(), SessionEnd::kBadVersion, actions);
  return false;
}

void SessionMachine::hello(Hello hello, Actions& actions) {
  if (!version_fits(hello.version, hello.newest, actions)) return;
  if (!verify_signature(hello.key, hello_signed_bytes(tls_exporter_), hello.proof)) {
    return refuse(BatchNumber(0),
                  Error(Code::kUnauthenticated,
                        "the hello's proof is not the signature of its key over this connection"),
                  SessionEnd::kRefused, actions);
  }
  hello_ = std::move(hello);
  state_ = State::kLookUp;
  actions.push_back(
      action::LookUpStream{stream_id(hello_.key, hello_.outlet), std::move(hello_.record)});
}

void SessionMachine::enroll(EnrollRequest request, Actions& actions) {
  if (!version_fits(request.version, request.newest, actions)) return;
  if (!verify_signature(request.key, hello_signed_bytes(tls_exporter_), request.proof)) {
    return refuse(BatchNumber(0),
                  Error(Code::kUnauthenticated,
                        "the proof of the key that asks to be enrolled is not its signature over "
                        "this connection"),
                  SessionEnd::kRefused, actions);
  }
  state_ = State::kEnroll;
  actions.push_back(action::Enroll{std::move(request)});
}

void SessionMachine::on(event::StreamLookedUp event, Actions& actions) {
  if (state_ != State::kLookUp) return;
  state_ = State::kAwaitHello;
  if (!event.stream.ok() && may_come_again(event.stream.error())) {
    return put_off(BatchNumber(0), event.stream.error(), config_.retry_when_failed_ms, actions);
  }
  if (!event.stream.ok()) {
    return refuse(
        BatchNumber(0),
        Error(Code::kUnauthenticated,
              fmt::format("this key is not enrolled for outlet \"{}\"", hello_.outlet.text())),
        SessionEnd::kRefused, actions);
  }
  const StreamState& stream = *event.stream;
  if (revoked_ || (stream.revoked && (!stream.rotated || version_ < 2))) {
    return refuse(BatchNumber(0), refusal_of(Admitted::Outcome::kRevoked, stream, BatchNumber(0)),
                  SessionEnd::kRefused, actions);
  }
  Welcome welcome;
  welcome.version = version_;
  welcome.ledger_id = ledger_id_ = std::move(event.offer.ledger_id);
  welcome.head = stream.head;
  welcome.head_hash = stream.head_hash;
  welcome.next_sequence = stream.next_sequence;
  welcome.events_hash = event.offer.events_hash;
  welcome.files = std::move(event.offer.files);
  if (version_ >= 2) welcome.successions = std::move(event.offer.successions);
  stream_ = stream;
  state_ = State::kOpen;
  actions.push_back(action::Send{std::move(welcome)});
  if (!hello_.checkpoint.empty()) {
    actions.push_back(action::ShowCheckpoint{std::move(hello_.checkpoint)});
  }
}

void SessionMachine::on(event::EnrollAnswered event, Actions& actions) {
  if (state_ != State::kEnroll) return;
  state_ = State::kAwaitHello;
  if (event.enrolled.ok()) {
    actions.push_back(action::Send{std::move(event.enrolled).value()});
    return finish(SessionEnd::kEnrolled, "the key is enrolled", actions);
  }
  if (may_come_again(event.enrolled.error())) {
    return put_off(BatchNumber(0), event.enrolled.error(), config_.retry_when_failed_ms, actions);
  }
  refuse(BatchNumber(0), event.enrolled.error(), SessionEnd::kRefused, actions);
}

// Asked again after the answer was lost, the old key is no longer the outlet's; so a session of a
// stream that was closed by a change of keys stays open for it.
void SessionMachine::rotate(RotateRequest request, Actions& actions) {
  if (!pending_.empty()) {
    return refuse(BatchNumber(0),
                  Error(Code::kInvalid, "keys are changed when every batch sent is answered"),
                  SessionEnd::kUnexpectedMessage, actions);
  }
  if (!verify_signature(request.key, hello_signed_bytes(tls_exporter_), request.proof)) {
    return refuse(BatchNumber(0),
                  Error(Code::kUnauthenticated,
                        "the proof of the new key is not its signature over this connection"),
                  SessionEnd::kRefused, actions);
  }
  state_ = State::kRotate;
  actions.push_back(action::Rotate{stream_->stream, hello_.software, std::move(request)});
}

void SessionMachine::on(event::RotateAnswered event, Actions& actions) {
  if (state_ != State::kRotate) return;
  state_ = State::kOpen;
  if (event.rotated.ok()) {
    actions.push_back(action::Send{std::move(event.rotated).value()});
    return finish(SessionEnd::kRotated, "a new key took over", actions);
  }
  if (may_come_again(event.rotated.error())) {
    return put_off(BatchNumber(0), event.rotated.error(), config_.retry_when_failed_ms, actions);
  }
  refuse(BatchNumber(0), event.rotated.error(), SessionEnd::kRefused, actions);
}

void SessionMachine::on(event::StreamRevoked event, Actions& actions) {
  if (state_ == State::kLookUp) {
    // The answer may have been read before the revocation.
    revoked_ = revoked_ || stream_id(hello_.key, hello_.outlet) == event.stream;
    return;
  }
  if (!stream_.has_value() || stream_->stream != event.stream) return;
  stream_->revoked = true;
  refuse(BatchNumber(0), refusal_of(Admitted::Outcome::kRevoked, *stream_, BatchNumber(0)),
         SessionEnd::kRefused, actions);
}

void SessionMachine::batch(BatchFrame frame, Actions& actions) {
  const std::size_t bytes = frame.sealed.size();
  auto sealed = decode_sealed(frame.sealed);
  if (!sealed.ok()) {
    return refuse(BatchNumber(0), sealed.error(), SessionEnd::kRefused, actions);
  }
  const BatchNumber number = sealed->header.number;
  if (sealed->header.stream != stream_->stream || sealed->header.outlet != stream_->outlet) {
    return refuse(
        number,
        Error(Code::kDenied,
              fmt::format("batch {} belongs to outlet \"{}\" and stream {}, this session "
                          "to outlet \"{}\" and stream {}",
                          number.value, sealed->header.outlet.text(), sealed->header.stream.hex(),
                          stream_->outlet.text(), stream_->stream.hex())),
        SessionEnd::kRefused, actions);
  }
  if (Status verified = verify_batch(*sealed, stream_->key); !verified.ok()) {
    return refuse(number, verified.error(), SessionEnd::kRefused, actions);
  }
  if (put_off_.has_value() && number > *put_off_) {
    return put_off(number,
                   Error(Code::kExhausted,
                         fmt::format("batch {} was put off and must come first", put_off_->value)),
                   put_off_ms_, actions);
  }
  put_off_.reset();
  action::Admit admit;
  admit.ticket = next_ticket_++;
  admit.sealed_at = sealed->header.wall;
  admit.admission = admission_of(*std::move(sealed));
  pending_.push_back({admit.ticket, number, bytes, std::nullopt, std::nullopt});
  bytes_in_flight_ += bytes;
  actions.push_back(std::move(admit));
}

void SessionMachine::prove(const ProofRequest& request, Actions& actions) {
  if (version_ < 2) {
    return refuse(BatchNumber(0),
                  Error(Code::kInvalid, "this session is of version 1, which knows no proofs"),
                  SessionEnd::kUnexpectedMessage, actions);
  }
  if (proving_) {
    return refuse(BatchNumber(0), Error(Code::kInvalid, "proofs are asked for one at a time"),
                  SessionEnd::kUnexpectedMessage, actions);
  }
  proving_ = true;
  actions.push_back(action::LookUpProofs{stream_->stream, request});
}

// Beside the answers to batches: they do not wait for proofs, nor do proofs for them.
void SessionMachine::on(event::ProofsLookedUp event, Actions& actions) {
  proving_ = false;
  if (state_ != State::kOpen) return;
  if (event.proofs.ok() && is_of_another_ledger(event.proofs->checkpoint, ledger_id_)) {
    // For the agent it would be a checkpoint that nobody signed: the office's record of the
    // continuation comes with the next welcome.
    return send_away(Error(Code::kUnavailable, "the office continued the ledger under another id"),
                     SessionEnd::kContinued, actions);
  }
  if (event.proofs.ok()) {
    actions.push_back(action::Send{std::move(event.proofs).value()});
    return;
  }
  Refused later = refused(BatchNumber(0), event.proofs.error());
  later.retry_after_ms = config_.retry_proofs_ms;
  actions.push_back(action::Send{std::move(later)});
}

void SessionMachine::on(event::AdmitAnswered event, Actions& actions) {
  if (event.admitted.ok() && event.admitted->outcome == Admitted::Outcome::kEquivocated) {
    report_conflict(event, actions);
  }
  for (Pending& pending : pending_) {
    if (pending.ticket == event.ticket && !pending.answer.has_value()) {
      answer(pending, event);
      return flush(actions);
    }
  }
  CHECK(false, "every batch is answered once");
}

void SessionMachine::report_conflict(const event::AdmitAnswered& event, Actions& actions) {
  for (const Pending& pending : pending_) {
    if (pending.ticket != event.ticket) continue;
    actions.push_back(action::ReportConflict{
        {stream_->stream, pending.number, event.admitted->held, event.admitted->head}});
  }
}

void SessionMachine::answer(Pending& pending, const event::AdmitAnswered& event) {
  const Result<Admitted>& admitted = event.admitted;
  bytes_in_flight_ -= pending.bytes;
  pending.bytes = 0;
  if (!admitted.ok()) {
    Refused later = refused(pending.number, admitted.error());
    if (may_come_again(admitted.error())) {
      const bool full = admitted.error().code() == Code::kExhausted;
      later.retry_after_ms = full ? config_.retry_when_full_ms : config_.retry_when_failed_ms;
      if (event.retry_after.has_value()) later.retry_after_ms = event.retry_after->ms;
      if (!put_off_.has_value() || pending.number < *put_off_) {
        put_off_ = pending.number;
        put_off_ms_ = *later.retry_after_ms;
      }
    } else {
      pending.end = SessionEnd::kRefused;
    }
    pending.answer = std::move(later);
    return;
  }
  if (admitted->outcome == Admitted::Outcome::kCommitted ||
      admitted->outcome == Admitted::Outcome::kRepeated) {
    pending.answer = Ack{pending.number, admitted->index, admitted->recorded_at};
    return;
  }
  pending.answer = refused(pending.number, refusal_of(admitted->outcome, *stream_, pending.number));
  pending.end = SessionEnd::kRefused;
}

void SessionMachine::flush(Actions& actions) {
  while (!pending_.empty() && pending_.front().answer.has_value()) {
    Pending front = std::move(pending_.front());
    pending_.pop_front();
    std::string sentence;
    if (front.end.has_value()) sentence = std::get<Refused>(*front.answer).sentence;
    actions.push_back(action::Send{std::move(*front.answer)});
    if (front.end.has_value()) return end_now(*front.end, std::move(sentence), actions);
  }
  if (state_ == State::kEnding && pending_.empty()) {
    end_now(ending_->end, std::move(ending_->sentence), actions);
  }
}

void SessionMachine::refuse(BatchNumber number, const Error& error, SessionEnd end,
                            Actions& actions) {
  if (state_ == State::kEnding) return;
  pending_.push_back({next_ticket_++, number, 0, Message(refused(number, error)), end});
  finish(end, error.text(), actions);
}

void SessionMachine::put_off(BatchNumber number, const Error& error, std::int64_t retry_after_ms,
                             Actions& actions) {
  Refused later = refused(number, error);
  later.retry_after_ms = retry_after_ms;
  pending_.push_back({next_ticket_++, number, 0, Message(std::move(later)), std::nullopt});
  flush(actions);
}

void SessionMachine::finish(SessionEnd end, std::string sentence, Actions& actions) {
  if (!ending_.has_value()) ending_ = action::End{end, std::move(sentence)};
  state_ = State::kEnding;
  flush(actions);
}

void SessionMachine::end_now(SessionEnd end, std::string sentence, Actions& actions) {
  state_ = State::kEnded;
  actions.push_back(action::End{end, std::move(sentence)});
}

void SessionMachine::on(event::PeerClosed event, Actions& actions) {
  if (event.in_frame) {
    return end_now(SessionEnd::kTruncatedFrame, "the agent went away within a frame", actions);
  }
  end_now(SessionEnd::kClosed, "the agent went away", actions);
}

void SessionMachine::on(event::HelloDeadline, Actions& actions) {
  if (stream_.has_value() || state_ != State::kAwaitHello) return;
  refuse(BatchNumber(0), Error(Code::kInvalid, "no hello came within its deadline"),
         SessionEnd::kHelloTimeout, actions);
}

void SessionMachine::on(event::IdleDeadline, Actions& actions) {
  end_now(SessionEnd::kIdle, "nothing was heard from the agent for too long", actions);
}

void SessionMachine::on(event::SlowFrame, Actions& actions) {
  refuse(BatchNumber(0),
         Error(Code::kInvalid,
               fmt::format("the frame under way did not get on by {} bytes in its time",
                           limits::kMinProgressBytes)),
         SessionEnd::kSlowFrame, actions);
}

void SessionMachine::on(event::NoRoom, Actions& actions) {
  send_away(Error(Code::kExhausted, "the server has no room for another frame under way"),
            SessionEnd::kPutOff, actions);
}

void SessionMachine::on(event::Replaced, Actions& actions) {
  send_away(Error(Code::kExhausted, "newer sessions of this stream took its place"),
            SessionEnd::kReplaced, actions);
}

void SessionMachine::on(event::ShutdownAsked, Actions& actions) {
  send_away(Error(Code::kUnavailable, "the server stops"), SessionEnd::kShutdown, actions);
}

void SessionMachine::send_away(const Error& error, SessionEnd end, Actions& actions) {
  // An enrolment under way ends its session by its answer, and must get it: its token is used up.
  if (state_ == State::kEnding || state_ == State::kEnroll) return;
  Refused later = refused(BatchNumber(0), error);
  // The exporter is a random number of this session.
  const std::int64_t wait = config_.retry_when_sent_away_ms;
  const auto jitter = static_cast<unsigned char>(tls_exporter_.front()) * wait / 256;
  later.retry_after_ms = wait + jitter;
  pending_.push_back({next_ticket_++, BatchNumber(0), 0, Message(std::move(later)), end});
  finish(end, error.text(), actions);
}

}  // namespace plumbline
