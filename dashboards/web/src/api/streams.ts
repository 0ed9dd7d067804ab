// SPDX-License-Identifier: Apache-2.0
// Answers about the keys that outlets report with.
import type { Standing, Title } from './types'

export type StreamState = 'open' | 'rotated' | 'revoked'

/** The key that one reporting program of an outlet signs with. */
export interface Stream {
  stream: string
  outlet: string
  name: Title
  source_kind: string
  source_title: Title
  state: StreamState
  state_title: Title
  enrolled: string
  enrolled_text: string
  closed: string | null
  closed_text: string | null
  successor: string | null
  conflicts: number
  doubt: { kind: 'machine_returned' | 'clock_went_back'; number: number; count: number } | null
  complete: boolean
  look: boolean
  text: Title
}

export interface OutletStreamsAnswer {
  standing: Standing
  streams: { outlet: string; look: boolean; text: Title; list: Stream[] }
}

export interface StreamsAnswer {
  standing: Standing
  streams: {
    states: { state: StreamState; title: Title; streams: number }[]
    look: number
    total: number
    offset: number
    list: Stream[]
  }
}
