// SPDX-License-Identifier: Apache-2.0
#include "evaluator/standard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/evaluator/standard_files.h"

namespace plumbline {
namespace {

using namespace plumbline::testing;
using ::testing::ElementsAre;

Decimal decimal(const char* text) {
  return parse_decimal(text).value();
}

PackFiles with_minimal() {
  PackFiles files = sample_pack();
  files["standards/minimal.yaml"] = file_text(evaluator_data() + "standards/minimal.good.yaml");
  return files;
}

// The minimal standard with the first `from` replaced.
std::string minimal_with(const std::string& from, const std::string& to) {
  std::string text = file_text(evaluator_data() + "standards/minimal.good.yaml");
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::shared_ptr<const RuleSet> compiled(const PackFiles& files) {
  Problems problems;
  auto rules = compile_rules(files, problems);
  EXPECT_EQ(problems.text(), "");
  return rules;
}

std::string problems_of(const PackFiles& files) {
  Problems problems;
  EXPECT_EQ(compile_rules(files, problems), nullptr);
  return problems.text();
}

TEST(Standard, HeadIsRead) {
  auto rules = compiled(with_minimal());
  ASSERT_NE(rules, nullptr);
  EXPECT_EQ(rules->pack->id, "sample");
  ASSERT_EQ(rules->standards.size(), 1u);
  const Standard& standard = rules->standards[0];
  EXPECT_EQ(standard.id, "sample");
  EXPECT_EQ(standard.title, (Title{"服务标准", "Service standard"}));
  EXPECT_EQ(standard.level, "outlet");
  EXPECT_THAT(standard.periods, ElementsAre(Period::Unit::kMonth, Period::Unit::kYear));
  EXPECT_EQ(standard.from, (Date{2015, 1, 1}));
  EXPECT_EQ(standard.until, (Date{2015, 12, 31}));
  EXPECT_EQ(standard.max_weight_without_data, Decimal::whole(40));
}

TEST(Standard, IndicatorsAreReadInFileOrder) {
  auto rules = compiled(with_minimal());
  ASSERT_NE(rules, nullptr);
  const std::vector<Indicator>& indicators = rules->standards[0].indicators;
  ASSERT_EQ(indicators.size(), 3u);
  EXPECT_EQ(indicators[0].id, "opened");
  EXPECT_EQ(indicators[0].aggregate, Aggregate::kCount);
  EXPECT_THAT(indicators[0].levels, ElementsAre("network", "outlet"));
  EXPECT_THAT(indicators[0].by, ElementsAre("channel"));
  EXPECT_FALSE(indicators[0].where.has_value());
  EXPECT_EQ(indicators[0].unit.decimals, 0) << "a count has no decimals";
  EXPECT_EQ(indicators[0].min_sample, 1);
  EXPECT_EQ(rules->pack->events.types[indicators[0].type_index].id, "request");

  EXPECT_EQ(indicators[1].aggregate, Aggregate::kShare);
  ASSERT_TRUE(indicators[1].where && indicators[1].numerator && indicators[1].dated_by);
  EXPECT_TRUE(indicators[1].where->depends_on_time());
  EXPECT_FALSE(indicators[1].numerator->depends_on_time());
  EXPECT_EQ(indicators[1].dated_by->type(), ExprType::kInstant);
  EXPECT_EQ(indicators[1].unit.decimals, 4);
  EXPECT_EQ(indicators[1].min_sample, 5);

  EXPECT_EQ(indicators[2].aggregate, Aggregate::kQuantile);
  EXPECT_EQ(indicators[2].quantile, decimal("0.5"));
  EXPECT_EQ(indicators[2].value->type(), ExprType::kDuration);
  EXPECT_EQ(indicators[2].unit.id, Unit::Id::kHour);
  EXPECT_EQ(indicators[2].unit.decimals, 1);
}

TEST(Standard, CriteriaAndGradesAreRead) {
  auto rules = compiled(with_minimal());
  ASSERT_NE(rules, nullptr);
  const Standard& standard = rules->standards[0];
  ASSERT_EQ(standard.blocks.size(), 1u);
  ASSERT_EQ(standard.blocks[0].criteria.size(), 2u);
  const Criterion& on_time = standard.blocks[0].criteria[0];
  EXPECT_EQ(on_time.indicator_index, 1u);
  EXPECT_EQ(on_time.weight, Decimal::whole(60));
  ASSERT_TRUE(on_time.linear.has_value());
  EXPECT_EQ(on_time.linear->zero, decimal("0.5"));
  EXPECT_EQ(on_time.linear->full, decimal("0.95"));
  EXPECT_TRUE(on_time.higher_is_better);
  EXPECT_EQ(on_time.met_at, decimal("0.95")) << "by default where all points are reached";
  EXPECT_EQ(on_time.basis.kind, BasisKind::kProposal);

  const Criterion& speed = standard.blocks[0].criteria[1];
  EXPECT_FALSE(speed.linear.has_value());
  ASSERT_EQ(speed.bands.size(), 3u);
  EXPECT_EQ(speed.bands[1].up_to, Decimal::whole(72));
  EXPECT_EQ(speed.bands[1].share, decimal("0.5"));
  EXPECT_EQ(speed.bands[2].up_to, std::nullopt);
  EXPECT_FALSE(speed.higher_is_better);
  EXPECT_EQ(speed.met_at, Decimal::whole(24)) << "the last bound with the whole weight";
  EXPECT_EQ(speed.basis.kind, BasisKind::kBenchmark);

  ASSERT_EQ(standard.grades.size(), 2u);
  EXPECT_EQ(standard.grades[0].id, "good");
  EXPECT_EQ(standard.grades[0].min_score, Decimal::whole(80));
  EXPECT_EQ(standard.grades[0].basis.text, "a proposal");
  EXPECT_EQ(standard.grades[1].min_score, Decimal{});
}

TEST(Standard, ALowerFullMeansThatLowerIsBetter) {
  PackFiles files = sample_pack();
  files["standards/a.yaml"] = minimal_with("{zero: 0.5, full: 0.95}", "{zero: 0.3, full: 0.05}");
  auto rules = compiled(files);
  ASSERT_NE(rules, nullptr);
  const Criterion& criterion = rules->standards[0].blocks[0].criteria[0];
  EXPECT_FALSE(criterion.higher_is_better);
  EXPECT_EQ(criterion.met_at, decimal("0.05"));
}

TEST(Standard, MetAtMayBeSaid) {
  PackFiles files = sample_pack();
  files["standards/a.yaml"] =
      minimal_with("linear: {zero: 0.5, full: 0.95}",
                   "bands: [{up_to: 0.5, share: 0}, {up_to: 0.9, share: 0.6}, {share: 1}]\n"
                   "        met_at: 0.8");
  auto rules = compiled(files);
  ASSERT_NE(rules, nullptr);
  const Criterion& criterion = rules->standards[0].blocks[0].criteria[0];
  EXPECT_TRUE(criterion.higher_is_better);
  EXPECT_EQ(criterion.met_at, decimal("0.8"));
}

TEST(Standard, TheLimitWithoutDataIsFortyUnlessSaid) {
  PackFiles files = sample_pack();
  files["standards/a.yaml"] = minimal_with("max_weight_without_data: 40\n", "");
  EXPECT_EQ(compiled(files)->standards[0].max_weight_without_data, Decimal::whole(40));
  files["standards/a.yaml"] =
      minimal_with("max_weight_without_data: 40", "max_weight_without_data: 12.5");
  EXPECT_EQ(compiled(files)->standards[0].max_weight_without_data, decimal("12.5"));
}

TEST(Standard, UntilMayBeLeftOut) {
  PackFiles files = sample_pack();
  files["standards/a.yaml"] = minimal_with("until: 2015-12-31\n", "");
  EXPECT_EQ(compiled(files)->standards[0].until, std::nullopt);
}

TEST(Standard, EveryAggregateHasItsArguments) {
  struct Row {
    const char* lines;
    Aggregate aggregate;
  };
  const Row rows[] = {
      {"aggregate: sum\n    value: case.fee", Aggregate::kSum},
      {"aggregate: mean\n    value: case.items * 2", Aggregate::kMean},
      {"aggregate: distinct\n    value: case.requester", Aggregate::kDistinct},
      {"aggregate: quantile\n    quantile: 1\n    value: case.fee", Aggregate::kQuantile},
      {"aggregate: sum\n    value: case.due - case.opened.time\n    unit: {id: day}",
       Aggregate::kSum},
  };
  for (const Row& row : rows) {
    PackFiles files = sample_pack();
    files["standards/a.yaml"] = minimal_with("aggregate: count", row.lines);
    auto rules = compiled(files);
    ASSERT_NE(rules, nullptr) << row.lines;
    EXPECT_EQ(rules->standards[0].indicators[0].aggregate, row.aggregate);
  }
}

TEST(RuleSet, StandardsAreSortedById) {
  PackFiles files = sample_pack();
  files["standards/1.yaml"] = minimal_with("id: sample", "id: zebra");
  files["standards/2.yaml"] = minimal_with("id: sample", "id: aardvark");
  auto rules = compiled(files);
  ASSERT_EQ(rules->standards.size(), 2u);
  EXPECT_EQ(rules->standards[0].id, "aardvark");
  EXPECT_EQ(rules->standards[1].id, "zebra");
}

TEST(RuleSet, ExpressionsOutliveTheFilesAndMoveWithTheRuleSet) {
  std::shared_ptr<const RuleSet> rules;
  {
    PackFiles files = with_minimal();
    Problems problems;
    rules = compile_rules(files, problems);
  }
  CaseFacts facts;
  facts.fields.resize(rules->pack->events.types[0].fields.size());
  facts.steps = {Instant{5}, std::nullopt};
  const Indicator& opened = rules->standards[0].indicators[0];
  EXPECT_EQ((**opened.dated_by->evaluate(facts)).number, 5);
}

TEST(RuleSet, APackWithoutStandardsCompiles) {
  EXPECT_TRUE(compiled(sample_pack())->standards.empty());
}

TEST(RuleSet, TwoFilesWithOneIdAreRefused) {
  PackFiles files = sample_pack();
  files["standards/a.yaml"] = minimal_with("id: sample", "id: same");
  files["standards/b.yaml"] = minimal_with("id: sample", "id: same");
  EXPECT_EQ(problems_of(files),
            "standards/b.yaml:3:5: the id \"same\" is that of the standard in standards/a.yaml\n");
}

TEST(RuleSet, FoldersThatNothingReadsAreRefused) {
  PackFiles files = with_minimal();
  files["targets/more/t1.yaml"] = "x: 1\n";
  files["tests/is_not_read_here.yaml"] = "x: 1\n";
  files["standards/more/b.yaml"] = "x: 1\n";
  EXPECT_EQ(problems_of(files),
            "standards/more/b.yaml:1:1: a standard is a file standards/<name>.yaml; this one would "
            "not be read\n"
            "targets/more/t1.yaml:1:1: a target is a file targets/<name>.yaml; this one would not "
            "be read\n");
}

TEST(RuleSet, ProblemsOfAllFilesComeTogether) {
  PackFiles files = sample_pack();
  files["pack.yaml"] += "colour: red\n";
  files["standards/a.yaml"] = minimal_with("weight: 60", "weight: 50");
  files["standards/b.yaml"] = minimal_with("id: sample", "id: b\nshade: blue");
  files["standards/c.yaml"] = "a: [1\n";
  std::string text = problems_of(files);
  EXPECT_NE(text.find("pack.yaml:11:1: unknown key \"colour\""), std::string::npos) << text;
  EXPECT_NE(text.find("standards/a.yaml:39:3: the weights of all criteria sum to 90"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("standards/b.yaml:4:1: unknown key \"shade\""), std::string::npos) << text;
  EXPECT_NE(text.find("standards/c.yaml:"), std::string::npos) << text;
}

TEST(RuleSet, AMissingPackFileIsReported) {
  PackFiles files = with_minimal();
  files.erase("events.yaml");
  EXPECT_NE(problems_of(files).find("events.yaml:1:1: the file is missing"), std::string::npos);
}

// The rules that are shipped.
TEST(RuleSet, Boston311Compiles) {
  auto files = load_pack_files(std::string(PLUMBLINE_SOURCE_DIR) + "/rules/boston-311");
  ASSERT_TRUE(files.ok()) << files.error().text();
  auto rules = compiled(*files);
  ASSERT_NE(rules, nullptr);
  ASSERT_EQ(rules->standards.size(), 1u);
  const Standard& service = rules->standards[0];
  EXPECT_EQ(service.id, "service");
  std::vector<std::string> ids;
  for (const Indicator& indicator : service.indicators) ids.push_back(indicator.id);
  EXPECT_THAT(ids, ElementsAre("opened", "with_target", "with_target_closed", "closed_by_target",
                               "ontime_closed", "due_or_closed", "ontime_due", "median_hours",
                               "p90_hours", "open_past_due"));
  for (const Indicator& indicator : service.indicators) {
    EXPECT_THAT(indicator.levels, ElementsAre("network", "outlet")) << indicator.id;
    EXPECT_THAT(indicator.by, ElementsAre("neighborhood", "source")) << indicator.id;
    EXPECT_EQ(indicator.dated_by->text(), "case.opened.time") << indicator.id;
  }
  for (const Block& block : service.blocks) {
    for (const Criterion& criterion : block.criteria) {
      EXPECT_EQ(criterion.basis.kind, BasisKind::kProposal) << "the city has set none of them";
    }
  }
}

}  // namespace
}  // namespace plumbline
