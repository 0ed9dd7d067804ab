// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_EVALUATOR_CASE_LANES_H_
#define PLUMBLINE_EVALUATOR_CASE_LANES_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "evaluator/case_columns.h"
#include "evaluator/expression_node.h"
#include "evaluator/text_pool.h"

namespace plumbline {

// Evaluates expressions over many cases at once, a node at a time: what Expression::evaluate says
// of each of them, without the sentences of failures. Used by one thread at a time.
class CaseLanes {
 public:
  static constexpr std::size_t kWidth = CaseColumns::kStretch;
  // The greater of two states is that of an operation on both.
  enum State : std::uint8_t { kValue, kMissing, kFailed };
  // `numbers` hold texts as numbers of the pool.
  struct Lane {
    std::array<State, kWidth> states;
    std::array<std::int64_t, kWidth> numbers;
  };

  // `columns` and `texts` must outlive the object.
  CaseLanes(const CaseColumns& columns, TextPool& texts, Instant as_of)
      : columns_(columns), texts_(texts), as_of_(as_of) {}

  // The cases that are evaluated from now on: [first, first + count), at most kWidth.
  void choose(std::size_t first, std::size_t count);
  std::size_t count() const { return count_; }
  const CaseColumns::Standing& standing() const { return standing_; }
  void evaluate(const Expression& expression, Lane& out) { evaluate(expression.root(), out); }
  // When the type's first step happened.
  void first_step(Lane& out) const { step_times(0, out); }

 private:
  using Node = Expression::Node;

  void evaluate(const Node& node, Lane& out);
  void fill(std::int64_t number, Lane& out) const;
  void field(const Node& node, Lane& out) const;
  void step_times(std::size_t step, Lane& out) const;
  void has_step(std::size_t step, Lane& out) const;
  void chain(const Node& node, std::int64_t decides, Lane& out);
  void conditional(const Node& node, Lane& out);
  void in_list(const Node& node, Lane& out);
  void unary(const Node& node, Lane& out);
  void binary(const Node& node, Lane& out);
  void compare(const Node& node, Lane& left, const Lane& right) const;
  template <typename Take>
  void each_value(Lane& left, const Lane& right, Take take) const;
  State workday_due(const Node& node, std::int64_t at, std::int64_t days, std::int64_t& out);

  // A lane for the time of one node's evaluation.
  class Borrowed;

  const CaseColumns& columns_;
  TextPool& texts_;
  Instant as_of_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  CaseColumns::Standing standing_;
  std::vector<std::unique_ptr<Lane>> spare_;
  // (local day, work days) -> end: it depends on nothing else.
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> due_;
};

}  // namespace plumbline

#endif  // PLUMBLINE_EVALUATOR_CASE_LANES_H_
