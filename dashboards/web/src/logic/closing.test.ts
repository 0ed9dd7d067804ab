// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest'
import { causeLines } from './closing'

describe('the cause of a restatement', () => {
  const say = (key: string, values: Record<string, string | number>) =>
    [key.replace('closing.', ''), ...Object.values(values)].join(' ')

  it('names cases with their entries, then what else changed', () => {
    const cause = {
      cases: [{ type: 'visit', subject: 'v1', entries: [7, 9] },
        { type: 'visit', subject: 'v2', entries: [] }],
      total: 5, rules_changed: true, records: [11],
    }
    expect(causeLines(cause, say)).toEqual(['causeCase v1 7, 9', 'causeTime v2', 'causeMore 3',
      'causeRules', 'causeRecords 11'])
    expect(causeLines({ cases: [], total: 0, rules_changed: false, records: [] }, say)).toEqual([])
  })
})
