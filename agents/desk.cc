// SPDX-License-Identifier: Apache-2.0
#include "agents/desk.h"

#include "agents/command_output.h"
#include "agents/key_change.h"

namespace plumbline {

Result<Desk> open_desk(const std::string& folder) {
  ASSIGN_OR_RETURN(Spool spool, Spool::open(folder));
  ASSIGN_OR_RETURN(Enrolment enrolment, spool.enrolment());
  ASSIGN_OR_RETURN(PrivateKey key, key_in_folder(folder, enrolment.key));
  ASSIGN_OR_RETURN(auto files, spool.pack_files());
  ASSIGN_OR_RETURN(Pack pack, parse_agent_pack(files));
  return Desk{std::move(spool), std::move(enrolment), std::move(key), std::move(pack)};
}

Intake::Parts parts_of(Desk& desk, const Clock& clock) {
  return {&desk.spool, &desk.key, &desk.pack, &clock, read_boot_id()};
}

ExitCode OneAnswer::refuse(const Refusal& refusal) {
  print_line(stdout, json_ ? refusal_json(0, id_, refusal)
                           : say(context_, Word::kRefused, refusal.rule, refusal.sentence));
  return ExitCode::kInputRefused;
}

Intake::OnAnswer OneAnswer::on_answer() {
  return [this](std::uint64_t, const Submission& submission, const Answer& answer) {
    if (json_) {
      print_line(stdout, answer_json(0, submission, answer));
      if (answer.outcome == Answer::Outcome::kChanged) code_ = ExitCode::kInputRefused;
    } else if (answer.outcome == Answer::Outcome::kChanged) {
      code_ = refuse(changed_refusal(submission, answer));
    } else {
      bool fresh = answer.outcome == Answer::Outcome::kAccepted;
      print_line(stdout,
                 say(context_, fresh ? Word::kAccepted : Word::kRepeated, answer.sequence.value));
    }
  };
}

ExitCode OneAnswer::hand_in(Intake& intake, Submission submission) {
  Status taken = intake.add(std::move(submission), 0);
  if (taken.ok()) taken = intake.flush();
  return taken.ok() ? code_ : fail_with(taken.error());
}

}  // namespace plumbline
