// SPDX-License-Identifier: Apache-2.0
#include "agents/command_output.h"
#include "agents/commands.h"
#include "agents/enroll.h"
#include "agents/key_change.h"

namespace plumbline {
namespace {

constexpr Duration kEnrollPatience{20'000};

Result<Word> plan(const CommandContext& context) {
  ASSIGN_OR_RETURN(KeyChange keys, KeyChange::open(context.folder));
  ASSIGN_OR_RETURN(KeyChange::State change, keys.state());
  if (change.stage != KeyChange::Stage::kNothing) return Word::kKeyUnderWay;
  // The file first: a key that is lost after it was announced would lock the outlet out.
  ASSIGN_OR_RETURN(PrivateKey next, keys.make_next_key());
  RETURN_IF_ERROR(keys.plan(next.public_key(), context.clock->wall()));
  return Word::kKeyPlanned;
}

}  // namespace

ExitCode command_enroll_again(const CommandContext& context, const std::string& server,
                              const std::string& token) {
  Result<ServerAddress> address = ServerAddress::parse(server);
  if (!address.ok()) return fail_with(address.error());
  auto enrolment = enroll_again(context.folder, *address, token, *context.clock, kEnrollPatience);
  if (!enrolment.ok()) return fail_with(enrolment.error());
  print_line(stdout, say(context, Word::kEnrolled, enrolment->outlet.text(), address->text()));
  return ExitCode::kDone;
}

ExitCode command_rotate_key(const CommandContext& context) {
  Result<Word> planned = plan(context);
  if (!planned.ok()) return fail_with(planned.error());
  print_line(stdout, say(context, *planned));
  return ExitCode::kDone;
}

}  // namespace plumbline
