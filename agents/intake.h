// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_AGENTS_INTAKE_H_
#define PLUMBLINE_AGENTS_INTAKE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agents/spool.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "packs/pack.h"

namespace plumbline {

// Why an event was not taken. `field` names the part of the event ("id", "time", a field's name),
// empty where the event as a whole is meant. Never repeats personal data.
struct Refusal {
  std::string rule;  // a stable word: those of Misfit, and those of intake.cc and emit.cc
  std::string field;
  std::string value;
  std::string sentence;
};

// A refusal with the value shortened and in the sentence, or left out where it holds an ID-card or
// mobile number.
Refusal make_refusal(std::string rule, std::string field, std::string_view value,
                     const std::string& expected);

// Takes events in: checks them by the pack, cuts them into batches, seals, answers.
class Intake {
 public:
  struct Parts {
    Spool* spool = nullptr;
    const PrivateKey* key = nullptr;  // nullptr: a trial, nothing is written
    const Pack* pack = nullptr;
    const Clock* clock = nullptr;
    BootId boot_id{};
  };
  // Told of each submission, in order, once the batch that it is in is on disk. `tag` is what the
  // caller gave with it.
  using OnAnswer = std::function<void(std::uint64_t tag, const Submission&, const Answer&)>;

  // What `parts` points to must outlive the intake.
  Intake(const Parts& parts, OnAnswer on_answer)
      : parts_(parts), on_answer_(std::move(on_answer)) {}

  // Whether the submission may be added.
  std::optional<Refusal> check(const Submission& submission) const;
  // Likewise of an amendment (packs/amendment.h).
  std::optional<Refusal> check_amendment(const Submission& submission) const;

  // Adds one that passed `check`; seals when a batch is full. After an error nothing that was not
  // answered is on disk, and the intake is not used any more.
  Status add(Submission submission, std::uint64_t tag);
  // Seals what waits.
  Status flush();
  bool empty() const { return waiting_.empty(); }

 private:
  std::optional<Refusal> check_future(Instant time) const;

  Parts parts_;
  OnAnswer on_answer_;
  std::vector<Submission> waiting_;
  std::vector<std::uint64_t> tags_;
  std::size_t waiting_bytes_ = 0;  // upper bound of the content
  ProbeMemory memory_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_AGENTS_INTAKE_H_
