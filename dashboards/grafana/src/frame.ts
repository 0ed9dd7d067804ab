// SPDX-License-Identifier: Apache-2.0
// What every dashboard has around its panels.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import type { Parts, Text } from "./parts.ts";

// A dashboard without panels; its uid is plumbline-NAME-LANGUAGE.
export function frame(parts: Parts, name: string, title: Text, description: Text) {
  const other = parts.language === "zh" ? "en" : "zh";
  const board = new dashboard.DashboardBuilder(parts.say(title))
    .uid(`plumbline-${name}-${parts.language}`)
    .description(parts.say(description))
    .tags(["plumbline", parts.language])
    .readonly()
    .timezone("browser")
    .refresh("1m")
    .time({ from: "now-24h", to: "now" })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .annotations([]);
  const link = (words: string, uid: string) =>
    new dashboard.DashboardLinkBuilder(words)
      .type(dashboard.DashboardLinkType.Link)
      .url(`/d/${uid}`)
      .icon("dashboard")
      .tooltip(words)
      .includeVars(true)
      .keepTime(true);
  const pages: [string, Text][] = [
    ["province", { zh: "全省总览", en: "Province" }],
    ["county", { zh: "县（市、区）", en: "County" }],
  ];
  for (const [page, words] of pages) {
    if (page !== name) board.link(link(parts.say(words), `plumbline-${page}-${parts.language}`));
  }
  board.link(link(other === "en" ? "English" : "中文", `plumbline-${name}-${other}`));
  return board;
}
