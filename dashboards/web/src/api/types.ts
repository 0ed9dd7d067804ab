// SPDX-License-Identifier: Apache-2.0
// What the API answers. Every figure that is shown has its text ready; the pages compute none.
import type { Closing, OfPeriod } from './closing'

export interface Title {
  zh: string
  en: string
}

export interface Unit {
  code: string
  name: Title
}

export interface County extends Unit {
  city?: Unit | null
}

export interface Standing {
  size: number
  as_of: string
  as_of_text: string
  behind_entries: number
  late: boolean
  simulated: boolean
  simulated_until: string | null
  pack: string
  pack_version: string
  rule_hash: string
  ledger_id: string
  checkpoint_size: number | null
}

export type Role = 'province' | 'city' | 'county' | 'outlet' | 'auditor' | 'operator'

export interface Scope {
  level: 'network' | 'city' | 'county' | 'outlet'
  unit: string
  name: Title
}

export interface Session {
  account: string
  name: Title | string
  role: Role
  scope: Scope
  simulated: boolean
  network: string
}

export interface DemoAccount {
  id: string
  role: Role
  name: Title | string
  scope_name: Title | string
}

export interface DemoAccounts {
  accounts: DemoAccount[]
  simulated: boolean
}

export type Verdict =
  | 'met'
  | 'not_met'
  | 'insufficient_data'
  | 'not_reported'
  | 'not_applicable'

export interface Basis {
  kind: 'official' | 'benchmark' | 'proposal'
  kind_title?: Title
  text: string | Title | null
}

export interface Goal {
  test: 'above' | 'at_least'
  value: string
  text: string
}

export interface DocumentRef {
  number: string
  date: string
  issuer: string
}

export interface Fact {
  kind: string
  id: string
  name: Title | string | null
  from: string | null
  until: string | null
  known: string | null
  entry: number | null
  declared: string | null
  checked: string | null
  confirmed: string | null
  reviewed: string | null
  place: County | null
  document: DocumentRef | null
}

export interface Counted {
  unit: County | null
  facts: Fact[]
}

export interface Reading {
  id: 'strict' | 'ever' | 'claimed'
  title: Title
  value: string | null
  text: string
  fraction_text: string
  verdict: Verdict
  verdict_title: Title
  counted?: Counted[]
}

export interface Statement {
  date: string
  frozen: boolean
  known_by: string | null
  verdict: Verdict
  verdict_title: Title
  value: string | null
  text: string
  numerator: number | string
  denominator: number | string | null
  fraction_text: string
  readings: Reading[]
}

export interface TrajectoryPoint {
  date: string
  value: string | null
  text: string
  numerator: number | string
  denominator: number | string | null
}

export interface StatementDetail extends Statement {
  missing: { code: string; name: Title; city: Unit | null }[]
  excluded: { fact: Fact; reason: Title }[]
  trajectory: TrajectoryPoint[]
}

export interface TargetSummary {
  id: string
  title: Title
  measure: 'coverage' | 'count'
  goal: Goal
  start: string
  deadline: string
  headline: string
  owner: Title
  basis: Basis
  final: Statement | null
  running: Statement
}

export interface TargetAnswer {
  standing: Standing
  target: TargetSummary
  statements: { final: StatementDetail | null; running: StatementDetail }
}

export type CoverState = 'covered' | 'claimed' | 'missing'

export interface Tile {
  code: string
  name: Title
  city: Unit | string
  x: number
  y: number
  state: CoverState
  since: string | null
  outlets: number
}

export interface GradeCount {
  id: string | null
  title?: Title
  outlets: number
}

export interface CityRow {
  code: string
  name: Title
  counties: number
  covered: number
  covered_text: string
  outlets: number
  not_reported: number
  grades: GradeCount[]
}

export interface Attention {
  kind: 'veto' | 'cap' | 'not_reported' | 'set_aside' | 'insufficient_data'
  outlet: string
  name: Title
  county: Unit | null
  text: Title
}

export interface Change {
  known: string
  text: Title
  kind: string
  id: string
}

export interface Overview extends OfPeriod {
  targets: TargetSummary[]
  map: { columns: number; rows: number; tiles: Tile[] }
  grades: (GradeCount & { title: Title })[]
  cities: CityRow[]
  attention: Attention[]
  changes: Change[]
}

export interface UnitTarget {
  id: string
  title: Title
  state: CoverState
  since: string | null
  verdict: Verdict
  verdict_title: Title
  facts: Fact[]
}

export interface GradeName {
  id: string
  title: Title
}

export interface Rules {
  levels: { id: string; title: Title }[]
  standards: { id: string; level: string; grades: GradeName[] }[]
  targets: { id: string; level: string | null }[]
}

export interface OutletRow {
  id: string
  name: Title
  county: Unit | null
  score: string | null
  score_text: string
  grade: GradeName | null
  verdict: Verdict
  verdict_title: Title
  vetoes: number
  caps: number
  events: number
  weakest: { criterion: string; title: Title; points_text: string } | null
  note: Title | null
}

