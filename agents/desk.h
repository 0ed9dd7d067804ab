// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_DESK_H_
#define PLUMBLINE_AGENTS_DESK_H_

#include <string>

#include "agents/commands.h"
#include "agents/intake.h"
#include "agents/spool.h"

namespace plumbline {

// What taking events in needs, opened from the folder.
struct Desk {
  Spool spool;
  Enrolment enrolment;
  PrivateKey key;
  Pack pack;
};
Result<Desk> open_desk(const std::string& folder);

// `desk` and `clock` must outlive the parts.
Intake::Parts parts_of(Desk& desk, const Clock& clock);

// Hands one event in and answers for it, in words or JSON.
class OneAnswer {
 public:
  // `context` must outlive this. `id` is what is known of the identity, for a refusal.
  OneAnswer(const CommandContext& context, bool json, std::string id)
      : context_(context), json_(json), id_(std::move(id)) {}

  ExitCode refuse(const Refusal& refusal);
  // For the intake; this must outlive it.
  Intake::OnAnswer on_answer();
  // A submission that the intake has checked.
  ExitCode hand_in(Intake& intake, Submission submission);

 private:
  const CommandContext& context_;
  bool json_;
  std::string id_;
  ExitCode code_ = ExitCode::kDone;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_DESK_H_
