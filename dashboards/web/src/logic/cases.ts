// SPDX-License-Identifier: Apache-2.0
import type { Case, CaseEvent, Figure, Reported } from '../api/types'

/** How a case stands to the criterion that it was asked for with; null without a criterion. */
export function markOf(item: Case): 'matching' | 'notMatching' | 'counted' | 'notCounted' | null {
  if (item.counts === null || item.counts === undefined) return null
  if (!item.counts) return 'notCounted'
  if (item.in_numerator === null || item.in_numerator === undefined) return 'counted'
  return item.in_numerator ? 'matching' : 'notMatching'
}

/** What a figure was made from, where that says more than the figure: "9 / 18", "18". */
export function sampleOf(figure: Figure): string {
  if (figure.n === null || (figure.value === null && Number(figure.n) === 0)) return ''
  if (figure.numerator !== null) return `${figure.numerator} / ${figure.n}`
  return String(figure.n) === figure.text ? '' : String(figure.n)
}

/** Events of one report stand in one entry: the last of them is where the entry is offered. */
export function isLastOfEntry(events: CaseEvent[], at: number): boolean {
  return events[at]?.entry !== events[at + 1]?.entry
}

/** The command that shows an event where it stands in the ledger. */
export function showCommand(entry: number): string {
  return `plumb ledger show --from ${entry} --limit 1 --events`
}

/** What of a period's events has to do with their time; those from the future were set aside. */
export function flagsOf(reported: Reported) {
  const future = reported.set_aside.rules.filter((each) => each.rule === 'future')
  return [...reported.flags.map((each) => ({ ...each, key: each.flag })),
    ...future.map((each) => ({ ...each, key: each.rule }))].filter((each) => each.count > 0)
}

const SOURCES = ['agent', 'rating_page', 'inspector', 'feed'] as const

export function sourceKey(kind: string): (typeof SOURCES)[number] | null {
  return SOURCES.find((known) => known === kind) ?? null
}
