// SPDX-License-Identifier: Apache-2.0
// The answers of the API's routes, from the invented network.

import { columns, rows as gridRows } from './divisions.mjs'
import { gradeOf, outletRow, resultOf, casesOf } from './scores.mjs'
import {
  GRADES, PERIODS, PRODUCTS, VERDICTS, cities, counties, institutionFact, institutionState, outlets,
  sinceOf, statusFact, two,
} from './world.mjs'

export const live = { size: 48210, minute: 0 }

export function standing() {
  const at = new Date(Date.UTC(2026, 9, 31, 0, 1 + live.minute))
  const local = new Date(at.getTime() + 8 * 3600e3).toISOString()
  return {
    size: live.size, as_of: at.toISOString().replace('.000', ''),
    as_of_text: local.slice(0, 16).replace('T', ' '), behind_entries: live.behind ?? 0,
    late: (live.behind ?? 0) > 0, simulated: true, simulated_until: '2026-10-31T00:00:00Z',
    pack: 'jiangsu-2025', pack_version: '1', rule_hash: 'ab'.repeat(32), ledger_id: 'cd'.repeat(16),
    checkpoint_size: live.size,
  }
}

const OWNER = two('江苏省知识产权局', 'Jiangsu IP office')
const OFFICIAL = { kind: 'official', kind_title: two('正式文件', 'Official'),
  text: '苏知发〔2020〕157号' }
const READING_TITLES = { strict: two('严格口径', 'Strict'), ever: two('曾经达到', 'Ever'),
  claimed: two('含申报', 'Claimed included') }

function reading(id, n, of, goal) {
  const met = of ? n / of > goal : n >= goal
  const verdict = met ? 'met' : 'not_met'
  const value = of ? (n / of).toFixed(6) : String(n)
  return { id, title: READING_TITLES[id], value, verdict, verdict_title: VERDICTS[verdict],
    text: of ? `${((n / of) * 100).toFixed(2)} %` : String(n),
    fraction_text: of ? `${n} / ${of}` : `${n} / ${goal}` }
}

function statement(counts, of, goal, final) {
  const readings = ['strict', 'ever', 'claimed'].map((id, i) => reading(id, counts[i], of, goal))
  const { verdict, verdict_title, value, text, fraction_text } = readings[0]
  return { date: final ? final : '2026-10-31', frozen: !!final, verdict, verdict_title, value, text,
    known_by: final ? '2026-01-31T16:00:00Z' : null, numerator: counts[0],
    denominator: of ?? goal, fraction_text, readings }
}

const target = (id, zh, en, measure, goal, goalText, of, last, now, deadline = '2025-12-31') => ({
  id, title: two(zh, en), measure, start: '2020-12-22', deadline, headline: 'strict', owner: OWNER,
  goal: { test: measure === 'coverage' ? 'above' : 'at_least', value: String(goal),
    text: goalText },
  basis: OFFICIAL, final: statement(last, of, goal, deadline), running: statement(now, of, goal),
})

const TARGETS = [
  target('t1', '设立知识产权信息公共服务机构的县（市、区）', 'Counties with an institution',
    'coverage', 0.5, '> 50 %', 95, [46, 47, 53], [50, 51, 57]),
  target('t1b', '设立公共服务机构的设区市', 'Cities with an institution', 'coverage', 0.99, '100 %',
    13, [13, 13, 13], [13, 13, 13], '2022-12-31'),
  target('t2', '省级知识产权信息公共服务网点', 'Provincial outlets', 'count', 100, '≥ 100', null,
    [104, 106, 109], [107, 112, 118]),
  target('t3', '优质公共服务产品', 'High-quality products', 'count', 50, '≥ 50', null,
    [41, 41, 48], [43, 43, 48]),
]

export function rulesAnswer() {
  return { standing: standing(), rules: {
    levels: [{ id: 'network', title: two('全省', 'Province') }],
    standards: [{ id: 'outlet', level: 'outlet', grades: GRADES }],
    targets: TARGETS.map((t) => ({ id: t.id,
      level: { t1: 'county', t1b: 'city' }[t.id] ?? null })) } }
}

export const targetsAnswer = () => ({ standing: standing(), targets: TARGETS })

function countyPlace(county) {
  return { code: county.code, name: county.name, city: county.city }
}

