// SPDX-License-Identifier: Apache-2.0
#include "evaluator/case_words.h"

#include <fmt/format.h>

#include <array>

#include "base/check.h"
#include "evaluator/rule_words.h"
#include "evaluator/tally.h"

namespace plumbline {
namespace {

std::string without_trailing_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string_view unit_symbol(Unit::Id unit) {
  switch (unit) {
    case Unit::Id::kNone:
      return "";
    case Unit::Id::kMinute:
      return " min";
    case Unit::Id::kHour:
      return " h";
    case Unit::Id::kDay:
      return " d";
  }
  return "";
}

bool reads(const std::optional<Expression>& expression, std::string_view words) {
  return expression && expression->text().find(words) != std::string::npos;
}

// What can be said of a case that does not do as a share requires; empty where the rule is not
// about time.
Title lateness(const Case& of, const TypeSpec& type, const Indicator& indicator) {
  bool by_due = type.due_field && reads(indicator.numerator, "case." + *type.due_field);
  bool by_workday = reads(indicator.numerator, "workday_due(");
  if (!by_due && !by_workday) return {};
  std::optional<Instant> closed = closed_at(of, type);
  if (!closed) {
    if (!of.facts.overdue) return {"：尚未办结", ": still open"};
    return {"：已逾期，尚未办结", ": overdue and still open"};
  }
  std::optional<Instant> due = due_at(of, type);
  if (by_due && due && *due < *closed) {
    Title length = length_text(*closed - *due);
    return {"：办结晚于期限 " + length.zh, ": closed " + length.en + " after it was due"};
  }
  std::optional<Instant> opened = of.facts.steps.front();
  if (by_workday && opened && *opened <= *closed) {
    Title length = length_text(*closed - *opened);
    return {"：办结用时 " + length.zh, ": it took " + length.en};
  }
  return {};
}

Title why_counted(const Case& of, const TypeSpec& type, const CaseView& view) {
  const Indicator& indicator = *view.indicator;
  if (indicator.aggregate == Aggregate::kCount) return {"已计入一件", "Counted."};
  if (indicator.aggregate != Aggregate::kShare) {
    std::string value = sample_text(indicator, view.contribution->sample);
    return {"已计入，取值 " + value, "Counted with the value " + value + "."};
  }
  if (view.contribution->sample.in_numerator) {
    return {"已计入，符合", "Counted; it does as required."};
  }
  Title late = lateness(of, type, indicator);
  return {"已计入，不符合" + late.zh, "Counted; it does not do as required" + late.en + "."};
}

}  // namespace

std::string local_text(const Calendar& calendar, Instant at) {
  Date date = calendar.local_date(at);
  std::int64_t minutes = at.ms / kMsPerMinute - (at.ms % kMsPerMinute < 0 ? 1 : 0);
  std::int64_t of_day = ((minutes + calendar.offset_minutes_at(at)) % 1440 + 1440) % 1440;
  return fmt::format("{} {:02}:{:02}", format_date(date), of_day / 60, of_day % 60);
}

Title length_text(Duration length) {
  struct Part {
    std::int64_t ms;
    const char* zh;
    const char* en;
  };
  constexpr std::array<Part, 3> kParts = {
      {{kMsPerDay, " 天", " d"}, {kMsPerHour, " 小时", " h"}, {kMsPerMinute, " 分钟", " min"}}};
  Title text;
  std::int64_t left = length.ms;
  int said = 0;
  for (const Part& part : kParts) {
    std::int64_t count = left / part.ms;
    left %= part.ms;
    if (said > 0 && count == 0) break;
    if (count == 0) continue;
    std::string space = said == 0 ? "" : " ";
    text.zh += fmt::format("{}{}{}", space, count, part.zh);
    text.en += fmt::format("{}{}{}", space, count, part.en);
    if (++said == 2) break;
  }
  if (said == 0) return {"不到 1 分钟", "less than 1 min"};
  return text;
}

Title field_text(const Value& value, const Calendar& calendar) {
  auto same = [](std::string text) { return Title{text, text}; };
  switch (value.kind) {
    case Kind::kBool:
      return value.number != 0 ? Title{"是", "yes"} : Title{"否", "no"};
    case Kind::kInstant:
      return same(local_text(calendar, Instant{value.number}));
    case Kind::kDecimal:
      return same(format_decimal_short(Decimal{value.number}));
    case Kind::kInteger:
    case Kind::kCount:
      return same(std::to_string(value.number));
    default:
      return same(value.text);
  }
}

std::string sample_text(const Indicator& indicator, const Sample& sample) {
  if (indicator.aggregate == Aggregate::kCount || indicator.aggregate == Aggregate::kShare) {
    return "";
  }
  if (indicator.aggregate == Aggregate::kDistinct) return sample.text;
  Tally alone;
  alone.add(indicator.aggregate, sample);
  std::optional<Fraction> figure = figure_of(indicator, alone);
  if (!figure) return "";
  Result<std::string> text = fraction_text(*figure, figure_decimals(indicator));
  if (!text.ok()) return text.error().sentence();
  return without_trailing_zeros(*text) + std::string(unit_symbol(indicator.unit.id));
}

bool CaseView::counts() const {
  return contribution != nullptr && contribution->state == Contribution::State::kCounted &&
         (!days || days->holds(contribution->day));
}

bool CaseView::against() const {
  return counts() && indicator->aggregate == Aggregate::kShare &&
         !contribution->sample.in_numerator;
}

Instant opened_at(const Case& of) {
  std::optional<Instant> first;
  auto take = [&](Instant at) {
    if (!first || at < *first) first = at;
  };
  for (const std::optional<Instant>& step : of.facts.steps) {
    if (step) take(*step);
  }
  if (first) return *first;
  for (const Case::Act& act : of.events) {
    if (act.reached()) take(act.time);
  }
  CHECK(first.has_value(), "a case that is listed has an event");
  return *first;
}

std::optional<Instant> closed_at(const Case& of, const TypeSpec& type) {
  if (type.steps.empty()) return of.facts.steps.front();
  std::optional<Instant> first;
  for (std::size_t s = 0; s < type.steps.size(); ++s) {
    const std::optional<Instant>& step = of.facts.steps[s];
    if (type.steps[s].final && step && (!first || *step < *first)) first = step;
  }
  return first;
}

std::optional<Instant> due_at(const Case& of, const TypeSpec& type) {
  if (!type.due_field) return std::nullopt;
  const FieldSpec* field = type.field(*type.due_field);
  CHECK(field != nullptr, "a checked pack knows its due fields");
  const auto& value = of.facts.fields[static_cast<std::size_t>(field - type.fields.data())];
  if (!value) return std::nullopt;
  return Instant{value->number};
}

Title why_text(const Case& of, const TypeSpec& type, const CaseView& view) {
  CHECK(view.indicator != nullptr, "an indicator says why a case counts");
  if (view.counts()) return why_counted(of, type, view);
  const Contribution* gives = view.contribution;
  if (gives != nullptr && gives->state == Contribution::State::kFailed) {
    return {"计算出错，未计入：" + gives->failure,
            "Not counted, because a calculation failed: " + gives->failure + "."};
  }
  if (gives != nullptr && gives->state == Contribution::State::kCounted) {
    std::string day = format_date(gives->day);
    return {"归入 " + day + "，不在本时期，未计入",
            "Not counted: it belongs to " + day + ", outside of the period."};
  }
  if (gives != nullptr && gives->state == Contribution::State::kLeftOut) {
    Title sources = sources_text(view.indicator->sources);
    return {"来源不符（只计" + sources.zh + "报送的数据），未计入",
            "Not counted: it was not reported by " + sources.en + "."};
  }
  if (!of.exists()) {
    return {"所报数据均已作废，未计入", "Not counted: all that was reported of it is void."};
  }
  return {"不在统计范围，未计入", "Not counted: it is not what is counted here."};
}

}  // namespace plumbline
