// SPDX-License-Identifier: Apache-2.0
// The divisions that the mock server invents its answers for, as the pack jiangsu-2025 has them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, '../../../rules/jiangsu-2025/data/divisions.csv')

export const cities = []
export const counties = []

const [head, ...lines] = readFileSync(FILE, 'utf8').trim().split('\n')
const names = head.split(',')
for (const line of lines) {
  const row = Object.fromEntries(line.split(',').map((value, i) => [names[i], value]))
  if (cities.at(-1)?.code !== row.city_code) {
    cities.push({ code: row.city_code, name: { zh: row.city_name, en: row.city_name_en } })
  }
  counties.push({ code: row.code, name: { zh: row.name, en: row.name_en }, city: cities.at(-1),
    x: Number(row.tile_x), y: Number(row.tile_y) })
}

export const columns = Math.max(...counties.map((county) => county.x)) + 1
export const rows = Math.max(...counties.map((county) => county.y)) + 1
