// SPDX-License-Identifier: Apache-2.0
// Scores, grades and cases of the invented outlets.

import { GRADES, VERDICTS, random, two } from './world.mjs'

const BASIS = {
  proposal: { kind: 'proposal', kind_title: two('建议', 'Proposal') },
  benchmark: { kind: 'benchmark', kind_title: two('参照', 'Benchmark') },
  official: { kind: 'official', kind_title: two('正式文件', 'Official') },
}

const line = (id, zh, en, weight, unit, full, zero, kind = 'proposal', text = '征求意见稿') =>
  ({ id, title: two(zh, en), weight, unit, full, zero, kind, text })

export const BLOCKS = [
  { id: 'base', title: two('A 基础条件', 'A Base'), criteria: [
    line('opening', '开放日比例', 'Opening-day rate', 8, '%', 98, 80),
    line('submissions', '报送按时率', 'Submissions on time', 7, '%', 95, 70)] },
  { id: 'supply', title: two('B 服务供给', 'B Supply'), criteria: [
    line('volume', '咨询与检索总量', 'Consultations and searches', 12, '', 240, 20),
    line('reports', '分析报告', 'Reports delivered', 9, '', 24, 2),
    line('training', '公益培训场次', 'Public trainings', 9, '', 4, 0, 'benchmark',
      '某市服务站考核通知 2025')] },
  { id: 'quality', title: two('C 服务质量', 'C Quality'), criteria: [
    line('on_time', '咨询按时办结率', 'Consultations closed on time', 15, '%', 95, 60, 'benchmark',
      '江苏 12345 办理时限'),
    line('good_rate', '好评率（置信下限）', 'Good rate (lower bound)', 15, '%', 90, 60)] },
  { id: 'order', title: two('D 规范与证据', 'D Order and evidence'), criteria: [
    line('evidence', '佐证完整率', 'Evidence completeness', 13, '%', 98, 80),
    line('spot_check', '抽查相符率', 'Spot-check agreement', 12, '%', 95, 80)] },
]

const fixed = (value, digits = 2) => value.toFixed(digits)
const figureText = (value, unit) => unit ? `${fixed(value)} %` : String(Math.round(value))

function criterionOf(outlet, c, draw) {
  const quiet = outlet.silent || (c.id === 'good_rate' && draw() < 0.2)
  const spread = Math.min(1.1, Math.max(0, outlet.level * 0.75 + draw() * 0.5))
  const raw = c.zero + (c.full - c.zero) * spread
  const value = Math.min(c.unit ? 100 : 1e9, raw) + (c.id === 'volume' ? outlet.extra : 0)
  const ratio = Math.max(0, Math.min(1, (value - c.zero) / (c.full - c.zero)))
  const points = Math.round(c.weight * ratio * 100) / 100
  const verdict = outlet.silent ? 'not_reported' : quiet ? 'insufficient_data'
    : ratio >= 0.6 ? 'met' : 'not_met'
  const n = c.unit ? 20 + Math.round(draw() * 80) : null
  const unit = c.unit ? ' %' : ''
  return {
    id: c.id, title: c.title, verdict, verdict_title: VERDICTS[verdict],
    weight: fixed(c.weight), weight_used: quiet ? '0.00' : fixed(c.weight), redistributed: false,
    points: quiet ? null : fixed(points),
    points_text: quiet ? '—' : `${fixed(points)} / ${fixed(c.weight)}`,
    share: quiet ? null : Math.round(ratio * 100),
    figure: {
      id: c.id, title: c.title, value: quiet ? null : fixed(value),
      text: quiet ? (outlet.silent ? '—' : '6 / 7') : figureText(value, c.unit),
      n: outlet.silent ? 0 : n === null ? Math.round(value) : n, sufficient: !quiet,
      numerator: n === null ? null : Math.round((n * Math.min(value, 100)) / 100),
    },
    rule_text: two(
      `达到 ${c.full}${unit} 得满分，${c.zero}${unit} 及以下不得分，中间按比例`,
      `Full at ${c.full}${unit}, none at or below ${c.zero}${unit}, in proportion between`),
    notes: [], basis: { ...BASIS[c.kind], text: c.text },
  }
}

