// SPDX-License-Identifier: Apache-2.0
// The variables at the head of both dashboards.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import type { Parts } from "./parts.ts";

// Pack, standard and period; the newest month is chosen at first.
export function scoreVariables(parts: Parts) {
  return [
    parts.variable("pack", { zh: "规则包", en: "Rule pack" },
                   "label_values(plumbline_calendar_end_timestamp_seconds, pack)"),
    parts.variable("standard", { zh: "标准", en: "Standard" },
                   'label_values(plumbline_outlet_score{pack="$pack"}, standard)'),
    parts.variable("period", { zh: "考核期", en: "Period" },
                   'label_values(plumbline_outlet_score{pack="$pack", standard="$standard"}, ' +
                   "period)")
      .sort(dashboard.VariableSort.AlphabeticalDesc),
  ];
}

// A variable's options from series as Prometheus writes them: labels in the order of their names,
// so code, English name, Chinese name where they are named alike.
function named(parts: Parts, code: string, name: string) {
  const zh = parts.language === "zh";
  const label = (key: string, group?: "text" | "value") =>
    `${key}="${group ? `(?<${group}>[^"]*)` : '[^"]*'}"`;
  const labels = [label(code, "value"), label(`${name}_en`, zh ? undefined : "text"),
                  label(`${name}_zh`, zh ? "text" : undefined)];
  // A brace or a comma, so that it is the whole name of the label.
  return `/[{,]${labels.join(",")}/`;
}

// All targets of the pack, for panels that repeat.
export function targetVariable(parts: Parts) {
  return parts.variable("target", { zh: "目标", en: "Target" },
                        'query_result(plumbline_target_info{pack="$pack"})')
    .regex(named(parts, "target", "title"))
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: "All", value: "$__all" });
}

// A city, then one of its counties, by name.
export function placeVariables(parts: Parts) {
  return [
    parts.variable("city", { zh: "设区市", en: "City" },
                   'query_result(city:plumbline_county_info:group{pack="$pack"})')
      .regex(named(parts, "city", "city_name")),
    parts.variable("county", { zh: "县（市、区）", en: "County" },
                   'query_result(plumbline_county_info{pack="$pack", city="$city"})')
      .regex(named(parts, "county", "county_name")),
  ];
}
