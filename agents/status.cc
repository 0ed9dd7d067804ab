// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>

#include "agents/commands.h"
#include "agents/sender.h"
#include "agents/spool.h"
#include "base/json.h"

namespace plumbline {
namespace {

struct Snapshot {
  Enrolment enrolment;
  SpoolHead head;
  SpoolReport report;
  bool sending = false;
};

Result<Snapshot> take_snapshot(const std::string& folder) {
  Snapshot snapshot;
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(snapshot.enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(snapshot.head, spool.head());
  ASSIGN_OR_RETURN(snapshot.report, spool.report());
  Result<RunLock> lock = RunLock::take(folder);
  if (!lock.ok() && lock.error().code() != Code::kExists) return lock.error();
  snapshot.sending = !lock.ok();
  return snapshot;
}

std::string json_of(const Snapshot& snapshot) {
  const auto& [enrolment, head, report, sending] = snapshot;
  Json json = Json::object();
  json.set("outlet", enrolment.outlet.text()).set("outlet_code", enrolment.outlet_code);
  json.set("server", enrolment.server.text()).set("ledger", enrolment.ledger_id);
  json.set("stream", enrolment.stream.hex()).set("historical", enrolment.historical);
  json.set("enrolled_at", format_instant(enrolment.enrolled_at)).set("sending", sending);
  json.set("last_batch", head.last.value).set("last_sequence", head.last_sequence.value);
  json.set("acknowledged_batch", head.acknowledged.value);
  json.set("unacknowledged_batches", head.last.value - head.acknowledged.value);
  json.set("unacknowledged_events", report.unacknowledged_events);
  json.set("last_ack_at", report.last_ack_at ? Json(format_instant(*report.last_ack_at)) : Json());
  json.set("last_ack_index", report.last_ack_index ? Json(report.last_ack_index->value) : Json());
  json.set("last_error", report.last_error.empty() ? Json() : Json(report.last_error));
  json.set("last_error_at",
           report.last_error_at ? Json(format_instant(*report.last_error_at)) : Json());
  json.set("used_bytes", std::uint64_t{report.used_bytes});
  return json.text();
}

std::string text_of(const Snapshot& snapshot, Language language) {
  const auto& [enrolment, head, report, sending] = snapshot;
  auto say = [language](Word which) { return std::string(word(language, which)); };
  std::string text;
  auto line = [&](Word label, const std::string& value) {
    text += say(label) + ": " + value + "\n";
  };
  std::string code = enrolment.outlet_code.empty() ? "" : " (" + enrolment.outlet_code + ")";
  line(Word::kOutlet, enrolment.outlet.text() + code);
  line(Word::kServer, enrolment.server.text());
  line(Word::kLedger, enrolment.ledger_id);
  line(Word::kHistorical, say(enrolment.historical ? Word::kYes : Word::kNo));
  line(Word::kSending, say(sending ? Word::kYes : Word::kNo));
  line(Word::kAcceptedUpTo, std::to_string(head.last_sequence.value));
  line(Word::kWaitingToSend,
       fmt::format(fmt::runtime(word(language, Word::kEventsAndBatches)),
                   report.unacknowledged_events, head.last.value - head.acknowledged.value));
  line(Word::kLastAck, report.last_ack_at ? format_instant(*report.last_ack_at) : say(Word::kNone));
  line(Word::kLastTrouble, report.last_error.empty()
                               ? say(Word::kNone)
                               : format_instant(*report.last_error_at) + " " + report.last_error);
  line(Word::kSpoolUse, std::to_string((report.used_bytes + 1023) / 1024) + " KiB");
  return text;
}

}  // namespace

ExitCode command_status(const CommandContext& context, bool json) {
  Result<Snapshot> snapshot = take_snapshot(context.folder);
  if (!snapshot.ok()) {
    std::fputs(("plumb-agent: " + snapshot.error().text() + "\n").c_str(), stderr);
    return ExitCode::kFolder;
  }
  std::string text = json ? json_of(*snapshot) + "\n" : text_of(*snapshot, context.language);
  std::fputs(text.c_str(), stdout);
  return ExitCode::kDone;
}

}  // namespace plumbline
