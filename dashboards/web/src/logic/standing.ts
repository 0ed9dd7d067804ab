// SPDX-License-Identifier: Apache-2.0
import type { Standing } from '../api/types'

/** Whether a later standing may show other figures than the one before. */
export function changed(before: Standing | null, after: Standing): boolean {
  if (before === null) return true
  return before.size !== after.size || before.as_of !== after.as_of
    || before.behind_entries !== after.behind_entries || before.rule_hash !== after.rule_hash
}
