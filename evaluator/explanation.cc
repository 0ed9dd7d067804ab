// SPDX-License-Identifier: Apache-2.0
#include "evaluator/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "evaluator/improvement_json.h"
#include "evaluator/line_cases.h"
#include "evaluator/rule_words.h"
#include "evaluator/rules_json.h"
#include "evaluator/unit_measures.h"

namespace plumbline {
namespace {

constexpr int kShareDecimals = 4;  // 74.18 per cent

const Json& member(const Json& json, std::string_view key) {
  static const Json kNull;
  const Json* value = json.find(key);
  return value == nullptr ? kNull : *value;
}

const Json::Array& list(const Json& json, std::string_view key) {
  static const Json::Array kNone;
  const Json& value = member(json, key);
  return value.is_array() ? value.as_array() : kNone;
}

std::string text(const Json& json, std::string_view key) {
  const Json& value = member(json, key);
  return value.is_string() ? value.as_string() : "";
}

// The element with that id; nullptr when there is none.
template <typename Item>
const Item* with_id(const std::vector<Item>& items, const std::string& id) {
  auto found = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.id == id; });
  return found == items.end() ? nullptr : &*found;
}

// What is asked for, found.
struct Subject {
  const OutletFold* outlet = nullptr;
  const RuleFold* fold = nullptr;
  std::size_t index = 0;  // of the standard
  const Standard* standard = nullptr;
  std::shared_ptr<Standard> by_norms;  // what `standard` is where it has norms
  Period period;
  Json body;
};

// Puts the numbers that stood in place of norms into a copy of the standard.
Status take_norms(Subject& subject) {
  if (!subject.standard->has_norms) return {};
  subject.by_norms = std::make_shared<Standard>(*subject.standard);
  for (const Json& of_block : list(subject.body, "blocks")) {
    for (const Json& line : list(of_block, "criteria")) {
      if (line.find("norm") == nullptr) continue;
      ASSIGN_OR_RETURN(Decimal value, parse_decimal(text(member(line, "norm"), "value")));
      for (Block& block : subject.by_norms->blocks) {
        for (Criterion& criterion : block.criteria) {
          if (criterion.id != text(line, "id")) continue;
          criterion.linear->full = value;
          criterion.met_at = value;
        }
      }
    }
  }
  subject.standard = subject.by_norms.get();
  return {};
}

Result<Subject> find(const OutletFold& outlet, const std::string& standard, const Period& period) {
  Subject out;
  out.outlet = &outlet;
  out.period = period;
  out.fold = outlet.of_period(period);
  std::optional<ResultRow> row;
  if (out.fold != nullptr) out.standard = with_id(out.fold->rules().standards, standard);
  if (out.standard != nullptr) row = outlet.row(standard, period);
  if (!row) {
    return Error(Code::kNotFound, fmt::format("there is no result of {} for {} in {}", standard,
                                              outlet.outlet().text(), period.text()));
  }
  out.index = static_cast<std::size_t>(out.standard - out.fold->rules().standards.data());
  ASSIGN_OR_RETURN(out.body, Json::parse(row->body));
  RETURN_IF_ERROR(take_norms(out));
  if (out.standard->level != row->level) {
    return Error(Code::kNotFound, fmt::format("the standard {} scores units of {}, not outlets",
                                              standard, out.standard->level));
  }
  return out;
}

// "87.5%", "2.5 h"; a dash without a figure.
Title figure_words(const Indicator& indicator, const Json& figure) {
  auto value = parse_decimal(text(figure, "value"));
  if (!value.ok()) return {"—", "—"};
  if (indicator.aggregate == Aggregate::kShare) value = decimal_round(*value, kShareDecimals);
  return value.ok() ? bound_text(indicator, *value) : Title{"—", "—"};
}

Title sample_words(const Json& figure) {
  const Json& n = member(figure, "n");
  const Json& numerator = member(figure, "numerator");
  if (!n.is_integer()) return {};
  std::int64_t cases = n.as_integer();
  const char* word = cases == 1 ? "case" : "cases";
  if (cases == 0) return {"没有计入的件", "no cases"};
  if (!numerator.is_integer()) {
    return {fmt::format("{} 件", cases), fmt::format("{} {}", cases, word)};
  }
  return {fmt::format("{} 件中 {} 件", cases, numerator.as_integer()),
          fmt::format("{} of {} {}", numerator.as_integer(), cases, word)};
}

Title threshold_words(const Criterion& criterion, const Indicator& indicator) {
  Title bound = bound_text(indicator, criterion.met_at);
  return criterion.higher_is_better ? Title{"不低于 " + bound.zh, "at least " + bound.en}
                                    : Title{"不超过 " + bound.zh, "at most " + bound.en};
}

