// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_SCORES_VIEW_H_
#define PLUMBLINE_EVALUATOR_SCORES_VIEW_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/results.h"

// Results as people and programs read them. Pure; the same rows give the same text.
namespace plumbline {

enum class ScoresFormat { kTable, kJson, kCsv };
// "table", "json", "csv"; kInvalid otherwise.
Result<ScoresFormat> parse_scores_format(std::string_view text);

// Where bodies come from: those of a results store may be damaged, those just made are not.
enum class BodiesAre { kStored, kMade };

// The text in that form, ending in a newline. kCorrupt when a body is not what result_body makes.
//
// Table: a line each row with unit, period, verdict, score and grade, and for the rows of levels
// that are not scored the indicators, for those of targets the readings; a heading with size and
// as-of.
// JSON: {"as_of", "pack", "results": [bodies, byte for byte as served], "rule_hash", "size"}.
// CSV (RFC 4180, with a heading): a line each score, criterion, indicator and group:
// standard,level,unit,period,line,id,by,group,n,numerator,value,value_unit,weight_used,points,
// verdict,grade. `line` is "score", "criterion", "indicator" or "group"; the group of cases that
// lack the field has an empty `group`. A target's row is a line "target" or "target_unit", of the
// headline, and a line "reading" each.
Result<std::string> scores_text(const ResultsHeader& header, const std::vector<ResultRow>& rows,
                                ScoresFormat format, BodiesAre bodies = BodiesAre::kStored);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_SCORES_VIEW_H_
