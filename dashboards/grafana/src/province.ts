// SPDX-License-Identifier: Apache-2.0
// The province: targets, covered counties, scores by city, and whether the system is well.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.ts";
import { AMBER, GREEN, GREY, RED, steps, words } from "./parts.ts";
import type { AnyPanel, Parts, Text } from "./parts.ts";
import { health } from "./health.ts";
import { scoreVariables, targetVariable } from "./variables.ts";

const OF_PACK = '{pack="$pack"}';
const OF_PERIOD = '{pack="$pack", standard="$standard", period="$period"}';

const TARGET: Text = { zh: "目标", en: "Target" };
const CITY: Text = { zh: "设区市", en: "City" };
const READING: Text = { zh: "口径", en: "Reading" };

const READINGS = (parts: Parts) => [{
  type: dashboard.MappingType.ValueToText as const,
  options: {
    strict: { text: parts.say({ zh: "严格口径", en: "strict" }), index: 0 },
    ever: { text: parts.say({ zh: "曾经达到", en: "ever" }), index: 1 },
    claimed: { text: parts.say({ zh: "含申报未确认", en: "claimed" }), index: 2 },
  },
}];
const STATEMENTS = (parts: Parts) => [{
  type: dashboard.MappingType.ValueToText as const,
  options: {
    running: { text: parts.say({ zh: "当前", en: "running" }), index: 0 },
    final: { text: parts.say({ zh: "期末", en: "final" }), index: 1 },
  },
}];

function targetTable(parts: Parts) {
  const reached: Text = { zh: "结论", en: "Verdict" };
  const ratio: Text = { zh: "与目标值之比", en: "Share of the goal" };
  const reading = parts.say(READING);
  const statement: Text = { zh: "时点", en: "Statement" };
  return parts.rows(
    { zh: "目标与各口径", en: "Targets, by reading" },
    {
      zh: "每项目标的每个口径；尚无数据的结论为空。期末结论在截止日之后才有，以门户为准。",
      en: "Every reading of every target; a verdict without data is empty. The final statement " +
          "appears after the deadline; the portal's is binding.",
    },
    { span: 16, height: 9 },
    [
      { expr: parts.titled(`plumbline_target_value${OF_PACK}`), column: { zh: "数值", en: "Value" } },
      {
        expr: parts.titled(`target:plumbline_target_value:ratio_of_goal${OF_PACK}`),
        column: ratio,
      },
      { expr: parts.titled(`plumbline_target_reached${OF_PACK}`), column: reached },
    ],
    [[parts.title, TARGET], ["statement", statement], ["reading", READING]],
  )
    .overrideByName(reading, [{ id: "mappings", value: READINGS(parts) }])
    .overrideByName(parts.say(statement), [{ id: "mappings", value: STATEMENTS(parts) }])
    .overrideByName(parts.say(ratio), [{ id: "unit", value: "percentunit" },
                                       { id: "decimals", value: 1 }])
    .overrideByName(parts.say(reached), [
      { id: "mappings", value: words([[1, parts.say({ zh: "达标", en: "attained" }), GREEN],
                                      [0, parts.say({ zh: "未达标", en: "not attained" }), RED]]) },
      { id: "custom.cellOptions", value: { type: "color-text" } },
    ]);
}

