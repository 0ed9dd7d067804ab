// SPDX-License-Identifier: Apache-2.0
#include "dashboards/portal/figure_text.h"

#include <algorithm>
#include <optional>

#include "base/decimal.h"

namespace plumbline {
namespace {

std::string raw_text(const Json* value) {
  if (value == nullptr || value->is_null()) return kNoFigure;
  return value->is_string() ? value->as_string() : value->text();
}

std::optional<Decimal> decimal_of(const Json* value) {
  if (value == nullptr || value->is_null()) return std::nullopt;
  auto decimal = parse_decimal(raw_text(value));
  if (!decimal.ok()) return std::nullopt;
  return *decimal;
}

std::string decimals_text(const Json* value, int decimals) {
  std::optional<Decimal> decimal = decimal_of(value);
  return decimal ? format_decimal(*decimal, decimals) : raw_text(value);
}

std::string_view unit_sign(std::string_view unit) {
  if (unit == "minute") return " min";
  if (unit == "hour") return " h";
  if (unit == "day") return " d";
  return "";
}

std::optional<Decimal> times_hundred(const Json* value) {
  std::optional<Decimal> decimal = decimal_of(value);
  if (!decimal) return std::nullopt;
  auto hundredfold = decimal_mul(*decimal, Decimal::whole(100));
  if (!hundredfold.ok()) return std::nullopt;
  return *hundredfold;
}

}  // namespace

std::string percent_text(const Json* value) {
  std::optional<Decimal> percent = times_hundred(value);
  return percent ? format_decimal(*percent, 2) + " %" : raw_text(value);
}

std::string points_text(const Json* value) {
  return decimals_text(value, 2);
}

std::string count_text(const Json* value) {
  return decimals_text(value, 0);
}

std::string figure_text(std::string_view aggregate, std::string_view unit, const Json* value) {
  if (value == nullptr || value->is_null()) return kNoFigure;
  if (aggregate == "share") return percent_text(value);
  if (aggregate == "count" || aggregate == "distinct") return count_text(value);
  if (!unit_sign(unit).empty()) return decimals_text(value, 2) + std::string(unit_sign(unit));
  if (aggregate == "mean") return decimals_text(value, 2);
  std::optional<Decimal> decimal = decimal_of(value);
  return decimal ? format_decimal_short(*decimal) : raw_text(value);
}

std::string fraction_text(const Json* numerator, const Json* denominator) {
  return count_text(numerator) + " / " + count_text(denominator);
}

std::string goal_text(std::string_view measure, const Json* goal) {
  if (goal == nullptr || !goal->is_object()) return kNoFigure;
  const Json* value = goal->find("value");
  const Json* test = goal->find("test");
  const bool above = test != nullptr && test->is_string() && test->as_string() == "above";
  std::string sign = above ? "> " : "≥ ";
  if (measure == "coverage") {
    std::optional<Decimal> percent = times_hundred(value);
    return sign + (percent ? format_decimal_short(*percent) + " %" : raw_text(value));
  }
  std::optional<Decimal> decimal = decimal_of(value);
  return sign + (decimal ? format_decimal_short(*decimal) : raw_text(value));
}

std::string target_text(std::string_view measure, const Json* value) {
  return measure == "coverage" ? percent_text(value) : count_text(value);
}

Json share_of(const Json* points, const Json* weight) {
  std::optional<Decimal> part = decimal_of(points);
  std::optional<Decimal> whole = decimal_of(weight);
  if (!part || !whole || whole->units <= 0) return nullptr;
  auto share = decimal_ratio(part->units, whole->units, 4);
  if (!share.ok()) return nullptr;
  auto percent = decimal_round({share->units * 100}, 0);
  if (!percent.ok()) return nullptr;
  return std::clamp<std::int64_t>(percent->units / Decimal::kOne, 0, 100);
}

}  // namespace plumbline
