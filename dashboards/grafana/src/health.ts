// SPDX-License-Identifier: Apache-2.0
// Whether the system is well: for operator and office.

import { AMBER, GREEN, RED, steps, words } from "./parts.ts";
import type { Parts } from "./parts.ts";

function state(parts: Parts) {
  const ready = parts.figures(
    { zh: "各部分", en: "Parts" },
    {
      zh: "存储、存证点、评分计算；与 /readyz 一致。",
      en: "Storage, checkpoint and evaluator, as /readyz says.",
    },
    { span: 8, height: 4 },
    [{ expr: "plumbline_ready", legend: "{{part}}" }],
  ).mappings(words([[1, parts.say({ zh: "正常", en: "ready" }), GREEN],
                    [0, parts.say({ zh: "异常", en: "not ready" }), RED]]));
  const asOf = parts.figures(
    { zh: "数据时点", en: "As of" },
    { zh: "各项结果对应的时点。", en: "The instant that all results stand for." },
    { span: 5, height: 4 },
    [{ expr: "plumbline_evaluator_as_of_timestamp_seconds * 1000" }],
  ).unit("dateTimeAsIso");
  const simulated = parts.figures(
    { zh: "数据性质", en: "Kind of data" },
    {
      zh: "演示数据由模拟产生，不代表任何实际网点。",
      en: "Simulated data stands for no real outlet.",
    },
    { span: 3, height: 4 },
    [{ expr: "plumbline_ledger_simulated" }],
  ).mappings(words([[0, parts.say({ zh: "真实", en: "real" }), GREEN],
                    [1, parts.say({ zh: "演示数据", en: "simulated" }), AMBER]]));
  const lag = parts.figures(
    { zh: "待处理记录", en: "Entries waiting" },
    {
      zh: "尚未计入得分的记录，和尚未被存证点覆盖的记录。",
      en: "Entries not evaluated yet, and entries that no checkpoint covers yet.",
    },
    { span: 8, height: 4 },
    [
      {
        expr: "plumbline_evaluator_lag_entries",
        legend: parts.say({ zh: "未计入", en: "not evaluated" }),
      },
      {
        expr: "instance:plumbline_checkpoint_lag_entries:difference",
        legend: parts.say({ zh: "未存证", en: "without checkpoint" }),
      },
    ],
  ).thresholds(steps([[null, GREEN], [1000, AMBER]]));
  return [ready, asOf, simulated, lag];
}

function flow(parts: Parts) {
  const events = parts.lines(
    { zh: "报送量（条/秒）", en: "Events a second" },
    { zh: "五分钟平均。", en: "Average over five minutes." },
    { span: 8, height: 8 },
    [
      {
        expr: "instance:plumbline_collector_events:rate5m",
        legend: parts.say({ zh: "接收", en: "taken in" }),
      },
      {
        expr: "instance:plumbline_evaluator_folded_events:rate5m",
        legend: parts.say({ zh: "计入", en: "evaluated" }),
      },
    ],
  ).min(0);
  const trouble = parts.lines(
    { zh: "拒收与未计入", en: "Refused and set aside" },
    {
      zh: "每秒拒收次数，和不符合规则、未计入的报送内容总数。",
      en: "Refusals a second, and all events that do not fit the rules.",
    },
    { span: 8, height: 8 },
    [
      {
        expr: "instance:plumbline_collector_refused:rate5m",
        legend: parts.say({ zh: "拒收（次/秒）", en: "refused a second" }),
      },
      {
        expr: "plumbline_evaluator_set_aside_events_total",
        legend: parts.say({ zh: "未计入（总数）", en: "set aside in all" }),
      },
    ],
  ).min(0);
  const label = (zh: string, en: string) => ({ zh, en });
  const alerts = parts.rows(
    { zh: "当前告警", en: "Alerts now" },
    {
      zh: "没有告警时为空。含义和处理办法见《运行监测》。",
      en: "Empty while there is none. Meaning and remedy: the monitoring guide.",
    },
    { span: 8, height: 8 },
    [{ expr: 'ALERTS{alertstate="firing"}', column: label("触发", "Firing") }],
    [["alertname", label("告警", "Alert")], ["severity", label("级别", "Severity")],
     ["audience", label("处理人", "For")], ["instance", label("服务端", "Server")]],
  ).noValue(parts.say({ zh: "无告警", en: "none" }));
  return [events, trouble, alerts];
}

const HEARD = "plumbline_collector_outlet_heard_timestamp_seconds";
const CONNECTED = "plumbline_collector_outlet_connected";
const MISSING = "plumbline_collector_outlet_missing_events";
// As the alert OutletSilent counts it.
const UNHEARD = "plumbline_evaluator_as_of_timestamp_seconds - on (job, instance) " +
  `group_right () ${HEARD}`;

// Numbers of outlets, and 0 where there is none of a kind.
function presence(parts: Parts) {
  const label = (zh: string, en: string) => ({ zh, en });
  const counts = parts.lines(
    { zh: "网点连接情况（网点数）", en: "Outlets heard (outlets)" },
    {
      zh: "在线且无待送数据；在线；有数据尚未送达；三天没有任何消息。未接入的网点不计。",
      en: "Connected with nothing to send; connected; holding events that have not arrived; not " +
          "heard for three days. Outlets without an agent are not counted.",
    },
    { span: 12, height: 9 },
    [
      {
        expr: `sum(${CONNECTED} * (${MISSING} == bool 0))`,
        legend: parts.say({ zh: "在线，无待送数据", en: "connected, nothing to send" }),
      },
      { expr: `sum(${CONNECTED})`, legend: parts.say({ zh: "在线", en: "connected" }) },
      {
        expr: `sum(${MISSING} > bool 0)`,
        legend: parts.say({ zh: "有待送数据", en: "holding events" }),
      },
      {
        expr: `sum((${UNHEARD}) > bool (3 * 86400))`,
        legend: parts.say({ zh: "三天未收到消息", en: "silent for three days" }),
      },
    ],
  ).min(0).decimals(0);
  const unheard = label("未收到消息已", "Not heard for");
  const longest = parts.rows(
    { zh: "最久没有消息的网点", en: "Outlets not heard for longest" },
    {
      zh: "距最近一次消息的时间，和报送程序尚未送达的数据条数；列出前二十个。",
      en: "Time since the last sign of life, and events that the agent holds; the first twenty.",
    },
    { span: 12, height: 9 },
    [
      { expr: `topk(20, clamp_min(${UNHEARD}, 0))`, column: unheard },
      {
        expr: `${MISSING} and on (job, instance, outlet) topk(20, clamp_min(${UNHEARD}, 0))`,
        column: label("待送数据（条）", "Events held"),
      },
    ],
    [["outlet", label("网点", "Outlet")]],
  ).overrideByName(parts.say(unheard), [{ id: "unit", value: "s" }]);
  return [counts, longest];
}

export function health(parts: Parts) {
  return [...state(parts), ...presence(parts), ...flow(parts)];
}
