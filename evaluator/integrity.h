// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_INTEGRITY_H_
#define PLUMBLINE_EVALUATOR_INTEGRITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/standard.h"
#include "store/results.h"

// Integrity signals (integrity.yaml of a pack): figures beyond a bound that a person should look
// at. They give and take no points, and are no part of the rules. docs/formats/integrity.md.
namespace plumbline {

struct Signal {
  std::string id;
  Title title;
  std::string standard;
  std::string level;             // that the standard scores
  std::string indicator;         // of the standard; empty where `flag` is said
  std::string flag;              // "late", "back_dated": the part of the events that are flagged so
  std::optional<Decimal> above;  // exactly one of the two
  std::optional<Decimal> below;
  std::int64_t min_sample = 1;  // with fewer cases, or events, nothing is raised
  Basis basis = {};
};

// A signal that a result raises.
struct RaisedSignal {
  std::size_t signal = 0;  // into the list of signals
  std::string unit;
  std::string period;
  Decimal value;
  std::int64_t n = 0;
};

// Reads integrity.yaml beside the rules that its signals are over; all problems at once.
std::vector<Signal> read_signals(const std::string& file, BytesView text, const RuleSet& rules,
                                 Problems& problems);

// Which signals a result raises, in their order; the figures are taken as they are written.
// kCorrupt where the body is not what the evaluator writes.
Result<std::vector<RaisedSignal>> raised_signals(const std::vector<Signal>& signals,
                                                 const ResultRow& row);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_INTEGRITY_H_
