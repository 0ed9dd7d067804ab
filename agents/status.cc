// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>

#include "agents/commands.h"
#include "agents/key_change.h"
#include "agents/run_lock.h"
#include "agents/spool.h"
#include "base/json.h"

namespace plumbline {
namespace {

// An hour without a proof is told as a warning.
constexpr Duration kProofsLate{3'600'000};

struct Snapshot {
  Enrolment enrolment;
  SpoolHead head;
  SpoolReport report;
  std::optional<Alarm> alarm;
  KeyChange::Stage key_change = KeyChange::Stage::kNothing;
  Instant now;
  bool sending = false;

  std::uint64_t unproved() const { return head.acknowledged.value - head.proved.value; }
  // A server that works proves within seconds.
  bool proofs_late() const {
    return unproved() > 0 && report.unproved_since &&
           now.ms - report.unproved_since->ms > kProofsLate.ms;
  }
};

Result<Snapshot> take_snapshot(const std::string& folder, Instant now) {
  Snapshot snapshot;
  snapshot.now = now;
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(snapshot.enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(snapshot.head, spool.head());
  ASSIGN_OR_RETURN(snapshot.report, spool.report());
  ASSIGN_OR_RETURN(snapshot.alarm, spool.alarm());
  ASSIGN_OR_RETURN(KeyChange keys, KeyChange::open(folder));
  ASSIGN_OR_RETURN(KeyChange::State change, keys.state());
  snapshot.key_change = change.stage;
  Result<RunLock> lock = RunLock::take(folder);
  if (!lock.ok() && lock.error().code() != Code::kExists) return lock.error();
  snapshot.sending = !lock.ok();
  return snapshot;
}

Json alarm_json(const std::optional<Alarm>& alarm) {
  if (!alarm) return Json();
  Json json = Json::object();
  json.set("kind", alarm_kind_name(alarm->what.kind)).set("sentence", alarm->what.sentence);
  json.set("raised_at", format_instant(alarm->raised_at));
  json.set("held", alarm->what.held).set("shown", alarm->what.shown);
  return json;
}

Json key_change_word(KeyChange::Stage stage) {
  if (stage == KeyChange::Stage::kNothing) return Json();
  return stage == KeyChange::Stage::kPlanned ? "planned" : "announcing";
}

std::string json_of(const Snapshot& snapshot) {
  const Enrolment& enrolment = snapshot.enrolment;
  const SpoolHead& head = snapshot.head;
  const SpoolReport& report = snapshot.report;
  Json json = Json::object();
  json.set("outlet", enrolment.outlet.text()).set("outlet_code", enrolment.outlet_code);
  json.set("server", enrolment.server.text()).set("ledger", enrolment.ledger_id);
  json.set("stream", enrolment.stream.hex()).set("historical", enrolment.historical);
  json.set("enrolled_at", format_instant(enrolment.enrolled_at)).set("sending", snapshot.sending);
  json.set("last_batch", head.last.value).set("last_sequence", head.last_sequence.value);
  json.set("acknowledged_batch", head.acknowledged.value);
  json.set("unacknowledged_batches", head.last.value - head.acknowledged.value);
  json.set("unacknowledged_events", report.unacknowledged_events);
  json.set("last_ack_at", report.last_ack_at ? Json(format_instant(*report.last_ack_at)) : Json());
  json.set("last_ack_index", report.last_ack_index ? Json(report.last_ack_index->value) : Json());
  json.set("last_error", report.last_error.empty() ? Json() : Json(report.last_error));
  json.set("last_error_at",
           report.last_error_at ? Json(format_instant(*report.last_error_at)) : Json());
  json.set("proved_batch", head.proved.value).set("unproved_batches", snapshot.unproved());
  json.set("last_proof_at",
           report.last_proof_at ? Json(format_instant(*report.last_proof_at)) : Json());
  json.set("unproved_since",
           report.unproved_since ? Json(format_instant(*report.unproved_since)) : Json());
  json.set("proof_trouble", report.proof_trouble.empty() ? Json() : Json(report.proof_trouble));
  json.set("checkpoint_size",
           report.checkpoint_size ? Json(report.checkpoint_size->value) : Json());
  json.set("alarm", alarm_json(snapshot.alarm));
  json.set("key_change", key_change_word(snapshot.key_change));
  json.set("used_bytes", std::uint64_t{report.used_bytes});
  json.set("used_percent", report.used_percent());
  return json.text();
}

std::string text_of(const Snapshot& snapshot, Language language) {
  const Enrolment& enrolment = snapshot.enrolment;
  const SpoolHead& head = snapshot.head;
  const SpoolReport& report = snapshot.report;
  auto say = [language](Word which) { return std::string(word(language, which)); };
  std::string text;
  auto line = [&](Word label, const std::string& value) {
    text += say(label) + ": " + value + "\n";
  };
  if (snapshot.alarm) {
    text += fmt::format(fmt::runtime(word(language, Word::kAlarm)), snapshot.alarm->what.sentence) +
            "\n";
  }
  std::string code = enrolment.outlet_code.empty() ? "" : " (" + enrolment.outlet_code + ")";
  line(Word::kOutlet, enrolment.outlet.text() + code);
  line(Word::kServer, enrolment.server.text());
  line(Word::kLedger, enrolment.ledger_id);
  line(Word::kHistorical, say(enrolment.historical ? Word::kYes : Word::kNo));
  line(Word::kSending, say(snapshot.sending ? Word::kYes : Word::kNo));
  line(Word::kAcceptedUpTo, std::to_string(head.last_sequence.value));
  line(Word::kWaitingToSend,
       fmt::format(fmt::runtime(word(language, Word::kEventsAndBatches)),
                   report.unacknowledged_events, head.last.value - head.acknowledged.value));
  line(Word::kLastAck, report.last_ack_at ? format_instant(*report.last_ack_at) : say(Word::kNone));
  line(Word::kWaitingForProof,
       fmt::format(fmt::runtime(word(language, Word::kBatches)), snapshot.unproved()));
  line(Word::kLastProof,
       report.last_proof_at ? format_instant(*report.last_proof_at) : say(Word::kNone));
  if (!report.proof_trouble.empty()) line(Word::kProofTrouble, report.proof_trouble);
  line(Word::kCheckpoint,
       report.checkpoint_size ? std::to_string(report.checkpoint_size->value) : say(Word::kNone));
  if (snapshot.key_change != KeyChange::Stage::kNothing) {
    bool planned = snapshot.key_change == KeyChange::Stage::kPlanned;
    line(Word::kKeyChange, say(planned ? Word::kKeyWaits : Word::kKeyAnnounced));
  }
  line(Word::kLastTrouble, report.last_error.empty()
                               ? say(Word::kNone)
                               : format_instant(*report.last_error_at) + " " + report.last_error);
  line(Word::kSpoolUse,
       fmt::format("{} KiB, {} %", (report.used_bytes + 1023) / 1024, report.used_percent()));
  auto warn = [&](Word which, const std::string& value) {
    text += fmt::format(fmt::runtime(word(language, which)), value) + "\n";
  };
  if (report.used_percent() >= kSpoolWarningPercent) {
    warn(Word::kSpoolFills, std::to_string(report.used_percent()));
  }
  if (snapshot.proofs_late()) warn(Word::kUnprovedSince, format_instant(*report.unproved_since));
  return text;
}

}  // namespace

ExitCode command_status(const CommandContext& context, bool json) {
  Result<Snapshot> snapshot = take_snapshot(context.folder, context.clock->wall());
  if (!snapshot.ok()) {
    std::fputs(("plumb-agent: " + snapshot.error().text() + "\n").c_str(), stderr);
    return ExitCode::kFolder;
  }
  std::string text = json ? json_of(*snapshot) + "\n" : text_of(*snapshot, context.language);
  std::fputs(text.c_str(), stdout);
  return snapshot->alarm ? ExitCode::kAlarm : ExitCode::kDone;
}

}  // namespace plumbline
