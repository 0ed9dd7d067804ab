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
// A redaction in the prefix withdraws the events of its batch: the whole batch is set aside where
// it stands, whether its content is still there or not. One that arrives behind a batch whose
// content was folded asks for a restart too. A batch whose content is gone counts as withdrawn in a
// prefix without the redaction as well, since nobody can tell any more what it held;
// withdrawn_later() lists those.
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
  // Goes back before the first entry, keeping the rule sets and redactions that are known.
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

  // Batches that came without content although the prefix holds no redaction of them: what was
  // published for this prefix while it was the whole ledger cannot be computed any more.
  std::vector<LedgerIndex> withdrawn_later() const;

  // Counts the content of the entry as withdrawn, as if a redaction behind the prefix to be folded
  // said so: what a withdrawal would come to. Before the first entry; a restart keeps it.
  void presume_withdrawn(LedgerIndex index) { redacted_.insert(index); }

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
  void redact(LedgerIndex record, LedgerIndex batch);
  void make_folds();

  LedgerIndex next_;
  RegistryState registry_;
  std::vector<InForce> in_force_;                 // in ledger order
  std::vector<std::unique_ptr<RuleFold>> folds_;  // oldest first; the newest rule set's is last
  TargetFold targets_;                            // of the newest rule set
  std::vector<ResultRow> gone_;
  std::unordered_map<StreamId, StreamWatch> watches_;
  std::set<StreamId> doubtful_;
  std::set<LedgerIndex> redacted_;         // known ones, of entries to come too after a restart
  std::set<LedgerIndex> without_content_;  // batches that came without theirs
  bool batches_seen_ = false;
  bool needs_restart_ = false;
  std::optional<Instant> as_of_;
  std::optional<Instant> last_recorded_at_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_ENGINE_H_