function detail(statement, t) {
  const states = counties.map((c) => [c, institutionState.get(c.code)])
  const counted = (id) => states
    .filter(([, s]) => s === 'covered' || (id === 'claimed' && s === 'claimed'))
    .map(([c, s], i) => ({ unit: countyPlace(c), facts: [institutionFact(c, s, 310 + i)] }))
  const products = [{ unit: null, facts: PRODUCTS.filter((p) => p.reviewed) }]
  const rows = (id) => t.id === 't3' ? products : t.id === 't2'
    ? [{ unit: null, facts: outlets.slice(0, 107).map((o, i) => statusFact(o, 500 + i)) }]
    : counted(id)
  const of = t.measure === 'coverage' ? Number(statement.denominator) : null
  const months = Array.from({ length: 60 }, (_, i) => {
    const day = new Date(Date.UTC(2021, i + 1, 0)).toISOString().slice(0, 10)
    const n = Math.round((statement.numerator * (i + 1)) / 60)
    return { date: day, numerator: n, denominator: statement.denominator,
      value: of ? (n / of).toFixed(6) : String(n),
      text: of ? `${((n / of) * 100).toFixed(2)} %` : String(n) }
  })
  return {
    ...statement,
    readings: statement.readings.map((r) => ({ ...r, counted: rows(r.id) })),
    missing: t.id === 't1' ? states.filter(([, s]) => s !== 'covered').map(([c]) => countyPlace(c))
      : [],
    excluded: t.id === 't1' ? [{
      fact: { ...institutionFact(counties[3], 'claimed', 377), id: 'inst-zone', place: null,
        name: two('某开发区服务站', 'A development zone’s desk') },
      reason: two('所在县（市、区）不明', 'The county is unknown') }] : [],
    trajectory: months,
  }
}

export function targetAnswer(id) {
  const t = TARGETS.find((each) => each.id === id)
  return t && { standing: standing(), target: t,
    statements: { final: t.final && detail(t.final, t), running: detail(t.running, t) } }
}

function gradeCounts(rows) {
  const ids = [...GRADES.map((g) => g.id), null]
  return ids.map((id) => ({ id,
    title: id ? GRADES.find((g) => g.id === id).title : two('未评定', 'Not graded'),
    outlets: rows.filter((r) => (r.grade?.id ?? null) === id).length }))
}

function cityRow(city, rows) {
  const own = counties.filter((c) => c.city === city)
  const mine = rows.filter((r) => own.some((c) => c.code === r.county.code))
  const covered = own.filter((c) => institutionState.get(c.code) === 'covered').length
  return { ...city, counties: own.length, covered, covered_text: `${covered} / ${own.length}`,
    outlets: mine.length, not_reported: mine.filter((r) => r.verdict === 'not_reported').length,
    grades: gradeCounts(mine) }
}

function attention(rows) {
  return rows.filter((r) => r.note).map((r) => ({
    kind: r.vetoes ? 'veto' : r.caps ? 'cap' : 'not_reported', outlet: r.id, name: r.name,
    county: r.county, text: r.note }))
}

// The year before is closed, and a result of it has changed since.
function published(period) {
  return period === PERIODS[0] ? null
    : { revision: 1, entry: 9120, recorded_text: '2026-01-20 09:00', differing: 1 }
}

export function overview(period) {
  const rows = outlets.map((o) => outletRow(o, period))
  return {
    standing: standing(), period, periods: PERIODS, published: published(period),
    targets: TARGETS,
    map: { columns, rows: gridRows, tiles: counties.map((c) => ({
      code: c.code, name: c.name, city: c.city, x: c.x, y: c.y,
      state: institutionState.get(c.code),
      since: institutionState.get(c.code) === 'covered' ? sinceOf(c.code) : null,
      outlets: outlets.filter((o) => o.county === c).length })) },
    grades: gradeCounts(rows), cities: cities.map((c) => cityRow(c, rows)),
    attention: attention(rows),
    changes: counties.slice(0, 12).map((c, i) => ({ known: `2026-10-${30 - i}`, kind: 'institution',
      id: `inst-${c.code}`, text: two(`${c.city.name.zh}${c.name.zh}：公共服务机构经省局确认`,
        `${c.name.en}: institution confirmed by the province`) })),
  }
}

function unitTarget(county) {
  const state = institutionState.get(county.code)
  const verdict = state === 'covered' ? 'met' : 'not_met'
  return { id: 't1', title: TARGETS[0].title, state, verdict, verdict_title: VERDICTS[verdict],
    since: state === 'covered' ? sinceOf(county.code) : null,
    facts: state === 'missing' ? [] : [institutionFact(county, state, 322)] }
}

export function cityAnswer(code, period) {
  const city = cities.find((c) => c.code === code)
  if (!city) return undefined
  const own = counties.filter((c) => c.city === city)
  const rows = outlets.filter((o) => o.city === city).map((o) => outletRow(o, period))
  return {
    standing: standing(), city, period, periods: PERIODS, published: published(period),
    outlets: rows,
    targets: [{ id: 't1b', title: TARGETS[1].title, state: 'covered', since: '2021-06-01',
      verdict: 'met', verdict_title: VERDICTS.met, facts: [] }],
    counties: own.map((c) => {
      const mine = rows.filter((r) => r.county.code === c.code)
      return { code: c.code, name: c.name, covered: [unitTarget(c)], outlets: mine.length,
        not_reported: mine.filter((r) => !r.score).length, grades: gradeCounts(mine) }
    }),
  }
}

