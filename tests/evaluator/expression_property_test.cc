// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "evaluator/case_lanes.h"
#include "evaluator/expression.h"
#include "tests/evaluator/expression_case.h"
#include "tests/evaluator/expression_oracle.h"

// Random expressions are written as text, compiled and evaluated, and compared with an interpreter
// that walks the random tree itself: it shares no code with the evaluator, computes in 128 bits,
// and asks after each step whether the result fits.
namespace plumbline {
namespace {

using namespace plumbline::testing;

// Makes random well-typed trees. Few values, so that equalities and zero divisors happen; among
// them the ends of the 64-bit range, so that overflows happen.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  OracleTree tree(ExprType type, int depth) {
    if (depth == 0 || one_in(6)) return leaf(type);
    if (one_in(8)) return choice(type, depth);
    switch (type) {
      case ExprType::kBool:
        return truth(depth);
      case ExprType::kInteger:
        return integer(depth);
      case ExprType::kDecimal:
        return decimal(depth);
      case ExprType::kInstant:
        return instant_tree(depth);
      case ExprType::kDuration:
        return duration(depth);
      case ExprType::kText:
        break;
    }
    return leaf(type);
  }

  ExprType any_type() { return static_cast<ExprType>(below(6)); }
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

  CaseFacts facts() {
    CaseFacts out = no_facts();
    for (std::size_t i = 0; i < type_.fields.size(); ++i) {
      if (one_in(3)) continue;
      Value value{type_.fields[i].kind, 0, ""};
      if (value.kind == Kind::kEnum) {
        value.text = pick(type_.fields[i].values);
      } else if (value.kind == Kind::kString) {
        value.text = pick(texts());
      } else if (value.kind == Kind::kBool) {
        value.number = static_cast<std::int64_t>(below(2));
      } else if (value.kind == Kind::kInstant) {
        value.number = instants()[below(instants().size())];
      } else {
        value.number = pick(numbers());
        if (value.kind == Kind::kCount && value.number < 0) value.number = 3;
      }
      out.fields[i] = value;
    }
    for (auto& step : out.steps) {
      if (!one_in(3)) step = Instant{pick(instants())};
    }
    out.overdue = one_in(2);
    return out;
  }

 private:
  template <typename T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  static const std::vector<std::int64_t>& numbers() {
    static const std::vector<std::int64_t> out = {0,
                                                  0,
                                                  1,
                                                  2,
                                                  3,
                                                  5,
                                                  7,
                                                  -1,
                                                  -2,
                                                  -7,
                                                  10,
                                                  365,
                                                  1'000'000,
                                                  2'500'000,
                                                  -333'333,
                                                  3'000'000'000,
                                                  9'000'000'000'000,
                                                  -9'300'000'000'000,
                                                  INT64_MAX,
                                                  INT64_MIN,
                                                  INT64_MAX - 1};
    return out;
  }
  static const std::vector<std::int64_t>& instants() {
    static const std::vector<std::int64_t> out = {
        0,           1'420'070'400'000, 1'420'106'399'999, 1'420'106'400'000, 1'425'859'200'000,
        -86'400'000, 4'000'000'000'000};
    return out;
  }
  static const std::vector<std::string>& texts() {
    static const std::vector<std::string> out = {"",    "a",    "ab",     "b",
                                                 "web", "知识", "a\"b\\", "Büro"};
    return out;
  }

  OracleTree literal(ExprType type, std::int64_t number, std::string text = "") {
    OracleTree out{"literal", type, {}};
    out.number = number;
    out.text = std::move(text);
    return out;
  }
  OracleTree field(std::string name, ExprType type, std::size_t index) {
    OracleTree out{"field", type, {}};
    out.text = std::move(name);
    out.index = index;
    return out;
  }

  OracleTree leaf(ExprType type) {
    bool written = one_in(2);
    switch (type) {
      case ExprType::kBool:
        if (written) return literal(type, static_cast<std::int64_t>(below(2)));
        return one_in(3) ? OracleTree{"overdue", type, {}} : field("urgent", type, kUrgent);
      case ExprType::kInteger:
        if (written) return literal(type, pick(numbers()));
        return one_in(2) ? field("items", type, kItems) : field("shift", type, kShift);
      case ExprType::kDecimal:
        return written ? literal(type, pick(numbers())) : field("fee", type, kFee);
      case ExprType::kText:
        if (written) return literal(type, 0, pick(texts()));
        return one_in(2) ? field("name", type, kName) : field("channel", type, kChannel);
      case ExprType::kInstant: {
        if (written) return literal(type, pick(instants()));
        if (one_in(2)) return field("due", type, kDue);
        OracleTree step{"step", type, {}};
        step.index = below(2);
        return step;
      }
      case ExprType::kDuration:
        break;
    }
    return literal(type, pick(instants()) / 7 * (one_in(3) ? -1 : 1));
  }

