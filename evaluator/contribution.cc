// SPDX-License-Identifier: Apache-2.0
#include "evaluator/contribution.h"

#include <algorithm>

#include "base/check.h"

namespace plumbline {
namespace {

// A bool expression; missing is false, and so is what is not there.
Result<bool> holds(const Expression& expression, const CaseFacts& facts) {
  ASSIGN_OR_RETURN(std::optional<ExprValue> value, expression.evaluate(facts));
  return value.has_value() && value->number != 0;
}

std::int8_t group_of(const std::optional<Value>& value, const std::vector<std::string>& values) {
  if (!value) return kMissingGroup;
  auto found = std::find(values.begin(), values.end(), value->text);
  CHECK(found != values.end(), "a folded event's enum value is one of its field's");
  return static_cast<std::int8_t>(found - values.begin());
}

}  // namespace

bool wants_value(Aggregate aggregate) {
  return aggregate == Aggregate::kSum || aggregate == Aggregate::kMean ||
         aggregate == Aggregate::kQuantile || aggregate == Aggregate::kDistinct;
}

IndicatorPlan::IndicatorPlan(const Indicator& indicator, const Pack& pack)
    : indicator_(indicator),
      type_(indicator.over == IndicatorOver::kCases ? &pack.events.types[indicator.type_index]
                                                    : nullptr),
      calendar_(pack.calendar) {
  for (const std::string& name : indicator.by) {
    const FieldSpec* field = type_->field(name);
    CHECK(field != nullptr && field->kind == Kind::kEnum, "a checked indicator groups by an enum");
    by_fields_.push_back(static_cast<std::size_t>(field - type_->fields.data()));
  }
}

const std::vector<std::string>& IndicatorPlan::values_of(std::size_t by) const {
  return type_->fields[by_fields_[by]].values;
}

Contribution IndicatorPlan::contribution_of(const Case& of) const {
  Contribution out;
  if (!of.exists() || type_ == nullptr) return out;
  if (Status filled = fill(of, out); !filled.ok()) {
    out = Contribution{};
    out.state = Contribution::State::kFailed;
    out.failure = filled.error().text();
  }
  return out;
}

Status IndicatorPlan::fill(const Case& of, Contribution& out) const {
  if (indicator_.where) {
    ASSIGN_OR_RETURN(bool counts, holds(*indicator_.where, of.facts));
    if (!counts) return {};
  }
  std::optional<Instant> at = of.facts.steps.front();
  if (indicator_.dated_by) {
    ASSIGN_OR_RETURN(std::optional<ExprValue> dated, indicator_.dated_by->evaluate(of.facts));
    at.reset();
    if (dated) at = Instant{dated->number};
  }
  if (!at || !is_plausible(*at)) return {};
  if (wants_value(indicator_.aggregate)) {
    ASSIGN_OR_RETURN(std::optional<ExprValue> value, indicator_.value->evaluate(of.facts));
    if (!value) return {};
    if (indicator_.aggregate == Aggregate::kDistinct) {
      out.sample.text = std::move(value->text);
    } else {
      out.sample.number = value->number;
    }
  }
  if (indicator_.aggregate == Aggregate::kShare) {
    ASSIGN_OR_RETURN(out.sample.in_numerator, holds(*indicator_.numerator, of.facts));
  }
  for (std::size_t b = 0; b < by_fields_.size(); ++b) {
    out.groups.push_back(group_of(of.facts.fields[by_fields_[b]], values_of(b)));
  }
  out.day = calendar_.local_date(*at);
  out.state = Contribution::State::kCounted;
  return {};
}

}  // namespace plumbline
