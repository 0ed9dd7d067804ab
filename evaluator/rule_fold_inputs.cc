// SPDX-License-Identifier: Apache-2.0
// What a fold is given, and the figures that reach behind their period.
#include "evaluator/rule_fold.h"

namespace plumbline {

// Takes the days behind the period where the indicator says so.
void RuleFold::roll(const WindowBook::Key& key, const PeriodSpan& span, BodyFigure& figure) const {
  const Indicator& indicator = figure.plan->indicator();
  auto take = [&](int days) {
    figure.rolled = std::make_shared<const TallyBook::Cell>(windows_.sum(
        key, indicator, last_days(day_looked_at(pack_.calendar, span, book_.as_of()), days)));
    figure.cell = figure.rolled.get();
    figure.days = days;
  };
  if (indicator.window_days > 0) take(indicator.window_days);
  const bool enough = figure.cell != nullptr && is_sufficient(indicator, figure.cell->total);
  if (indicator.fallback_days > 0 && !enough) take(indicator.fallback_days);
}

RuleFold::Batch fold_input(const BatchEntry& read, LedgerIndex index, Instant recorded_at,
                           const KeyEnrolled& stream) {
  RuleFold::Batch batch;
  batch.entry = index;
  batch.recorded_at = recorded_at;
  batch.header = &read.header;
  batch.content = read.content ? &*read.content : nullptr;
  batch.problem = read.problem;
  batch.sentence = read.sentence;
  batch.historical = stream.historical;
  batch.source = stream.source_kind;
  return batch;
}

}  // namespace plumbline
