// SPDX-License-Identifier: Apache-2.0
#include "evaluator/rules_json.h"

#include "evaluator/rule_words.h"
#include "evaluator/tally.h"

namespace plumbline {
namespace {

const char* basis_kind_name(BasisKind kind) {
  switch (kind) {
    case BasisKind::kOfficial:
      return "official";
    case BasisKind::kBenchmark:
      return "benchmark";
    case BasisKind::kProposal:
      return "proposal";
  }
  return "proposal";
}

Json basis_json(const Basis& basis) {
  return Json::object().set("kind", basis_kind_name(basis.kind)).set("text", basis.text);
}

const char* aggregate_name(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kCount:
      return "count";
    case Aggregate::kSum:
      return "sum";
    case Aggregate::kShare:
      return "share";
    case Aggregate::kMean:
      return "mean";
    case Aggregate::kQuantile:
      return "quantile";
    case Aggregate::kDistinct:
      return "distinct";
  }
  return "count";
}

template <typename Items, typename Make>
Json list_of(const Items& items, Make make) {
  Json list = Json::array();
  for (const auto& item : items) list.push(make(item));
  return list;
}

Json named(const std::string& id, const Title& title) {
  return Json::object().set("id", id).set("title", title_json(title));
}

Json type_json(const TypeSpec& type) {
  Json json = named(type.id, type.title);
  json.set("steps", list_of(type.steps, [](const StepSpec& s) { return named(s.id, s.title); }));
  json.set("fields", list_of(type.fields, [](const FieldSpec& field) {
             return Json::object().set("name", field.name).set("title", title_json(field.title));
           }));
  return json;
}

Json indicator_json(const Indicator& indicator, const Standard& standard, const Pack& pack) {
  Json json = named(indicator.id, indicator.title);
  json.set("unit", unit_name(indicator.unit.id));
  if (indicator.over != IndicatorOver::kCases) {
    json.set("aggregate", indicator.over == IndicatorOver::kSum ? "sum" : "ratio");
    json.set("parts", list_of(indicator.parts, [&](std::size_t part) {
               return Json(standard.indicators[part].id);
             }));
    return json.set("text", title_json(indicator_over_text(indicator, standard)));
  }
  json.set("aggregate", aggregate_name(indicator.aggregate));
  json.set("text", title_json(indicator_text(indicator, pack.events.types[indicator.type_index])));
  return json;
}

Json criterion_json(const Criterion& criterion, const Standard& standard) {
  const Indicator& indicator = standard.indicators[criterion.indicator_index];
  Json json = named(criterion.id, criterion.title);
  json.set("indicator", indicator.id).set("weight", format_decimal(criterion.weight, 2));
  json.set("rule_text", title_json(criterion_text(criterion, indicator)));
  json.set("basis", basis_json(criterion.basis));
  return json;
}

Json conditions_json(const Grade& grade, const Standard& standard) {
  return list_of(grade.conditions, [&](const GradeCondition& condition) {
    const Block& block = standard.blocks[condition.block_index];
    Json json = Json::object().set("block", block.id);
    json.set("at_least", format_decimal(condition.at_least, 2));
    json.set("text", title_json(condition_text(condition, block)));
    return json.set("basis", basis_json(condition.basis));
  });
}

Json standard_json(const Standard& standard, const Pack& pack) {
  Json json = named(standard.id, standard.title);
  json.set("level", standard.level);
  json.set("periods", list_of(standard.periods,
                              [](Period::Unit unit) { return Json(period_unit_word(unit)); }));
  json.set("from", format_date(standard.from));
  json.set("until", standard.until ? Json(format_date(*standard.until)) : Json(nullptr));
  json.set("indicators", list_of(standard.indicators, [&](const Indicator& indicator) {
             return indicator_json(indicator, standard, pack);
           }));
  json.set("blocks", list_of(standard.blocks, [&](const Block& block) {
             Json item = named(block.id, block.title);
             item.set("criteria", list_of(block.criteria, [&](const Criterion& criterion) {
                        return criterion_json(criterion, standard);
                      }));
             return item;
           }));
  json.set("grades", list_of(standard.grades, [&](const Grade& grade) {
             Json item = named(grade.id, grade.title);
             item.set("min", format_decimal(grade.min_score, 2));
             return item.set("requires", conditions_json(grade, standard));
           }));
  json.set("vetoes", list_of(standard.vetoes, [](const Veto& veto) {
             Json item = named(veto.id, veto.title);
             return item.set("finding", veto.finding).set("basis", basis_json(veto.basis));
           }));
  json.set("caps", list_of(standard.caps, [&](const Cap& cap) {
             const Indicator& indicator = standard.indicators[cap.indicator_index];
             Json item = named(cap.id, cap.title);
             const Grade& grade = standard.grades[cap.grade_index];
             item.set("grade", grade.id).set("indicator", indicator.id);
             item.set("rule_text", title_json(cap_text(cap, indicator, grade)));
             return item.set("basis", basis_json(cap.basis));
           }));
  return json;
}

Json target_json(const Target& target) {
  Json json = named(target.id, target.title);
  bool coverage = target.measure == Target::Measure::kCoverage;
  json.set("measure", coverage ? "coverage" : "count");
  json.set("goal", Json::object()
                       .set("test", goal_test_name(target.goal.test))
                       .set("value", format_decimal_short(target.goal.value)));
  json.set("start", format_date(target.start)).set("deadline", format_date(target.deadline));
  json.set("known_by", target.known_by ? Json(format_date(*target.known_by)) : Json(nullptr));
  json.set("headline", reading_name(target.headline));
  json.set("owner", title_json(target.owner));
  json.set("level", target.unit_level.empty() ? Json() : Json(target.unit_level));
  json.set("basis", basis_json(target.basis));
  return json;
}

}  // namespace

Json title_json(const Title& title) {
  return Json::object().set("zh", title.zh).set("en", title.en);
}

Json rules_json(const RuleSet& rules) {
  const Pack& pack = *rules.pack;
  Json json = Json::object();
  json.set("pack", pack.id).set("version", pack.version).set("title", title_json(pack.title));
  json.set("levels", list_of(pack.levels,
                             [](const LevelSpec& level) { return named(level.id, level.title); }));
  json.set("types", list_of(pack.events.types, type_json));
  json.set("standards", list_of(rules.standards, [&](const Standard& standard) {
             return standard_json(standard, pack);
           }));
  json.set("targets", list_of(rules.targets, target_json));
  return json;
}

}  // namespace plumbline
