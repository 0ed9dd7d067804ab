// SPDX-License-Identifier: Apache-2.0
#include "evaluator/amending.h"

#include <fmt/format.h>

#include <utility>

namespace plumbline {

std::optional<SetAside> amend_case(CaseBook& book, CaseBook::Target target, LedgerIndex entry,
                                   const StreamId& stream, AcceptedAmendment amendment) {
  Sequence sequence = amendment.sequence;
  auto aside = [&](std::string rule, std::string sentence) {
    return SetAside{entry, sequence, 1, std::move(rule), std::move(sentence)};
  };
  if (amendment.said.stream != stream) {
    return aside("other_stream", "only the stream that reported an event corrects or voids it");
  }
  std::uint64_t means = amendment.said.target.value;
  switch (book.amend(target, {entry, sequence}, std::move(amendment))) {
    case CaseBook::Amending::kTaken:
      return std::nullopt;
    case CaseBook::Amending::kTooMany:
      return aside(
          "too_many_amendments",
          fmt::format("a case takes at most {} corrections and voids", kMaxAmendmentsOfCase));
    case CaseBook::Amending::kUnknownTarget:
      break;
  }
  return aside("unknown_target",
               fmt::format("the stream has no accepted event of this type and subject with the "
                           "sequence {} before it",
                           means));
}

AmendedCounts amended_of(const Case& of) {
  AmendedCounts counts;
  if (of.amendments.empty()) return counts;
  for (const Case::Act& act : of.events) {
    counts.corrected += std::uint64_t{act.state == Case::State::kCorrected};
    counts.voided += std::uint64_t{act.state == Case::State::kVoided};
  }
  return counts;
}

}  // namespace plumbline
