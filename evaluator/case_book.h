// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_BOOK_H_
#define PLUMBLINE_EVALUATOR_CASE_BOOK_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "evaluator/expression.h"
#include "evaluator/intake.h"
#include "model/ids.h"
#include "packs/pack.h"

namespace plumbline {

using CaseId = std::uint32_t;  // position in its book

// Corrections and voids of one case, tried ones included. Each folds the case again: with a million
// events in a case that is 100 times 10 ms.
constexpr std::uint32_t kMaxAmendmentsOfCase = 100;

// Where an event stands in the ledger. Its order is the order in which events count: within a
// stream that of the sequence, between streams that of the ledger.
struct Position {
  LedgerIndex entry;
  Sequence sequence;
  auto operator<=>(const Position&) const = default;
};

// What has not been reached by any as-of.
constexpr Instant kNever = {std::numeric_limits<std::int64_t>::min()};

// An act, (outlet, case type, subject), folded from its events up to an as-of.
struct Case {
  // How an event stands at as-of.
  enum class State : std::uint8_t {
    kWaiting,    // as-of has not reached it
    kCounted,    // with the fields that it was reported with
    kCorrected,  // with other values
    kVoided,     // it counts as if it had not been reported, and stays listed
  };
  struct Act {
    Position position;
    Instant time;
    std::uint8_t step = 0;
    State state = State::kWaiting;
    TimeFlags flags;
    std::uint32_t stream = 0;
    std::vector<FieldValue> fields;  // as they were reported
    bool reached() const { return state != State::kWaiting; }
    bool counts() const { return state == State::kCounted || state == State::kCorrected; }
  };
  // What was said later about one of the events.
  struct Amended {
    Position position;
    Instant time;
    std::uint32_t event = 0;  // position in `events`
    bool voids = false;       // else it corrects
    bool reached = false;     // by as-of
    bool duplicate = false;   // reached, and the event was voided already: it gives nothing
    std::string reason;
    std::vector<FieldValue> fields;  // new values
  };

  std::uint32_t outlet = 0;  // as given by the book's user
  std::uint16_t type = 0;
  std::string subject;
  std::vector<Act> events;  // all that are known, ordered by position, later than as-of or not
  std::vector<Amended> amendments;  // likewise
  std::uint32_t amendments_tried = 0;

  // The fold of the events whose time is not later than as-of, by what the amendments up to as-of
  // make of them. The first event of a step stands; the others are duplicates and give nothing. The
  // latest event that carries a field gives it. Amendments act in the order of their positions:
  // a later correction of a field stands, and what comes behind a void is a duplicate of it.
  CaseFacts facts;
  std::vector<std::uint32_t> duplicates;  // positions in `events`, ascending
  std::uint32_t folded = 0;               // events that count, duplicates included
  bool closed = false;                    // its final step has happened

  bool exists() const { return folded > 0; }
  // Something was reported of it, though it may all be voided.
  bool listed() const;
  bool open() const { return exists() && !closed; }

  Instant queued_due = kNever;  // the due instant for which the book's queue holds an entry
  bool touched = false;
};

// All cases of one rule set. The state is a function of the events added and of as-of: neither the
// order of add() between as-ofs nor the number of advances matters, as long as events are added in
// the order of their positions. Pure; used by one thread at a time.
class CaseBook {
 public:
  // `catalog` must outlive the book.
  explicit CaseBook(const EventCatalog& catalog);

  // `position` must be behind every position added before.
  void add(std::uint32_t outlet, Position position, AcceptedEvent event);

  // Adds an amendment of an event that was added before, by its subject, stream and sequence.
  // Nothing but kTaken changes a fold. A case takes kMaxAmendmentsOfCase, tried ones
  // included, because each folds it again.
  struct Target {
    std::uint32_t outlet = 0;
    std::uint32_t stream = 0;
  };
  enum class Amending { kTaken, kUnknownTarget, kTooMany };
  Amending amend(Target target, Position position, AcceptedAmendment amendment);

  // Folds what has become due to be folded; `as_of` must not be earlier than before.
  void advance(Instant as_of);

  Instant as_of() const { return as_of_; }
  const Case& at(CaseId id) const { return cases_[id]; }
  std::size_t size() const { return cases_.size(); }
  // The case as the events of some streams alone make it: its facts, whether it exists and is open.
  // Where it becomes overdue at another instant than as a whole, it is touched then, too.
  Case seen_from(CaseId id, const std::function<bool(std::uint32_t stream)>& counts);

  // The cases whose fold may have changed since the last call, each once.
  std::vector<CaseId> take_touched();
  // The events that came to count since the last call, and those that were voided after that.
  struct Arrival {
    std::uint32_t outlet = 0;
    Instant time;
    TimeFlags flags;
    bool voided = false;
  };
  std::vector<Arrival> take_arrivals();

  // Events and amendments that are known but later than as-of, and the others.
  std::uint64_t pending() const { return pending_; }
  std::uint64_t reached() const { return reached_; }

 private:
  struct TypePlan {
    std::size_t steps = 1;
    std::optional<std::size_t> due_field;
    std::vector<bool> final_steps;
  };
  // An instant from which on a case must be folded anew: the time of a pending event, or the
  // first millisecond after its due.
  struct Change {
    Instant at;
    CaseId id = 0;
    auto operator<=>(const Change&) const = default;
  };

  Case& case_of(std::uint32_t outlet, const AcceptedEvent& event, CaseId& id);
  void fold(Case& target, std::uint32_t index) const;
  std::vector<Case::State> weigh_amendments(Case& target);
  void refold(Case& target);
  bool judge_due(const Case& target, CaseId id, Instant& queued);
  void settle(Case& target, CaseId id);
  void touch(Case& target, CaseId id);

  std::vector<TypePlan> plans_;
  std::vector<std::size_t> field_counts_;
  Instant as_of_ = kNever;
  std::vector<Case> cases_;
  std::unordered_map<std::string, CaseId> index_;  // outlet ‖ type ‖ subject
  std::priority_queue<Change, std::vector<Change>, std::greater<>> queue_;
  std::vector<CaseId> touched_;
  std::vector<Arrival> arrivals_;
  std::uint64_t pending_ = 0;
  std::uint64_t reached_ = 0;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_BOOK_H_