  OracleTree choice(ExprType type, int depth) {
    ExprType yes = type;
    ExprType no = type;
    if (type == ExprType::kDecimal && one_in(3)) (one_in(2) ? yes : no) = ExprType::kInteger;
    return {
        "?:", type, {tree(ExprType::kBool, depth - 1), tree(yes, depth - 1), tree(no, depth - 1)}};
  }

  OracleTree truth(int depth) {
    switch (below(7)) {
      case 0:
        return {"!", ExprType::kBool, {tree(ExprType::kBool, depth - 1)}};
      case 1:
      case 2: {
        OracleTree out{one_in(2) ? "&&" : "||", ExprType::kBool, {}};
        std::size_t count = 2 + below(3);
        for (std::size_t i = 0; i < count; ++i)
          out.args.push_back(tree(ExprType::kBool, depth - 1));
        return out;
      }
      case 3: {
        OracleTree out{one_in(2) ? "has field" : "has step", ExprType::kBool, {}};
        out.index = below(out.op == "has field" ? kRequestFields : 2);
        out.text = out.op == "has field" ? type_.fields[out.index].name : "";
        return out;
      }
      case 4:
        return membership(depth);
      case 5: {
        const std::vector<std::string> methods = {"startsWith", "endsWith", "contains"};
        return {pick(methods),
                ExprType::kBool,
                {tree(ExprType::kText, depth - 1), tree(ExprType::kText, 0)}};
      }
      default:
        return comparison(depth);
    }
  }

  OracleTree comparison(int depth) {
    const std::vector<std::string> all = {"==", "!=", "<", "<=", ">", ">="};
    ExprType left = any_type();
    ExprType right = left;
    if (left == ExprType::kInteger && one_in(3)) right = ExprType::kDecimal;
    if (left == ExprType::kDecimal && one_in(3)) right = ExprType::kInteger;
    std::string op = all[below(left == ExprType::kBool ? 2 : all.size())];
    if (left != ExprType::kText) {
      return {op, ExprType::kBool, {tree(left, depth - 1), tree(right, depth - 1)}};
    }
    // Enums know equality with their own values only; the string field knows everything.
    if (one_in(2)) {
      return {one_in(2) ? "==" : "!=",
              ExprType::kBool,
              {field("channel", left, kChannel),
               literal(left, 0, pick(type_.fields[kChannel].values))}};
    }
    return {op, ExprType::kBool, {field("name", left, kName), literal(left, 0, pick(texts()))}};
  }

  OracleTree membership(int depth) {
    ExprType type = any_type();
    OracleTree out{"in", ExprType::kBool, {}};
    bool is_text = type == ExprType::kText;
    out.args.push_back(is_text ? field("name", type, kName) : tree(type, depth - 1));
    for (std::size_t i = 0; i <= below(3); ++i) {
      if (is_text) {
        out.args.push_back(literal(type, 0, pick(texts())));
      } else if (type == ExprType::kInstant || type == ExprType::kDuration) {
        out.args.push_back(literal(type, pick(instants())));
      } else {
        ExprType item = type == ExprType::kDecimal && one_in(2) ? ExprType::kInteger : type;
        out.args.push_back(literal(item, type == ExprType::kBool ? 1 : pick(numbers())));
      }
    }
    return out;
  }

  OracleTree integer(int depth) {
    if (one_in(5)) return {"-x", ExprType::kInteger, {tree(ExprType::kInteger, depth - 1)}};
    if (one_in(6)) return {"size", ExprType::kInteger, {tree(ExprType::kText, depth - 1)}};
    const std::vector<std::string> all = {"+", "-", "*", "/"};
    return {pick(all),
            ExprType::kInteger,
            {tree(ExprType::kInteger, depth - 1), tree(ExprType::kInteger, depth - 1)}};
  }

