// SPDX-License-Identifier: Apache-2.0
// Where an account may go: its start page, its menu, and the way down to a page within its scope.
import type { RouteLocationRaw } from 'vue-router'
import type { Session, Title, Unit } from '../api/types'

export interface Crumb {
  title: Title
  to: RouteLocationRaw | null
}

export interface Place {
  city?: Unit | null
  county?: Unit | null
  outlet?: { id: string; name: Title } | null
}

/** The page that an account sees first. */
export function homeOf(session: Session): RouteLocationRaw {
  const { level, unit } = session.scope
  if (session.role === 'operator') return { name: 'status' }
  if (session.role === 'auditor') return { name: 'ledger' }
  if (level === 'city') return { name: 'city', params: { code: unit } }
  if (level === 'county') return { name: 'county', params: { code: unit } }
  if (level === 'outlet') return { name: 'outlet', params: { id: unit } }
  return { name: 'overview' }
}

export interface MenuItem {
  key: 'overview' | 'ledger' | 'status' | 'home' | 'streams'
  to: RouteLocationRaw
}

export function menuOf(session: Session): MenuItem[] {
  const streams: MenuItem = { key: 'streams', to: { name: 'streams' } }
  if (session.role === 'province' || session.role === 'auditor') {
    return [{ key: 'overview', to: { name: 'overview' } }, streams,
      { key: 'ledger', to: { name: 'ledger' } }]
  }
  if (session.role === 'operator') return [{ key: 'status', to: { name: 'status' } }, streams]
  return [{ key: 'home', to: homeOf(session) }, streams]
}

const DEPTH = { network: 0, city: 1, county: 2, outlet: 3 }

/** The way from the top of the account's scope down to a place; the last one is no link. */
export function crumbsOf(session: Session, place: Place, network: Title): Crumb[] {
  const steps: (Crumb | null)[] = [
    { title: network, to: { name: 'overview' } },
    place.city ? { title: place.city.name, to: { name: 'city', params: { code: place.city.code } } }
      : null,
    place.county
      ? { title: place.county.name, to: { name: 'county', params: { code: place.county.code } } }
      : null,
    place.outlet
      ? { title: place.outlet.name, to: { name: 'outlet', params: { id: place.outlet.id } } }
      : null,
  ]
  const seen = steps.slice(DEPTH[session.scope.level]).filter((step) => step !== null)
  return seen.map((step, i) => i === seen.length - 1 ? { ...step, to: null } : step)
}