export function countyAnswer(code, period) {
  const county = counties.find((c) => c.code === code)
  if (!county) return undefined
  const t = unitTarget(county)
  const figure = (id, zh, en, text, n) => ({ id, title: two(zh, en), value: text, text, n,
    numerator: null, sufficient: true })
  return {
    standing: standing(), county: countyPlace(county), period, periods: PERIODS,
    published: published(period), targets: [t],
    institutions: t.facts, products: PRODUCTS.filter((p) => p.place.code === code),
    outlets: outlets.filter((o) => o.county === county).map((o) => outletRow(o, period)),
    figures: [figure('consultations', '咨询', 'Consultations', '312', 312),
      figure('on_time', '咨询按时办结率', 'Closed on time', '93.27 %', 312)],
  }
}

export function outletAnswer(id, period) {
  const outlet = outlets.find((o) => o.id === id)
  if (!outlet) return undefined
  const row = outletRow(outlet, period)
  return {
    standing: standing(), period, periods: PERIODS, standards: ['outlet'],
    outlet: { id, code: outlet.code, name: outlet.name, city: outlet.city,
      county: { code: outlet.county.code, name: outlet.county.name },
      statuses: [statusFact(outlet, 501)] },
    standard: { id: 'outlet', title: two('网点年度评价标准', 'Yearly standard for outlets') },
    result: resultOf(outlet, period),
    closing: null,
    reported: { events: row.events, duplicates: outlet.silent ? 0 : 3, failed_cases: 0,
      amended: { corrected: 0, voided: 0 },
      flags: outlet.silent ? [] : [
        { flag: 'late', title: two('迟报', 'late'), count: 7 },
        { flag: 'back_dated', title: two('补录', 'entered long after'), count: 7 }],
      set_aside: outlet.silent ? { count: 0, rules: [] } : { count: 2, rules: [
        { rule: 'unknown_code', title: two('代码不在表中', 'A code that is not in the list'),
          count: 2 }] } },
    history: ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'].map((each, i) => {
      const score = outlet.silent ? null : 60 + ((i * 13 + Number(outlet.county.code)) % 35)
      return { period: each, score: score === null ? null : score.toFixed(2),
        grade: score === null ? null : gradeOf(score),
        verdict: score === null ? 'not_reported' : 'met' }
    }),
  }
}

/** What would raise the score; only what the page reads. */
export function explanationAnswer(id) {
  const outlet = outlets.find((o) => o.id === id)
  if (!outlet) return undefined
  const never = { kind: 'not_reachable', text: two('本期不可及', 'not reachable this period'),
    cases: null, points: null, score: null, grade: null }
  const cases = (n, points, score) => ({ kind: 'cases', text: two(`${n} 件`, `${n} cases`),
    cases: n, points, score, grade: null })
  const best = two('「按时办结」再有 12 件符合要求的 → 85.10 分，等次「良好」',
    'Closed on time: 12 more cases that comply → 85.10 points, grade Good')
  return { standing: standing(), explanation: { improvement: {
    next_grade: { id: 'good', title: two('良好', 'Good') },
    next_grade_text: two('升到「良好」', 'To Good'),
    note: two('各数字是至少需要的件数', 'Each number is the least.'),
    text: two('升到「良好」，最省的一项如下', 'To Good: this takes the fewest cases.'),
    held: [two('距「良好」（85.00 分起）还差 3.20 分', '3.20 points short of Good (from 85.00)')],
    caps: [], cheapest: { text: best }, pair: null,
    criteria: [{ criterion: 'on_time', title: two('按时办结', 'Closed on time'), points: '9.10',
      weight_used: '12.00', complete: false, note: null, moves: [{ way: 'additional',
        indicator: 'on_time', way_text: two('增加符合要求的件', 'more cases that comply'),
        points: cases(1, '9.14', '81.84'), met: cases(9, '11.20', '83.90'), full: never,
        next_grade: cases(12, '12.00', '85.10') }] }],
  } } }
}

export function casesAnswer(id, query) {
  const outlet = outlets.find((o) => o.id === id)
  return outlet && { standing: standing(), cases: casesOf(outlet, query) }
}

const PRESENCE = {
  silent: ['已断开', 'disconnected', '已 3 天未收到数据', 'Nothing received for 3 days'],
  holds_unsent: ['有待送数据', 'holds unsent events', '有 12 条数据尚未送达（2026-10-31 09:12 起）',
    '12 events have not arrived yet (since 2026-10-31 09:12)'],
  idle: ['在线', 'connected', '连接正常，暂无新数据', 'Connected; nothing new to report'],
}

