// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest'
import type { Improvement, Move, Reach } from '../api/explanation'
import { moveRows } from './improvement'

const two = (text: string) => ({ zh: text, en: text })

function reach(kind: Reach['kind'], cases: number | null = null): Reach {
  return { kind, text: two(kind), cases, points: null, score: null, grade: null }
}

function move(way: Move['way'], next: Reach): Move {
  return { way, indicator: 'i', way_text: two(way), points: next, met: next, full: next,
    next_grade: next }
}

function improvement(of: Partial<Improvement>): Improvement {
  return { next_grade: null, next_grade_text: null, note: two(''), text: two(''), held: [],
    criteria: [], caps: [], cheapest: null, pair: null, ...of }
}

const criterion = (id: string, complete: boolean, moves: Move[]) => ({ criterion: id,
  title: two(id), points: '1.00', weight_used: '2.00', complete, note: null, moves })

describe('what would raise a score', () => {
  it('lists caps first, then the fewest cases, then the order of the standard', () => {
    const rows = moveRows(improvement({
      criteria: [criterion('never', false, [move('additional', reach('not_reachable'))]),
        criterion('none', false, []),
        criterion('many', false, [move('additional', reach('cases', 9))]),
        criterion('all', true, [move('additional', reach('already'))]),
        criterion('few', false, [move('additional', reach('cases', 12)),
          move('turned', reach('cases', 2))])],
      caps: [{ cap: 'late', title: two('late'), moves: [move('gone', reach('cases', 30))] }],
    }))
    expect(rows.map((row) => row.key)).toEqual(['cap/late/i/gone', 'few/i/turned',
      'many/i/additional', 'few/i/additional', 'never/i/additional', 'none'])
    expect(rows.at(-1)?.move).toBeNull()
  })
})
