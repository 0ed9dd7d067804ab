// SPDX-License-Identifier: Apache-2.0
#include "evaluator/ledger_view.h"

#include <fmt/format.h>

#include <list>
#include <map>

#include "base/mutex.h"
#include "evaluator/case_list.h"
#include "evaluator/outlet_fold.h"
#include "evaluator/rules_json.h"
#include "registry/office.h"

namespace plumbline {
namespace {

// Outlets that stay folded: an office that looks from outlet to outlet and back. One of 5,000
// events takes about 3 MB.
constexpr std::size_t kKeptFolds = 32;

// What the entries of a ledger prefix say about where everything stands. Grows with the ledger.
class LedgerIndexes {
 public:
  Status advance(LedgerReader& reader, LedgerSize size) {
    while (next_.value < size.value) {
      LedgerIndex from = next_;
      ASSIGN_OR_RETURN(next_, reader.read(from, [&](const StoredEntry& entry) -> Status {
        return entry.index.value < size.value ? take(entry) : Status();
      }));
      if (next_ == from) {
        return Error(Code::kNotFound, fmt::format("the ledger has {} entries, {} were asked for",
                                                  from.value, size.value));
      }
      if (next_.value > size.value) next_ = LedgerIndex(size.value);
    }
    return {};
  }

  const RegistryState& registry() const { return registry_; }

  // The entries of an outlet's batches below `size`.
  std::vector<LedgerIndex> entries_of(const OutletId& outlet, LedgerSize size) const {
    std::vector<LedgerIndex> out;
    auto found = entries_.find(outlet);
    if (found == entries_.end()) return out;
    for (LedgerIndex index : found->second) {
      if (index.value < size.value) out.push_back(index);
    }
    return out;
  }

 private:
  Status take(const StoredEntry& stored) {
    ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
    if (entry.kind == EntryKind::kBatch) {
      ByteReader reader(entry.payload);
      ASSIGN_OR_RETURN(BatchHead head, decode_head(reader));
      ASSIGN_OR_RETURN(BatchHeader header, decode_header(head.header));
      entries_[header.outlet].push_back(stored.index);
      return {};
    }
    ASSIGN_OR_RETURN(SignedRecord signed_record, decode_record(entry.payload));
    Result<OfficeRecord> record = office_record_from_json(signed_record.json);
    if (!record.ok() && record.error().code() == Code::kUnsupported) return {};
    if (!record.ok()) return record.error();
    return registry_.apply(stored.index, entry.recorded_at, *record);
  }

  LedgerIndex next_;
  RegistryState registry_;
  std::map<OutletId, std::vector<LedgerIndex>> entries_;
};

class LedgerView : public EvaluatorView {
 public:
  explicit LedgerView(OpenReader open) : open_(std::move(open)) {}

  std::shared_ptr<const Json> rules() override {
    auto reader = open_();
    if (!reader.ok()) return nullptr;
    auto size = (*reader)->size();
    if (!size.ok()) return nullptr;
    MutexLock lock(mutex_);
    if (!indexes_.advance(**reader, *size).ok()) return nullptr;
    const auto& activations = indexes_.registry().activations;
    if (activations.empty()) return nullptr;
    const Hash& hash = activations.back().rules.rule_hash;
    if (words_ == nullptr || words_hash_ != hash) {
      std::shared_ptr<const RuleSet> rules = compiled(activations.back().rules);
      if (rules == nullptr) return nullptr;
      words_ = std::make_shared<const Json>(rules_json(*rules));
      words_hash_ = hash;
    }
    return words_;
  }

  Result<Json> cases(const CaseQuery& query, LedgerSize size, Instant as_of) override {
    ASSIGN_OR_RETURN(auto fold, folded(query.outlet, size, as_of));
    return case_list(*fold, query);
  }

  Result<std::string> result_body(const ResultKey& key, LedgerSize size, Instant as_of) override {
    ASSIGN_OR_RETURN(auto fold, folded(key.outlet, size, as_of));
    ASSIGN_OR_RETURN(Period period, parse_period(key.period));
    const RuleFold* rules = fold->of_period(period);
    std::optional<ResultRow> row;
    if (rules != nullptr) row = rules->row(key.standard, "outlet", key.outlet.text(), key.period);
    if (row) return row->body;
    return Error(Code::kNotFound, fmt::format("there is no result of {} for {} in {}", key.standard,
                                              key.outlet.text(), key.period));
  }

