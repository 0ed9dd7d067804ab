// SPDX-License-Identifier: Apache-2.0
// What both dashboards are made of: texts in two languages, queries, and panels in one style.

import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

export type Language = "zh" | "en";
export interface Text {
  zh: string;
  en: string;
}

// The uid of provisioning/datasources/plumbline.yaml.
export const SOURCE: common.DataSourceRef = { type: "prometheus", uid: "plumbline" };

export const GREEN = "#3f8600";
export const AMBER = "#d48806";
export const RED = "#cf1322";
export const GREY = "#8c8c8c";

const NO_DATA: Text = { zh: "无数据", en: "no data" };

// A panel's place: columns of 24, and rows.
export interface Size {
  span: number;
  height: number;
}

export interface Query {
  expr: string;
  legend?: string;
  // Only the newest value, for tables and single figures.
  now?: boolean;
}

export type AnyPanel =
  | bargauge.PanelBuilder
  | stat.PanelBuilder
  | table.PanelBuilder
  | timeseries.PanelBuilder;

function target(query: Query, number: number, format: prometheus.PromQueryFormat) {
  const builder = new prometheus.DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + number))
    .expr(query.expr)
    .format(format)
    .datasource(SOURCE);
  if (query.legend !== undefined) builder.legendFormat(query.legend);
  return query.now ? builder.instant() : builder.range();
}

// Panels of one language.
export class Parts {
  readonly language: Language;

  constructor(language: Language) {
    this.language = language;
  }

  say(text: Text): string {
    return text[this.language];
  }

  private dress<T extends AnyPanel>(
    panel: T, title: Text, description: Text, size: Size, queries: Query[],
    format = prometheus.PromQueryFormat.TimeSeries,
  ): T {
    panel.title(this.say(title)).description(this.say(description)).datasource(SOURCE)
      .span(size.span).height(size.height).noValue(this.say(NO_DATA));
    queries.forEach((query, number) => panel.withTarget(target(query, number, format)));
    return panel;
  }

  // Lines over time.
  lines(title: Text, description: Text, size: Size, queries: Query[]) {
    const panel = this.dress(new timeseries.PanelBuilder(), title, description, size, queries);
    return panel
      .lineWidth(2)
      .fillOpacity(0)
      .showPoints(common.VisibilityMode.Never)
      // What was not measured is a gap.
      .spanNulls(false)
      .legend(new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull"]))
      .tooltip(new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending));
  }

  // The newest value of each series as a figure.
  figures(title: Text, description: Text, size: Size, queries: Query[]) {
    return this.dress(new stat.PanelBuilder(), title, description, size,
                      queries.map((query) => ({ ...query, now: true })))
      .graphMode(common.BigValueGraphMode.None)
      .colorMode(common.BigValueColorMode.Value)
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
      .thresholds(steps([[null, GREY]]));
  }

  // The newest value of each series as a bar.
  bars(title: Text, description: Text, size: Size, queries: Query[]) {
    return this.dress(new bargauge.PanelBuilder(), title, description, size,
                      queries.map((query) => ({ ...query, now: true })))
      .displayMode(common.BarGaugeDisplayMode.Basic)
      .orientation(common.VizOrientation.Horizontal)
      .valueMode(common.BarGaugeValueMode.Text)
      .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).values(false))
      .min(0)
      .thresholds(steps([[null, "#1f6fb2"]]));
  }

  // One row for each set of labels, one column for each label in `columns` and for each query's
  // value, in this order. Labels that are not named are left out.
  rows(
    title: Text, description: Text, size: Size, queries: (Query & { column: Text })[],
    columns: [label: string, title: Text][],
  ) {
    const values = queries.map((_, number) =>
      queries.length === 1 ? "Value" : `Value #${String.fromCharCode(65 + number)}`);
    const order = [...columns.map(([label]) => label), ...values];
    const panel = this.dress(new table.PanelBuilder(), title, description, size,
                             queries.map((query) => ({ ...query, now: true })),
                             prometheus.PromQueryFormat.Table);
    // Before merging: rows are one row where all that is left of them is equal but for the values.
    panel.withTransformation({ id: "filterFieldsByName", options: { include: { names: order } } });
    if (queries.length > 1) panel.withTransformation({ id: "merge", options: {} });
    panel.withTransformation({
      id: "organize",
      options: {
        indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
        renameByName: Object.fromEntries([
          ...columns.map(([label, text]) => [label, this.say(text)]),
          ...values.map((name, number) => [name, this.say(queries[number]!.column)]),
        ]),
      },
    });
    return panel.filterable(true).cellHeight(common.TableCellHeight.Sm);
  }

  row(title: Text) {
    return new dashboard.RowBuilder(this.say(title));
  }

  // A variable that offers what a query selects.
  variable(name: string, label: Text, query: string) {
    return new dashboard.QueryVariableBuilder(name)
      .label(this.say(label))
      .datasource(SOURCE)
      .query({ query, refId: `variable-${name}` })
      .definition(query)
      .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
      .sort(dashboard.VariableSort.AlphabeticalAsc);
  }

  // The label that holds a name in this language.
  name(level: "county" | "city"): string {
    return `${level}_name_${this.language}`;
  }
  get title(): string {
    return `title_${this.language}`;
  }

  // Gives the series of a target the target's title, and those of a city or county their names.
  titled(expr: string): string {
    return `${expr} * on (job, instance, pack, target) group_left (${this.title}) ` +
      "plumbline_target_info";
  }
  inCity(expr: string): string {
    return `${expr} * on (job, instance, pack, city) group_left (${this.name("city")}) ` +
      "city:plumbline_county_info:group";
  }
  inCounty(expr: string): string {
    return `${expr} * on (job, instance, pack, county) ` +
      `group_left (${this.name("city")}, ${this.name("county")}) plumbline_county_info`;
  }
}

// Colours from a value on; null stands for everything below the first.
export function steps(list: [from: number | null, color: string][]) {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(list.map(([value, color]) => ({ value, color })));
}

// Words in place of values.
export function words(entries: [value: number, text: string, color: string][]) {
  const options = Object.fromEntries(entries.map(([value, text, color], index) =>
    [String(value), { text, color, index }]));
  return [{ type: dashboard.MappingType.ValueToText as const, options }];
}
