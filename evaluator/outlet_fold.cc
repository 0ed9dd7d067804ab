// SPDX-License-Identifier: Apache-2.0
#include "evaluator/outlet_fold.h"

#include <fmt/format.h>

#include "base/check.h"
#include "evaluator/batch_entry.h"

namespace plumbline {

Result<std::shared_ptr<const OutletFold>> OutletFold::make(LedgerReader& reader,
                                                           const OutletPrefix& prefix) {
  CHECK(!prefix.rules.empty(), "an outlet is folded by at least one rule set");
  std::shared_ptr<OutletFold> fold(new OutletFold());
  fold->about_ = prefix.outlet;
  fold->as_of_ = prefix.as_of;
  for (const Answering& part : prefix.rules) {
    fold->ranges_.push_back(part.range);
    fold->folds_.push_back(std::make_unique<RuleFold>(part.rules, part.range));
    fold->folds_.back()->add_outlet(prefix.outlet);
    for (const FactBook::Version& known : prefix.facts) {
      fold->folds_.back()->add_fact(known.fact, known.recorded_at);
    }
    // Before the batches: what is folded at once need not wait in a queue.
    fold->folds_.back()->advance(prefix.as_of);
  }
  for (LedgerIndex index : prefix.entries) {
    ASSIGN_OR_RETURN(StoredEntry stored, reader.at(index));
    RETURN_IF_ERROR(fold->take(stored, prefix));
  }
  return std::shared_ptr<const OutletFold>(std::move(fold));
}

Status OutletFold::take(const StoredEntry& stored, const OutletPrefix& prefix) {
  ASSIGN_OR_RETURN(Entry entry, decode_entry(stored.entry));
  ASSIGN_OR_RETURN(BatchEntry read, read_batch(stored, entry));
  if (read.header.outlet != about_.outlet) {
    return Error(Code::kCorrupt,
                 fmt::format("entry {} is a batch of outlet {}, not of {}", stored.index.value,
                             read.header.outlet.text(), about_.outlet.text()));
  }
  if (prefix.withdrawn.contains(stored.index)) withdraw(read);
  Source source{entry.recorded_at, SourceKind::kAgent};
  auto stream = prefix.streams.find(read.header.stream);
  if (stream == prefix.streams.end()) {
    return Error(Code::kCorrupt,
                 fmt::format("entry {} is a batch of a stream that is not enrolled for outlet {}",
                             stored.index.value, about_.outlet.text()));
  }
  source.kind = stream->second.source_kind;
  sources_.emplace(stored.index, source);
  for (auto& fold : folds_) {
    fold->apply(fold_input(read, stored.index, entry.recorded_at, stream->second));
  }
  return {};
}

const RuleFold* OutletFold::of_period(const Period& period) const {
  for (std::size_t i = 0; i < folds_.size(); ++i) {
    Instant start = period_start(folds_[i]->rules().pack->calendar, period);
    if (ranges_[i].from <= start && start < ranges_[i].until) return folds_[i].get();
  }
  return nullptr;
}

std::optional<ResultRow> OutletFold::row(const std::string& standard, const Period& period) const {
  const RuleFold* fold = of_period(period);
  if (fold == nullptr) return std::nullopt;
  const std::string& level = fold->rules().pack->levels.back().id;
  return fold->row(standard, level, about_.outlet.text(), period.text());
}

}  // namespace plumbline
