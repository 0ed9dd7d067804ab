// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "tests/evaluator/expression_oracle.h"

namespace plumbline::testing {
namespace {

__extension__ using Wide = __int128;
using State = OracleResult::State;

constexpr Wide kMillion = 1'000'000;

OracleResult failed() {
  return {State::kFailed};
}
OracleResult missing() {
  return {State::kMissing};
}
OracleResult fitting(Wide value) {
  if (value > Wide{INT64_MAX} || value < Wide{INT64_MIN}) return failed();
  return {State::kValue, static_cast<std::int64_t>(value)};
}
OracleResult truth(bool value) {
  return {State::kValue, value ? 1 : 0};
}

// The quotient rounded to the nearest whole number, a half away from zero.
Wide rounded(Wide numerator, Wide denominator) {
  bool negative = (numerator < 0) != (denominator < 0);
  Wide n = numerator < 0 ? -numerator : numerator;
  Wide d = denominator < 0 ? -denominator : denominator;
  Wide whole = n / d;
  if (2 * (n % d) >= d) ++whole;
  return negative ? -whole : whole;
}

bool any(const std::vector<OracleResult>& results, State state) {
  return std::any_of(results.begin(), results.end(),
                     [&](const OracleResult& result) { return result.state == state; });
}

// All parts are looked at together; no order and no short cut takes part in the definition.
OracleResult logic(const std::vector<OracleResult>& parts, std::int64_t decides) {
  for (const OracleResult& part : parts) {
    if (part.state == State::kValue && part.number == decides) return truth(decides == 1);
  }
  if (any(parts, State::kFailed)) return failed();
  if (any(parts, State::kMissing)) return missing();
  return truth(decides == 0);
}

OracleResult number_operation(const OracleTree& tree, Wide a, Wide b) {
  bool decimal = tree.type == ExprType::kDecimal;
  if (tree.op == "+") return fitting(a + b);
  if (tree.op == "-") return fitting(a - b);
  if (tree.op == "*") return fitting(decimal ? rounded(a * b, kMillion) : a * b);
  if (b == 0) return failed();
  return fitting(decimal ? rounded(a * kMillion, b) : a / b);
}

// Where a decimal is meant, an integer becomes one, and fails where it does not fit.
OracleResult as_decimal(const OracleTree& tree, OracleResult result) {
  if (tree.type != ExprType::kInteger || result.state != State::kValue) return result;
  return fitting(result.number * kMillion);
}

OracleResult comparison(const OracleTree& tree, const OracleResult& a, const OracleResult& b) {
  int order = 0;
  if (tree.args[0].type == ExprType::kText) {
    order = a.text.compare(b.text);
  } else {
    Wide left = a.number;
    Wide right = b.number;
    if (tree.args[0].type != tree.args[1].type) {
      (tree.args[0].type == ExprType::kInteger ? left : right) *= kMillion;
    }
    order = left < right ? -1 : left > right ? 1 : 0;
  }
  const std::map<std::string, bool> answers = {{"==", order == 0}, {"!=", order != 0},
                                               {"<", order < 0},   {"<=", order <= 0},
                                               {">", order > 0},   {">=", order >= 0}};
  return truth(answers.at(tree.op));
}

// Day by day in UTC+1 with Monday to Friday and the holiday 2015-01-01 (day 16436).
OracleResult workday(std::int64_t at, std::int64_t days) {
  constexpr std::int64_t kDay = 86'400'000;
  if (days < 1 || days > 3660) return failed();
  if (at < -2'208'988'800'000 || at >= 7'258'118'400'000) return failed();
  std::int64_t local = at + 3'600'000;
  std::int64_t day = local / kDay - (local % kDay < 0 ? 1 : 0);
  while (days > 0) {
    ++day;
    std::int64_t weekday = ((day + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 = Monday
    if (weekday < 5 && day != 16'436) --days;
  }
  return fitting(Wide{day + 1} * kDay - 3'600'000);
}

OracleResult text_operation(const std::string& op, const std::string& text,
                            const std::string& part) {
  if (part.size() > text.size()) return truth(false);
  if (op == "startsWith") return truth(text.substr(0, part.size()) == part);
  if (op == "endsWith") return truth(text.substr(text.size() - part.size()) == part);
  return truth(text.find(part) != std::string::npos);
}

OracleResult leaf(const OracleTree& tree, const CaseFacts& facts) {
  if (tree.op == "literal") return {State::kValue, tree.number, tree.text};
  if (tree.op == "overdue") return truth(facts.overdue);
  if (tree.op == "has field") return truth(facts.fields[tree.index].has_value());
  if (tree.op == "has step") return truth(facts.steps[tree.index].has_value());
  if (tree.op == "step") {
    if (!facts.steps[tree.index]) return missing();
    return fitting(facts.steps[tree.index]->ms);
  }
  if (!facts.fields[tree.index]) return missing();
  return {State::kValue, facts.fields[tree.index]->number, facts.fields[tree.index]->text};
}

OracleResult strict(const OracleTree& tree, const std::vector<OracleResult>& args) {
  if (tree.op == "!") return truth(args[0].number == 0);
  if (tree.op == "-x") return fitting(-Wide{args[0].number});
  if (tree.op == "size") {
    return fitting(std::count_if(args[0].text.begin(), args[0].text.end(),
                                 [](char c) { return (c & 0xC0) != 0x80; }));
  }
  if (tree.op == "in") {
    for (std::size_t i = 1; i < args.size(); ++i) {
      if (args[i].number == args[0].number && args[i].text == args[0].text) return truth(true);
    }
    return truth(false);
  }
  if (tree.op == "workday_due") return workday(args[0].number, args[1].number);
  if (tree.op == "startsWith" || tree.op == "endsWith" || tree.op == "contains") {
    return text_operation(tree.op, args[0].text, args[1].text);
  }
  if (tree.op.find_first_of("=<>") != std::string::npos) return comparison(tree, args[0], args[1]);
  return number_operation(tree, args[0].number, args[1].number);
}

// How tightly an operator binds; operands of one that binds less need parentheses.
int strength(const OracleTree& tree) {
  static const std::map<std::string, int> table = {
      {"?:", 1}, {"||", 2}, {"&&", 3}, {"==", 4}, {"!=", 4}, {"<", 4}, {"<=", 4}, {">", 4},
      {">=", 4}, {"in", 4}, {"+", 5},  {"-", 5},  {"*", 6},  {"/", 6}, {"!", 7},  {"-x", 7}};
  auto found = table.find(tree.op);
  if (found != table.end()) return found->second;
  return tree.op == "literal" && tree.number < 0 && tree.type != ExprType::kDuration ? 7 : 8;
}

}  // namespace

OracleResult oracle_evaluate(const OracleTree& tree, const CaseFacts& facts) {
  if (tree.args.empty()) return leaf(tree, facts);
  if (tree.op == "?:") {
    OracleResult condition = oracle_evaluate(tree.args[0], facts);
    if (condition.state != State::kValue) return condition;
    const OracleTree& chosen = tree.args[condition.number == 1 ? 1 : 2];
    OracleResult result = oracle_evaluate(chosen, facts);
    return tree.type == ExprType::kDecimal ? as_decimal(chosen, result) : result;
  }
  bool decimal =
      tree.op == "in" ? tree.args[0].type == ExprType::kDecimal : tree.type == ExprType::kDecimal;
  std::vector<OracleResult> args;
  for (const OracleTree& arg : tree.args) {
    OracleResult result = oracle_evaluate(arg, facts);
    args.push_back(decimal ? as_decimal(arg, result) : result);
  }
  if (tree.op == "&&") return logic(args, 0);
  if (tree.op == "||") return logic(args, 1);
  if (any(args, State::kFailed)) return failed();
  if (any(args, State::kMissing)) return missing();
  return strict(tree, args);
}

std::string OracleWriter::space() {
  return one_in(4) ? "" : std::string(one_in(5) ? 2 : 1, one_in(9) ? '\t' : ' ');
}

std::string OracleWriter::quoted(const std::string& text) {
  char quote = one_in(2) ? '"' : '\'';
  std::string out(1, quote);
  for (char c : text) {
    if (c == quote || c == '\\') out += '\\';
    out += c;
  }
  return out + quote;
}

std::string OracleWriter::literal(const OracleTree& tree) {
  switch (tree.type) {
    case ExprType::kBool:
      return tree.number == 1 ? "true" : "false";
    case ExprType::kInteger:
      return std::to_string(tree.number);
    case ExprType::kText:
      return quoted(tree.text);
    case ExprType::kInstant:
      return "timestamp(" + quoted(format_instant({tree.number})) + ")";
    case ExprType::kDuration:
      if (tree.number % 1000 == 0) {
        return "duration(" + quoted(std::to_string(tree.number / 1000) + "s") + ")";
      }
      return "duration(" + quoted(std::to_string(tree.number) + "ms") + ")";
    case ExprType::kDecimal:
      break;
  }
  Wide units = tree.number;
  std::string digits =
      std::to_string(static_cast<std::int64_t>((units < 0 ? -units : units) % kMillion));
  return (units < 0 ? "-" : "") +
         std::to_string(static_cast<std::int64_t>((units < 0 ? -units : units) / kMillion)) + "." +
         std::string(6 - digits.size(), '0') + digits;
}

std::string OracleWriter::written(const OracleTree& tree, int outer) {
  std::string out = bare(tree);
  if (strength(tree) < outer || one_in(8)) out = "(" + space() + out + space() + ")";
  return out;
}

std::string OracleWriter::bare(const OracleTree& tree) {
  const std::string& op = tree.op;
  auto arg = [&](std::size_t i, int outer) { return written(tree.args[i], outer); };
  if (op == "literal") return literal(tree);
  if (op == "field") return "case." + tree.text;
  if (op == "step") return "case." + type_.steps[tree.index].id + ".time";
  if (op == "overdue") return "case.overdue";
  if (op == "has field") return "has(case." + tree.text + ")";
  if (op == "has step") {
    return "has(case." + type_.steps[tree.index].id + (one_in(2) ? ")" : ".time)");
  }
  if (op == "!") return "!" + arg(0, 7);
  if (op == "-x") return "-" + space() + arg(0, 8);
  if (op == "size") return one_in(2) ? "size(" + arg(0, 0) + ")" : arg(0, 8) + ".size()";
  if (op == "workday_due") return "workday_due(" + arg(0, 0) + "," + arg(1, 0) + ")";
  if (op == "?:") {
    return arg(0, 2) + space() + "?" + space() + arg(1, 2) + space() + ":" + space() + arg(2, 1);
  }
  if (op == "in") {
    std::string list;
    for (std::size_t i = 1; i < tree.args.size(); ++i) {
      list += (i > 1 ? "," : "") + space() + bare(tree.args[i]);
    }
    return arg(0, 4) + " in" + space() + "[" + list + "]";
  }
  int own = strength(tree);
  if (own == 8) return arg(0, 8) + "." + op + "(" + arg(1, 0) + ")";
  std::string out = arg(0, op == "&&" || op == "||" ? own + 1 : own);
  for (std::size_t i = 1; i < tree.args.size(); ++i) {
    out += space() + op + space() + arg(i, own + 1);
  }
  return out;
}

}  // namespace plumbline::testing
