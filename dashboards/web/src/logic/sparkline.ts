// SPDX-License-Identifier: Apache-2.0

export interface Sparkline {
  path: string
  dots: { x: number; y: number }[]
}

/** A line through scores of 0..100; a period without a score leaves a gap. */
export function sparkline(values: (number | null)[], width: number, height: number): Sparkline {
  const edge = 5
  const step = values.length > 1 ? (width - 2 * edge) / (values.length - 1) : 0
  const known = values.filter((value) => value !== null)
  const low = Math.max(0, Math.min(...known) - 5)
  const high = Math.min(100, Math.max(...known) + 5)
  const dots: Sparkline['dots'] = []
  let path = ''
  let gap = true
  values.forEach((value, i) => {
    if (value === null) {
      gap = true
      return
    }
    const x = Math.round((edge + i * step) * 10) / 10
    const share = high > low ? (value - low) / (high - low) : 0.5
    const y = Math.round((height - edge - share * (height - 2 * edge)) * 10) / 10
    path += `${gap ? 'M' : 'L'}${x} ${y}`
    dots.push({ x, y })
    gap = false
  })
  return { path, dots }
}