export interface CountyRow {
  code: string
  name: Title
  covered: UnitTarget[]
  outlets: number
  not_reported: number
  grades: GradeCount[]
}

export interface CityAnswer extends OfPeriod {
  city: Unit
  targets: UnitTarget[]
  counties: CountyRow[]
  outlets: OutletRow[]
}

export interface Figure {
  id: string
  title: Title
  value: string | null
  text: string
  n: number | string | null
  numerator: number | string | null
  sufficient: boolean
}

export interface CountyAnswer extends OfPeriod {
  county: County
  targets: UnitTarget[]
  institutions: Fact[]
  products: Fact[]
  outlets: OutletRow[]
  figures: Figure[]
}

export interface Criterion {
  id: string
  title: Title
  verdict: Verdict
  verdict_title: Title
  weight: string
  weight_used: string | null
  redistributed: boolean
  points: string | null
  points_text: string
  share: number | null
  figure: Figure
  rule_text: Title; notes: Title[]
  basis: Basis
}

export interface Block {
  id: string
  title: Title
  points_text: string
  weight_text: string
  criteria: Criterion[]
}

export interface VetoLine {
  id: string
  title: Title
  since: string | null
  finding: Fact | null
  basis: Basis | null
}

export interface CapLine {
  id: string
  title: Title
  grade: GradeName
  figure: Figure
  text: Title
  basis: Basis | null
}

export interface OutletResult {
  verdict: Verdict
  verdict_title: Title
  score: string | null
  score_text: string
  grade: GradeName | null
  grade_by_score: GradeName | null; grade_limited: boolean
  weight_without_data: string | null
  reason: Title
  vetoes: VetoLine[]
  caps: CapLine[]
  conditions: { grade: GradeName; holds: boolean; acts: boolean; text: Title; basis: Basis }[]
  blocks: Block[]
  grades: (GradeName & { min: string })[]
}

export interface Reported {
  events: number
  set_aside: { count: number; rules: { rule: string; title: Title; count: number }[] }
  duplicates: number
  failed_cases: number
  amended: { corrected: number; voided: number }
  flags: { flag: 'late' | 'back_dated'; title: Title; count: number }[]
}

export interface OutletPresence {
  outlet: string
  name: Title
  at: string
  state: 'no_agent' | 'never_reported' | 'reporting' | 'idle' | 'holds_unsent' | 'silent'
  state_title: Title
  text: Title
  heard: string | null
  recorded: string | null
  last_sign: string | null
  last_sign_text: string | null
  missing: number
  missing_since: string | null
  clock_ahead_ms: number | null
  clock_off: boolean
  streams: {
    stream: string
    connected: boolean
    missing: { count: number; first: number; last: number; since: string } | null
  }[]
}

export interface OutletPresenceAnswer {
  standing: Standing
  presence: OutletPresence
}

export interface PresenceAnswer {
  standing: Standing
  presence: {
    states: { state: string; title: Title; outlets: number }[]
    total: number
    outlets: OutletPresence[]
  }
}

export interface OutletAnswer {
  standing: Standing
  outlet: {
    id: string
    code: string | null
    name: Title
    city: Unit | null
    county: Unit | null
    statuses: Fact[]
  }
  period: string | null
  periods: string[]
  standards: string[]
  standard: { id: string; title: Title } | null
  result: OutletResult | null
  closing: Closing | null
  reported: Reported
  history: { period: string; score: string | null; grade: GradeName | null; verdict: Verdict }[]
}

export interface CaseField { name: string; title: Title; text: Title | string }

export interface CaseAmendment {
  kind: 'correct' | 'void'
  reason: string
  entry: number
  sequence: number
  at_text: string
  recorded_text: string
  duplicate: boolean
  fields: CaseField[]
}

export interface CaseEvent {
  entry: number
  sequence: number
  step: string
  title: Title
  at: string
  at_text: string
  recorded_text: string
  source_kind: string
  duplicate: boolean
  flags: ('late' | 'back_dated')[]
  fields: CaseField[]
  voided: boolean
  amendments: CaseAmendment[]
}

export interface Case {
  type: string
  title: Title
  subject: string
  state: 'open' | 'closed' | 'void'
  overdue: boolean
  opened: string | null
  opened_text: string | null
  closed: string | null
  closed_text: string | null
  due: string | null
  due_text: string | null
  counts: boolean | null
  in_numerator: boolean | null
  value_text: string | null
  why: Title | null
  events: CaseEvent[]
}

export interface Cases {
  total: number
  offset: number
  flagged: number
  types: { id: string; title: Title; total: number }[]
  cases: Case[]
}

export interface CasesAnswer {
  standing: Standing
  cases: Cases
}

export interface LedgerAnswer {
  standing: Standing
  checkpoint: string | null
  verifier: string | null
  size: number | null
  root: string | null
}

export interface Problem {
  type?: string
  title?: string
  status: number
  detail?: string
  code: string
}
