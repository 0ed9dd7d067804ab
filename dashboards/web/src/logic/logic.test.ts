// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest'
import type { Case, CaseEvent, Figure, OutletRow, Reported, Standing } from '../api/types'
import { basisTitle } from './basis'
import { flagsOf, isLastOfEntry, markOf, sampleOf, showCommand, sourceKey } from './cases'
import { localDay } from './days'
import { byCity, byGrade, compareValues, gradeScale } from './groups'
import { toneOf } from './presence'
import { reasonsOf } from './readiness'
import { find, type Entry } from './search'
import { sparkline } from './sparkline'
import { changed } from './standing'
import { toneOfStream } from './streams'
import { nearest } from './tiles'
import { keyHex } from './verifier'

const title = (zh: string) => ({ zh, en: zh })

describe('what of a period has to do with time', () => {
  const reported = (late: number, future: number) => ({
    events: 9, duplicates: 0, failed_cases: 0,
    flags: [{ flag: 'late', title: title('迟报'), count: late },
      { flag: 'back_dated', title: title('补录'), count: 2 }],
    set_aside: { count: 5, rules: [{ rule: 'unknown_code', title: title('代码'), count: 5 },
      { rule: 'future', title: title('时间晚于接收时间'), count: future }] },
  }) as Reported

  it('is what came late, was entered long after, or was set aside as from the future', () => {
    expect(flagsOf(reported(3, 4)).map((each) => [each.key, each.count]))
      .toEqual([['late', 3], ['back_dated', 2], ['future', 4]])
  })

  it('leaves out what there is none of', () => {
    expect(flagsOf(reported(0, 0)).map((each) => each.key)).toEqual(['back_dated'])
  })
})

describe('an outlet that is not connected', () => {
  const silent = (hours: number) => toneOf({ state: 'silent', clock_off: false,
    at: '2026-10-31T08:00:00Z',
    last_sign: new Date(Date.UTC(2026, 9, 31, 8 - hours)).toISOString() })

  it('is wrong only after a day', () => {
    expect(silent(14)).toBe('look')
    expect(silent(24)).toBe('bad')
    expect(toneOf({ state: 'silent', clock_off: false, at: '2026-10-31T08:00:00Z',
      last_sign: null })).toBe('bad')
  })
})

describe('a stream', () => {
  it('that needs a look is coloured as wrong, whatever its state', () => {
    expect(toneOfStream({ state: 'open', look: true })).toBe('bad')
    expect(toneOfStream({ state: 'revoked', look: true })).toBe('bad')
  })

  it('is well only while it is active', () => {
    expect(toneOfStream({ state: 'open', look: false })).toBe('well')
    expect(toneOfStream({ state: 'rotated', look: false })).toBe('unknown')
  })
})

describe('outlets by grade', () => {
  const row = (id: string, grade: string | null) => ({
    id, grade: grade === null ? null : { id: grade, title: title(grade) },
  }) as OutletRow

  it('keeps the given order and puts the ungraded last', () => {
    const rows = [row('a', null), row('b', 'pass'), row('c', 'good'), row('d', 'pass')]
    expect(byGrade(rows, ['good', 'pass']).map((group) => [group.id, group.rows.length]))
      .toEqual([['good', 1], ['pass', 2], [null, 1]])
  })

  it('shows a grade that the order does not name before the ungraded', () => {
    const rows = [row('a', null), row('b', 'odd'), row('c', 'good')]
    expect(byGrade(rows, ['good']).map((group) => group.id)).toEqual(['good', 'odd', null])
  })
})

describe('the scale of grades', () => {
  it('is that of the standards of outlets, each grade once', () => {
    const grade = (id: string) => ({ id, title: title(id) })
    expect(gradeScale(null)).toEqual([])
    expect(gradeScale({ levels: [], targets: [], standards: [
      { id: 'a', level: 'outlet', grades: [grade('good'), grade('fail')] },
      { id: 'b', level: 'county', grades: [grade('other')] },
      { id: 'c', level: 'outlet', grades: [grade('fail'), grade('odd')] },
    ] }).map((each) => each.id)).toEqual(['good', 'fail', 'odd'])
  })
})

