// SPDX-License-Identifier: Apache-2.0
import type { Improvement, Move } from '../api/explanation'
import type { Title } from '../api/types'

/** One way to move one criterion or cap; without a way the note says why there is none. */
export interface MoveRow {
  key: string
  title: Title
  points: string | null
  weight: string | null
  move: Move | null
  note: Title | null
}

const least = (row: MoveRow) =>
  row.move?.next_grade.kind === 'cases' ? row.move.next_grade.cases ?? Infinity : Infinity

/** Caps first, then what lifts the grade alone with the fewest cases, then as the standard has it;
 * a criterion that has all its points is left out. */
export function moveRows(improvement: Improvement): MoveRow[] {
  const rowsOf = (id: string, about: Omit<MoveRow, 'key' | 'move' | 'note'>, moves: Move[],
    note: Title | null): MoveRow[] => moves.length
    ? moves.map((move) => ({ ...about, key: `${id}/${move.indicator}/${move.way}`, move, note }))
    : [{ ...about, key: id, move: null, note }]
  const caps = improvement.caps.flatMap((cap) =>
    rowsOf(`cap/${cap.cap}`, { title: cap.title, points: null, weight: null }, cap.moves, null))
  const criteria = improvement.criteria.filter((each) => !each.complete).flatMap((each) =>
    rowsOf(each.criterion, { title: each.title, points: each.points, weight: each.weight_used },
      each.moves, each.note))
  return [...caps, ...criteria.map((row, place) => ({ row, place }))
    .sort((a, b) => (least(a.row) === least(b.row) ? a.place - b.place
      : least(a.row) - least(b.row)))
    .map(({ row }) => row)]
}