// What became of the weight of a line without data, or what came to it from others; null where
// nothing moved.
Json moved_words(const Json& line) {
  auto moved = parse_decimal(text(line, "redistributed"));
  if (!moved.ok() || moved->units == 0) return nullptr;
  std::string points = format_decimal({std::abs(moved->units)}, 2);
  if (moved->units < 0 && text(line, "verdict") == "not_applicable") {
    return title_json({fmt::format("免考核，{} 分调整到其他指标", points),
                       fmt::format("exempt: its {} points went to other criteria", points)});
  }
  if (moved->units < 0) {
    return title_json({fmt::format("数据不足，{} 分调整到其他指标", points),
                       fmt::format("no data: its {} points went to other criteria", points)});
  }
  return title_json({fmt::format("另有 {} 分由数据不足或免考核的指标调整而来", points),
                     fmt::format("{} points came from criteria without data or exempt", points)});
}

Json line_json(const Subject& subject, const Block& block, const Criterion& criterion,
               const Json& line, std::size_t cases) {
  const Indicator& indicator = subject.standard->indicators[criterion.indicator_index];
  const Json& figure = member(line, "figure");
  Json json = Json::object();
  json.set("block", block.id).set("block_title", title_json(block.title));
  json.set("criterion", criterion.id).set("title", title_json(criterion.title));
  json.set("indicator", indicator.id).set("indicator_title", title_json(indicator.title));
  for (const char* key :
       {"verdict", "points", "weight", "weight_used", "redistributed", "figure"}) {
    json.set(key, member(line, key));
  }
  if (line.find("norm") != nullptr) json.set("norm", member(line, "norm"));
  json.set("redistributed_text", moved_words(line));
  json.set("figure_text", title_json(figure_words(indicator, figure)));
  json.set("sample_text", title_json(sample_words(figure)));
  json.set("rule_text", title_json(criterion_text(criterion, indicator)));
  json.set("threshold_text", title_json(threshold_words(criterion, indicator)));
  json.set("basis", criterion.basis.text);
  return json.set("cases",
                  line_cases(*subject.fold, subject.index, criterion, subject.period, cases));
}

// The lines, and their sum: that of the rounded points, which is the score.
Status add_lines(const Subject& subject, std::size_t cases, Json& json) {
  Json lines = Json::array();
  Decimal sum;
  for (const Json& of_block : list(subject.body, "blocks")) {
    const Block* block = with_id(subject.standard->blocks, text(of_block, "id"));
    for (const Json& line : list(of_block, "criteria")) {
      const Criterion* criterion =
          block == nullptr ? nullptr : with_id(block->criteria, text(line, "id"));
      if (criterion == nullptr) return Error(Code::kInternal, "a line without its criterion");
      lines.push(line_json(subject, *block, *criterion, line, cases));
      if (member(line, "points").is_null()) continue;
      ASSIGN_OR_RETURN(Decimal points, parse_decimal(text(line, "points")));
      ASSIGN_OR_RETURN(sum, decimal_add(sum, points));
    }
  }
  const Json& score = member(subject.body, "score");
  std::string written = format_decimal(sum, 2);
  if (score.is_string() && score.as_string() != written) {
    return Error(Code::kInternal,
                 fmt::format("the lines sum to {}, the score is {}", written, score.as_string()));
  }
  json.set("lines", std::move(lines)).set("sum", score.is_null() ? Json() : Json(written));
  return {};
}

Json grade_named(const Standard& standard, const Json& id) {
  const Grade* grade = id.is_string() ? with_id(standard.grades, id.as_string()) : nullptr;
  if (grade == nullptr) return nullptr;
  return Json::object().set("id", grade->id).set("title", title_json(grade->title));
}

Json vetoes_json(const Subject& subject) {
  Json out = Json::array();
  for (const Json& acting : list(subject.body, "vetoes")) {
    const Veto* veto = with_id(subject.standard->vetoes, text(acting, "id"));
    if (veto == nullptr) continue;
    std::string finding = text(acting, "finding");
    std::string since = text(acting, "since");
    Json json = Json::object().set("id", veto->id).set("finding", finding).set("since", since);
    json.set("text",
             title_json(
                 {fmt::format("一票否决：{}（问题 {}，自 {}）", veto->title.zh, finding, since),
                  fmt::format("Veto: {} (finding {}, since {})", veto->title.en, finding, since)}));
    out.push(json.set("basis", veto->basis.text));
  }
  return out;
}