describe('a basis', () => {
  it('is read in its language where the text holds both', () => {
    expect(basisTitle('建议值 / a proposal')).toEqual({ zh: '建议值', en: 'a proposal' })
    expect(basisTitle('苏知发〔2020〕157号')).toEqual(
      { zh: '苏知发〔2020〕157号', en: '苏知发〔2020〕157号' })
    expect(basisTitle('a / b')).toEqual({ zh: 'a / b', en: 'a / b' })
    expect(basisTitle(null)).toEqual({ zh: '', en: '' })
  })
})

describe('readiness', () => {
  it('says why in sentences', () => {
    expect(reasonsOf('{"ready":true}')).toEqual([])
    expect(reasonsOf('ready\n')).toEqual([])
    expect(reasonsOf('{"reasons":[{"part":"store","sentence":"It is full."}]}'))
      .toEqual(['store: It is full.'])
    expect(reasonsOf('Bad Gateway')).toEqual(['Bad Gateway'])
  })
})

describe('missing counties', () => {
  it('are grouped by city in the order of the codes', () => {
    const county = (code: string, city: string) => ({
      code, name: title(code), city: { code: city, name: title(city) } })
    const groups = byCity([county('320302', '320300'), county('320106', '320100'),
      county('320305', '320300')])
    expect(groups.map((group) => [group.city?.code, group.counties.length]))
      .toEqual([['320100', 1], ['320300', 2]])
  })
})

describe('sorting', () => {
  it('compares decimals as numbers and puts what is absent last', () => {
    expect(['9.5', '10.25', null, '100'].sort((a, b) => compareValues(a, b, 'zh')))
      .toEqual(['9.5', '10.25', '100', null])
  })

  it('sorts Chinese by sound', () => {
    expect(['苏州', '常州', '南京'].sort((a, b) => compareValues(a, b, 'zh')))
      .toEqual(['常州', '南京', '苏州'])
  })
})

describe('search', () => {
  const entry = (key: string, zh: string, where: string): Entry => ({
    key, name: { zh, en: `EN ${key}` }, where: title(where), to: { name: 'home' } })
  const all = [entry('320106', '鼓楼区', '南京市'), entry('320302', '鼓楼区', '徐州市'),
    entry('js-1', '模拟大学图书馆', '南京市 鼓楼区')]

  it('finds both of one name and tells them apart by place', () => {
    expect(find(all, '鼓楼区', 9).map((each) => each.key)).toEqual(['320106', '320302', 'js-1'])
    expect(find(all, '徐州 鼓楼', 9).map((each) => each.key)).toEqual(['320302'])
  })

  it('finds by code and finds nothing for nothing', () => {
    expect(find(all, 'JS-1', 9).map((each) => each.key)).toEqual(['js-1'])
    expect(find(all, '  ', 9)).toEqual([])
    expect(find(all, '<img', 9)).toEqual([])
    expect(find(all, '区', 2)).toHaveLength(2)
  })
})

