// SPDX-License-Identifier: Apache-2.0
import type { GradeName, Standing, Title, Verdict } from './types'

export interface PublishedResult {
  verdict: Verdict
  verdict_title: Title
  score: string | null
  grade: GradeName | null
}

export interface Cause {
  cases: { type: string; subject: string; entries: number[] }[]
  total: number
  rules_changed: boolean
  records: number[]
}

export interface Closing {
  revisions: {
    revision: number
    entry: number
    recorded_text: string
    as_of_text: string
    root: string
    reason: string
    result: PublishedResult | null
    cause: Cause | null
  }[]
  now: PublishedResult | null
  cause: Cause | null
}

/** Of a page of many outlets: that the results of the period are published. */
export interface Published {
  revision: number
  entry: number
  recorded_text: string
  differing: number
}

/** What the pages of the network, a city and a county have in common. */
export interface OfPeriod {
  standing: Standing
  period: string | null
  periods: string[]
  published: Published | null
}
