#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A stand-in for plumbd's HTTP API with an invented network, to develop the pages against.
//
//   node mock/server.mjs [--port 8790] [--web ../../build/web] [--still]
//
// --still stops the ledger from growing by itself.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { parseArgs } from 'node:util'

import * as answers from './answers.mjs'
import { cities, counties, outlets, two } from './world.mjs'

const CSP = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript',
  '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }

const scope = (level, unit, name) => ({ level, unit, name })
const network = scope('network', 'ALL', two('江苏省', 'Jiangsu'))
const county = counties[0]
const ACCOUNTS = [
  ['province', network, '省级演示账号'],
  ['city', scope('city', cities[0].code, cities[0].name), '市级演示账号'],
  ['county', scope('county', county.code, county.name), '县级演示账号'],
  ['outlet', scope('outlet', outlets[1].id, outlets[1].name), '网点演示账号'],
  ['auditor', network, '审计演示账号'],
  ['operator', network, '运维演示账号'],
].map(([id, s, zh]) => ({ id, role: id, scope: s, name: two(zh, `Demonstration, ${id}`) }))

function sessionOf(account) {
  return { account: account.id, name: account.name, role: account.role, scope: account.scope,
    simulated: true, network: 'jiangsu' }
}

class Refusal extends Error {
  constructor(status, code) {
    super(code)
    this.status = status
    this.code = code
  }
}

function within(account, place) {
  const { level, unit } = account.scope
  if (level === 'network') return true
  return [place.city, place.county, place.outlet].includes(unit)
}

function allow(account, ...roles) {
  if (!roles.includes(account.role)) throw new Refusal(403, 'forbidden')
}

function placeOf(kind, id) {
  if (kind === 'cities') return { city: id }
  if (kind === 'counties') {
    return { county: id, city: counties.find((c) => c.code === id)?.city.code }
  }
  const outlet = outlets.find((o) => o.id === id)
  return { outlet: id, county: outlet?.county.code, city: outlet?.city.code }
}

function unitAnswer(account, kind, id, rest, query, period) {
  if (account.role === 'operator') throw new Refusal(403, 'forbidden')
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) throw new Refusal(400, 'invalid')
  if (!within(account, placeOf(kind, id))) throw new Refusal(404, 'not_found')
  if (kind === 'cities') return answers.cityAnswer(id, period)
  if (kind === 'counties') return answers.countyAnswer(id, period)
  if (rest[0] === 'cases' && rest.length === 1) return answers.casesAnswer(id, query)
  if (rest[0] === 'cases') {
    const all = answers.casesAnswer(id, new URLSearchParams('limit=500'))
    const found = all?.cases.cases.filter((c) => c.type === rest[1] && c.subject === rest[2])
    return found?.length
      ? { ...all, cases: { total: 1, offset: 0, types: all.cases.types, cases: found } } : undefined
  }
  if (rest[0] === 'explanation') return answers.explanationAnswer(id)
  if (rest[0] === 'streams') return answers.outletStreamsAnswer(id)
  if (rest[0] === 'presence') return answers.outletPresenceAnswer(id)
  return answers.outletAnswer(id, period)
}

function route(account, parts, query) {
  const [kind, id, ...rest] = parts
  const period = query.get('period') ?? '2026'
  switch (kind) {
    case 'standing': return { standing: answers.standing() }
    case 'presence': return answers.presenceAnswer()
    case 'streams': return answers.streamsAnswer(query)
    case 'rules': return answers.rulesAnswer()
    case 'overview': allow(account, 'province', 'auditor'); return answers.overview(period)
    case 'targets':
      allow(account, 'province', 'auditor')
      return id ? answers.targetAnswer(id) : answers.targetsAnswer()
    case 'ledger': allow(account, 'province', 'auditor'); return answers.ledgerAnswer()
    case 'cities': case 'counties': case 'outlets':
      return unitAnswer(account, kind, id, rest, query, period)
    default: return undefined
  }
}

function body(request) {
  return new Promise((resolve) => {
    let text = ''
    request.on('data', (part) => { text += part })
    request.on('end', () => resolve(text ? JSON.parse(text) : {}))
  })
}

function sendJson(response, status, value, headers = {}) {
  const problem = status >= 400
  response.writeHead(status, { ...headers,
    'content-type': problem ? 'application/problem+json' : 'application/json' })
  response.end(status === 204 ? undefined : JSON.stringify(value))
}

async function session(request, response, account) {
  if (request.method === 'GET') {
    if (!account) throw new Refusal(401, 'unauthenticated')
    return sendJson(response, 200, sessionOf(account))
  }
  if (request.headers['x-plumbline'] !== '1') throw new Refusal(403, 'forbidden')
  if (request.method === 'DELETE') {
    return sendJson(response, 204, null, { 'set-cookie': 'plumbline_session=; Max-Age=0; Path=/' })
  }
  const asked = await body(request)
  const found = ACCOUNTS.find((a) => a.id === (asked.demo ?? asked.account))
  if (!found || (!asked.demo && asked.password !== 'secret')) {
    throw new Refusal(401, 'unauthenticated')
  }
  return sendJson(response, 200, sessionOf(found), { 'set-cookie':
    `plumbline_session=${found.id}; HttpOnly; SameSite=Strict; Path=/` })
}

async function api(request, response, url) {
  const cookie = /plumbline_session=(\w+)/.exec(request.headers.cookie ?? '')
  const account = ACCOUNTS.find((a) => a.id === cookie?.[1])
  const parts = url.pathname.split('/').slice(3).map(decodeURIComponent)
  if (parts[0] === 'demo-accounts') {
    return sendJson(response, 200, { simulated: true, accounts: ACCOUNTS.map((a) => ({ id: a.id,
      role: a.role, name: a.name, scope_name: a.scope.name })) })
  }
  if (parts[0] === 'session') return session(request, response, account)
  if (!account) throw new Refusal(401, 'unauthenticated')
  const answer = route(account, parts, url.searchParams)
  if (answer === undefined) throw new Refusal(404, 'not_found')
  return sendJson(response, 200, answer)
}

function file(response, web, path) {
  const wanted = normalize(path)
  const name = wanted.includes('.') ? wanted : '/index.html'
  try {
    const bytes = readFileSync(join(web, name))
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': CSP })
    response.end(bytes)
  } catch {
    response.writeHead(404).end()
  }
}

export function start({ port = 8790, web = '../../build/web', still = false } = {}) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost')
    if (url.pathname === '/readyz') {
      return sendJson(response, 200, { ready: true })
    }
    if (!url.pathname.startsWith('/api/')) return file(response, web, url.pathname)
    return api(request, response, url).catch((error) => sendJson(response, error.status ?? 500,
      { status: error.status ?? 500, code: error.code ?? 'busy', title: error.message,
        detail: error.message }))
  })
  const timer = still ? undefined : setInterval(() => {
    answers.live.size += 17
    answers.live.minute += 1
    outlets[2].extra += 5
  }, 10_000)
  server.on('close', () => clearInterval(timer))
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8790' },
    web: { type: 'string', default: join(import.meta.dirname, '../../../build/web') },
    still: { type: 'boolean', default: false } } })
  const server = await start({ ...values, port: Number(values.port) })
  console.log(`http://127.0.0.1:${server.address().port}/`)
}
