// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_ENGINE_H_
#define PLUMBLINE_EVALUATOR_ENGINE_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "evaluator/in_force.h"
#include "evaluator/rule_fold.h"
#include "evaluator/standard.h"
#include "evaluator/target_fold.h"
#include "registry/office.h"
#include "registry/stream_watch.h"
#include "store/results.h"
#include "store/store.h"

namespace plumbline {

// The evaluator without threads, files or clocks: a ledger prefix and an as-of go in, result rows
// come out, and equal prefixes and as-ofs give equal bytes, however the calls are cut.
//
// The rule sets in force are those that the prefix activates. A retroactive activation answers for
// every period, another one for the periods that start at or after its recorded_at; of several the
// latest one that answers for a period gives its results. An activation that arrives behind
// batches asks for a restart: everything is folded again from the first entry, knowing it.
//
// Used by one thread at a time.
class Engine {
 public:
  Engine();
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  // The index of the entry that must come next.
  LedgerIndex next() const { return next_; }

  // kInvalid when the entry is not the next one, kCorrupt when it is not what an honest server
  // writes (a broken form, a stream without enrolment), kUnsupported for a rule set that this
  // version cannot compile. After an error, and while a restart is asked for, the engine must not
  // be given entries.
  Status apply(const StoredEntry& entry);
  bool needs_restart() const { return needs_restart_; }
  // Goes back before the first entry, keeping the rule sets that are known.
  void restart();

  // Folds events up to `as_of`, a whole minute; kInvalid when earlier than before.
  Status advance(Instant as_of);
  std::optional<Instant> as_of() const { return as_of_; }

  // The as-of that the newest rule set fixes for itself.
  std::optional<Instant> fixed_as_of() const;
  // recorded_at of the newest entry; nullopt before the first.
  std::optional<Instant> last_recorded_at() const { return last_recorded_at_; }

  // The rows that may differ since the last call, sorted. Empty while no rule set is in force.
  std::vector<ResultRow> take_changed();
  // Of the last take_changed(): rows that were given before and are none any more, sorted.
  const std::vector<ResultRow>& gone() const { return gone_; }
  std::vector<ResultRow> rows() const;
  ResultsHeader header() const;

  const RegistryState& registry() const { return registry_; }
  // Open streams whose batches look as if two machines sealed them.
  std::uint64_t doubtful_streams() const;
  // Open streams with a conflict on record.
  std::uint64_t conflicting_streams() const;
  // Of the newest rule set; zeros while none is in force.
  FoldCounters counters() const;
  std::uint64_t outlets_scored() const;
  // The fold of the newest rule set; nullptr while none is in force.
  const RuleFold* newest() const;

 private:
  Status apply_record(const StoredEntry& stored, const Entry& entry);
  Status apply_batch(const StoredEntry& stored, const Entry& entry);
  Status activate(const RegistryState::Activation& activation);
  void make_folds();

  LedgerIndex next_;
  RegistryState registry_;
  std::vector<InForce> in_force_;                 // in ledger order
  std::vector<std::unique_ptr<RuleFold>> folds_;  // oldest first; the newest rule set's is last
  TargetFold targets_;                            // of the newest rule set
  std::vector<ResultRow> gone_;
  std::unordered_map<StreamId, StreamWatch> watches_;
  std::set<StreamId> doubtful_;
  bool batches_seen_ = false;
  bool needs_restart_ = false;
  std::optional<Instant> as_of_;
  std::optional<Instant> last_recorded_at_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_ENGINE_H_
