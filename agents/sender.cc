// SPDX-License-Identifier: Apache-2.0
#include "agents/sender.h"

#include <algorithm>
#include <utility>

#include "agents/connection.h"
#include "agents/inbox.h"
#include "agents/software.h"
#include "base/file.h"

namespace plumbline {
namespace {

class Sender {
 public:
  Sender(Spool& spool, const PrivateKey& key, const Clock& clock, AckLog* acks,
         const SenderOptions& options, Enrolment enrolment)
      : spool_(spool),
        key_(key),
        clock_(clock),
        acks_(acks),
        options_(options),
        enrolment_(std::move(enrolment)),
        inbox_(options.inbox != nullptr ? *options.inbox : own_inbox_) {}

  Result<SenderOutcome> run();

 private:
  Status step(const SenderEvent& event);
  Status perform(const SenderAction& action);
  Status perform_proofs(const SenderAction& action);
  Status look_at_spool();
  Status leave_if_asked();
  Result<std::optional<SenderEvent>> event_of(const Inbox::Entry& entry);
  Result<std::optional<SenderEvent>> event_of(const Message& message);
  Result<std::optional<SenderEvent>> event_of(const Welcome& welcome);
  Result<std::optional<SenderEvent>> event_of(const Proofs& proofs);
  void explain_ledger(Welcomed& event, const std::optional<HeldCheckpoint>& held) const;
  Status ask_proofs(const ProofAsk& ask);
  Status keep_proofs(const ProofsHold& proofs);
  Status note_proofs(const std::string& sentence);
  Status raise_alarm(const Contradiction& what);
  Status tell_alarm();
  Status warn_of_fill();
  Status send_hello();
  Result<std::size_t> send_batch(BatchNumber number);
  Status write_ack_lines(const MarkAcknowledged& mark);
  Status store_mark();
  Status store_pack(const StorePack& pack);
  Status note(const std::string& sentence);
  Result<StreamEnd> stream_end(SpoolHead& head);
  std::chrono::milliseconds patience() const;
  void tell(std::string_view sentence) const {
    if (options_.tell) options_.tell(sentence);
  }

  Spool& spool_;
  const PrivateKey& key_;
  const Clock& clock_;
  AckLog* acks_;
  const SenderOptions& options_;
  Enrolment enrolment_;

