// SPDX-License-Identifier: Apache-2.0
#include "agents/sender_machine.h"

#include <algorithm>

#include "agents/sender_step.h"
#include "base/limits.h"

namespace plumbline {
namespace {

using Phase = SenderState::Phase;

constexpr std::uint32_t kFirstVersionWithProofs = 2;
constexpr const char* kNoProofs =
    "the server speaks protocol version 1 and proves nothing; it has to be updated";

std::string text_of(BatchNumber number) {
  return std::to_string(number.value);
}

}  // namespace

void SenderStep::on(const Started& event) {
  state_.end = event.end;
  state_.acknowledged = event.acknowledged;
  state_.proofs.proved = event.proved;
  state_.ledger_id = config_.ledger_id;
  state_.heard_ms = now_.monotonic_ms;
  if (!event.alarmed) {
    state_.phase = Phase::kConnecting;
    actions_.push_back(Connect{});
    return;
  }
  state_.phase = Phase::kAlarmed;
  actions_.push_back(TellAlarm{});
  if (config_.until_empty) end(Finish::How::kAlarm, "");
}

void SenderStep::on(const Connected&) {
  if (state_.phase != Phase::kConnecting) return;
  state_.phase = Phase::kGreeting;
  state_.heard_ms = now_.monotonic_ms;
  actions_.push_back(SendHello{});
}

void SenderStep::on(const Disconnected& event) {
  if (state_.phase == Phase::kStopping) {
    end(Finish::How::kStopped, "");
    return;
  }
  if (state_.phase != Phase::kConnecting && !connected()) return;
  retry(event.reason.text(), Duration{0});
}

std::string SenderStep::conflict_with_spool(const Welcomed& event) const {
  const Welcome& welcome = event.welcome;
  if (welcome.version < kOldestProtocolVersion || welcome.version > kProtocolVersion) {
    return "the server speaks protocol version " + std::to_string(welcome.version) +
           ", this agent versions " + std::to_string(kOldestProtocolVersion) + " to " +
           std::to_string(kProtocolVersion) + "; update plumb-agent";
  }
  if (welcome.head > state_.end.last) {
    return "the ledger holds batch " + text_of(welcome.head) +
           " of this stream, but this folder "
           "ends at batch " +
           text_of(state_.end.last) +
           ": it was restored from an older copy or "
           "is used twice; enrol a new folder with a new token";
  }
  if (welcome.head.value > 0 && event.local_hash != welcome.head_hash) {
    return "batch " + text_of(welcome.head) +
           " of this stream differs between the ledger and this "
           "folder: the folder was copied and used twice; enrol a new folder with a new token";
  }
  if (event.local_next != welcome.next_sequence) {
    return "the server expects sequence " + std::to_string(welcome.next_sequence.value) +
           " behind batch " + text_of(welcome.head) + ", this folder has another; nothing was sent";
  }
  if (welcome.head < state_.end.last && welcome.head.next() < state_.end.oldest_content) {
    return "the server has lost the batches from " + text_of(welcome.head.next()) +
           " on, and this folder keeps them only from " + text_of(state_.end.oldest_content) +
           "; the operator has to restore a newer copy of the ledger";
  }
  return "";
}

void SenderStep::on(const Welcomed& event) {
  if (state_.phase != Phase::kGreeting) {
    retry("the server sent a second welcome", Duration{0});
    return;
  }
  if (event.welcome.ledger_id != state_.ledger_id && !event.succession) {
    raise(event.foreign.value_or(Contradiction{AlarmKind::kOtherLedger,
                                               "the server keeps ledger " + event.welcome.ledger_id,
                                               "", "", ""}));
    return;
  }
  if (std::string conflict = conflict_with_spool(event); !conflict.empty()) {
    end(Finish::How::kRefused, conflict);
    return;
  }
  const Welcome& welcome = event.welcome;
  if (welcome.ledger_id != state_.ledger_id) {
    actions_.push_back(FollowSuccession{*event.succession});
    state_.ledger_id = welcome.ledger_id;
  }
  state_.phase = Phase::kOpen;
  state_.opened_ms = state_.heard_ms = state_.spoke_ms = now_.monotonic_ms;
  actions_.push_back(ClearTrouble{});
  if (!welcome.files.empty() && !event.same_files) {
    actions_.push_back(StorePack{welcome.events_hash, welcome.files});
  }
  state_.proofs.open(welcome.version >= kFirstVersionWithProofs, config_.proof_pace, pace_now());
  if (welcome.head > state_.acknowledged) {
    acknowledge({welcome.head, std::nullopt, std::nullopt});
  } else if (welcome.head < state_.acknowledged) {
    state_.acknowledged = welcome.head;
    // What was freed cannot be proved again (Spool::rewind).
    BatchNumber freed(state_.end.oldest_content.value - 1);
    state_.proofs.proved = std::min(state_.proofs.proved, std::max(welcome.head, freed));
    actions_.push_back(Rewind{welcome.head});
  }
  if (!state_.proofs.offered) actions_.push_back(NoteProofs{kNoProofs});
  state_.next = welcome.head.next();
  send_next();
  end_if_done();
  ask_proofs();
}

void SenderStep::on(const AckArrived& event) {
  if (state_.phase != Phase::kOpen && state_.phase != Phase::kPaused &&
      state_.phase != Phase::kStopping) {
    return;
  }
  state_.heard_ms = now_.monotonic_ms;
  BatchNumber number = event.ack.number;
  if (number <= state_.acknowledged) return;  // a repeat of what is known
  bool sent = std::any_of(state_.in_flight.begin(), state_.in_flight.end(),
                          [number](const InFlight& flight) { return flight.number == number; });
  if (!sent) {
    retry("the server acknowledged batch " + text_of(number) + ", which was not sent", Duration{0});
    return;
  }
  state_.attempt = 0;
  acknowledge({number, event.ack.index, event.ack.recorded_at});
  if (state_.phase == Phase::kStopping) {
    if (state_.in_flight.empty()) end(Finish::How::kStopped, "");
    return;
  }
  send_next();
  end_if_done();
}

void SenderStep::on(const RefusedArrived& event) {
  const Refused& refused = event.refused;
  if (!connected()) return;
  if (refused.number.value == 0 && refused.retry_after_ms && state_.proofs.asked) {
    put_proofs_off(refused);
    return;
  }
  std::string sentence =
      "the server refused " +
      (refused.number.value == 0 ? std::string("this agent") : "batch " + text_of(refused.number)) +
      " (" + refused.code + "): " + refused.sentence;
  if (!refused.retry_after_ms) {
    end(Finish::How::kRefused, sentence);
    return;
  }
  if (state_.phase == Phase::kStopping) return;
  if (refused.number.value == 0 || state_.phase == Phase::kGreeting) {
    retry(sentence, Duration{*refused.retry_after_ms});
    return;
  }
  pause(refused);
}

// The collector takes nothing behind a refused batch, so all from it on are sent again later.
void SenderStep::pause(const Refused& refused) {
  state_.heard_ms = now_.monotonic_ms;
  if (refused.number <= state_.acknowledged) return;
  if (refused.number >= state_.next) return;  // a batch behind one that was refused before
  while (!state_.in_flight.empty() && state_.in_flight.back().number >= refused.number) {
    state_.bytes_in_flight -= state_.in_flight.back().bytes;
    state_.in_flight.pop_back();
  }
  state_.next = refused.number;
  state_.phase = Phase::kPaused;
  Duration asked{std::clamp<std::int64_t>(*refused.retry_after_ms, 0, config_.backoff.cap.ms)};
  Duration jitter = config_.backoff.delay(0, now_.random);
  state_.wake_at = now_.monotonic_ms + asked.ms + jitter.ms;
  // Whoever puts batches off is told what waits here: nothing else is sent meanwhile.
  actions_.push_back(SendHeartbeat{state_.end.last_sequence});
}

void SenderStep::on(const WrongMessage& event) {
  if (!connected()) return;
  retry("the server sent a message that an agent does not expect: " + event.name, Duration{0});
}

void SenderStep::on(const SpoolGrew& event) {
  state_.end = event.end;
  send_next();
}

void SenderStep::on(const BatchSent& event) {
  state_.sending = false;
  // The session may have ended between the request and the answer.
  if (state_.phase != Phase::kOpen || event.number != state_.next) return;
  if (state_.in_flight.empty()) state_.heard_ms = now_.monotonic_ms;
  state_.spoke_ms = now_.monotonic_ms;
  state_.in_flight.push_back({event.number, event.bytes});
  state_.bytes_in_flight += event.bytes;
  state_.next = event.number.next();
  send_next();
}

void SenderStep::on(const Woken&) {
  switch (state_.phase) {
    case Phase::kWaiting:
      state_.phase = Phase::kConnecting;
      state_.heard_ms = now_.monotonic_ms;
      actions_.push_back(Connect{});
      return;
    case Phase::kConnecting:
      if (now_.monotonic_ms - state_.heard_ms >= config_.connect_limit.ms) {
        retry("no connection to the server within " +
                  std::to_string(config_.connect_limit.ms / 1000) + " s",
              Duration{0});
      }
      return;
    case Phase::kStopping:
      if (now_.monotonic_ms - state_.heard_ms >= config_.stop_limit.ms) {
        end(Finish::How::kStopped, "");
      }
      return;
    case Phase::kAlarmed:
      if (now_.monotonic_ms - state_.heard_ms < config_.alarm_every.ms) return;
      state_.heard_ms = now_.monotonic_ms;
      actions_.push_back(TellAlarm{});
      return;
    case Phase::kPaused:
      if (!state_.wake_at || now_.monotonic_ms < *state_.wake_at) return;
      state_.phase = Phase::kOpen;
      state_.heard_ms = now_.monotonic_ms;
      send_next();
      return;
    case Phase::kGreeting:
    case Phase::kOpen:
      break;
    default:
      return;
  }
  bool expects = state_.phase == Phase::kGreeting || !state_.in_flight.empty() ||
                 state_.proofs.asked.has_value();
  if (expects && now_.monotonic_ms - state_.heard_ms >= config_.answer_limit.ms) {
    retry("no answer from the server for " + std::to_string(config_.answer_limit.ms / 1000) + " s",
          Duration{0});
    return;
  }
  if (state_.phase == Phase::kOpen &&
      now_.monotonic_ms - state_.spoke_ms >= config_.heartbeat_every.ms) {
    state_.spoke_ms = now_.monotonic_ms;
    actions_.push_back(SendHeartbeat{state_.end.last_sequence});
  }
  end_if_done();
  ask_proofs();
}

void SenderStep::on(const StopAsked&) {
  if (state_.phase == Phase::kEnded) return;
  if (state_.phase == Phase::kAlarmed) {
    end(Finish::How::kAlarm, "");
    return;
  }
  bool waits =
      (state_.phase == Phase::kOpen || state_.phase == Phase::kPaused) && !state_.in_flight.empty();
  if (!waits) {
    end(Finish::How::kStopped, "");
    return;
  }
  state_.phase = Phase::kStopping;
  state_.heard_ms = now_.monotonic_ms;
}

void SenderStep::acknowledge(const AckedPlace& place) {
  actions_.push_back(
      MarkAcknowledged{state_.acknowledged, place.number, place.index, place.recorded_at});
  state_.acknowledged = place.number;
  while (!state_.in_flight.empty() && state_.in_flight.front().number <= place.number) {
    state_.bytes_in_flight -= state_.in_flight.front().bytes;
    state_.in_flight.pop_front();
  }
  state_.proofs.acknowledged(config_.proof_pace, pace_now());
}

// One batch at a time is asked for. Its size is not known before, so there must be room for the
// largest frame.
void SenderStep::send_next() {
  if (state_.phase != Phase::kOpen || state_.sending) return;
  if (state_.next > state_.end.last) return;
  if (state_.in_flight.size() >= config_.window_batches) return;
  if (state_.bytes_in_flight + limits::kMaxFrameBytes > window_bytes()) return;
  state_.sending = true;
  actions_.push_back(SendBatch{state_.next});
}

void SenderStep::forget_flight() {
  state_.in_flight.clear();
  state_.bytes_in_flight = 0;
  state_.sending = false;
  state_.proofs.close();
  state_.empty_ms.reset();
}

void SenderStep::retry(const std::string& reason, Duration at_least) {
  // A session that was up for as long as the longest wait starts the waiting times anew.
  bool lasted = (state_.phase == Phase::kOpen || state_.phase == Phase::kPaused) &&
                now_.monotonic_ms - state_.opened_ms >= config_.backoff.cap.ms;
  if (lasted) state_.attempt = 0;
  forget_flight();
  state_.phase = Phase::kWaiting;
  Duration asked{std::clamp<std::int64_t>(at_least.ms, 0, config_.backoff.cap.ms)};
  Duration wait = config_.backoff.delay(state_.attempt, now_.random);
  ++state_.attempt;
  state_.wake_at = now_.monotonic_ms + asked.ms + wait.ms;
  actions_.push_back(CloseConnection{});
  actions_.push_back(NoteTrouble{reason});
}

void SenderStep::end(Finish::How how, std::string sentence) {
  forget_flight();
  state_.phase = Phase::kEnded;
  actions_.push_back(CloseConnection{});
  if (how == Finish::How::kRefused) actions_.push_back(NoteTrouble{sentence});
  actions_.push_back(Finish{how, std::move(sentence)});
}

void SenderStep::set_wake() {
  switch (state_.phase) {
    case Phase::kConnecting:
      state_.wake_at = state_.heard_ms + config_.connect_limit.ms;
      return;
    case Phase::kGreeting:
      state_.wake_at = state_.heard_ms + config_.answer_limit.ms;
      return;
    case Phase::kOpen: {
      std::int64_t beat = state_.spoke_ms + config_.heartbeat_every.ms;
      std::int64_t answer = state_.heard_ms + config_.answer_limit.ms;
      bool expects = !state_.in_flight.empty() || state_.proofs.asked;
      state_.wake_at = expects ? std::min(beat, answer) : beat;
      if (state_.proofs.due_ms) state_.wake_at = std::min(*state_.wake_at, *state_.proofs.due_ms);
      if (state_.empty_ms) {
        state_.wake_at = std::min(*state_.wake_at, *state_.empty_ms + config_.proof_limit.ms);
      }
      return;
    }
    case Phase::kAlarmed:
      state_.wake_at = state_.heard_ms + config_.alarm_every.ms;
      return;
    case Phase::kStopping:
      state_.wake_at = state_.heard_ms + config_.stop_limit.ms;
      return;
    case Phase::kPaused:
    case Phase::kWaiting:
      return;
    case Phase::kNew:
    case Phase::kEnded:
      state_.wake_at.reset();
      return;
  }
}

SenderActions resume(SenderState& state, const SenderConfig& config, const SenderNow& now,
                     const SenderEvent& event) {
  if (state.phase == SenderState::Phase::kEnded) return {};
  SenderStep step(state, config, now);
  std::visit([&step](const auto& value) { step.on(value); }, event);
  return step.take();
}

}  // namespace plumbline
