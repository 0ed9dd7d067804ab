// SPDX-License-Identifier: Apache-2.0
// An invented network: outlets, their figures and their cases. Nothing here is a real body.

import { cities, counties } from './divisions.mjs'

/** A small generator with a seed, so that the same screens come each time. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export const two = (zh, en) => ({ zh, en })

export const VERDICTS = {
  met: two('达标', 'Attained'),
  not_met: two('未达标', 'Not attained'),
  insufficient_data: two('数据不足', 'Insufficient data'),
  not_reported: two('未报送', 'Not reported'),
  not_applicable: two('不适用', 'Not applicable'),
}

export const GRADES = [
  { id: 'excellent', title: two('优秀', 'Excellent'), min: '90' },
  { id: 'good', title: two('良好', 'Good'), min: '80' },
  { id: 'pass', title: two('合格', 'Pass'), min: '60' },
  { id: 'fail', title: two('不合格', 'Fail'), min: '0' },
]

const KINDS = [
  ['大学图书馆', 'University Library'], ['知识产权信息服务中心', 'IP Information Centre'],
  ['生产力促进中心', 'Productivity Centre'], ['产业技术研究院', 'Industrial Research Institute'],
  ['行业协会服务站', 'Industry Association Desk'], ['高新技术产业园服务点', 'High-tech Park Desk'],
]

export const HOSTILE_NAME = two(
  `<img src=x onerror="alert(1)">模拟${'知识产权信息公共服务网点'.repeat(21)}<b>粗体</b>`.slice(0, 300),
  `<img src=x onerror="alert(1)">Simulated ${'IP information outlet '.repeat(14)}`.slice(0, 300))

const draw = random(20251231)
export const outlets = []

counties.forEach((county, index) => {
  const count = index % 3 === 0 ? 2 : 1
  for (let i = 0; i < count; i += 1) {
    const kind = KINDS[(index * 2 + i) % KINDS.length]
    const id = `js-${county.code}-${String(i + 1).padStart(2, '0')}`
    outlets.push({
      id, code: `JSWD${county.code.slice(2)}${i + 1}`, county, city: county.city,
      name: two(`${county.name.zh}模拟${kind[0]}`, `Simulated ${kind[1]}, ${county.code}`),
      level: draw(), extra: 0, silent: false, vetoed: false, capped: false,
    })
  }
})
outlets[0].name = HOSTILE_NAME
outlets[1].vetoed = true
outlets[3].silent = true
outlets[6].capped = true
outlets[7].level = 0.97
outlets[20].silent = true
outlets[31].silent = true
outlets[41].vetoed = true

export const institutionState = new Map(counties.map((county, index) => {
  const n = (index * 37) % 95
  return [county.code, n < 50 ? 'covered' : n < 57 ? 'claimed' : 'missing']
}))

export const sinceOf = (code) => `2023-${String(1 + (Number(code) % 12)).padStart(2, '0')}-15`

export function document(number, date) {
  return { number, date, issuer: '模拟市知识产权局' }
}

export function institutionFact(county, state, entry) {
  const claimed = state === 'claimed'
  return {
    kind: 'institution', id: `inst-${county.code}`,
    name: two(`${county.name.zh}知识产权信息公共服务中心`, `IP information service, ${county.code}`),
    from: sinceOf(county.code), until: null, known: '2025-11-20', entry,
    declared: '2025-09-02', checked: claimed ? null : '2025-10-11',
    confirmed: claimed ? null : '2025-11-18', reviewed: null,
    place: { code: county.code, name: county.name, city: county.city },
    document: claimed ? null : document(`模知发〔2023〕${Number(county.code) % 97}号`, '2023-05-04'),
  }
}

export function statusFact(outlet, entry) {
  return {
    kind: 'status', id: `status-${outlet.id}`,
    name: two('省级知识产权信息公共服务网点', 'Provincial outlet'),
    from: '2024-03-01', until: null, known: '2025-12-01', entry, declared: '2024-01-10',
    checked: '2024-02-01', confirmed: '2024-02-20', reviewed: null,
    place: { code: outlet.county.code, name: outlet.county.name },
    document: document('模知发〔2024〕12号', '2024-02-20'),
  }
}

export const PRODUCTS = counties.filter((_, i) => i % 2 === 0).map((county, i) => ({
  kind: 'product', id: `product-${i + 1}`,
  name: two(`${county.name.zh}产业专利专题数据库`, `Patent database, ${county.code}`),
  from: '2024-06-01', until: null, known: '2025-12-02', entry: 400 + i,
  declared: '2025-06-01', checked: '2025-07-01', confirmed: '2025-08-01',
  reviewed: i % 9 === 4 ? null : '2025-10-20',
  place: { code: county.code, name: county.name, city: county.city }, document: null,
}))

export const PERIODS = ['2026', '2025', '2026-10', '2026-09', '2026-08']
export { cities, counties }
