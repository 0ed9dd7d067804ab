// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_AMENDING_H_
#define PLUMBLINE_EVALUATOR_AMENDING_H_

#include <optional>

#include "evaluator/case_book.h"
#include "evaluator/result_body.h"

namespace plumbline {

// Gives an amendment that fits the pack to the cases; or says why it is set aside. `stream` is that
// of the batch which holds it.
std::optional<SetAside> amend_case(CaseBook& book, CaseBook::Target target, LedgerIndex entry,
                                   const StreamId& stream, AcceptedAmendment amendment);

// How many of the case's events were corrected and voided.
AmendedCounts amended_of(const Case& of);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_AMENDING_H_
