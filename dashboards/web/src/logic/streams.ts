// SPDX-License-Identifier: Apache-2.0
import type { Stream } from '../api/streams'

/** How a stream is coloured: wrong, active, or closed. */
export function toneOfStream(stream: Pick<Stream, 'state' | 'look'>) {
  if (stream.look) return 'bad'
  return stream.state === 'open' ? 'well' : 'unknown'
}
