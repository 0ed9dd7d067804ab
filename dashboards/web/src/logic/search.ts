// SPDX-License-Identifier: Apache-2.0
import type { RouteLocationRaw } from 'vue-router'
import type { Title } from '../api/types'

export interface Entry {
  key: string
  name: Title
  where: Title | null
  to: RouteLocationRaw
}

const folded = (text: string) => text.toLowerCase().replace(/\s+/g, '')

/** Entries whose name, place or code holds every word of the question; names first. */
export function find(entries: Iterable<Entry>, question: string, most: number): Entry[] {
  const words = question.trim().toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return []
  const hits: [number, Entry][] = []
  for (const entry of entries) {
    const name = folded(`${entry.name.zh} ${entry.name.en}`)
    const all = `${name} ${folded(`${entry.where?.zh ?? ''} ${entry.where?.en ?? ''}`)} ${
      folded(entry.key)}`
    if (!words.every((word) => all.includes(word))) continue
    hits.push([name.startsWith(words[0] ?? '') ? 0 : name.includes(words[0] ?? '') ? 1 : 2, entry])
  }
  return hits.sort((a, b) => a[0] - b[0]).slice(0, most).map(([, entry]) => entry)
}
