// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest'
import type { Role, Scope, Session } from '../api/types'
import { crumbsOf, homeOf, menuOf } from './scope'

const title = (zh: string) => ({ zh, en: zh })

function account(role: Role, level: Scope['level'], unit: string): Session {
  return { account: role, name: role, role, simulated: true, network: 'jiangsu',
    scope: { level, unit, name: title(unit) } }
}

const province = account('province', 'network', 'ALL')
const city = account('city', 'city', '320100')
const county = account('county', 'county', '320102')
const outlet = account('outlet', 'outlet', 'js-1')
const place = {
  city: { code: '320100', name: title('南京市') },
  county: { code: '320102', name: title('玄武区') },
  outlet: { id: 'js-1', name: title('网点') },
}

describe('the first page', () => {
  it('is that of the scope', () => {
    expect(homeOf(province)).toEqual({ name: 'overview' })
    expect(homeOf(city)).toEqual({ name: 'city', params: { code: '320100' } })
    expect(homeOf(county)).toEqual({ name: 'county', params: { code: '320102' } })
    expect(homeOf(outlet)).toEqual({ name: 'outlet', params: { id: 'js-1' } })
  })

  it('is the ledger for an auditor and the status for an operator', () => {
    expect(homeOf(account('auditor', 'network', 'ALL'))).toEqual({ name: 'ledger' })
    expect(homeOf(account('operator', 'network', 'ALL'))).toEqual({ name: 'status' })
  })
})

describe('the menu', () => {
  it('offers what the role may see', () => {
    expect(menuOf(province).map((item) => item.key)).toEqual(['overview', 'streams', 'ledger'])
    expect(menuOf(county).map((item) => item.key)).toEqual(['home', 'streams'])
    expect(menuOf(account('operator', 'network', 'ALL')).map((item) => item.key))
      .toEqual(['status', 'streams'])
  })
})

describe('the way down', () => {
  const names = (session: Session) =>
    crumbsOf(session, place, title('江苏省')).map((crumb) => crumb.title.zh)

  it('begins at the top of the scope', () => {
    expect(names(province)).toEqual(['江苏省', '南京市', '玄武区', '网点'])
    expect(names(city)).toEqual(['南京市', '玄武区', '网点'])
    expect(names(county)).toEqual(['玄武区', '网点'])
    expect(names(outlet)).toEqual(['网点'])
  })

  it('ends at the page itself, which is no link', () => {
    const crumbs = crumbsOf(city, { city: place.city, county: place.county }, title('江苏省'))
    expect(crumbs.map((crumb) => crumb.to)).toEqual([
      { name: 'city', params: { code: '320100' } }, null])
  })

  it('leaves out what a network does not have', () => {
    const crumbs = crumbsOf(province, { outlet: place.outlet }, title('Boston'))
    expect(crumbs.map((crumb) => crumb.title.zh)).toEqual(['Boston', '网点'])
  })
})
