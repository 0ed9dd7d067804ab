// SPDX-License-Identifier: Apache-2.0
#include "evaluator/target_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "tests/support/evaluator/small_ledger.h"

namespace plumbline {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Shown {
  Shown() {
    target.id = "t1";
    target.title = {"覆盖率", "Coverage"};
    target.headline = Reading::kClaimed;
    target.deadline = Date{2015, 12, 31};
  }
  std::string text(const std::string& rule_hash, const std::vector<Target>& targets) {
    metrics.show("small", rule_hash, targets, rules->pack->calendar);
    return prometheus::TextSerializer().Serialize(registry.Collect());
  }

  std::shared_ptr<const RuleSet> rules = testing::compiled(testing::small_pack());
  prometheus::Registry registry;
  TargetMetrics metrics{registry};
  Target target;
};

TEST(TargetMetrics, NamesTitlesHeadlineAndDeadline) {
  Shown shown;
  std::string text = shown.text("h", {shown.target});
  EXPECT_THAT(text, HasSubstr("plumbline_target_info{pack=\"small\",reading=\"claimed\","
                              "target=\"t1\",title_en=\"Coverage\",title_zh=\"覆盖率\"} 1\n"));
  // Midnight in New York after the day.
  EXPECT_THAT(text, HasSubstr("plumbline_target_deadline_timestamp_seconds{pack=\"small\","
                              "target=\"t1\"} 1451624400\n"));
}

TEST(TargetMetrics, AnotherRuleSetTakesThePlaceOfTheFirst) {
  Shown shown;
  shown.text("h", {shown.target});
  shown.target.id = "t2";
  EXPECT_THAT(shown.text("h", {shown.target}), HasSubstr("target=\"t1\""));
  std::string text = shown.text("i", {shown.target});
  EXPECT_THAT(text, HasSubstr("target=\"t2\""));
  EXPECT_THAT(text, Not(HasSubstr("target=\"t1\"")));
  EXPECT_THAT(shown.text("j", {}), Not(HasSubstr("target=\"")));
}

}  // namespace
}  // namespace plumbline
