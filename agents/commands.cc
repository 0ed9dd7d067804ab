// SPDX-License-Identifier: Apache-2.0
#include "agents/commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "agents/command_output.h"
#include "agents/desk.h"
#include "agents/enroll.h"
#include "agents/idle_memory.h"
#include "agents/key_change.h"
#include "agents/key_run.h"
#include "agents/progress.h"
#include "agents/run_lock.h"
#include "agents/sender.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

namespace plumbline {
namespace {

constexpr Duration kEnrollPatience{20'000};
constexpr std::size_t kMaxMappingBytes = limits::kMaxYamlBytes;

ExitCode emit_one(const CommandContext& context, const EmitCommand& command, Desk& desk) {
  ParsedSubmission parsed = parse_emit_options(*command.one, desk.pack.events);
  OneAnswer answer(context, command.json, parsed.id);
  if (auto* refusal = std::get_if<Refusal>(&parsed.result)) return answer.refuse(*refusal);
  Intake intake(parts_of(desk, *context.clock), answer.on_answer());
  Submission& submission = std::get<Submission>(parsed.result);
  if (auto refusal = intake.check(submission)) return answer.refuse(*refusal);
  return answer.hand_in(intake, std::move(submission));
}

// A file that the caller named: where it cannot be read, the command line is at fault.
Result<Bytes> read_input(const std::string& path, std::size_t max_bytes) {
  Result<Bytes> bytes = read_file(path, max_bytes);
  if (bytes.ok()) return bytes;
  return Error(Code::kInvalid, "cannot take " + path, bytes.error());
}

Result<Mapping> read_mapping(const std::string& path, const Pack& pack) {
  ASSIGN_OR_RETURN(Bytes text, read_input(path, kMaxMappingBytes));
  Problems problems;
  std::optional<Mapping> mapping = parse_mapping(path, text, pack, problems);
  if (!mapping || !problems.empty()) {
    return Error(Code::kInvalid, "the mapping cannot be used:\n" + problems.text());
  }
  return std::move(*mapping);
}

ImportHooks import_hooks(const CommandContext& context, const ImportCommand& command,
                         Progress& progress) {
  ImportHooks hooks;
  hooks.problem = [&](const ImportProblem& problem) {
    std::string text = problem.column.empty()
                           ? say(context, Word::kProblemRow, command.file, problem.line,
                                 problem.rule, problem.sentence)
                           : say(context, Word::kProblem, command.file, problem.line,
                                 problem.column, problem.rule, problem.sentence);
    print_line(stderr, progress.clear() + text);
  };
  hooks.progress = [&](const ImportProgress& now) {
    if (auto text = progress.update(now, context.clock->monotonic_ms())) {
      std::fputs(text->c_str(), stderr);
    }
  };
  return hooks;
}

std::string import_json(const ImportCounts& counts, bool dry_run) {
  Json json = Json::object();
  json.set("rows", counts.rows).set("rows_of_other_outlets", counts.other_outlets);
  json.set("new", counts.accepted).set("repeated", counts.repeated);
  json.set("changed", counts.changed).set("refused", counts.refused).set("dry_run", dry_run);
  return json.text();
}

Result<ImportCounts> import_file(const CommandContext& context, const ImportCommand& command) {
  ASSIGN_OR_RETURN(Desk desk, open_desk(context.folder));
  ASSIGN_OR_RETURN(Mapping mapping, read_mapping(command.mapping, desk.pack));
  ASSIGN_OR_RETURN(Bytes file, read_input(command.file, limits::kMaxImportBytes));
  auto place = isatty(STDERR_FILENO) ? Progress::Place::kTerminal : Progress::Place::kLines;
  Progress progress(place, context.clock->monotonic_ms());
  Intake::Parts parts = parts_of(desk, *context.clock);
  if (command.dry_run) parts.key = nullptr;
  auto counts = import_csv(file, command.encoding, mapping, desk.enrolment.outlet_code, parts,
                           import_hooks(context, command, progress));
  std::fputs(progress.clear().c_str(), stderr);
  return counts;
}

}  // namespace

ExitCode command_enroll(const CommandContext& context, const std::string& server,
                        const std::string& token) {
  Result<ServerAddress> address = ServerAddress::parse(server);
  if (!address.ok()) return fail_with(address.error());
  auto enrolment = enroll(context.folder, *address, token, *context.clock, kEnrollPatience);
  if (!enrolment.ok()) return fail_with(enrolment.error());
  print_line(stdout, say(context, Word::kEnrolled, enrolment->outlet.text(), address->text()));
  return ExitCode::kDone;
}

ExitCode command_emit(const CommandContext& context, const EmitCommand& command) {
  Result<Desk> desk = open_desk(context.folder);
  if (!desk.ok()) return fail_with(desk.error());
  if (command.one) return emit_one(context, command, *desk);
  auto counts =
      emit_lines(STDIN_FILENO, STDOUT_FILENO, parts_of(*desk, *context.clock), command.source);
  if (!counts.ok()) return fail_with(counts.error());
  return counts->all_taken() ? ExitCode::kDone : ExitCode::kInputRefused;
}

ExitCode command_import(const CommandContext& context, const ImportCommand& command) {
  Result<ImportCounts> counts = import_file(context, command);
  if (!counts.ok()) return fail_with(counts.error());
  Word done = command.dry_run ? Word::kImportTrial : Word::kImportDone;
  if (command.json) {
    print_line(stdout, import_json(*counts, command.dry_run));
  } else {
    print_line(stdout, say(context, done, counts->rows) + "\n" +
                           say(context, Word::kImportCounts, counts->accepted, counts->repeated,
                               counts->changed, counts->refused, counts->other_outlets));
  }
  return counts->all_taken() ? ExitCode::kDone : ExitCode::kInputRefused;
}

namespace {

Result<SenderOutcome> run_from(const CommandContext& context, const RunCommand& command) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(context.folder));
  ASSIGN_OR_RETURN(RunLock lock, RunLock::take(context.folder));
  if (!command.server.empty()) {
    ASSIGN_OR_RETURN(ServerAddress address, ServerAddress::parse(command.server));
    RETURN_IF_ERROR(spool.set_server(address));
  }
  std::optional<AckLog> acks;
  if (!command.ack_log.empty()) {
    ASSIGN_OR_RETURN(AckLog opened, AckLog::open(command.ack_log));
    acks.emplace(std::move(opened));
  }
  SenderOptions options;
  options.until_empty = command.until_empty;
  if (command.deadline_seconds) options.deadline = Duration{*command.deadline_seconds * 1000};
  if (command.proof_wait_seconds) {
    options.proof_limit = Duration{*command.proof_wait_seconds * 1000};
  }
  ASSIGN_OR_RETURN(options.proxy, read_proxy(context.folder));
  options.tell = [](std::string_view sentence) { log_info("agent", sentence); };
  options.quiet = [] {
    Status given = give_back_idle_memory();
    if (!given.ok()) log_warning("agent", given.error().text());
  };
  return run_folder(context.folder, *context.clock, acks ? &*acks : nullptr, options);
}

}  // namespace