  OracleTree decimal(int depth) {
    if (one_in(5)) return {"-x", ExprType::kDecimal, {tree(ExprType::kDecimal, depth - 1)}};
    const std::vector<std::string> all = {"+", "-", "*", "/"};
    ExprType left = one_in(3) ? ExprType::kInteger : ExprType::kDecimal;
    ExprType right =
        left == ExprType::kDecimal && one_in(3) ? ExprType::kInteger : ExprType::kDecimal;
    return {pick(all), ExprType::kDecimal, {tree(left, depth - 1), tree(right, depth - 1)}};
  }

  OracleTree instant_tree(int depth) {
    constexpr ExprType kType = ExprType::kInstant;
    OracleTree at = tree(kType, depth - 1);
    if (one_in(4)) return {"workday_due", kType, {at, tree(ExprType::kInteger, depth - 1)}};
    OracleTree by = tree(ExprType::kDuration, depth - 1);
    if (one_in(3)) return {"+", kType, {by, at}};
    return {one_in(2) ? "+" : "-", kType, {at, by}};
  }

  OracleTree duration(int depth) {
    constexpr ExprType kType = ExprType::kDuration;
    OracleTree first = tree(kType, depth - 1);
    switch (below(5)) {
      case 0:
        return {"-x", kType, {first}};
      case 1:
        return {"*", kType, {first, tree(ExprType::kInteger, depth - 1)}};
      case 2:
        return {"*", kType, {tree(ExprType::kInteger, depth - 1), first}};
      case 3:
        return {
            "-", kType, {tree(ExprType::kInstant, depth - 1), tree(ExprType::kInstant, depth - 1)}};
      default:
        return {one_in(2) ? "+" : "-", kType, {first, tree(kType, depth - 1)}};
    }
  }

  std::mt19937 random_;
  const TypeSpec type_ = request_type();
};

// What the compiler refuses although the tree is well typed: a written zero divisor or number of
// work days, and a written integer that does not fit beside a decimal.
bool refused_by_design(const std::string& problems) {
  return problems.find("division by zero") != std::string::npos ||
         problems.find("does not fit into a decimal") != std::string::npos ||
         problems.find("workday_due() counts") != std::string::npos;
}

std::string shown(const OracleResult& result) {
  if (result.state == OracleResult::State::kFailed) return "error";
  if (result.state == OracleResult::State::kMissing) return "missing";
  return std::to_string(result.number) + " \"" + result.text + "\"";
}

std::string shown(const Result<std::optional<ExprValue>>& result) {
  if (!result.ok()) return result.error().code() == Code::kInvalid ? "error" : "?";
  if (!*result) return "missing";
  return std::to_string((*result)->number) + " \"" + (*result)->text + "\"";
}

// The facts as the cases of one outlet.
CaseColumns columns_of(const TypeSpec& type, const std::vector<CaseFacts>& facts, TextPool& texts) {
  CaseColumns cases(type, std::vector<bool>(type.fields.size(), true));
  for (std::size_t i = 0; i < facts.size(); ++i) {
    std::uint32_t of = cases.case_of("case " + std::to_string(i));
    for (std::size_t s = 0; s < facts[i].steps.size(); ++s) {
      if (facts[i].steps[s]) cases.steps[s][of] = facts[i].steps[s]->ms;
    }
    for (std::size_t f = 0; f < type.fields.size(); ++f) {
      if (!facts[i].fields[f]) continue;
      const Value& value = *facts[i].fields[f];
      cases.values[f][of] = is_text_kind(value.kind) ? texts.number(value.text) : value.number;
      cases.present[of] |= std::uint64_t{1} << f;
    }
  }
  return cases;
}

std::string shown(const CaseLanes::Lane& lane, std::size_t i, ExprType type,
                  const TextPool& texts) {
  if (lane.states[i] == CaseLanes::kFailed) return "error";
  if (lane.states[i] == CaseLanes::kMissing) return "missing";
  if (type == ExprType::kText) return "0 \"" + texts.text(lane.numbers[i]) + "\"";
  return std::to_string(lane.numbers[i]) + " \"\"";
}