export function gradeOf(score) {
  const found = GRADES.find((g) => score >= Number(g.min))
  return { id: found.id, title: found.title }
}

function reasonOf(outlet, score, grade) {
  if (outlet.silent) {
    return two('本期没有任何报送，因此不评分、不评定等次。',
      'Nothing was reported in this period, so there is no score and no grade.')
  }
  if (outlet.vetoed) {
    return two(`得分 ${score}，因一票否决「虚假报送」评定为不合格。`,
      `Score ${score}; graded Fail because of the veto “Fabricated events”.`)
  }
  if (outlet.capped) {
    return two(`得分 ${score}，抽查相符率低于 80 %，等次最高为合格。`,
      `Score ${score}; spot-check agreement is below 80 %, so the grade is at best Pass.`)
  }
  return two(`得分 ${score}，按得分评定为${grade.title.zh}。`,
    `Score ${score}, which is graded ${grade.title.en}.`)
}

export function resultOf(outlet, period) {
  const draw = random(Number(outlet.id.replace(/\D/g, '')) + period.length * 7)
  const blocks = BLOCKS.map((block) => {
    const criteria = block.criteria.map((c) => criterionOf(outlet, c, draw))
    const sum = criteria.reduce((all, c) => all + Number(c.points ?? 0), 0)
    const weight = block.criteria.reduce((all, c) => all + c.weight, 0)
    return { id: block.id, title: block.title, criteria,
      points_text: outlet.silent ? '—' : fixed(sum),
      weight_text: fixed(weight) }
  })
  const all = blocks.flatMap((b) => b.criteria)
  const total = all.reduce((sum, c) => sum + Number(c.points ?? 0), 0)
  const score = fixed(total)
  const byScore = gradeOf(total)
  const capped = outlet.capped && total >= 80
  const grade = outlet.vetoed ? gradeOf(0) : capped ? gradeOf(60) : byScore
  const verdict = outlet.silent ? 'not_reported' : total >= 60 && !outlet.vetoed ? 'met' : 'not_met'
  const spot = all.find((c) => c.id === 'spot_check')
  return {
    verdict, verdict_title: VERDICTS[verdict], score: outlet.silent ? null : score,
    score_text: outlet.silent ? '—' : score, grade: outlet.silent ? null : grade,
    grade_by_score: outlet.silent ? null : byScore, grade_limited: outlet.vetoed || capped,
    weight_without_data: all.some((c) => c.points === null) ? '15.00' : '0.00',
    reason: reasonOf(outlet, score, grade), blocks, grades: GRADES,
    vetoes: outlet.vetoed ? [{
      id: 'fabricated_events', title: two('虚假报送', 'Fabricated events'), since: '2026-04-02',
      finding: { kind: 'finding', id: `finding-${outlet.id}`, name: two('抽查发现的问题', 'Finding'),
        from: '2026-04-02', until: null, known: '2026-04-03', entry: 812, declared: null,
        checked: null, confirmed: null, reviewed: null, place: null,
        document: { number: '模知查〔2026〕3号', date: '2026-04-02', issuer: '模拟省知识产权局' } },
      basis: { ...BASIS.proposal, text: '征求意见稿' } }] : [],
    caps: outlet.capped ? [{
      id: 'spot_check', title: two('抽查相符率低于 80 %', 'Spot-check agreement below 80 %'),
      grade: gradeOf(60), figure: { ...spot.figure, text: '76.19 %' },
      text: two('抽查相符率低于 80 % 时，等次最高为合格',
        'With spot-check agreement below 80 % the grade is at best Pass'),
      basis: { ...BASIS.proposal, text: '征求意见稿' } }] : [],
    conditions: [],
  }
}

function weakest(result) {
  const lines = result.blocks.flatMap((b) => b.criteria).filter((c) => c.share !== null)
  if (lines.length === 0) return null
  const low = lines.reduce((a, b) => (b.share < a.share ? b : a))
  return { criterion: low.id, title: low.title, points_text: low.points_text }
}

