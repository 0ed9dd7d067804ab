// SPDX-License-Identifier: Apache-2.0
import type { Cause } from '../api/closing'

type Say = (key: string, values: Record<string, string | number>) => string

/** Why a result is another one than what was published: one line a case, then what else. */
export function causeLines(cause: Cause, t: Say): string[] {
  const lines = cause.cases.map((each) => each.entries.length
    ? t('closing.causeCase', { subject: each.subject, entries: each.entries.join(', ') })
    : t('closing.causeTime', { subject: each.subject }))
  const more = cause.total - cause.cases.length
  if (more > 0) lines.push(t('closing.causeMore', { n: more }))
  if (cause.rules_changed) lines.push(t('closing.causeRules', {}))
  if (cause.records.length) {
    lines.push(t('closing.causeRecords', { entries: cause.records.join(', ') }))
  }
  return lines
}
