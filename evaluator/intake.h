// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_INTAKE_H_
#define PLUMBLINE_EVALUATOR_INTAKE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/wire/batch.h"
#include "packs/amendment.h"
#include "packs/pack.h"

namespace plumbline {

// A field that an event carries, by its position in TypeSpec::fields.
struct FieldValue {
  std::uint16_t field = 0;
  Value value;
};

// What the pack notes about an event's time. The event counts all the same, at the time it says.
struct TimeFlags {
  bool late = false;        // reached the ledger later than the pack's late_after
  bool back_dated = false;  // was sealed at its source later than the pack's back_dated_after
  bool operator==(const TimeFlags&) const = default;
};

// An event that fits the pack. `step` is the position in TypeSpec::steps, 0 for a type without
// steps. `subject` points into the content it was read from.
struct AcceptedEvent {
  std::uint16_t type = 0;  // position in EventCatalog::types
  std::uint16_t step = 0;
  TimeFlags flags;
  std::uint32_t stream = 0;  // as numbered by whoever folds it
  Sequence sequence;
  Instant time;
  std::string_view subject;
  std::vector<FieldValue> fields;
};

// An amendment that fits the pack; whether the event that it means is there is not said.
struct AcceptedAmendment {
  Sequence sequence;  // its own
  Instant time;
  Amendment said;
  std::uint16_t type = 0;  // of the event that it means, as AcceptedEvent
  std::uint16_t step = 0;
  std::vector<FieldValue> fields;  // new values
};

// What a batch holds that takes no part in any figure, and why. `rule` is a word of Misfit::rule,
// or: "future" (later than recorded_at + max_future), "undecodable" (the whole content is not what
// a content is), "withdrawn" (the content is gone), "unknown_target" and "other_stream" (an
// amendment that means no event, or one of another stream).
struct SetAside {
  LedgerIndex entry;
  Sequence sequence;        // of the first event that is meant
  std::uint32_t count = 1;  // events; more than one for a whole batch
  std::string rule;
  std::string sentence;
};

// Checks the events of batches against a pack. The answer depends on batch, recorded_at and pack
// alone. Used by one thread at a time.
class Intake {
 public:
  // `pack` must outlive the intake.
  explicit Intake(const Pack& pack) : pack_(pack) {}

  struct Outcome {
    // In the order of their sequence, all three.
    std::vector<AcceptedEvent> accepted;
    std::vector<AcceptedAmendment> amendments;
    std::vector<SetAside> set_aside;
  };
  // `content` was decoded with the header's count, and must outlive the outcome.
  Outcome check(LedgerIndex entry, Instant recorded_at, const BatchHeader& header,
                const Content& content) const;

  // How an event of a batch that is no historical import stands to the pack's limits. What was
  // sealed by a clock that is ahead of the ledger's counts as sealed when it was recorded.
  TimeFlags flags_of(Instant time, Instant recorded_at, Instant sealed_at) const;

  // A whole batch set aside.
  static SetAside whole_batch(LedgerIndex entry, const BatchHeader& header, std::string rule,
                              std::string sentence);

 private:
  const Pack& pack_;
};

// The event of a row, as check_event() takes it.
Event event_at(const EventBlock& block, std::size_t row);

// A subject about which no rule has anything to say.
bool is_plain_subject(std::string_view subject);

// The span in which instants are taken for real: the years 1900 to 2199, which parse_instant reads.
bool is_plausible(Instant at);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_INTAKE_H_