export function outletRow(outlet, period) {
  const r = resultOf(outlet, period)
  return {
    id: outlet.id, name: outlet.name,
    county: { code: outlet.county.code, name: outlet.county.name },
    score: r.score, score_text: r.score_text, grade: r.grade, verdict: r.verdict,
    verdict_title: r.verdict_title, vetoes: r.vetoes.length, caps: r.caps.length,
    events: outlet.silent ? 0 : 120 + Math.round(outlet.level * 300), weakest: weakest(r),
    note: outlet.silent || outlet.vetoed || outlet.capped ? r.reason : null,
  }
}

const TYPES = [
  { id: 'consultation', title: two('咨询', 'Consultation') },
  { id: 'report', title: two('分析报告', 'Report') },
  { id: 'training', title: two('培训', 'Training') },
]

const pad = (n) => String(n).padStart(2, '0')

function event(at, index, step, title, extra = {}) {
  return { entry: 1200 + index, sequence: index, step, title, at: `${at.replace(' ', 'T')}:00.000Z`,
    at_text: at, recorded_text: at, source_kind: 'agent', duplicate: false, flags: [],
    voided: false, amendments: [],
    fields: [], ...extra }
}

function consultation(i) {
  const day = pad(1 + (i % 27))
  const late = i % 6 === 0
  const open = i % 11 === 0
  const counts = i % 13 !== 5
  return {
    type: 'consultation', title: TYPES[0].title, subject: `ZX-2026-${String(1000 + i)}`,
    state: open ? 'open' : 'closed', overdue: open && late, opened: `2026-10-${day}T01:00:00Z`,
    opened_text: `2026-10-${day} 09:00`, closed: open ? null : `2026-10-${day}T08:00:00Z`,
    closed_text: open ? null : `2026-10-${day} 16:00`, due: `2026-10-${day}T10:00:00Z`,
    due_text: `2026-10-${day} 18:00`, counts, in_numerator: counts ? !late : null,
    value_text: open ? null : late ? '31.5 h' : '2.5 h',
    why: counts ? (late ? two('超过 3 个工作日办结', 'Closed after three working days') : null)
      : two('本期之外', 'Outside the period'),
    events: [
      event(`2026-10-${day} 09:00`, i * 3, 'opened', two('受理', 'Opened'), {
        flags: i % 9 === 4 ? ['late', 'back_dated'] : [], fields: [
        { name: 'channel', title: two('渠道', 'Channel'), text: two('现场', 'On site') },
        { name: 'topic', title: two('事项', 'Topic'), text: two('专利检索', 'Patent search') }] }),
      event(`2026-10-${day} 10:30`, i * 3 + 1, 'first_reply', two('首次答复', 'First reply')),
      ...(i % 7 === 0 ? [event(`2026-10-${day} 10:40`, i * 3 + 1, 'first_reply',
        two('首次答复', 'First reply'), { duplicate: true })] : []),
      ...(open ? [] : [event(`2026-10-${day} 16:00`, i * 3 + 2, 'closed', two('办结', 'Closed'))]),
    ],
  }
}

export function casesOf(outlet, query) {
  const all = outlet.silent ? [] : Array.from({ length: 64 }, (_, i) => consultation(i))
  const offset = Number(query.get('offset') ?? 0)
  const limit = Number(query.get('limit') ?? 20)
  const criterion = query.get('criterion')
  const state = query.get('state')
  const isFlagged = (c) => c.events.some((each) => each.flags.length > 0)
  const chosen = all.filter((c) => !state || c.state === state
    || (state === 'flagged' && isFlagged(c))
    || (state === 'overdue' && c.overdue) || (state === 'against' && c.in_numerator === false))
    .map((c) => criterion ? c
    : { ...c, counts: null, in_numerator: null, value_text: null, why: null })
  return { total: chosen.length, offset, flagged: all.filter(isFlagged).length,
    cases: chosen.slice(offset, offset + limit),
    types: TYPES.map((t, i) => ({ ...t, total: i === 0 ? all.length : 0 })) }
}
