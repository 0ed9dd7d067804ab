// SPDX-License-Identifier: Apache-2.0
import type { OutletPresence } from '../api/types'

const DAY = 24 * 60 * 60 * 1000

/** How a presence is coloured: well, worth a look, wrong, not known. A night is not red yet. */
export function toneOf(
  presence: Pick<OutletPresence, 'state' | 'clock_off' | 'at' | 'last_sign'>) {
  if (presence.state === 'silent') {
    const lately = presence.last_sign !== null
      && Date.parse(presence.at) - Date.parse(presence.last_sign) < DAY
    return lately ? 'look' : 'bad'
  }
  if (presence.state === 'holds_unsent' || presence.clock_off) return 'look'
  return presence.state === 'idle' || presence.state === 'reporting' ? 'well' : 'unknown'
}
