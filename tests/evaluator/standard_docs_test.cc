// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <vector>

#include "tests/evaluator/standard_files.h"

// The examples of docs/formats/rules.md are taken from the page and tried.
namespace plumbline {
namespace {

using namespace plumbline::testing;

struct Fence {
  std::string language;
  std::string text;
};

std::vector<Fence> fences() {
  std::istringstream page(file_text(std::string(PLUMBLINE_SOURCE_DIR) + "/docs/formats/rules.md"));
  std::vector<Fence> out;
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) out.push_back({line.substr(3), ""});
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  EXPECT_FALSE(inside) << "a fence is not closed";
  return out;
}

// The sample pack with every file that the page writes out; the first line of each names its path.
PackFiles documented_files() {
  PackFiles files = sample_pack();
  for (const Fence& fence : fences()) {
    if (fence.language != "yaml") continue;
    std::string path = fence.text.substr(2, fence.text.find('\n') - 2);
    files[path] = fence.text;
  }
  return files;
}

std::shared_ptr<const RuleSet> documented_rules() {
  Problems problems;
  auto rules = compile_rules(documented_files(), problems);
  EXPECT_EQ(problems.text(), "");
  return rules;
}

// The lines "expression  =>  answer" of the fences with this language.
std::vector<std::pair<std::string, std::string>> lines_of(const std::string& language) {
  const std::string arrow = "  =>  ";
  std::vector<std::pair<std::string, std::string>> out;
  for (const Fence& fence : fences()) {
    if (fence.language != language) continue;
    std::istringstream text(fence.text);
    for (std::string line; std::getline(text, line);) {
      std::size_t at = line.find(arrow);
      EXPECT_NE(at, std::string::npos) << line;
      out.emplace_back(line.substr(0, at), line.substr(at + arrow.size()));
    }
  }
  return out;
}

CaseFacts documented_case(const TypeSpec& type) {
  std::map<std::string, Value> values = {
      {"channel", {Kind::kEnum, 0, "web"}},
      {"due", {Kind::kInstant, parse_instant("2015-01-10T00:00:00Z").value().ms, ""}},
      {"fee", {Kind::kDecimal, 2'500'000, ""}},
      {"items", {Kind::kCount, 7, ""}}};
  CaseFacts facts;
  for (const FieldSpec& field : type.fields) {
    auto found = values.find(field.name);
    facts.fields.push_back(found == values.end() ? std::nullopt
                                                 : std::optional<Value>(found->second));
  }
  facts.steps = {parse_instant("2015-01-02T12:00:00Z").value(), std::nullopt};
  return facts;
}

std::string answer(const Expression& expression, const CaseFacts& facts) {
  auto result = expression.evaluate(facts);
  if (!result.ok()) return "error";
  if (!*result) return "missing";
  const ExprValue& value = **result;
  switch (value.type) {
    case ExprType::kBool:
      return value.number == 1 ? "true" : "false";
    case ExprType::kInteger:
      return std::to_string(value.number);
    case ExprType::kDecimal:
      return format_decimal_short(Decimal{value.number});
    case ExprType::kText:
      return "\"" + value.text + "\"";
    case ExprType::kInstant:
      return format_instant(Instant{value.number});
    case ExprType::kDuration:
      return std::to_string(value.number / kMsPerHour) + "h";
  }
  return "?";
}

TEST(RulesPage, TheWholeStandardCompiles) {
  auto rules = documented_rules();
  ASSERT_NE(rules, nullptr);
  ASSERT_EQ(rules->standards.size(), 1u);
  EXPECT_EQ(rules->standards[0].id, "service");
  EXPECT_EQ(rules->pack->events.types.size(), 1u) << "events.yaml is the page's own";
}

TEST(RulesPage, TheValuesAreTrue) {
  auto rules = documented_rules();
  ASSERT_NE(rules, nullptr);
  const TypeSpec& type = *rules->pack->events.type("request");
  auto lines = lines_of("values");
  EXPECT_GT(lines.size(), 20u);
  for (const auto& [text, wanted] : lines) {
    Problems problems;
    auto expression =
        Expression::compile(text, type, rules->pack->calendar, std::nullopt, {}, problems);
    ASSERT_TRUE(expression.has_value()) << text << "\n" << problems.text();
    EXPECT_EQ(answer(*expression, documented_case(type)), wanted) << text;
  }
}

TEST(RulesPage, WhatIsRefusedIsRefusedInTheseWords) {
  auto rules = documented_rules();
  ASSERT_NE(rules, nullptr);
  const TypeSpec& type = *rules->pack->events.type("request");
  auto lines = lines_of("refused");
  EXPECT_GE(lines.size(), 10u);
  for (const auto& [text, wanted] : lines) {
    Problems problems;
    auto expression =
        Expression::compile(text, type, rules->pack->calendar, std::nullopt, {}, problems);
    EXPECT_FALSE(expression.has_value()) << text;
    std::string got = problems.text();
    EXPECT_EQ(got.substr(got.find(": ") + 2), wanted + "\n") << text;
  }
}

TEST(RulesPage, TheGradesWithAConditionCompileInPlaceOfItsGrades) {
  PackFiles files = documented_files();
  const std::string standard = files.at("standards/service.yaml");
  int seen = 0;
  for (const Fence& fence : fences()) {
    if (fence.language != "grades") continue;
    ++seen;
    files["standards/service.yaml"] = standard.substr(0, standard.find("grades:\n")) + fence.text +
                                      standard.substr(standard.find("vetoes:\n"));
    Problems problems;
    auto rules = compile_rules(files, problems);
    ASSERT_EQ(problems.text(), "");
    const Grade& best = rules->standards[0].grades[0];
    ASSERT_EQ(best.conditions.size(), 1u);
    EXPECT_EQ(best.conditions[0].at_least, Decimal::whole(55));
  }
  EXPECT_EQ(seen, 1);
}

TEST(RulesPage, TheFiguresOverFiguresCompileBesideItsIndicators) {
  int seen = 0;
  for (const Fence& fence : fences()) {
    if (fence.language != "indicators") continue;
    ++seen;
    PackFiles files = documented_files();
    Bytes& standard = files.at("standards/service.yaml");
    standard.insert(standard.find("blocks:\n"), fence.text);
    Problems problems;
    auto rules = compile_rules(files, problems);
    ASSERT_EQ(problems.text(), "");
    const Indicator& ratio = rules->standards[0].indicators.back();
    if (fence.text.find("sources:") != std::string::npos) {
      EXPECT_EQ(ratio.sources,
                (std::vector<SourceKind>{SourceKind::kRatingPage, SourceKind::kInspector}));
      continue;
    }
    if (fence.text.find("window:") != std::string::npos) {
      EXPECT_EQ(ratio.window_days, 90);
      continue;
    }
    EXPECT_EQ(ratio.over, IndicatorOver::kRatio);
    EXPECT_EQ(rules->standards[0].indicators[ratio.parts.at(1)].id, "closed");
  }
  EXPECT_EQ(seen, 3);
}

TEST(RulesPage, TheNormIsThatOfACriterion) {
  int seen = 0;
  for (const Fence& fence : fences()) {
    if (fence.language != "criterion") continue;
    ++seen;
    PackFiles files = documented_files();
    Bytes& standard = files.at("standards/service.yaml");
    std::size_t from = standard.find("      - id: speed\n");
    standard.replace(from, standard.find("grades:\n") - from, fence.text + "\n");
    Problems problems;
    auto rules = compile_rules(files, problems);
    ASSERT_EQ(problems.text(), "");
    const Criterion& speed = rules->standards[0].blocks[0].criteria[1];
    ASSERT_TRUE(speed.norm.has_value());
    EXPECT_EQ(speed.norm->classes.size(), 2u);
    EXPECT_FALSE(speed.higher_is_better);
  }
  EXPECT_EQ(seen, 1);
}

// The problems of section 7 are those of a fixture.
TEST(RulesPage, TheProblemsAreThoseOfARealFile) {
  std::string known = file_text(evaluator_data() + "standards/everything_at_once.bad.txt");
  for (const Fence& fence : fences()) {
    if (fence.language != "text") continue;
    std::istringstream text(fence.text);
    for (std::string line; std::getline(text, line);) {
      std::string tail = line.substr(line.find(':'));
      EXPECT_NE(known.find("standards/everything_at_once.bad.yaml" + tail + "\n"),
                std::string::npos)
          << line;
    }
  }
}

}  // namespace
}  // namespace plumbline
