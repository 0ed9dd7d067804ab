// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_RESULT_BODY_H_
#define PLUMBLINE_EVALUATOR_RESULT_BODY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "evaluator/contribution.h"
#include "evaluator/exemption_book.h"
#include "evaluator/finding_book.h"
#include "evaluator/norm_book.h"
#include "evaluator/period_list.h"
#include "evaluator/standard.h"
#include "evaluator/tally_book.h"

namespace plumbline {

// Events that were taken back or given other values by their source.
struct AmendedCounts {
  std::uint64_t corrected = 0;
  std::uint64_t voided = 0;
  bool operator==(const AmendedCounts&) const = default;
};

// What stands beside the figures of a unit: everything of the ledger's prefix that takes no part
// in them.
struct UnitCounts {
  std::map<std::string, std::uint64_t> set_aside;  // rule -> events
  std::uint64_t duplicates = 0;                    // events of a step that had happened already
  AmendedCounts amended;
  std::uint64_t failed = 0;  // cases with an expression that failed
};

// The accepted events of a unit that are dated in a period, and how many of them are flagged.
struct EventCounts {
  std::uint64_t events = 0;
  std::uint64_t late = 0;
  std::uint64_t back_dated = 0;
};

// One indicator of the standard; `cell` is nullptr where nothing is counted, `plan` where the
// indicator is not declared at the unit's level.
struct BodyFigure {
  const IndicatorPlan* plan = nullptr;
  const TallyBook::Cell* cell = nullptr;
  std::shared_ptr<const TallyBook::Cell> rolled = {};  // what `cell` is where days were taken
  int days = 0;                                        // how many; 0: the period
};

struct BodyInput {
  const Pack* pack = nullptr;
  const Standard* standard = nullptr;
  std::string level;
  std::string unit;
  PeriodSpan period;
  EventCounts events;
  const UnitCounts* counts = nullptr;
  std::vector<std::vector<FindingBook::Acting>> findings;  // as Standard::vetoes; or empty
  // As Standard::blocks, criteria; or empty.
  std::vector<std::vector<std::vector<ExemptionBook::Acting>>> exemptions;
  std::vector<BodyFigure> figures;  // as Standard::indicators
  // As Standard::blocks, criteria, nullopt where there is none; or empty where no criterion has
  // one.
  std::vector<std::vector<std::optional<NormInForce>>> norms;
};

// The body of a result: RFC 8785 JSON, docs/formats/results.md. Pure. A figure or score that does
// not fit in 128 bits has null for its value and says so in "error".
std::string result_body(const BodyInput& input);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_RESULT_BODY_H_
