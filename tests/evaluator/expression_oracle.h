// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_ORACLE_H_
#define PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_ORACLE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "evaluator/expression.h"

// An independent reading of the expression language: a tree in the test's own form, its text, and
// its value by the words of docs/formats/rules.md.
namespace plumbline::testing {

// `op`: the operator as written, "?:", "-x" for a sign, "literal", "field", "step", "overdue",
// "has field", "has step", or the function's name.
struct OracleTree {
  std::string op;
  ExprType type = ExprType::kBool;
  std::vector<OracleTree> args = {};
  std::int64_t number = 0;
  std::string text = {};
  std::size_t index = 0;
};

struct OracleResult {
  enum class State { kValue, kMissing, kFailed } state = State::kValue;
  std::int64_t number = 0;
  std::string text = {};
};

OracleResult oracle_evaluate(const OracleTree& tree, const CaseFacts& facts);

// Writes a tree as text: parentheses where the precedence demands them and sometimes where it does
// not, white space at random, either quote.
class OracleWriter {
 public:
  OracleWriter(std::uint32_t seed, const TypeSpec& type) : random_(seed), type_(type) {}
  std::string write(const OracleTree& tree) { return written(tree, 0); }

 private:
  std::string written(const OracleTree& tree, int outer);
  std::string bare(const OracleTree& tree);
  std::string literal(const OracleTree& tree);
  std::string quoted(const std::string& text);
  std::string space();
  bool one_in(unsigned n) { return random_() % n == 0; }

  std::mt19937 random_;
  const TypeSpec& type_;
};

}  // namespace plumbline::testing

#endif  // PLUMBLINE_TESTS_EVALUATOR_EXPRESSION_ORACLE_H_