function targets(parts: Parts) {
  const goals = parts.bars(
    { zh: "与目标值之比（当前，严格口径）", en: "Share of the goal (running, strict)" },
    {
      zh: "100 % 即等于目标值；要求“超过”的目标须高于 100 %。",
      en: "100 % is equal to the goal; a goal of “above” needs more than 100 %.",
    },
    { span: 8, height: 9 },
    [{
      expr: parts.titled("target:plumbline_target_value:ratio_of_goal" +
                         '{pack="$pack", statement="running", reading="strict"}'),
      legend: `{{${parts.title}}}`,
    }],
  ).unit("percentunit");
  const overTime = parts.lines(
    { zh: "$target：数值与目标值", en: "$target: value and goal" },
    {
      zh: "当前各口径的数值随时间的变化，虚线为目标值。",
      en: "The running value of each reading over time; the dashed line is the goal.",
    },
    { span: 12, height: 8 },
    [
      {
        expr: 'plumbline_target_value{pack="$pack", target="$target", statement="running"}',
        legend: "{{reading}}",
      },
      {
        expr: 'plumbline_target_goal{pack="$pack", target="$target"}',
        legend: parts.say({ zh: "目标值", en: "goal" }),
      },
    ],
  )
    .min(0)
    .repeat("target").repeatDirection("h").maxPerRow(2)
    .overrideByQuery("B", [{ id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
                           { id: "color", value: { mode: "fixed", fixedColor: GREY } }]);
  return [targetTable(parts), goals, overTime];
}

function coverage(parts: Parts) {
  const cityName = parts.name("city");
  const countyName = parts.name("county");
  const state: Text = { zh: "状态", en: "State" };
  const share: Text = { zh: "覆盖率", en: "Share" };
  const byCity = parts.rows(
    { zh: "各设区市覆盖情况", en: "Coverage by city" },
    {
      zh: "严格口径、当前时点：已覆盖的县（市、区）数与总数。",
      en: "Strict reading, now: counties covered, and all counties.",
    },
    { span: 12, height: 12 },
    [
      {
        expr: parts.titled(`city:plumbline_county_covered:sum${OF_PACK}`),
        column: { zh: "已覆盖", en: "Covered" },
      },
      {
        expr: parts.titled(`city:plumbline_county_covered:count${OF_PACK}`),
        column: { zh: "总数", en: "All" },
      },
      { expr: parts.titled(`city:plumbline_county_covered:avg${OF_PACK}`), column: share },
    ],
    [[parts.title, TARGET], [cityName, CITY]],
  ).overrideByName(parts.say(share), [{ id: "unit", value: "percentunit" },
                                      { id: "decimals", value: 1 }]);
  const byCounty = parts.rows(
    { zh: "各县（市、区）是否覆盖", en: "Counties, covered or not" },
    {
      zh: "严格口径、当前时点。表头可按设区市筛选。",
      en: "Strict reading, now. The head of the table filters by city.",
    },
    { span: 12, height: 12 },
    [{
      expr: parts.titled(parts.inCounty(`plumbline_county_covered${OF_PACK}`)),
      column: state,
    }],
    [[parts.title, TARGET], [cityName, CITY], [countyName, { zh: "县（市、区）", en: "County" }]],
  ).overrideByName(parts.say(state), [
    { id: "mappings", value: words([[1, parts.say({ zh: "已覆盖", en: "covered" }), GREEN],
                                    [0, parts.say({ zh: "未覆盖", en: "not covered" }), AMBER]]) },
    { id: "custom.cellOptions", value: { type: "color-text" } },
  ]);
  return [byCity, byCounty];
}

// Ten points of score each; 100 stands alone.
function bands(parts: Parts) {
  const from = [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100];
  return parts.bars(
    { zh: "得分分布（网点数）", en: "Distribution of scores (outlets)" },
    {
      zh: "已评定等次的网点，每 10 分一段。不是等次：等次另有界限，并受一票否决和等次上限约束。",
      en: "Outlets that have a grade, by ten points. Not grades: those have their own bounds, " +
          "vetoes and caps.",
    },
    { span: 10, height: 12 },
    from.map((band) => ({
      expr: "pack:plumbline_outlet_score:count_by_band" +
            `{pack="$pack", standard="$standard", period="$period", band="${band}"}`,
      legend: band === 100 ? "100" : `${band}–${band + 9}.99`,
    })),
  ).decimals(0);
}

function scores(parts: Parts) {
  const cityName = parts.name("city");
  const average: Text = { zh: "平均", en: "Average" };
  const quantile = (q: string) =>
    parts.inCity('city:plumbline_outlet_score:quantile{pack="$pack", standard="$standard", ' +
                 `period="$period", quantile="${q}"}`);
  const byCity = parts.rows(
    { zh: "各设区市得分", en: "Scores by city" },
    {
      zh: "只含已评定等次的网点。分位数经过插值，门户中的是精确值。",
      en: "Of outlets that have a grade. Quantiles are interpolated; the portal's are exact.",
    },
    { span: 14, height: 12 },
    [
      {
        expr: parts.inCity(`city:plumbline_outlet_score:count${OF_PERIOD}`),
        column: { zh: "网点数", en: "Outlets" },
      },
      { expr: parts.inCity(`city:plumbline_outlet_score:avg${OF_PERIOD}`), column: average },
      { expr: quantile("0.1"), column: { zh: "最低一成线", en: "10th percentile" } },
      { expr: quantile("0.5"), column: { zh: "中位数", en: "Median" } },
      { expr: quantile("0.9"), column: { zh: "最高一成线", en: "90th percentile" } },
    ],
    [[cityName, CITY]],
  ).decimals(2).overrideByName(parts.say({ zh: "网点数", en: "Outlets" }),
                               [{ id: "decimals", value: 0 }]);
  const overTime = parts.lines(
    { zh: "各设区市平均得分", en: "Average score by city" },
    { zh: "所选考核期内的变化。", en: "Over time, of the period that is chosen." },
    { span: 24, height: 9 },
    [{
      expr: parts.inCity(`city:plumbline_outlet_score:avg${OF_PERIOD}`),
      legend: `{{${cityName}}}`,
    }],
  ).min(0).max(100).thresholds(steps([[null, GREY]]));
  return [byCity, bands(parts), overTime];
}

export function province(parts: Parts): dashboard.DashboardBuilder {
  const board = frame(parts, "province", { zh: "准绳 · 全省总览", en: "Plumbline · Province" }, {
    zh: "目标、覆盖、得分和系统状态。精确结果及其证明以门户为准。",
    en: "Targets, coverage, scores and the state of the system. The portal's results are binding.",
  });
  for (const variable of [...scoreVariables(parts), targetVariable(parts)]) {
    board.withVariable(variable);
  }
  const sections: [Text, AnyPanel[]][] = [
    [{ zh: "目标", en: "Targets" }, targets(parts)],
    [{ zh: "覆盖", en: "Coverage" }, coverage(parts)],
    [{ zh: "得分", en: "Scores" }, scores(parts)],
    [{ zh: "系统状态", en: "State of the system" }, health(parts)],
  ];
  for (const [title, panels] of sections) {
    board.withRow(parts.row(title));
    for (const panel of panels) board.withPanel(panel);
  }
  return board;
}