 private:
  using Folded = std::shared_ptr<const OutletFold>;
  struct Kept {
    OutletId outlet;
    std::vector<LedgerIndex> entries;
    std::uint64_t records = 0;  // office records that the fold knows
    Instant as_of;
    Folded fold;
  };

  Result<Folded> folded(const OutletId& outlet, LedgerSize size, Instant as_of) {
    ASSIGN_OR_RETURN(auto reader, open_());
    Kept wanted;
    OutletPrefix prefix;
    {
      MutexLock lock(mutex_);
      RETURN_IF_ERROR(indexes_.advance(*reader, size));
      RETURN_IF_ERROR(describe(outlet, size, as_of, prefix));
      wanted = {outlet, prefix.entries, records_of(prefix), as_of, nullptr};
      if (Folded kept = find(wanted)) return kept;
    }
    // Folded without the lock: others go on meanwhile. Two calls for the same outlet at the same
    // moment fold it twice and come to the same.
    ASSIGN_OR_RETURN(wanted.fold, OutletFold::make(*reader, prefix));
    MutexLock lock(mutex_);
    kept_.push_front(wanted);
    if (kept_.size() > kKeptFolds) kept_.pop_back();
    return wanted.fold;
  }

  Status describe(const OutletId& outlet, LedgerSize size, Instant as_of, OutletPrefix& prefix)
      REQUIRES(mutex_) {
    const RegistryState& registry = indexes_.registry();
    auto found = registry.outlets.find(outlet);
    if (found == registry.outlets.end()) {
      return Error(Code::kNotFound, fmt::format("there is no outlet \"{}\"", outlet.text()));
    }
    prefix.outlet = found->second;
    prefix.as_of = as_of;
    prefix.entries = indexes_.entries_of(outlet, size);
    for (const auto& [stream, enrolled] : registry.streams) {
      if (enrolled.outlet == outlet) prefix.source_kinds.emplace(stream, enrolled.source_kind);
    }
    std::vector<InForce> in_force;
    for (const RegistryState::Activation& activation : registry.activations) {
      if (activation.index.value >= size.value) continue;
      std::shared_ptr<const RuleSet> rules = compiled(activation.rules);
      if (rules == nullptr) {
        return Error(Code::kUnsupported, "this version cannot read the rule set of entry " +
                                             std::to_string(activation.index.value));
      }
      in_force.push_back({activation.index, activation.recorded_at, activation.rules.retroactive,
                          std::move(rules)});
    }
    prefix.rules = answering(in_force);
    if (prefix.rules.empty()) return Error(Code::kNotFound, "no rules are in force yet");
    return {};
  }

  std::uint64_t records_of(const OutletPrefix& prefix) REQUIRES(mutex_) {
    return prefix.rules.size();
  }

  std::shared_ptr<const RuleSet> compiled(const RulesActivated& rules) REQUIRES(mutex_) {
    auto& kept = compiled_[rules.rule_hash];
    if (kept == nullptr) {
      Problems problems;
      kept = compile_rules(rules.files, problems);
    }
    return kept;
  }

  Folded find(const Kept& wanted) REQUIRES(mutex_) {
    for (auto at = kept_.begin(); at != kept_.end(); ++at) {
      if (at->outlet != wanted.outlet || at->as_of != wanted.as_of ||
          at->records != wanted.records || at->entries != wanted.entries) {
        continue;
      }
      kept_.splice(kept_.begin(), kept_, at);
      return kept_.front().fold;
    }
    return nullptr;
  }

  const OpenReader open_;
  Mutex mutex_;
  LedgerIndexes indexes_ GUARDED_BY(mutex_);
  std::map<Hash, std::shared_ptr<const RuleSet>> compiled_ GUARDED_BY(mutex_);
  std::list<Kept> kept_ GUARDED_BY(mutex_);  // used last, first
  std::shared_ptr<const Json> words_ GUARDED_BY(mutex_);
  Hash words_hash_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<EvaluatorView> make_ledger_view(OpenReader open) {
  return std::make_unique<LedgerView>(std::move(open));
}

}  // namespace plumbline