describe('cases', () => {
  const mark = (counts: boolean | null, inNumerator: boolean | null) =>
    markOf({ counts, in_numerator: inNumerator } as Case)

  it('tell how they stand to the criterion', () => {
    expect(mark(null, null)).toBeNull()
    expect(mark(false, null)).toBe('notCounted')
    expect(mark(true, null)).toBe('counted')
    expect(mark(true, true)).toBe('matching')
    expect(mark(true, false)).toBe('notMatching')
  })

  it('say what a figure was made from, unless the figure says it', () => {
    const sample = (figure: Partial<Figure>) => sampleOf(figure as Figure)
    expect(sample({ text: '50.00 %', n: 18, numerator: 9 })).toBe('9 / 18')
    expect(sample({ text: '18', n: 18, numerator: null })).toBe('')
    expect(sample({ text: '6.00 h', n: 55, numerator: null })).toBe('55')
    expect(sample({ text: '—', n: null, numerator: null })).toBe('')
    expect(sample({ text: '—', value: null, n: 0, numerator: 0 })).toBe('')
    expect(sample({ text: '—', value: null, n: 7, numerator: 6 })).toBe('6 / 7')
  })

  it('offer an entry once for the events that it holds', () => {
    const events = [{ entry: 14 }, { entry: 14 }, { entry: 20 }] as CaseEvent[]
    expect(events.map((_, i) => isLastOfEntry(events, i))).toEqual([false, true, true])
  })

  it('lead to their entry in the ledger', () => {
    expect(showCommand(1221)).toBe('plumb ledger show --from 1221 --limit 1 --events')
    expect(sourceKey('rating_page')).toBe('rating_page')
    expect(sourceKey('other')).toBeNull()
  })
})

describe('arrow keys on the map', () => {
  const tiles = [{ x: 0, y: 0 }, { x: 2, y: 0 }, { x: 0, y: 1 }, { x: 5, y: 5 }]
  const [origin, east, south] = tiles as [(typeof tiles)[0], (typeof tiles)[0], (typeof tiles)[0]]

  it('go to the nearest tile ahead, over a gap too', () => {
    expect(nearest(tiles, origin, 'right')).toBe(east)
    expect(nearest(tiles, origin, 'down')).toBe(south)
    expect(nearest(tiles, east, 'left')).toBe(origin)
  })

  it('stay where nothing lies ahead', () => {
    expect(nearest(tiles, origin, 'up')).toBeNull()
    expect(nearest(tiles, origin, 'left')).toBeNull()
  })
})

describe('the line of scores', () => {
  it('leaves a gap where there is no score', () => {
    const line = sparkline([50, null, 70, 80], 100, 40)
    expect(line.dots).toHaveLength(3)
    expect(line.path.match(/M/g)).toHaveLength(2)
  })

  it('stays level for one value and draws nothing for none', () => {
    expect(sparkline([60], 100, 40).dots).toEqual([{ x: 5, y: 20 }])
    expect(sparkline([null], 100, 40)).toEqual({ path: '', dots: [] })
  })
})

describe('standing', () => {
  const now = { size: 5, as_of: 'a', behind_entries: 0, rule_hash: 'r' } as Standing

  it('is news when anything that a figure depends on has moved', () => {
    expect(changed(null, now)).toBe(true)
    expect(changed(now, { ...now, pack: 'x' })).toBe(false)
    expect(changed(now, { ...now, size: 6 })).toBe(true)
    expect(changed(now, { ...now, as_of: 'b' })).toBe(true)
    expect(changed(now, { ...now, behind_entries: 3 })).toBe(true)
  })
})

describe('days', () => {
  const now = { as_of: '2026-10-31T00:01:00Z', as_of_text: '2026-10-31 08:01' }

  it('names the local day that an instant ends', () => {
    expect(localDay('2026-01-31T16:00:00.000Z', now)).toBe('2026-01-31')
    expect(localDay('2026-01-31', now)).toBe('2026-01-31')
    expect(localDay('never T', now)).toBe('never T')
  })
})

describe('verifier key', () => {
  it('becomes the hex digits that plumb takes', () => {
    const bytes = String.fromCharCode(1, ...Array.from({ length: 32 }, (_, i) => i))
    expect(keyHex(`plumbline/x+0a0b0c0d+${btoa(bytes)}`)).toBe(
      Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0')).join(''))
  })

  it('is nothing where the line is none', () => {
    expect(keyHex(null)).toBeNull()
    expect(keyHex('plumbline/x')).toBeNull()
    expect(keyHex('a+b+!!!')).toBeNull()
    expect(keyHex(`a+b+${btoa('short')}`)).toBeNull()
  })
})
