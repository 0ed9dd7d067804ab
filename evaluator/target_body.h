// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_TARGET_BODY_H_
#define PLUMBLINE_EVALUATOR_TARGET_BODY_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "evaluator/target.h"
#include "evaluator/target_statement.h"

namespace plumbline {

// How a statement is made: of the deadline or of today, and from what was known when.
struct StatementKind {
  std::string_view name;            // "final", "running"
  std::optional<Instant> known_by;  // the last instant whose records enter; nullopt: all
  bool frozen = false;              // no later record can change it
};

// The bodies of a target's rows: RFC 8785 JSON, docs/formats/results.md. Pure.
std::string target_body(const Target& target, const StatementKind& kind,
                        const TargetStatement& statement);
std::string target_unit_body(const Target& target, const StatementKind& kind,
                             const TargetStatement& statement, const TargetStatement::Unit& unit);

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_TARGET_BODY_H_
