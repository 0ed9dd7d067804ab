// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_OUTLET_LIST_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_OUTLET_LIST_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dashboards/portal/route.h"
#include "dashboards/portal/scoped_data.h"
#include "dashboards/portal/words.h"

namespace plumbline {

// Both years, both quarters or both months.
bool same_kind_of_period(const std::string& a, const std::string& b);

// Which results of outlets a page shows.
struct ResultChoice {
  std::vector<std::string> standards;  // that judge outlets and have results, in the pack's order
  std::string standard;                // the one shown; "" while there is none
  std::vector<std::string> periods;    // years, quarters, months; the latest first
  std::string period;                  // the one shown; "" while there is none

  Json period_json() const { return period.empty() ? Json() : Json(period); }
  Json periods_json() const;
  Json standards_json() const;
};

// By the parameters "period" and "standard": by default the latest year of the first standard that
// has it. `outlet` is any outlet in the scope; all have the same periods. kNotFound for a period or
// standard without results.
Result<ResultChoice> choose_results(ScopedData& data, const std::string& outlet,
                                    const RouteArguments& arguments);

// An outlet with its result; without one it has not reported.
struct OutletLine {
  const OutletAdded* outlet;
  std::shared_ptr<const ScoredRow> row;  // null without a result
  std::string verdict() const { return row == nullptr ? "not_reported" : row->verdict; }
};
Result<std::vector<OutletLine>> outlet_lines(ScopedData& data,
                                             const std::vector<const OutletAdded*>& outlets,
                                             const ResultChoice& choice);

Json outlet_rows_json(const ScopedData& data, const std::vector<OutletLine>& lines);

std::int64_t count_not_reported(const std::vector<OutletLine>& lines);
// {"id","outlets"} for each grade of the standard and null for none; with `titles` "title" too.
enum class Titles { kWith, kWithout };
Json grades_json(const ScopedData& data, const std::string& standard,
                 const std::vector<OutletLine>& lines, Titles titles);

// The standard of the rule set, an empty object when it is not there.
const Json& standard_words(const ScopedData& data, const std::string& id);
words::Text grade_title(const Json& standard, const std::string& id);
// {"id","title"}; null without a grade.
Json grade_json(const Json& standard, const std::optional<std::string>& id);
// One sentence: why this grade, or why none.
words::Text reason_of(const ScoredRow& row, const Json& standard);
// Whether a cap gives a lower grade than the score.
bool is_capped(const ScoredRow& row);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_OUTLET_LIST_H_
