// SPDX-License-Identifier: Apache-2.0
#include "evaluator/result_body.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "evaluator/measured.h"
#include "evaluator/scoring.h"
#include "evaluator/window_book.h"

namespace plumbline {
namespace {

constexpr int kPointDecimals = 2;

std::string points_text(Decimal points) {
  return format_decimal(points, kPointDecimals);
}

// {"n", "numerator"?, "left_out"?, "days"?, "value", "error"?}
Json figure_json(const Indicator& indicator, const Measured& measured) {
  Json json = Json::object();
  json.set("n", measured.n);
  if (measured.numerator) json.set("numerator", *measured.numerator);
  if (measured.left_out) json.set("left_out", *measured.left_out);
  if (measured.days) json.set("days", *measured.days > 0 ? Json(*measured.days) : Json());
  json.set("value", nullptr);
  if (!measured.error.empty()) json.set("error", measured.error);
  if (!measured.figure) return json;
  Result<std::string> text = fraction_text(*measured.figure, figure_decimals(indicator));
  if (text.ok()) {
    json.set("value", *text);
  } else {
    json.set("error", text.error().sentence());
  }
  return json;
}

const Tally& tally_of(const BodyFigure& figure) {
  static const Tally kNothing;
  return figure.cell == nullptr ? kNothing : figure.cell->total;
}

// What an indicator says in this body; its plan and cell, and its exact figure.
struct Figure {
  BodyFigure at;
  Measured measured;
  const Indicator& indicator() const { return at.plan->indicator(); }
};

// As Standard::indicators. Those over others come after their parts, ratios after sums.
using Figures = std::vector<Figure>;

Figures figures_of(const BodyInput& input) {
  Figures figures;
  for (const BodyFigure& at : input.figures) {
    figures.push_back({at, {}});
    if (at.plan == nullptr) continue;
    const Indicator& indicator = at.plan->indicator();
    if (indicator.over == IndicatorOver::kCases) {
      figures.back().measured = measured(indicator, tally_of(at));
      if (is_rolling(indicator)) figures.back().measured.days = at.days;
      if (!indicator.sources.empty()) {
        figures.back().measured.left_out = at.cell == nullptr ? 0 : at.cell->left_out;
      }
    }
  }
  for (IndicatorOver over : {IndicatorOver::kSum, IndicatorOver::kRatio}) {
    for (Figure& figure : figures) {
      if (figure.at.plan == nullptr || figure.indicator().over != over) continue;
      std::vector<const Measured*> parts;
      for (std::size_t part : figure.indicator().parts) parts.push_back(&figures[part].measured);
      figure.measured = measured_over(figure.indicator(), parts);
    }
  }
  return figures;
}

// The groups that hold a case, in the pack's order of values, the missing value last.
Json groups_json(const BodyFigure& figure, std::size_t by) {
  Json groups = Json::array();
  if (figure.cell == nullptr) return groups;
  const Indicator& indicator = figure.plan->indicator();
  const auto& tallies = figure.cell->by[by];
  const std::vector<std::string>& values = figure.plan->values_of(by);
  auto push = [&](std::int8_t group, Json name) {
    auto found = tallies.find(group);
    if (found == tallies.end()) return;
    Json json = figure_json(indicator, measured(indicator, found->second));
    json.set("group", std::move(name));
    groups.push(std::move(json));
  };
  for (std::size_t v = 0; v < values.size(); ++v) push(static_cast<std::int8_t>(v), values[v]);
  push(kMissingGroup, nullptr);
  return groups;
}

Json indicator_json(const Figure& figure) {
  const Indicator& indicator = figure.indicator();
  Json json = figure_json(indicator, figure.measured);
  json.set("id", indicator.id);
  json.set("unit", unit_name(indicator.unit.id));
  json.set("sufficient", figure.measured.sufficient);
  Json by = Json::array();
  for (std::size_t b = 0; b < indicator.by.size(); ++b) {
    by.push(Json::object().set("field", indicator.by[b]).set("groups", groups_json(figure.at, b)));
  }
  json.set("by", std::move(by));
  return json;
}

Json figure_with_unit_json(const Figure& figure) {
  Json json = figure_json(figure.indicator(), figure.measured);
  return json.set("unit", unit_name(figure.indicator().unit.id));
}

// The figure that may carry points; kInvalid where it does not fit.
Result<std::optional<Fraction>> sufficient_figure(const Figure& figure) {
  CHECK(figure.at.plan != nullptr, "what is scored is declared at the scored level");
  if (!figure.measured.error.empty()) return Error(Code::kInvalid, figure.measured.error);
  if (!figure.measured.sufficient) return std::optional<Fraction>();
  return figure.measured.figure;
}

Json criterion_json(const Criterion& criterion, const CriterionLine& line, const Figure& figure) {
  const Indicator& indicator = figure.indicator();
  Json json = Json::object();
  json.set("id", criterion.id);
  json.set("indicator", indicator.id);
  json.set("verdict", verdict_name(line.verdict));
  json.set("figure", figure_with_unit_json(figure));
  json.set("weight", points_text(criterion.weight));
  json.set("weight_used", points_text(line.weight_used));
  json.set("redistributed", points_text(line.redistributed));
  json.set("points", line.points ? Json(points_text(*line.points)) : Json());
  return json;
}

Json norm_json(const NormInForce& norm) {
  Json json = Json::object().set("value", format_decimal_short(norm.value));
  json.set("class", norm.outlet_class.empty() ? Json() : Json(norm.outlet_class));
  return json.set("fact", norm.fact.empty() ? Json() : Json(norm.fact));
}

Json blocks_json(const BodyInput& input, const Figures& figures, const ScoreCard& card) {
  Json blocks = Json::array();
  for (std::size_t b = 0; b < input.standard->blocks.size(); ++b) {
    const Block& block = input.standard->blocks[b];
    Json criteria = Json::array();
    for (std::size_t c = 0; c < block.criteria.size(); ++c) {
      const Criterion& criterion = block.criteria[c];
      Json line = criterion_json(criterion, card.blocks[b][c], figures[criterion.indicator_index]);
      if (criterion.norm && !input.norms.empty()) line.set("norm", norm_json(*input.norms[b][c]));
      criteria.push(std::move(line));
    }
    blocks.push(Json::object().set("id", block.id).set("criteria", std::move(criteria)));
  }
  return blocks;
}

Result<ScoreCard> scored(const BodyInput& input, const Figures& figures) {
  std::vector<std::vector<std::optional<Fraction>>> chosen;
  for (const Block& block : input.standard->blocks) {
    chosen.emplace_back();
    for (const Criterion& criterion : block.criteria) {
      ASSIGN_OR_RETURN(std::optional<Fraction> figure,
                       sufficient_figure(figures[criterion.indicator_index]));
      chosen.back().push_back(figure);
    }
  }
  ByCriterion<bool> exempt;
  for (const auto& block : input.exemptions) {
    exempt.emplace_back();
    for (const auto& acting : block) exempt.back().push_back(!acting.empty());
  }
  ByCriterion<std::optional<Decimal>> norms;
  for (const auto& block : input.norms) {
    norms.emplace_back();
    for (const auto& one : block) {
      norms.back().push_back(one ? std::optional<Decimal>(one->value) : std::nullopt);
    }
  }
  return score_unit(*input.standard, chosen, input.events.events > 0, exempt, norms);
}

// Only where there is one, so that a body without stays what it was.
void add_exemptions(const BodyInput& input, Decimal weight, Json& body) {
  Json list = Json::array();
  for (std::size_t b = 0; b < input.exemptions.size(); ++b) {
    for (std::size_t c = 0; c < input.exemptions[b].size(); ++c) {
      for (const ExemptionBook::Acting& one : input.exemptions[b][c]) {
        Json json = Json::object().set("id", one.id);
        json.set("criterion", input.standard->blocks[b].criteria[c].id);
        list.push(json.set("until", one.until ? Json(format_date(*one.until)) : Json()));
      }
    }
  }
  if (list.as_array().empty()) return;
  body.set("exemptions", std::move(list)).set("weight_exempt", points_text(weight));
}

// Adds what acts on the grade and says so in the body.
Status add_vetoes_and_caps(const BodyInput& input, const Figures& figures, GradeLimits& limits,
                           Json& body) {
  Json vetoes = Json::array();
  for (std::size_t v = 0; v < input.findings.size(); ++v) {
    if (!input.findings[v].empty()) limits.vetoes.push_back(v);
    for (const FindingBook::Acting& finding : input.findings[v]) {
      Json json = Json::object().set("id", input.standard->vetoes[v].id);
      json.set("finding", finding.id).set("since", format_date(finding.since));
      vetoes.push(std::move(json));
    }
  }
  body.set("vetoes", std::move(vetoes));
  Status failed;
  Json caps = Json::array();
  for (std::size_t c = 0; c < input.standard->caps.size(); ++c) {
    const Cap& cap = input.standard->caps[c];
    const Figure& figure = figures[cap.indicator_index];
    Result<std::optional<Fraction>> value = sufficient_figure(figure);
    if (!value.ok()) failed = value.error();
    // Who reported nothing was measured by nothing.
    if (!value.ok() || !*value || input.events.events == 0) continue;
    auto acts = cap_acts(cap, **value);
    if (!acts.ok()) failed = acts.error();
    if (!acts.ok() || !*acts) continue;
    limits.caps.push_back(c);
    Json json = Json::object().set("id", cap.id);
    json.set("grade", input.standard->grades[cap.grade_index].id);
    json.set("figure", figure_with_unit_json(figure));
    caps.push(std::move(json));
  }
  body.set("caps", std::move(caps));
  return failed;
}

Json grade_json(const Standard& standard, std::optional<std::size_t> grade) {
  return grade ? Json(standard.grades[*grade].id) : Json();
}

// Only of a standard that has some, so that a body of one without stays what it was.
void add_conditions(const Standard& standard, const ConditionLines& lines, Json& body) {
  const auto& grades = standard.grades;
  if (std::all_of(grades.begin(), grades.end(),
                  [](const Grade& g) { return g.conditions.empty(); }))
    return;
  Json list = Json::array();
  for (std::size_t g = 0; g < lines.size(); ++g) {
    for (std::size_t c = 0; c < lines[g].size(); ++c) {
      const GradeCondition& condition = grades[g].conditions[c];
      const std::optional<Decimal>& points = lines[g][c].points;
      Json json = Json::object().set("grade", grades[g].id);
      json.set("block", standard.blocks[condition.block_index].id);
      json.set("at_least", points_text(condition.at_least));
      json.set("points", points ? Json(points_text(*points)) : Json());
      list.push(json.set("holds", lines[g][c].holds));
    }
  }
  body.set("conditions", std::move(list));
}

void add_score(const BodyInput& input, const Figures& figures, Json& body) {
  body.set("score", nullptr).set("grade", nullptr).set("blocks", Json::array());
  body.set("grade_limited", false);
  if (input.level != input.standard->level) {
    body.set("verdict", verdict_name(Verdict::kNotApplicable));
    return;
  }
  GradeLimits limits;
  Status limited = add_vetoes_and_caps(input, figures, limits, body);
  Result<ScoreCard> result = scored(input, figures);
  body.set("grade_by_score", nullptr);
  if (!result.ok() || !limited.ok()) {
    body.set("verdict", verdict_name(Verdict::kInsufficientData));
    body.set("error", result.ok() ? limited.error().text() : result.error().text());
    body.set("grade", grade_json(*input.standard, limited_grade(*input.standard, limits, {}, {})));
    add_conditions(*input.standard, {}, body);
    return;
  }
  const ScoreCard& card = *result;
  // Whose grade a veto takes has not attained the standard, whatever its figures say.
  bool refused = !limits.vetoes.empty() && card.verdict == Verdict::kMet;
  body.set("verdict", verdict_name(refused ? Verdict::kNotMet : card.verdict));
  if (card.score) body.set("score", points_text(*card.score));
  body.set("grade_by_score", grade_json(*input.standard, card.grade));
  body.set("grade", grade_json(*input.standard, limited_grade(*input.standard, limits, card.grade,
                                                              card.conditions)));
  add_conditions(*input.standard, card.conditions, body);
  body.set("grade_limited", card.grade_limited);
  body.set("weight_without_data", points_text(card.weight_without_data));
  add_exemptions(input, card.weight_exempt, body);
  body.set("blocks", blocks_json(input, figures, card));
}

Json set_aside_json(const UnitCounts& counts) {
  Json rules = Json::array();
  std::uint64_t total = 0;
  for (const auto& [rule, count] : counts.set_aside) {
    rules.push(Json::object().set("rule", rule).set("count", count));
    total += count;
  }
  return Json::object().set("count", total).set("rules", std::move(rules));
}

// Only where something was amended: most units never are.
void add_amended(const AmendedCounts& counts, Json& body) {
  if (counts == AmendedCounts()) return;
  body.set("amended",
           Json::object().set("corrected", counts.corrected).set("voided", counts.voided));
}

// Only what the pack has a limit for: without one nothing is late, and nothing is in time.
void add_flags(const BodyInput& input, Json& body) {
  const Pack& pack = *input.pack;
  if (!pack.late_after && !pack.back_dated_after) return;
  Json flags = Json::object();
  if (pack.late_after) flags.set("late", input.events.late);
  if (pack.back_dated_after) flags.set("back_dated", input.events.back_dated);
  body.set("flags", std::move(flags));
}

}  // namespace

std::string result_body(const BodyInput& input) {
  Json body = Json::object();
  body.set("pack", input.pack->id).set("version", input.pack->version);
  body.set("standard", input.standard->id);
  body.set("level", input.level).set("unit", input.unit);
  body.set("period", Json::object()
                         .set("id", input.period.period.text())
                         .set("start", format_instant(input.period.start))
                         .set("end", format_instant(input.period.end))
                         .set("ended", input.period.ended)
                         .set("provisional_calendar", input.period.provisional));
  const Figures figures = figures_of(input);
  add_score(input, figures, body);
  Json indicators = Json::array();
  for (const Figure& figure : figures) {
    if (figure.at.plan != nullptr) indicators.push(indicator_json(figure));
  }
  body.set("indicators", std::move(indicators));
  body.set("events", input.events.events);
  add_flags(input, body);
  body.set("set_aside", set_aside_json(*input.counts));
  body.set("duplicates", input.counts->duplicates);
  add_amended(input.counts->amended, body);
  body.set("failed_cases", input.counts->failed);
  return body.text();
}

}  // namespace plumbline
