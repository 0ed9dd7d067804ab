// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_WORDS_H_
#define PLUMBLINE_EVALUATOR_CASE_WORDS_H_

#include <optional>
#include <string>

#include "base/clock.h"
#include "evaluator/contribution.h"
#include "evaluator/standard.h"
#include "evaluator/window_book.h"
#include "model/event.h"
#include "packs/calendar.h"
#include "packs/pack.h"

// A case in words, for those who answer for it. Pure.
namespace plumbline {

// "2026-10-31 08:01" in the network's local time.
std::string local_text(const Calendar& calendar, Instant at);
// The two greatest parts of a length that is not negative: 2 天 3 小时, 2 d 3 h.
Title length_text(Duration length);
// A field's value: 是 / yes, a local time, a number without needless zeros, or the text itself.
Title field_text(const Value& value, const Calendar& calendar);

// What a case gives to a sum, mean, quantile or distinct figure, in its unit: "2.5 h". Empty for a
// count or share.
std::string sample_text(const Indicator& indicator, const Sample& sample);

// What an indicator makes of a case.
struct CaseView {
  const Indicator* indicator = nullptr;        // nullptr: no indicator is asked about
  const Contribution* contribution = nullptr;  // nullptr: the indicator is of another case type
  std::optional<DayRange> days;                // only what is dated here counts

  bool counts() const;
  bool against() const;  // counted, of a share, and not in its numerator
};

// The time of the first step of a case that is listed; where all of it is void, of its first event.
Instant opened_at(const Case& of);
// The time of its final step; nullopt while it is open.
std::optional<Instant> closed_at(const Case& of, const TypeSpec& type);
std::optional<Instant> due_at(const Case& of, const TypeSpec& type);

// One sentence: whether the case counts, what it gives, and where it is late, by how much.
Title why_text(const Case& of, const TypeSpec& type, const CaseView& view);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_WORDS_H_