// All cases at once say what each says by itself.
TEST(ExpressionProperty, LanesAgreeWithSingleCases) {
  const TypeSpec type = request_type();
  const Calendar calendar = test_calendar();
  const Instant as_of = instant("2015-01-02T00:00:00Z");
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 1; seed <= 3000; ++seed) {
    Generator generator(seed);
    OracleTree tree = generator.tree(generator.any_type(), 1 + static_cast<int>(seed % 5));
    std::string text = OracleWriter(seed, type).write(tree);
    Problems problems;
    auto expression = Expression::compile(text, type, calendar, tree.type, {"p", 1, 1}, problems);
    if (!expression) continue;
    std::vector<CaseFacts> facts;
    for (int i = 0; i < 9; ++i) {
      facts.push_back(generator.facts());
      CaseFacts& one = facts.back();
      bool open = (one.steps[0].has_value()) && !one.steps[1];
      one.overdue = open && one.fields[kDue] && as_of.ms > one.fields[kDue]->number;
    }
    TextPool texts;
    CaseColumns cases = columns_of(type, facts, texts);
    CaseLanes lanes(cases, texts, as_of);
    // A stretch that does not begin with the first case.
    lanes.choose(2, facts.size() - 2);
    auto lane = std::make_unique<CaseLanes::Lane>();
    lanes.evaluate(*expression, *lane);
    for (std::size_t i = 2; i < facts.size(); ++i) {
      std::string wanted = shown(expression->evaluate(facts[i]));
      ASSERT_EQ(shown(*lane, i - 2, tree.type, texts), wanted) << "seed " << seed << ": " << text;
      ++seen[wanted == "missing" || wanted == "error" ? wanted : "value"];
    }
  }
  EXPECT_GT(seen["value"], 5000);
  EXPECT_GT(seen["missing"], 2000);
  EXPECT_GT(seen["error"], 300);
}

TEST(ExpressionProperty, AgreesWithTheInterpreterOfTrees) {
  const TypeSpec type = request_type();
  const Calendar calendar = test_calendar();
  std::map<std::string, int> seen;
  for (std::uint32_t seed = 1; seed <= 6000; ++seed) {
    Generator generator(seed);
    OracleTree tree = generator.tree(generator.any_type(), 1 + static_cast<int>(seed % 5));
    OracleWriter writer(seed, type);
    std::string text = writer.write(tree);
    Problems problems;
    auto expression = Expression::compile(text, type, calendar, tree.type, {"p", 1, 1}, problems);
    if (!expression) {
      ASSERT_TRUE(refused_by_design(problems.text()) || text.size() > 4096)
          << "seed " << seed << ": " << text << "\n"
          << problems.text();
      ++seen["refused"];
      continue;
    }
    ASSERT_EQ(expression->type(), tree.type) << "seed " << seed << ": " << text;
    for (int i = 0; i < 5; ++i) {
      CaseFacts facts = generator.facts();
      OracleResult wanted = oracle_evaluate(tree, facts);
      std::string got = shown(expression->evaluate(facts));
      ASSERT_EQ(got, shown(wanted)) << "seed " << seed << ": " << text;
      ++seen[got == "missing" || got == "error" ? got : "value"];
    }
  }
  EXPECT_GT(seen["value"], 8000);
  EXPECT_GT(seen["missing"], 3000);
  EXPECT_GT(seen["error"], 500);
  EXPECT_LT(seen["refused"], 1500);
}

// Mutated texts are refused with a place inside the text, or compile; they never do anything else.
TEST(ExpressionProperty, DamagedTextsAreRefusedInside) {
  const TypeSpec type = request_type();
  const Calendar calendar = test_calendar();
  const std::string letters = "()[]!&|=<>+-*/.,?:\"'\\ 0123456789casehtimeduABZ_\t\n\x01\xe4";
  int refused = 0;
  for (std::uint32_t seed = 1; seed <= 4000; ++seed) {
    Generator generator(seed);
    OracleWriter writer(seed, type);
    std::string text = writer.write(generator.tree(generator.any_type(), 3));
    for (std::size_t i = 0; i <= generator.below(3); ++i) {
      std::size_t at = generator.below(text.size() + 1);
      char letter = letters[generator.below(letters.size())];
      if (generator.one_in(3)) {
        text.insert(at, 1, letter);
      } else if (at < text.size() && generator.one_in(2)) {
        text.erase(at, 1 + generator.below(4));
      } else if (at < text.size()) {
        text[at] = letter;
      }
    }
    Problems problems;
    auto expression = Expression::compile(text, type, calendar, {}, {"p", 1, 1}, problems);
    ASSERT_EQ(expression.has_value(), problems.empty()) << text;
    for (const Problem& problem : problems.sorted()) {
      EXPECT_GE(problem.place.column, 1) << text;
      EXPECT_LE(problem.place.column, static_cast<int>(text.size()) + 1) << text;
    }
    refused += expression ? 0 : 1;
    if (expression) (void)expression->evaluate(generator.facts()).ok();
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace plumbline