ExitCode command_run(const CommandContext& context, const RunCommand& command) {
  Result<SenderOutcome> outcome = run_from(context, command);
  if (!outcome.ok()) {
    fail_with(outcome.error());
    return outcome.error().code() == Code::kInvalid ? ExitCode::kUsage : ExitCode::kFolder;
  }
  std::uint64_t events = outcome->acknowledged_events;
  switch (outcome->how) {
    case SenderOutcome::How::kEmpty:
      print_line(stderr, say(context, Word::kAllAcknowledged, events));
      if (outcome->unproved_batches > 0) {
        print_line(stderr, say(context, Word::kNotYetProved, outcome->unproved_batches));
      }
      return ExitCode::kDone;
    case SenderOutcome::How::kLeft:
      break;  // a change of keys goes on within the run
    case SenderOutcome::How::kStopped:
      print_line(stderr, say(context, Word::kStopped, events));
      return command.until_empty ? ExitCode::kNotFinished : ExitCode::kDone;
    case SenderOutcome::How::kDeadline:
      print_line(stderr, say(context, Word::kNotFinished, command.deadline_seconds.value_or(0)) +
                             (outcome->sentence.empty() ? "" : ": " + outcome->sentence));
      return ExitCode::kNotFinished;
    case SenderOutcome::How::kRefused:
      print_line(stderr, "plumb-agent: " + outcome->sentence);
      return ExitCode::kServerRefused;
    case SenderOutcome::How::kAlarm:
      print_line(stderr, say(context, Word::kAlarm, outcome->sentence));
      return ExitCode::kAlarm;
  }
  return ExitCode::kFolder;
}

}  // namespace plumbline