  Inbox own_inbox_;
  Inbox& inbox_;
  std::unique_ptr<Network> network_;
  SenderConfig config_;
  SenderState state_;
  std::uint64_t attempt_ = 0;
  Bytes exporter_;
  std::deque<SenderEvent> follow_ups_;  // answers to actions, before anything else
  std::vector<AckedBatch> unstored_;    // one durable write covers many acknowledgements
  std::string trouble_;                 // of this run, told once
  std::string stored_trouble_;          // as the spool holds it
  std::string stored_proof_trouble_;    // likewise
  bool warned_of_fill_ = false;
  bool was_quiet_ = false;  // in this session
  std::optional<SenderOutcome> outcome_;
  std::uint64_t acknowledged_events_ = 0;
};

Result<StreamEnd> Sender::stream_end(SpoolHead& head) {
  ASSIGN_OR_RETURN(head, spool_.head());
  return StreamEnd{head.last, head.last_sequence, head.oldest_content};
}

std::chrono::milliseconds Sender::patience() const {
  std::int64_t wait = options_.look_every.ms;  // a look takes some microseconds
  if (state_.wake_at) wait = std::min(wait, *state_.wake_at - clock_.monotonic_ms());
  return std::chrono::milliseconds(std::max<std::int64_t>(wait, 0));
}

Result<SenderOutcome> Sender::run() {
  ASSIGN_OR_RETURN(SpoolReport report, spool_.report());
  stored_trouble_ = report.last_error;
  stored_proof_trouble_ = report.proof_trouble;
  RETURN_IF_ERROR(spool_.expire(clock_.wall()));
  config_.ledger_id = enrolment_.ledger_id;
  config_.until_empty = options_.until_empty;
  config_.proof_limit = options_.proof_limit;
  ASSIGN_OR_RETURN(network_, Network::start(&inbox_, enrolment_.server_pin, options_.proxy));
  if (options_.inbox == nullptr) network_->report_signals();
  std::int64_t started = clock_.monotonic_ms();
  SpoolHead head;
  ASSIGN_OR_RETURN(StreamEnd end, stream_end(head));
  ASSIGN_OR_RETURN(auto alarm, spool_.alarm());
  RETURN_IF_ERROR(warn_of_fill());
  RETURN_IF_ERROR(step(Started{end, head.acknowledged, head.proved, alarm.has_value()}));
  while (!outcome_) {
    std::optional<Inbox::Entry> entry = inbox_.take(std::chrono::milliseconds(0));
    if (!entry) {
      RETURN_IF_ERROR(store_mark());
      entry = inbox_.take(patience());
    }
    if (entry) {
      ASSIGN_OR_RETURN(std::optional<SenderEvent> event, event_of(*entry));
      if (event) RETURN_IF_ERROR(step(*event));
    }
    if (options_.each_look) RETURN_IF_ERROR(options_.each_look());
    RETURN_IF_ERROR(look_at_spool());
    RETURN_IF_ERROR(leave_if_asked());
    if (state_.wake_at && clock_.monotonic_ms() >= *state_.wake_at) RETURN_IF_ERROR(step(Woken{}));
    if (options_.deadline && clock_.monotonic_ms() - started >= options_.deadline->ms &&
        !outcome_) {
      outcome_ = SenderOutcome{SenderOutcome::How::kDeadline, trouble_, 0, 0};
    }
  }
  RETURN_IF_ERROR(store_mark());
  outcome_->acknowledged_events = acknowledged_events_;
  ASSIGN_OR_RETURN(head, spool_.head());
  outcome_->unproved_batches = head.acknowledged.value - head.proved.value;
  if (outcome_->how == SenderOutcome::How::kAlarm) {
    ASSIGN_OR_RETURN(alarm, spool_.alarm());
    if (alarm) outcome_->sentence = alarm->what.sentence;
  }
  return *outcome_;
}

Status Sender::leave_if_asked() {
  if (!options_.leave || outcome_ || !unstored_.empty()) return {};
  ASSIGN_OR_RETURN(bool leave, options_.leave());
  if (leave) outcome_ = SenderOutcome{SenderOutcome::How::kLeft, "", 0, 0};
  return {};
}

Status Sender::look_at_spool() {
  ASSIGN_OR_RETURN(bool changed, spool_.changed());
  if (!changed) return {};
  RETURN_IF_ERROR(warn_of_fill());
  if (state_.phase == SenderState::Phase::kAlarmed) {
    ASSIGN_OR_RETURN(auto alarm, spool_.alarm());
    if (!alarm) RETURN_IF_ERROR(step(AlarmCleared{}));
  }
  SpoolHead head;
  ASSIGN_OR_RETURN(StreamEnd end, stream_end(head));
  if (end == state_.end) return {};
  return step(SpoolGrew{end});
}

Status Sender::step(const SenderEvent& first) {
  follow_ups_.push_back(first);
  while (!follow_ups_.empty()) {
    SenderEvent event = std::move(follow_ups_.front());
    follow_ups_.pop_front();
    SenderNow now{clock_.monotonic_ms(), random_number()};
    for (const SenderAction& action : resume(state_, config_, now, event)) {
      RETURN_IF_ERROR(perform(action));
    }
  }
  return {};
}

Result<std::optional<SenderEvent>> Sender::event_of(const Inbox::Entry& entry) {
  using Maybe = std::optional<SenderEvent>;
  if (std::holds_alternative<SignalArrived>(entry.item)) return Maybe(StopAsked{});
  if (std::holds_alternative<SpoolFilled>(entry.item)) return Maybe();  // the loop looks
  if (entry.attempt != attempt_) return Maybe();
  if (const auto* up = std::get_if<ConnectionUp>(&entry.item)) {
    exporter_ = up->exporter;
    was_quiet_ = false;
    return Maybe(Connected{});
  }
  if (const auto* down = std::get_if<ConnectionDown>(&entry.item)) {
    return Maybe(Disconnected{down->reason});
  }
  return event_of(std::get<Message>(entry.item));
}

Result<std::optional<SenderEvent>> Sender::event_of(const Message& message) {
  using Maybe = std::optional<SenderEvent>;
  if (const auto* welcome = std::get_if<Welcome>(&message)) return event_of(*welcome);
  if (const auto* proofs = std::get_if<Proofs>(&message)) return event_of(*proofs);
  if (const auto* ack = std::get_if<Ack>(&message)) return Maybe(AckArrived{*ack});
  if (const auto* refused = std::get_if<Refused>(&message)) return Maybe(RefusedArrived{*refused});
  if (std::holds_alternative<Heartbeat>(message)) return Maybe();
  return Maybe(WrongMessage{std::holds_alternative<Enrolled>(message) ? "enrolled" : "a request"});
}

Result<std::optional<SenderEvent>> Sender::event_of(const Welcome& welcome) {
  Welcomed event;
  event.welcome = welcome;
  event.welcome.files = agent_files(welcome.files);
  ASSIGN_OR_RETURN(auto files, spool_.pack_files());
  event.same_files = same_agent_files(files, welcome.files);
  ASSIGN_OR_RETURN(event.local_hash, spool_.batch_hash_of(welcome.head));
  ASSIGN_OR_RETURN(event.local_next, spool_.sequence_behind(welcome.head));
  ASSIGN_OR_RETURN(auto held, spool_.held());
  if (welcome.ledger_id != enrolment_.ledger_id) explain_ledger(event, held);
  // Another process may have sealed a batch since the last look.
  SpoolHead head;
  ASSIGN_OR_RETURN(StreamEnd end, stream_end(head));
  RETURN_IF_ERROR(step(SpoolGrew{end}));
  return std::optional<SenderEvent>(std::move(event));
}

void Sender::explain_ledger(Welcomed& event, const std::optional<HeldCheckpoint>& held) const {
  const Welcome& welcome = event.welcome;
  KnownLedger known{enrolment_.ledger_id, enrolment_.checkpoint_key, enrolment_.office_key};
  auto followed = follow_succession(known, welcome.ledger_id, welcome.successions);
  if (followed.ok()) {
    event.succession = std::move(*followed);
    return;
  }
  event.foreign = Contradiction{AlarmKind::kOtherLedger,
                                "the server keeps ledger " + welcome.ledger_id +
                                    ", this agent was enrolled in ledger " + enrolment_.ledger_id +
                                    "; nothing was sent: " + followed.error().text(),
                                held ? held->note : "", "", encode_message(welcome)};
}

Result<std::optional<SenderEvent>> Sender::event_of(const Proofs& proofs) {
  using Maybe = std::optional<SenderEvent>;
  if (!state_.proofs.asked) return Maybe(WrongMessage{"proofs that were not asked for"});
  RETURN_IF_ERROR(store_mark());
  ProofQuestion question;
  question.ledger_id = enrolment_.ledger_id;
  question.checkpoint_key = enrolment_.checkpoint_key;
  ASSIGN_OR_RETURN(question.held, spool_.held());
  const ProofAsk& ask = *state_.proofs.asked;
  ASSIGN_OR_RETURN(question.targets, spool_.proof_targets(ask.first, ask.count));
  std::string origin = checkpoint_origin(enrolment_.ledger_id);
  question.note_at = [this, &origin](LedgerSize size) -> std::optional<std::string> {
    auto note = spool_.verified_note(origin, size);
    return note.ok() ? *note : std::nullopt;
  };
  return Maybe(ProofsChecked{check_proofs(question, proofs)});
}

Status Sender::perform(const SenderAction& action) {
  if (std::holds_alternative<Connect>(action)) {
    network_->connect(enrolment_.server, ++attempt_);
  } else if (std::holds_alternative<SendHello>(action)) {
    return send_hello();
  } else if (const auto* batch = std::get_if<SendBatch>(&action)) {
    ASSIGN_OR_RETURN(std::size_t bytes, send_batch(batch->number));
    follow_ups_.push_back(BatchSent{batch->number, bytes});
  } else if (const auto* heartbeat = std::get_if<SendHeartbeat>(&action)) {
    network_->send(encode_message(Heartbeat{heartbeat->last, clock_.wall()}));
    if (!std::exchange(was_quiet_, true) && options_.quiet) options_.quiet();
  } else if (const auto* mark = std::get_if<MarkAcknowledged>(&action)) {
    unstored_.push_back({mark->number, mark->index, mark->recorded_at});
    return write_ack_lines(*mark);
  } else if (const auto* rewind = std::get_if<Rewind>(&action)) {
    RETURN_IF_ERROR(store_mark());
    tell("the server was restored to an earlier state; sending again from batch " +
         std::to_string(rewind->number.value + 1));
    return spool_.rewind(rewind->number);
  } else if (const auto* pack = std::get_if<StorePack>(&action)) {
    return store_pack(*pack);
  } else if (std::holds_alternative<CloseConnection>(action)) {
    network_->close();
    ++attempt_;  // what that connection still reports is of no interest
  } else if (const auto* trouble = std::get_if<NoteTrouble>(&action)) {
    return note(trouble->sentence);
  } else if (std::holds_alternative<ClearTrouble>(action)) {
    tell("connected to " + enrolment_.server.text());
    return note("");
  } else if (const auto* finish = std::get_if<Finish>(&action)) {
    auto how = finish->how == Finish::How::kEmpty     ? SenderOutcome::How::kEmpty
               : finish->how == Finish::How::kStopped ? SenderOutcome::How::kStopped
               : finish->how == Finish::How::kAlarm   ? SenderOutcome::How::kAlarm
                                                      : SenderOutcome::How::kRefused;
    outcome_ = SenderOutcome{how, finish->sentence, 0, 0};
  } else {
    return perform_proofs(action);
  }
  return {};
}

Status Sender::perform_proofs(const SenderAction& action) {
  if (const auto* ask = std::get_if<AskProofs>(&action)) return ask_proofs(ask->ask);
  if (const auto* keep = std::get_if<KeepProofs>(&action)) return keep_proofs(keep->proofs);
  if (std::holds_alternative<ForgetProofs>(action)) return spool_.forget_proofs();
  if (const auto* proofs = std::get_if<NoteProofs>(&action)) return note_proofs(proofs->sentence);
  if (const auto* follow = std::get_if<FollowSuccession>(&action)) {
    RETURN_IF_ERROR(spool_.continue_ledger(follow->succession.ledger_id));
    enrolment_.ledger_id = follow->succession.ledger_id;
    tell("the office continued the ledger as " + enrolment_.ledger_id + ": " +
         follow->succession.reason);
    return {};
  }
  if (const auto* raised = std::get_if<RaiseAlarm>(&action)) return raise_alarm(raised->what);
  if (std::holds_alternative<TellAlarm>(action)) return tell_alarm();
  return {};
}

Status Sender::ask_proofs(const ProofAsk& ask) {
  ASSIGN_OR_RETURN(auto held, spool_.held());
  LedgerSize size = held ? held->checkpoint.size : LedgerSize(0);
  network_->send(encode_message(ProofRequest{size, ask.first, ask.count}));
  return {};
}

Status Sender::keep_proofs(const ProofsHold& proofs) {
  if (!proofs.lost.empty()) tell(proofs.lost);
  ASSIGN_OR_RETURN(auto held, spool_.held());
  if (proofs.batches.empty() && held && held->checkpoint == proofs.checkpoint.checkpoint) return {};
  return spool_.keep_proofs(proofs, clock_.wall());
}

Status Sender::note_proofs(const std::string& sentence) {
  if (sentence == stored_proof_trouble_) return {};
  if (!sentence.empty()) tell(sentence);
  stored_proof_trouble_ = sentence;
  return spool_.note_proof_trouble(sentence);
}

Status Sender::raise_alarm(const Contradiction& what) {
  RETURN_IF_ERROR(store_mark());
  RETURN_IF_ERROR(spool_.raise_alarm(what, clock_.wall()));
  return tell_alarm();
}

// The file may have been removed, or a crash came before it was written.
Status Sender::tell_alarm() {
  ASSIGN_OR_RETURN(auto alarm, spool_.alarm());
  if (!alarm) return {};
  RETURN_IF_ERROR(write_alarm_file(
      spool_.folder(), alarm_text(*alarm, enrolment_.outlet.text(), enrolment_.ledger_id)));
  tell("ALARM: " + alarm->what.sentence + "; nothing is sent and nothing is freed, see " +
       alarm_path(spool_.folder()));
  return {};
}

Status Sender::warn_of_fill() {
  ASSIGN_OR_RETURN(SpoolReport report, spool_.report());
  bool full = report.used_percent() >= kSpoolWarningPercent;
  if (full && !warned_of_fill_) {
    tell("the spool is " + std::to_string(report.used_percent()) +
         " % full; when it is full no event is taken in" +
         (report.proof_trouble.empty() ? "" : "; " + report.proof_trouble));
  }
  warned_of_fill_ = full;
  return {};
}

Status Sender::send_hello() {
  Hello hello;
  hello.software = kAgentSoftware;
  hello.key = key_.public_key();
  hello.outlet = enrolment_.outlet;
  hello.proof = key_.sign(hello_signed_bytes(exporter_));
  hello.record = enrolment_.record;
  ASSIGN_OR_RETURN(auto held, spool_.held());
  if (held && held->checkpoint.origin == checkpoint_origin(enrolment_.ledger_id)) {
    hello.checkpoint = held->note;
  }
  network_->send(encode_message(hello));
  return {};
}

Result<std::size_t> Sender::send_batch(BatchNumber number) {
  ASSIGN_OR_RETURN(auto batch, spool_.load(number));
  if (!batch) {
    return Error(Code::kCorrupt, "the spool does not hold batch " + std::to_string(number.value) +
                                     ", which it has to send");
  }
  std::size_t bytes = batch->sealed.size();
  network_->send(encode_message(BatchFrame{std::move(batch->sealed)}));
  return bytes;
}

Status Sender::write_ack_lines(const MarkAcknowledged& mark) {
  for (BatchNumber number = mark.after.next(); number <= mark.number; number = number.next()) {
    ASSIGN_OR_RETURN(auto behind_before, spool_.sequence_behind(BatchNumber(number.value - 1)));
    ASSIGN_OR_RETURN(auto behind, spool_.sequence_behind(number));
    if (!behind_before || !behind) {
      return Error(Code::kCorrupt, "the spool does not know batch " + std::to_string(number.value));
    }
    std::uint64_t count = behind->value - behind_before->value;
    acknowledged_events_ += count;
    if (acks_ == nullptr) continue;
    std::optional<LedgerIndex> index = number == mark.number ? mark.index : std::nullopt;
    RETURN_IF_ERROR(acks_->write({enrolment_.stream, number, *behind_before, count, index}));
  }
  return {};
}

Status Sender::store_mark() {
  if (unstored_.empty()) return {};
  RETURN_IF_ERROR(spool_.acknowledge(unstored_, clock_.wall()));
  if (options_.acknowledged) options_.acknowledged(unstored_.back().number);
  unstored_.clear();
  return {};
}

Status Sender::store_pack(const StorePack& pack) {
  Result<Pack> parsed = parse_agent_pack(pack.files);
  if (parsed.ok() && parsed->events_hash == pack.events_hash) {
    RETURN_IF_ERROR(spool_.set_pack_files(pack.files));
    tell("new rules of the server are in use: pack " + parsed->id + " " + parsed->version);
    return {};
  }
  // Sending goes on: the collector takes batches that were checked by the older rules.
  std::string why =
      parsed.ok() ? "its events.yaml is not the one announced" : parsed.error().text();
  return note("the server's new rules were not taken, the earlier ones stay in use: " + why);
}

Status Sender::note(const std::string& sentence) {
  if (!sentence.empty() && sentence != trouble_) tell(sentence);
  trouble_ = sentence;
  if (sentence == stored_trouble_) return {};
  stored_trouble_ = sentence;
  return spool_.note_error(sentence, clock_.wall());
}

}  // namespace

Result<SenderOutcome> run_sender(Spool& spool, const PrivateKey& key, const Clock& clock,
                                 AckLog* acks, const SenderOptions& options) {
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  if (enrolment.key != key.public_key()) {
    return Error(Code::kConflict, "the key file is not the key that was enrolled");
  }
  Sender sender(spool, key, clock, acks, options, std::move(enrolment));
  return sender.run();
}

}  // namespace plumbline
