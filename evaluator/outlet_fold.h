// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_OUTLET_FOLD_H_
#define PLUMBLINE_EVALUATOR_OUTLET_FOLD_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "evaluator/in_force.h"
#include "evaluator/rule_fold.h"
#include "registry/office.h"
#include "store/store.h"

namespace plumbline {

// Everything of a ledger prefix that one outlet's results follow from, without its batches.
struct OutletPrefix {
  OutletAdded outlet;
  std::vector<Answering> rules;             // oldest first
  std::vector<LedgerIndex> entries;         // its batches, in ledger order
  std::set<LedgerIndex> withdrawn;          // by a redaction
  std::map<StreamId, KeyEnrolled> streams;  // its own
  std::vector<FactBook::Version> facts;     // that its results follow from
  Instant as_of;
};

// One outlet folded by itself: the same cases and the same outlet rows as in the fold of the whole
// network, at the cost of the outlet's own events. Immutable once made; safe from any thread.
class OutletFold {
 public:
  // Where the entry of an event came from.
  struct Source {
    Instant recorded_at;
    SourceKind kind = SourceKind::kAgent;
  };

  // Reads the entries and folds them. kCorrupt when one is no batch of the outlet.
  static Result<std::shared_ptr<const OutletFold>> make(LedgerReader& reader,
                                                        const OutletPrefix& prefix);

  // The fold whose rule set answers for the period; nullptr when none does.
  const RuleFold* of_period(const Period& period) const;
  // The outlet's result; nullopt when there is none of that standard and period.
  std::optional<ResultRow> row(const std::string& standard, const Period& period) const;
  // The fold of the newest rule set.
  const RuleFold& newest() const { return *folds_.back(); }

  const OutletId& outlet() const { return about_.outlet; }
  const OutletAdded& about() const { return about_; }
  Instant as_of() const { return as_of_; }
  std::uint64_t events() const { return newest().counters().events; }
  Source source(LedgerIndex entry) const { return sources_.at(entry); }

 private:
  OutletFold() = default;
  Status take(const StoredEntry& stored, const OutletPrefix& prefix);

  OutletAdded about_;
  Instant as_of_;
  std::vector<PeriodRange> ranges_;
  std::vector<std::unique_ptr<RuleFold>> folds_;
  std::map<LedgerIndex, Source> sources_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_OUTLET_FOLD_H_
