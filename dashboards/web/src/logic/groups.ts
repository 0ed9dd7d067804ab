// SPDX-License-Identifier: Apache-2.0
import type {
  GradeName, OutletRow, Rules, StatementDetail, Title, Unit,
} from '../api/types'

export interface GradeGroup {
  id: string | null
  title: Title | null
  rows: OutletRow[]
}

/** Outlets by grade: in the order given, then grades that it does not name, the ungraded last. */
export function byGrade(rows: OutletRow[], order: string[]): GradeGroup[] {
  const groups = new Map<string | null, GradeGroup>()
  for (const row of rows) {
    const id = row.grade?.id ?? null
    const group = groups.get(id) ?? { id, title: row.grade?.title ?? null, rows: [] }
    group.rows.push(row)
    groups.set(id, group)
  }
  const rank = (id: string | null) => {
    if (id === null) return order.length + 1
    const at = order.indexOf(id)
    return at < 0 ? order.length : at
  }
  return [...groups.values()].sort((a, b) => rank(a.id) - rank(b.id))
}

/** The grades that a rule set gives outlets, in its order, each once. */
export function gradeScale(rules: Rules | null): GradeName[] {
  const scale = new Map<string, GradeName>()
  for (const standard of rules?.standards ?? []) {
    if (standard.level !== 'outlet') continue
    for (const grade of standard.grades ?? []) {
      if (!scale.has(grade.id)) scale.set(grade.id, grade)
    }
  }
  return [...scale.values()]
}

type Missing = StatementDetail['missing'][number]

export interface CityGroup {
  city: Unit | null
  counties: Missing[]
}

/** Missing counties grouped by their city, in the order of the codes. */
export function byCity(missing: Missing[]): CityGroup[] {
  const groups = new Map<string, CityGroup>()
  for (const county of missing) {
    const key = county.city?.code ?? ''
    const group = groups.get(key) ?? { city: county.city, counties: [] }
    group.counties.push(county)
    groups.set(key, group)
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

/** Compares what tables sort by: decimals as numbers, absent values last, texts by language. */
export function compareValues(a: unknown, b: unknown, locale: string): number {
  const empty = (v: unknown) => v === null || v === undefined || v === ''
  if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b))
  const [x, y] = [Number(a), Number(b)]
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y
  return String(a).localeCompare(String(b), locale === 'zh' ? 'zh-CN' : 'en')
}
