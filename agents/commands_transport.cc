// SPDX-License-Identifier: Apache-2.0
// `plumb-agent pack` and `plumb-agent receipt`.
#include <cstdio>

#include "agents/command_output.h"
#include "agents/commands.h"
#include "agents/run_lock.h"
#include "agents/transport.h"
#include "base/file.h"

namespace plumbline {
namespace {

// Proofs of a full spool: 1.3 KB for a batch of 400 bytes.
constexpr std::size_t kMaxReceiptBytes = 4 * limits::kMaxSpoolBytes;

Result<Packed> pack(const CommandContext& context, const PackCommand& command) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(context.folder));
  ASSIGN_OR_RETURN(
      Packed packed,
      pack_batches(spool, static_cast<std::size_t>(command.max_mib) << 20, context.clock->wall()));
  RETURN_IF_ERROR(
      replace_file_durably(command.file, encode_transport(packed.file), FileMode::kOwnerOnly));
  return packed;
}

Result<ReceiptTaken> take(const CommandContext& context, const std::string& file) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(context.folder));
  // A sender would see the stream move under its feet.
  ASSIGN_OR_RETURN(RunLock lock, RunLock::take(context.folder));
  Result<Bytes> bytes = read_file(file, kMaxReceiptBytes);
  if (!bytes.ok()) return Error(Code::kInvalid, "cannot take " + file, bytes.error());
  ASSIGN_OR_RETURN(ReceiptFile receipt, decode_receipt(*bytes));
  const Instant now = context.clock->wall();
  ASSIGN_OR_RETURN(auto verdict, take_receipt(spool, receipt, now));
  if (auto* taken = std::get_if<ReceiptTaken>(&verdict)) return std::move(*taken);
  const auto& what = std::get<Contradiction>(verdict);
  RETURN_IF_ERROR(spool.raise_alarm(what, now));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  RETURN_IF_ERROR(write_alarm_file(
      context.folder, alarm_text({what, now}, enrolment.outlet.text(), enrolment.ledger_id)));
  return Error(Code::kConflict, what.sentence + "; see " + alarm_path(context.folder));
}

}  // namespace

ExitCode command_pack(const CommandContext& context, const PackCommand& command) {
  Result<Packed> packed = pack(context, command);
  if (!packed.ok() && packed.error().code() == Code::kNotFound) {
    print_line(stdout, say(context, Word::kNothingToPack));
    return ExitCode::kDone;
  }
  if (!packed.ok()) return fail_with(packed.error());
  print_line(stdout, say(context, Word::kPacked, packed->first.value, packed->last.value,
                         packed->events, command.file));
  if (packed->left > 0) print_line(stderr, say(context, Word::kPackedLeft, packed->left));
  return ExitCode::kDone;
}

ExitCode command_receipt(const CommandContext& context, const std::string& file) {
  Result<ReceiptTaken> taken = take(context, file);
  if (!taken.ok()) {
    ExitCode code = fail_with(taken.error());
    return taken.error().code() == Code::kConflict ? ExitCode::kAlarm : code;
  }
  print_line(stdout, say(context, Word::kReceiptTaken, taken->batches, taken->proved.value));
  if (!taken->refused) return ExitCode::kDone;
  print_line(stderr, say(context, Word::kReceiptRefused, taken->refused->number.value,
                         taken->refused->sentence));
  return ExitCode::kServerRefused;
}

}  // namespace plumbline
