// SPDX-License-Identifier: Apache-2.0
// One county: whether it is covered, and the scores of its outlets.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.ts";
import { AMBER, GREEN, words } from "./parts.ts";
import type { Parts, Text } from "./parts.ts";
import { placeVariables, scoreVariables } from "./variables.ts";

const HERE =
  '{pack="$pack", standard="$standard", period="$period", city="$city", county="$county"}';
const HERE_ALL_PERIODS = '{pack="$pack", standard="$standard", city="$city", county="$county"}';
const CITY_HERE = '{pack="$pack", standard="$standard", period="$period", city="$city"}';
const PACK_HERE = '{pack="$pack", standard="$standard", period="$period"}';

const AVERAGE: Text = { zh: "平均得分", en: "Average score" };

function state(parts: Parts) {
  const covered = parts.figures(
    { zh: "是否覆盖", en: "Covered" },
    {
      zh: "本县（市、区）在各项目标下是否覆盖：严格口径、当前时点。",
      en: "Whether this county is covered, for each target: strict reading, now.",
    },
    { span: 8, height: 5 },
    [{
      expr: parts.titled('plumbline_county_covered{pack="$pack", county="$county"}'),
      legend: `{{${parts.title}}}`,
    }],
  ).mappings(words([[1, parts.say({ zh: "已覆盖", en: "covered" }), GREEN],
                    [0, parts.say({ zh: "未覆盖", en: "not covered" }), AMBER]]));
  const outlets = parts.figures(
    { zh: "已评定网点", en: "Graded outlets" },
    {
      zh: "所选考核期内有等次的网点数；未报送和数据不足的不在其中。",
      en: "Outlets with a grade in the period; those not reported or with too little data are not.",
    },
    { span: 4, height: 5 },
    [{ expr: `county:plumbline_outlet_score:count${HERE}` }],
  ).decimals(0);
  const figures = parts.figures(
    { zh: "得分概况", en: "Scores in short" },
    {
      zh: "已评定网点的平均、中位和最低一成线。分位数经过插值。",
      en: "Average, median and 10th percentile of graded outlets. Quantiles are interpolated.",
    },
    { span: 12, height: 5 },
    [
      { expr: `county:plumbline_outlet_score:avg${HERE}`, legend: parts.say(AVERAGE) },
      ...([["0.5", { zh: "中位数", en: "Median" }],
           ["0.1", { zh: "最低一成线", en: "10th percentile" }]] as [string, Text][])
        .map(([quantile, name]) => ({
          expr: `county:plumbline_outlet_score:quantile${HERE.replace(
            "}", `, quantile="${quantile}"}`)}`,
          legend: parts.say(name),
        })),
    ],
  ).decimals(2);
  return [covered, outlets, figures];
}

function scores(parts: Parts) {
  const score: Text = { zh: "得分", en: "Score" };
  const overTime = parts.lines(
    { zh: "各网点得分", en: "Scores of outlets" },
    {
      zh: "所选考核期内的变化。线条中断表示该时段没有等次（数据不足或未报送）。",
      en: "Over time, of the period that is chosen. A gap: no grade then.",
    },
    { span: 16, height: 11 },
    [{ expr: `plumbline_outlet_score${HERE}`, legend: "{{outlet}}" }],
  ).min(0).max(100);
  const now = parts.rows(
    { zh: "各网点当前得分", en: "Scores of outlets now" },
    {
      zh: "只列已评定等次的网点；等次、原因和逐项得分见门户。",
      en: "Outlets that have a grade; grade, reasons and criteria are in the portal.",
    },
    { span: 8, height: 11 },
    [{ expr: `plumbline_outlet_score${HERE}`, column: score }],
    [["outlet", { zh: "网点", en: "Outlet" }]],
  ).decimals(2);
  const compared = parts.lines(
    { zh: "与全市、全省平均比较", en: "Compared with city and province" },
    { zh: "已评定网点的平均得分。", en: "Average scores of graded outlets." },
    { span: 16, height: 9 },
    [
      {
        expr: `county:plumbline_outlet_score:avg${HERE}`,
        legend: parts.say({ zh: "本县（市、区）", en: "this county" }),
      },
      {
        expr: `city:plumbline_outlet_score:avg${CITY_HERE}`,
        legend: parts.say({ zh: "全市", en: "city" }),
      },
      {
        expr: `pack:plumbline_outlet_score:avg${PACK_HERE}`,
        legend: parts.say({ zh: "全省", en: "province" }),
      },
    ],
  ).min(0).max(100);
  const periods = parts.rows(
    { zh: "各考核期平均得分", en: "Average score by period" },
    {
      zh: "每个考核期的已评定网点数和平均得分。",
      en: "Graded outlets and their average score, for each period.",
    },
    { span: 8, height: 9 },
    [
      {
        expr: `county:plumbline_outlet_score:count${HERE_ALL_PERIODS}`,
        column: { zh: "网点数", en: "Outlets" },
      },
      { expr: `county:plumbline_outlet_score:avg${HERE_ALL_PERIODS}`, column: AVERAGE },
    ],
    [["period", { zh: "考核期", en: "Period" }]],
  ).overrideByName(parts.say(AVERAGE), [{ id: "decimals", value: 2 }]);
  return [overTime, now, compared, periods];
}

export function county(parts: Parts): dashboard.DashboardBuilder {
  const board = frame(parts, "county", { zh: "准绳 · 县（市、区）", en: "Plumbline · County" }, {
    zh: "一个县（市、区）的覆盖情况和各网点得分。精确结果及其证明以门户为准。",
    en: "Coverage of one county and the scores of its outlets. The portal's results are binding.",
  });
  for (const variable of [...scoreVariables(parts), ...placeVariables(parts)]) {
    board.withVariable(variable);
  }
  for (const panel of [...state(parts), ...scores(parts)]) board.withPanel(panel);
  return board;
}
