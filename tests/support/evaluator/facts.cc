// SPDX-License-Identifier: Apache-2.0
#include "tests/support/evaluator/facts.h"

#include <utility>

namespace plumbline::testing {

Date date(std::string_view text) {
  return parse_date(text).value();
}

Fact fact(std::string kind, std::string id, std::string_view from, std::string_view until,
          Attributes attributes) {
  Fact made;
  made.kind = std::move(kind);
  made.id = std::move(id);
  if (!from.empty()) made.from = date(from);
  if (!until.empty()) made.until = date(until);
  made.attributes = std::move(attributes);
  return made;
}

Fact county(std::string id, std::string_view from, std::string_view until,
            std::string merged_into) {
  Attributes attributes = {{"level", "county"}, {"name_zh", "县"}};
  if (!merged_into.empty()) attributes["merged_into"] = std::move(merged_into);
  return fact("division", std::move(id), from, until, std::move(attributes));
}

Fact institution(std::string id, std::string place, std::string_view from, std::string confirmed,
                 std::string_view until) {
  Attributes attributes = {{"level", "county"}, {"name_zh", "机构"}};
  if (!place.empty()) attributes["place"] = std::move(place);
  if (!confirmed.empty()) {
    attributes["confirmed"] = std::move(confirmed);
    attributes["document"] = "d1";
  }
  return fact("institution", std::move(id), from, until, std::move(attributes));
}

Fact status(std::string id, std::string holder, std::string_view from, std::string_view until) {
  return fact("status", std::move(id), from, until,
              {{"holder", std::move(holder)}, {"status", "provincial"}});
}

Target coverage_target() {
  Target target;
  target.id = "t1";
  target.title = {"覆盖率", "Coverage"};
  target.measure = Target::Measure::kCoverage;
  target.counts = "institution";
  target.where = {{"level", "county"}};
  target.distinct = Target::Distinct::kPlace;
  target.distinct_by = "place";
  target.requirements = {"document", "confirmed"};
  target.dated = {"confirmed"};
  target.units = {{"level", "county"}};
  target.unit_level = "county";
  target.goal = {TargetGoal::Test::kAbove, Decimal{500'000}};
  target.start = date("2025-01-01");
  target.deadline = date("2025-12-31");
  return target;
}

Target count_target() {
  Target target;
  target.id = "t2";
  target.title = {"网点数", "Outlets"};
  target.counts = "status";
  target.where = {{"status", "provincial"}};
  target.distinct = Target::Distinct::kAttribute;
  target.distinct_by = "holder";
  target.goal = {TargetGoal::Test::kAtLeast, Decimal::whole(2)};
  target.start = date("2025-01-01");
  target.deadline = date("2025-12-31");
  return target;
}

}  // namespace plumbline::testing
