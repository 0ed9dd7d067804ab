// SPDX-License-Identifier: Apache-2.0
import type { OutletPresence } from '../api/types'

/** How a presence is coloured: well, worth a look, wrong, not known. */
export function toneOf(presence: Pick<OutletPresence, 'state' | 'clock_off'>) {
  if (presence.state === 'silent') return 'bad'
  if (presence.state === 'holds_unsent' || presence.clock_off) return 'look'
  return presence.state === 'idle' || presence.state === 'reporting' ? 'well' : 'unknown'
}
