// SPDX-License-Identifier: Apache-2.0
#ifndef PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_TEXT_H_
#define PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_TEXT_H_

#include <string>
#include <string_view>

#include "base/json.h"

// Figures as people read them, made from the exact decimal strings of results: rounded half away
// from zero, once. A figure that is null reads "—"; one that is no decimal is shown as it is.
namespace plumbline {

inline constexpr const char* kNoFigure = "—";

std::string percent_text(const Json* value);  // "0.526316" -> "52.63 %"
std::string points_text(const Json* value);   // "87.5" -> "87.50"
std::string count_text(const Json* value);    // "12", 12 -> "12"
// By the aggregate ("share", "count", ...) and unit ("none", "minute", "hour", "day") of an
// indicator: "52.63 %", "12", "2.50 h".
std::string figure_text(std::string_view aggregate, std::string_view unit, const Json* value);
std::string fraction_text(const Json* numerator, const Json* denominator);  // "50 / 95"
// "> 50 %" for a coverage, "≥ 100" for a count.
std::string goal_text(std::string_view measure, const Json* goal);
// The value of a target: per cent for a coverage, whole for a count.
std::string target_text(std::string_view measure, const Json* value);
// Points of a weight in whole per cent, 0 to 100, for the length of a bar; null without points.
Json share_of(const Json* points, const Json* weight);

}  // namespace plumbline

#endif  // PLUMBLINE_DASHBOARDS_PORTAL_FIGURE_TEXT_H_
