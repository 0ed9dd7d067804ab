// SPDX-License-Identifier: Apache-2.0

/** How far the pack's local time is ahead of UTC, read from an instant and its local text. */
function offsetMs(instant: string, localText: string): number {
  const offset = Date.parse(`${localText.replace(' ', 'T')}:00Z`) - Date.parse(instant)
  return Number.isNaN(offset) ? 0 : offset
}

/**
 * The last local day that lies before an instant, such as the end of a day that is given as the
 * beginning of the next; a bare date stays what it is.
 */
export function localDay(text: string, now: { as_of: string; as_of_text: string }): string {
  const instant = text.includes('T') ? Date.parse(text) : NaN
  if (Number.isNaN(instant)) return text
  const local = instant + offsetMs(now.as_of, now.as_of_text) - 1
  return new Date(local).toISOString().slice(0, 10)
}
