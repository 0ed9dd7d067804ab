// SPDX-License-Identifier: Apache-2.0
// `plumb-agent correct` and `plumb-agent void`.
#include <fmt/format.h>

#include "agents/command_output.h"
#include "agents/commands.h"
#include "agents/desk.h"
#include "model/wire/batch.h"
#include "packs/amendment.h"

namespace plumbline {
namespace {

// The event with the sequence, where the spool still holds its batch.
Result<std::optional<Event>> event_with(Spool& spool, Sequence sequence) {
  ASSIGN_OR_RETURN(auto number, spool.batch_with(sequence));
  if (!number) return std::optional<Event>();
  ASSIGN_OR_RETURN(auto batch, spool.load(*number));
  if (!batch) return std::optional<Event>();
  ASSIGN_OR_RETURN(SealedBatch sealed, decode_sealed(batch->sealed));
  ASSIGN_OR_RETURN(Content content, decode_content(sealed.content, sealed.header.count));
  return std::optional(events_of(content).at(sequence.value - batch->first.value));
}

// Fills type and subject of the event that is meant, or says why they are not known.
Result<std::optional<Refusal>> find_target(Spool& spool, const AmendCommand& command,
                                           Amendment& amendment) {
  Sequence sequence(command.sequence);
  std::string number = std::to_string(command.sequence);
  ASSIGN_OR_RETURN(SpoolHead head, spool.head());
  if (sequence.value == 0 || sequence > head.last_sequence) {
    return std::optional(make_refusal(
        "unknown_target", "SEQ", number,
        fmt::format("was not accepted here; the last sequence is {}", head.last_sequence.value)));
  }
  ASSIGN_OR_RETURN(std::optional<Event> event, event_with(spool, sequence));
  amendment.of = event ? event->type : command.type;
  amendment.subject = event ? event->subject : command.subject;
  if (amendment.of.empty() || amendment.subject.empty()) {
    return std::optional(make_refusal(
        "freed", "SEQ", number,
        "is no longer kept here; say its event type and subject with --type and --subject"));
  }
  bool other = (!command.type.empty() && command.type != amendment.of) ||
               (!command.subject.empty() && command.subject != amendment.subject);
  if (other) {
    return std::optional(make_refusal("other_event", "SEQ", number,
                                      "is an event " + amendment.of + " of " + amendment.subject));
  }
  if (is_amendment_type(amendment.of)) {
    return std::optional(
        make_refusal("not_an_event", "SEQ", number,
                     "is itself a correction or a void; only an event is corrected or voided"));
  }
  return std::optional<Refusal>();
}

std::string identity(const AmendCommand& command, const std::string& time) {
  if (!command.id.empty()) return command.id;
  if (command.voids) return fmt::format("void/{}", command.sequence);
  return fmt::format("correct/{}/{}", command.sequence, time);
}

// The submission of the amendment; its new values are read as `emit` reads a field.
ParsedSubmission parse_amendment(const AmendCommand& command, const EventCatalog& catalog,
                                 const std::string& time, Amendment amendment) {
  EmitOptions options;
  options.source = command.source;
  options.id = identity(command, time);
  options.type = amendment.of;
  options.subject = amendment.subject;
  options.time = time;
  options.fields = command.fields;
  ParsedSubmission parsed = parse_emit_options(options, catalog);
  if (auto* submission = std::get_if<Submission>(&parsed.result)) {
    amendment.fields = std::move(submission->event.fields);
    submission->event = amendment_event(amendment, submission->event.time);
  }
  return parsed;
}

Result<ExitCode> amend(const CommandContext& context, const AmendCommand& command) {
  ASSIGN_OR_RETURN(Desk desk, open_desk(context.folder));
  std::string time = command.time.empty() ? format_instant(context.clock->wall()) : command.time;
  OneAnswer answer(context, command.json, identity(command, time));
  Amendment amendment;
  amendment.voids = command.voids;
  amendment.stream = desk.enrolment.stream;
  amendment.target = Sequence(command.sequence);
  amendment.reason = command.reason;
  ASSIGN_OR_RETURN(std::optional<Refusal> unknown, find_target(desk.spool, command, amendment));
  if (unknown) return answer.refuse(*unknown);
  ParsedSubmission parsed = parse_amendment(command, desk.pack.events, time, std::move(amendment));
  if (auto* refusal = std::get_if<Refusal>(&parsed.result)) return answer.refuse(*refusal);
  Intake intake(parts_of(desk, *context.clock), answer.on_answer());
  Submission& submission = std::get<Submission>(parsed.result);
  if (auto refusal = intake.check_amendment(submission)) return answer.refuse(*refusal);
  return answer.hand_in(intake, std::move(submission));
}

}  // namespace

ExitCode command_amend(const CommandContext& context, const AmendCommand& command) {
  Result<ExitCode> code = amend(context, command);
  return code.ok() ? *code : fail_with(code.error());
}

}  // namespace plumbline
