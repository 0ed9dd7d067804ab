// SPDX-License-Identifier: Apache-2.0
// The outlets and counties that pages have loaded, for the search box. What is not loaded yet of
// the account's scope is fetched when the box is first used.
import { ref, shallowReactive } from 'vue'
import { getJson, pathOf } from '../api/client'
import type {
  CityAnswer, CountyAnswer, OutletRow, Overview, Session, Title, Unit,
} from '../api/types'
import type { Entry } from '../logic/search'

export const entries = shallowReactive(new Map<string, Entry>())
export const filling = ref(false)
const citiesSeen = new Set<string>()
let filledFor = ''

function joined(a: Title | null | undefined, b: Title): Title {
  return a ? { zh: `${a.zh} ${b.zh}`, en: `${b.en}, ${a.en}` } : b
}

function addCounty(county: Unit, city: Unit | null) {
  entries.set(county.code, { key: county.code, name: county.name, where: city?.name ?? null,
    to: { name: 'county', params: { code: county.code } } })
}

function addOutlets(rows: OutletRow[], city: Unit | null) {
  for (const row of rows) {
    entries.set(row.id, { key: row.id, name: row.name,
      where: row.county ? joined(city?.name, row.county.name) : null,
      to: { name: 'outlet', params: { id: row.id } } })
  }
}

export function tookOverview(answer: Overview) {
  for (const city of answer.cities) {
    entries.set(city.code, { key: city.code, name: city.name, where: null,
      to: { name: 'city', params: { code: city.code } } })
  }
  const cities = new Map(answer.cities.map((city) => [city.code, city]))
  for (const tile of answer.map.tiles) {
    const code = typeof tile.city === 'string' ? tile.city : tile.city.code
    addCounty(tile, cities.get(code) ?? null)
  }
}

export function tookCity(answer: CityAnswer) {
  citiesSeen.add(answer.city.code)
  for (const county of answer.counties) addCounty(county, answer.city)
  addOutlets(answer.outlets, answer.city)
}

export function tookCounty(answer: CountyAnswer) {
  addCounty(answer.county, answer.county.city ?? null)
  addOutlets(answer.outlets, answer.county.city ?? null)
}

async function fillNetwork() {
  const overview = await getJson<Overview>('overview')
  tookOverview(overview)
  for (const { code } of overview.cities) {
    if (!citiesSeen.has(code)) tookCity(await getJson<CityAnswer>(pathOf(['cities', code])))
  }
}

export async function fillDirectory(session: Session) {
  if (filledFor === session.account || filling.value) return
  filling.value = true
  try {
    const { level, unit } = session.scope
    if (level === 'network') await fillNetwork()
    if (level === 'city') tookCity(await getJson<CityAnswer>(pathOf(['cities', unit])))
    if (level === 'county') tookCounty(await getJson<CountyAnswer>(pathOf(['counties', unit])))
    filledFor = session.account
  } catch {
    // What is loaded can be searched; the next use of the box tries again.
  } finally {
    filling.value = false
  }
}

export function clearDirectory() {
  entries.clear()
  citiesSeen.clear()
  filledFor = ''
}