Json caps_json(const Subject& subject) {
  Json out = Json::array();
  for (const Json& acting : list(subject.body, "caps")) {
    const Cap* cap = with_id(subject.standard->caps, text(acting, "id"));
    if (cap == nullptr) continue;
    const Indicator& indicator = subject.standard->indicators[cap->indicator_index];
    Title rule = cap_text(*cap, indicator, subject.standard->grades[cap->grade_index]);
    Title figure = figure_words(indicator, member(acting, "figure"));
    Json json = Json::object().set("id", cap->id).set("figure", member(acting, "figure"));
    json.set(
        "text",
        title_json({fmt::format("等次上限：{}，现为 {}（{}）", cap->title.zh, figure.zh, rule.zh),
                    fmt::format("Cap: {}, now {} ({})", cap->title.en, figure.en, rule.en)}));
    out.push(json.set("basis", cap->basis.text));
  }
  return out;
}

// Which lines are exempt; as ByCriterion.
ByCriterion<bool> exempt_of(const Subject& subject) {
  ByCriterion<bool> out;
  const Json::Array& acting = list(subject.body, "exemptions");
  for (const Block& block : subject.standard->blocks) {
    out.emplace_back();
    for (const Criterion& criterion : block.criteria) {
      out.back().push_back(std::any_of(acting.begin(), acting.end(), [&](const Json& one) {
        return text(one, "criterion") == criterion.id;
      }));
    }
  }
  return out;
}

Result<Json> improvement_of_subject(const Subject& subject) {
  if (subject.body.find("error") != nullptr) return Json(nullptr);
  const Standard& standard = *subject.standard;
  UnitMeasures measures = measures_of(*subject.fold, subject.index, subject.period);
  const Json& events = member(subject.body, "events");
  measures.reported = events.is_integer() && events.as_integer() > 0;
  const Json& ended = member(member(subject.body, "period"), "ended");
  measures.ended = ended.is_bool() && ended.as_bool();
  measures.exempt = exempt_of(subject);
  for (std::size_t v = 0; v < standard.vetoes.size(); ++v) {
    const Json::Array& acting = list(subject.body, "vetoes");
    bool acts = std::any_of(acting.begin(), acting.end(), [&](const Json& one) {
      return text(one, "id") == standard.vetoes[v].id;
    });
    if (acts) measures.vetoes.push_back(v);
  }
  ASSIGN_OR_RETURN(Improvement improvement, improvement_of(standard, measures));
  // What is compared with must be what is served.
  std::string score =
      improvement.now.card.score ? format_decimal(*improvement.now.card.score, 2) : "";
  std::string grade = improvement.now.grade ? standard.grades[*improvement.now.grade].id : "";
  if (score != text(subject.body, "score") || grade != text(subject.body, "grade")) {
    return Error(Code::kInternal, fmt::format("the result says {} {}, scoring it again gives {} {}",
                                              text(subject.body, "score"),
                                              text(subject.body, "grade"), score, grade));
  }
  return improvement_json(standard, improvement,
                          measures.ended ? PeriodState::kEnded : PeriodState::kRunning);
}

}  // namespace

Result<Json> explanation(const OutletFold& outlet, const std::string& standard,
                         const Period& period, std::size_t cases) {
  ASSIGN_OR_RETURN(Subject subject, find(outlet, standard, period));
  const Standard& by = *subject.standard;
  const Json& body = subject.body;
  Json json = Json::object();
  json.set("unit", outlet.outlet().text());
  json.set("unit_title", title_json({outlet.about().name_zh, outlet.about().name_en}));
  json.set("standard", Json::object().set("id", by.id).set("title", title_json(by.title)));
  json.set("period", member(body, "period")).set("as_of", format_instant(outlet.as_of()));
  for (const char* key : {"verdict", "score", "grade_limited", "events"}) {
    json.set(key, member(body, key));
  }
  json.set("weight_without_data", member(body, "weight_without_data"));
  for (const char* key : {"weight_exempt", "exemptions"}) {
    if (body.find(key) != nullptr) json.set(key, member(body, key));
  }
  json.set("error", member(body, "error"));
  json.set("grade", grade_named(by, member(body, "grade")));
  json.set("grade_by_score", grade_named(by, member(body, "grade_by_score")));
  json.set("vetoes", vetoes_json(subject)).set("caps", caps_json(subject));
  RETURN_IF_ERROR(add_lines(subject, cases, json));
  ASSIGN_OR_RETURN(Json improvement, improvement_of_subject(subject));
  return json.set("improvement", std::move(improvement));
}

}  // namespace plumbline