function presenceOf(outlet, i) {
  const state = i % 17 === 3 ? 'silent' : i % 23 === 5 ? 'holds_unsent' : 'idle'
  const [zh, en, textZh, textEn] = PRESENCE[state]
  const missing = state === 'holds_unsent'
    ? { count: 12, first: 41, last: 52, since: '2026-10-31T01:12:00Z' } : null
  return { outlet: outlet.id, name: outlet.name, at: '2026-10-31T02:00:00Z', state,
    state_title: two(zh, en), text: two(textZh, textEn), heard: '2026-10-31T01:59:50Z',
    recorded: null, last_sign: '2026-10-31T01:59:50Z', last_sign_text: '2026-10-31 09:59',
    missing: missing?.count ?? 0, missing_since: missing?.since ?? null, clock_ahead_ms: 12,
    clock_off: false,
    streams: [{ stream: '0'.repeat(32), connected: state !== 'silent', missing }] }
}

export function outletPresenceAnswer(id) {
  const i = outlets.findIndex((o) => o.id === id)
  return i < 0 ? undefined : { standing: standing(), presence: presenceOf(outlets[i], i) }
}

export function presenceAnswer() {
  const all = outlets.map(presenceOf)
  const look = all.filter((one) => one.state !== 'idle')
  return { standing: standing(), presence: { total: look.length, outlets: look,
    states: Object.entries(PRESENCE).map(([state, [zh, en]]) => ({ state, title: two(zh, en),
      outlets: all.filter((one) => one.state === state).length })) } }
}

const STREAM_STATES = { open: ['在用', 'active'], rotated: ['已更换', 'rotated'],
  revoked: ['已吊销', 'revoked'] }

function streamOf(outlet, i) {
  const state = i % 19 === 4 ? 'revoked' : i % 11 === 2 ? 'rotated' : 'open'
  const look = i % 29 === 7
  const closed = state === 'open' ? null : '2026-10-20T01:12:00Z'
  const text = look
    ? two('疑似两台设备使用同一密钥（2 批），请与网点核实',
      'Two machines seem to report with this key (2 batches); ask the outlet')
    : state === 'open' ? two('未发现异常', 'Nothing unusual')
      : state === 'rotated' ? two('2026-10-20 09:12 由新密钥接替',
        'A new key took over on 2026-10-20 09:12')
        : two('2026-10-20 09:12 吊销，此后不再接收',
          'Revoked on 2026-10-20 09:12; nothing is taken since')
  return { stream: i.toString(16).padStart(32, 'a3'), outlet: outlet.id, name: outlet.name,
    source_kind: 'agent', source_title: two('网点代理', 'agent'), state,
    state_title: two(...STREAM_STATES[state]), enrolled: '2026-01-05T01:12:00Z',
    enrolled_text: '2026-01-05 09:12', closed, closed_text: closed && '2026-10-20 09:12',
    successor: state === 'rotated' ? 'b'.repeat(32) : null, conflicts: 0,
    doubt: look ? { kind: 'machine_returned', number: 7, count: 2 } : null, complete: true, look,
    text }
}

export function outletStreamsAnswer(id) {
  const i = outlets.findIndex((o) => o.id === id)
  if (i < 0) return undefined
  const one = streamOf(outlets[i], i)
  const text = one.state === 'open' ? two('在用密钥 1 个', '1 active key')
    : two('在用密钥 0 个，已停用 1 个', '0 active keys, 1 closed')
  return { standing: standing(), streams: { outlet: id, look: one.look, text, list: [one] } }
}

export function streamsAnswer(query) {
  const all = outlets.map(streamOf).sort((a, b) => Number(b.look) - Number(a.look))
  const state = query.get('state')
  const asked = all.filter((one) => !state || (state === 'look' ? one.look : one.state === state))
  const offset = Number(query.get('offset') ?? 0)
  return { standing: standing(), streams: { look: all.filter((one) => one.look).length,
    total: asked.length, offset,
    list: asked.slice(offset, offset + Number(query.get('limit') ?? 100)),
    states: Object.entries(STREAM_STATES).map(([id, [zh, en]]) => ({ state: id,
      title: two(zh, en), streams: all.filter((one) => one.state === id).length })) } }
}

const KEY = Buffer.from([1, ...Array.from({ length: 32 }, (_, i) => i * 7)]).toString('base64')

export function ledgerAnswer() {
  return {
    standing: standing(), size: live.size, root: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=',
    verifier: `plumbline/${'cd'.repeat(16)}+1f2e3d4c+${KEY}`,
    checkpoint: `plumbline/${'cd'.repeat(16)}\n${live.size}\n`
      + 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n\n'
      + `— plumbline/${'cd'.repeat(16)} Hy49TDvN7xI0VniQq83vEjRWeJCrze8SNFZ4kA==\n`,
  }
}
