// SPDX-License-Identifier: Apache-2.0
// What the page reads of outlets/{outlet}/explanation; all of it: docs/formats/explanation.md.
import type { GradeName, Standing, Title } from './types'

export interface Reach {
  kind: 'already' | 'cases' | 'too_late' | 'not_reachable'
  text: Title
  cases: number | null
  points: string | null
  score: string | null
  grade: GradeName | null
}

export interface Move {
  way: 'additional' | 'turned' | 'gone'
  indicator: string
  way_text: Title
  points?: Reach
  met: Reach
  full?: Reach
  next_grade: Reach
}

export interface MovedCriterion {
  criterion: string
  title: Title
  points: string | null
  weight_used: string | null
  complete: boolean
  note: Title | null
  moves: Move[]
}

export interface Improvement {
  next_grade: GradeName | null
  next_grade_text: Title | null
  text: Title
  note: Title
  held: Title[]
  criteria: MovedCriterion[]
  caps: { cap: string; title: Title; moves: Move[] }[]
  cheapest: { text: Title } | null
  pair: { text: Title } | null
}

export interface ExplanationAnswer {
  standing: Standing
  explanation: {
    improvement: Improvement | null
  } | null
}
