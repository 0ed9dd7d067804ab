// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_OUTLET_FACTS_H_
#define PLUMBLINE_EVALUATOR_OUTLET_FACTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "evaluator/exemption_book.h"
#include "evaluator/finding_book.h"
#include "evaluator/norm_book.h"
#include "evaluator/period_list.h"
#include "evaluator/result_body.h"
#include "registry/fact_book.h"

namespace plumbline {

// The facts of a registry that results of outlets follow from: the newest version of each, and of
// norms every one in ledger order. Only those about `outlet`, and norms, unless it is empty.
std::vector<FactBook::Version> facts_about_outlets(const FactBook& facts,
                                                   std::string_view outlet = {});

// The day that one looks at: that of as-of, and the last day of a period that has ended.
Date day_looked_at(const Calendar& calendar, const PeriodSpan& span, Instant as_of);

// What findings, exemptions, classes and norms make of outlets' results. A plain value; pure.
class OutletFacts {
 public:
  using Touched = NormBook::Touched;
  // A fact on record since `recorded_at`; those of other kinds are passed over.
  Touched learn(const Fact& fact, Instant recorded_at);
  // `day` has come; never backwards. Returns the outlets whose results may differ by that.
  std::vector<std::string> advance(Date day);

  // Says in the input of an outlet's body what acts on it in the period; standard, unit and period
  // stand there. `as_of` as it was advanced to.
  void tell(const Calendar& calendar, Instant as_of, BodyInput& input) const;

 private:
  FindingBook findings_;
  ExemptionBook exemptions_;
  NormBook norms_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_OUTLET_FACTS_H_
