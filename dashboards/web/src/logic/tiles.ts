// SPDX-License-Identifier: Apache-2.0

export type Direction = 'up' | 'down' | 'left' | 'right'

interface Spot {
  x: number
  y: number
}

const STEP = { up: [0, -1], down: [0, 1], left: [-1, 0], right: [1, 0] } as const

/** The tile that an arrow key leads to: ahead, and as little aside as can be. */
export function nearest<T extends Spot>(tiles: T[], from: T, direction: Direction): T | null {
  const [dx, dy] = STEP[direction]
  let best: T | null = null
  let least = Infinity
  for (const tile of tiles) {
    const ahead = (tile.x - from.x) * dx + (tile.y - from.y) * dy
    const aside = Math.abs((tile.x - from.x) * dy) + Math.abs((tile.y - from.y) * dx)
    if (ahead <= 0 || ahead + 3 * aside >= least) continue
    least = ahead + 3 * aside
    best = tile
  }
  return best
}
