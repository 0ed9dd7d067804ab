// SPDX-License-Identifier: Apache-2.0
// The pages of a running network in a real browser. PLUMBLINE_PORTAL is where it listens; its demo
// accounts must be on. Whatever it holds is asked of its own API, so any network will do that has a
// coverage target about counties and outlets with results.
//
//   PLUMBLINE_PORTAL=http://127.0.0.1:8790 node --test tests/browser/pages.mjs

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { NARROW, WIDE, axe, open, overflow, settled, signIn, visit } from './support.mjs'

const base = process.env.PLUMBLINE_PORTAL
assert.ok(base, 'PLUMBLINE_PORTAL names no network')

const REFUSAL = {
  zh: '没有此页，或不在您的权限范围内',
  en: 'There is no such page, or it is outside your scope',
}

let browser
let page

async function api(path) {
  const answer = await page.request.get(`${base}/api/v1/${path}`)
  assert.equal(answer.status(), 200, path)
  return answer.json()
}

/** A browser of its own for a group of tests; it must have stayed on this machine and silent. */
function inBrowser(options = {}) {
  before(async () => {
    browser = await open({ base, ...options })
    page = browser.page
    page.setDefaultTimeout(20_000)
  })
  after(async () => {
    const { away, errors } = browser
    await browser.close()
    assert.deepEqual(away, [], 'requests that left this machine')
    assert.deepEqual(errors, [], 'words on the console')
  })
}

/** The coverage target about counties that the map shows. */
async function countyTarget() {
  const { rules } = await api('rules')
  return rules.targets.find((target) => target.level === 'county').id
}

describe('the province', () => {
  inBrowser()

  test('signs in with one click and sees every target', async () => {
    await signIn(page, 'province')
    assert.equal(new URL(page.url()).pathname, '/overview')
    const { targets } = await api('targets')
    assert.ok(targets.length > 0)
    for (const target of targets) {
      const card = await page.textContent(`[data-test="target-${target.id}"]`)
      for (const words of [target.title.zh, target.goal.text, target.running.text,
        target.final?.text ?? '', target.running.verdict_title.zh]) {
        assert.ok(card.includes(words), `${target.id} shows ${words}`)
      }
    }
  })

  test('learns with one more click which counties are missing', async () => {
    const id = await countyTarget()
    await page.click(`[data-test=missing-${id}]`)
    const list = page.locator('[data-test=missing]')
    await list.waitFor()
    const { statements } = await api(`targets/${id}`)
    const { missing } = statements.final ?? statements.running
    const shown = await list.locator('dd a').evaluateAll(
      (links) => links.map((link) => link.getAttribute('href').split('/').at(-1)))
    assert.deepEqual(shown.sort(), missing.map((county) => county.code).sort())
    assert.ok(await list.evaluate((box) => box.getBoundingClientRect().top < innerHeight))
  })

  test('has a table beside the map and the chart', async () => {
    const { map } = await api('overview')
    await visit(page, '/overview')
    assert.equal(await page.locator('svg [role=link]').count(), map.tiles.length)
    await page.locator('[data-test=as-table]').first().click()
    await page.getByRole('button', { name: `显示全部 ${map.tiles.length} 条` }).click()
    assert.equal(await page.locator('.columns table').first().locator('tbody tr').count(),
      map.tiles.length)
    await visit(page, `/targets/${await countyTarget()}`)
    await page.waitForSelector('[data-test=chart] canvas')
    await page.locator('[data-test=as-table]').click()
    assert.equal(await page.locator('[data-test=chart]').count(), 0)
  })

  test('goes to a county from the map by keyboard alone', async () => {
    await visit(page, '/overview')
    await page.locator('svg [role=link][tabindex="0"]').focus()
    await page.keyboard.press('ArrowDown')
    const code = await page.evaluate(() => document.activeElement.getAttribute('data-code'))
    assert.match(code, /^\d+$/)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/counties/${code}`)
  })

  test('finds an outlet by its name', async () => {
    await visit(page, '/overview')
    const { cities } = await api('overview')
    const city = cities.find((each) => each.outlets > 0)
    const [outlet] = (await api(`cities/${city.code}`)).outlets
    await page.fill('[data-test=search]', outlet.id)
    await page.locator('#search-list [role=option]', { hasText: outlet.id }).first().click()
    await page.waitForURL(`**/outlets/${outlet.id}`)
    await settled(page)
    assert.equal((await page.textContent('[data-test=title]')).trim(), outlet.name.zh.trim())
  })

  test('sees that the data are simulated and as of when', async () => {
    for (const path of ['/overview', '/ledger', `/targets/${await countyTarget()}`]) {
      await visit(page, path)
      assert.match(await page.textContent('[data-test=simulated]'), /模拟数据，非江苏省真实情况/)
      assert.match(await page.textContent('[data-test=as-of]'), /截至 \d{4}-\d\d-\d\d \d\d:\d\d/)
    }
  })

  test('is told when an address leads nowhere', async () => {
    for (const path of ['/no/such/page', '/counties/999999', '/outlets/no-such-outlet',
      '/targets/nothing']) {
      await visit(page, path)
      assert.match(await page.textContent('[data-test=refusal]'), new RegExp(REFUSAL.zh), path)
    }
  })
})

describe('a county', () => {
  inBrowser()

  test('lands on its own page and sees its outlets', async () => {
    await signIn(page, 'county')
    const session = await api('session')
    assert.equal(new URL(page.url()).pathname, `/counties/${session.scope.unit}`)
    const county = await api(`counties/${session.scope.unit}`)
    const text = await page.textContent('main')
    for (const outlet of county.outlets) assert.ok(text.includes(outlet.name.zh), outlet.id)
  })

  test('is refused another county, in both languages', async () => {
    const { scope } = await api('session')
    for (const path of ['/counties/320999', `/counties/${Number(scope.unit) + 1}`, '/cities/320100',
      '/overview']) {
      await visit(page, path)
      const said = await page.textContent('[data-test=refusal] h1')
      assert.ok([REFUSAL.zh, '您的角色不能查看此页。'].includes(said), `${path}: ${said}`)
    }
    await visit(page, '/counties/320999')
    assert.equal(await page.textContent('[data-test=refusal] h1'), REFUSAL.zh)
    await page.click('[data-test=language]')
    assert.equal(await page.textContent('[data-test=refusal] h1'), REFUSAL.en)
    await page.click('[data-test=language]')
  })

  test('opens an outlet, its score line by line, and the cases behind a line', async () => {
    const { scope } = await api('session')
    const { outlets } = await api(`counties/${scope.unit}`)
    const scored = outlets.find((outlet) => outlet.score !== null)
    await visit(page, `/outlets/${scored.id}`)
    const answer = await api(`outlets/${scored.id}`)
    const crumbs = await page.locator('.crumbs li').count()
    assert.equal(crumbs, 2, 'the way down begins at the county')
    assert.equal((await page.textContent('[data-test=score]')).trim(), answer.result.score_text)
    assert.equal((await page.textContent('[data-test=reason]')).trim(), answer.result.reason.zh)
    const lines = answer.result.blocks.flatMap((block) => block.criteria)
    for (const line of lines) {
      const text = await page.textContent(`[data-test="criterion-${line.id}"]`)
      for (const words of [line.title.zh, line.rule_text.zh, line.figure.text,
        line.points === null ? '—' : line.points_text]) {
        assert.ok(text.includes(words), `${line.id} shows ${words}`)
      }
    }
    await openCases(scored.id, answer, lines)
  })
})

for (const [name, size] of [['1440', WIDE], ['390', NARROW]]) {
  describe(`what would raise a score, at ${name} pixels`, () => {
    inBrowser({ size })

    test('is said as the engine scores it, in both languages', async () => {
      await signIn(page, 'province')
      const city = (await api('overview')).cities.find((each) => each.outlets > 0)
      const { outlets } = await api(`cities/${city.code}`)
      const scored = outlets.find((outlet) => outlet.score !== null)
      await visit(page, `/outlets/${scored.id}`)
      const { explanation } = await api(`outlets/${scored.id}/explanation`)
      assert.equal(explanation.score, scored.score)
      assert.equal(explanation.sum, scored.score, 'the lines sum to the score')
      const panel = page.locator('[data-test=improvement]')
      for (const locale of ['zh', 'en']) {
        await panel.waitFor()
        await seesImprovement(panel, explanation.improvement, locale)
        assert.ok(await overflow(page) <= 0, `${scored.id} in ${locale} fits`)
        assert.deepEqual(await axe(page), [])
        await page.click('[data-test=language]')
      }
    })
  })
}

async function seesImprovement(panel, improvement, locale) {
  const more = panel.locator('.more button[aria-expanded=false]')
  if (await more.count()) await more.click()
  const text = await panel.textContent()
  for (const title of [improvement.text, ...improvement.held,
    ...[improvement.pair ?? improvement.cheapest].filter(Boolean).map((each) => each.text)]) {
    assert.ok(text.includes(title[locale]), title[locale])
  }
  const open = improvement.criteria.filter((each) => !each.complete)
  const ways = [...open, ...improvement.caps].map((each) => Math.max(1, each.moves.length))
  assert.equal(await panel.locator('tbody tr').count(), ways.reduce((a, b) => a + b, 0))
  for (const move of open.flatMap((each) => each.moves)) {
    assert.ok(text.includes(move.way_text[locale]), move.way_text[locale])
    for (const reach of [move.points, move.met, move.full, move.next_grade]) {
      assert.ok(text.includes(reach.text[locale]), reach.text[locale])
    }
  }
}

describe('keys and streams', () => {
  inBrowser()

  test('are listed with their states, and filtered by them', async () => {
    await signIn(page, 'province')
    await page.click('nav a[href="/streams"]')
    await settled(page)
    const { streams } = await api('streams')
    const panel = page.locator('[data-test=streams-panel]')
    const text = await panel.textContent()
    for (const { title, streams: count } of streams.states) {
      assert.ok(text.includes(`${title.zh} ${count}`), title.zh)
    }
    assert.equal(await panel.locator('tbody tr').count(), Math.min(50, streams.total))
    assert.ok(text.includes(streams.list[0].stream))
    const revoked = await api('streams?state=revoked&limit=50')
    await panel.locator('label', { hasText: revoked.streams.states[2].title.zh }).click()
    await page.waitForFunction((count) =>
      document.querySelectorAll('[data-test=streams-panel] tbody tr').length === count,
    revoked.streams.list.length)
  })

  test('of an outlet stand on its page in one line, each key on request', async () => {
    const { streams: { list } } = await api('streams')
    await visit(page, `/outlets/${list[0].outlet}`)
    const { streams } = await api(`outlets/${list[0].outlet}/streams`)
    const line = page.locator('[data-test=streams]')
    await line.waitFor()
    assert.ok((await line.textContent()).includes(streams.text.zh))
    await line.locator('button').click()
    assert.equal(await line.locator('tbody tr').count(), streams.list.length)
    assert.deepEqual(await axe(page), [])
  })
})

describe('a closed month', () => {
  inBrowser()

  test('is marked on every page, with the results that came to differ', async () => {
    await signIn(page, 'province')
    const { periods } = await api('overview')
    let closed
    for (const period of periods) {
      const { published } = await api(`overview?period=${period}`)
      if (published) closed ??= { period, published }
    }
    assert.ok(closed, 'a period of this network is closed')
    const { period, published } = closed
    assert.ok(published.differing > 0, 'and what came since would change a result')
    await visit(page, `/overview?period=${period}`)
    const note = page.locator('[data-test=published]')
    for (const words of ['已关账', `第 ${published.revision} 版`, published.recorded_text,
      `${published.differing} 个网点`]) {
      assert.ok((await note.textContent()).includes(words), words)
    }
    assert.deepEqual(await axe(page), [])
    const { cities } = await api(`overview?period=${period}`)
    for (const city of cities) {
      const of = await api(`cities/${city.code}?period=${period}`)
      if (!of.published?.differing) continue
      await visit(page, `/cities/${city.code}?period=${period}`)
      assert.ok((await note.textContent()).includes(`${of.published.differing} 个网点`))
      for (const outlet of of.outlets) {
        const { closing } = await api(`outlets/${outlet.id}?period=${period}`)
        if (closing.now) await showsWhatDiffers(outlet, period, closing)
      }
    }
  })

  async function showsWhatDiffers(outlet, period, closing) {
    await visit(page, `/counties/${outlet.county.code}?period=${period}`)
    assert.ok((await page.textContent('[data-test=published]')).includes('已关账'))
    await visit(page, `/outlets/${outlet.id}?period=${period}`)
    const panel = page.locator('[data-test=closing]')
    const text = await panel.textContent()
    const [{ reason, entry, recorded_text: recorded }] = closing.revisions
    for (const words of [reason, `${entry}`, recorded, closing.cause.cases[0].subject]) {
      assert.ok(text.includes(words), words)
    }
    assert.equal(await panel.locator('[data-test=revision]').count(), closing.revisions.length)
    assert.ok(await panel.locator('[data-test=restated]').isVisible())
    assert.deepEqual(await axe(page), [])
  }
})

describe('cases whose events came late', () => {
  inBrowser()

  test('are counted and shown by a filter of their own', async () => {
    await signIn(page, 'province')
    let late
    for (const city of (await api('overview')).cities) {
      for (const outlet of (await api(`cities/${city.code}`)).outlets) {
        if ((await api(`outlets/${outlet.id}/cases?limit=1`)).cases.flagged) late ??= outlet.id
      }
    }
    assert.ok(late, 'an outlet of this network has reported late')
    await visit(page, `/outlets/${late}`)
    const { reported, period } = await api(`outlets/${late}`)
    const asked = `outlets/${late}/cases?period=${period}`
    const type = (await api(asked)).cases.types[0].id
    const { cases } = await api(`${asked}&state=flagged&type=${type}&limit=20`)
    await page.click(`[data-test="cases-${type}"]`)
    const filter = page.locator('.cases-drawer label', { hasText: '迟报、补录' })
    await filter.waitFor()
    assert.match(await filter.textContent(), new RegExp(`迟报、补录 ${cases.flagged}$`))
    await filter.click()
    const note = page.locator('[data-test=flagged-note]')
    await note.waitFor()
    for (const flag of reported.flags.filter((each) => each.count > 0)) {
      assert.ok((await note.textContent()).includes(`${flag.title.zh} ${flag.count}`), flag.flag)
    }
    await page.waitForFunction((count) =>
      document.querySelectorAll('[data-test=case]').length === count, cases.cases.length)
    assert.deepEqual(await axe(page), [])
  })
})

async function openCases(id, answer, lines) {
  for (const line of lines) {
    const { cases } = await api(`outlets/${id}/cases?period=${answer.period}`
      + `&standard=${answer.standard.id}&criterion=${line.id}&limit=20&offset=0`)
    if (cases.cases.length === 0) continue
    await page.locator(`[data-test="criterion-${line.id}"] button`).click()
    const items = page.locator('[data-test=case]')
    await items.first().waitFor()
    assert.equal(await items.count(), cases.cases.length)
    await items.first().locator('button').first().click()
    const { entry } = cases.cases[0].events[0]
    assert.ok((await items.first().textContent())
      .includes(`plumb ledger show --from ${entry} --limit 1 --events`))
    assert.deepEqual(await axe(page), [])
    await page.keyboard.press('Escape')
    return
  }
  assert.fail('no line has cases')
}

describe('an operator', () => {
  inBrowser()

  test('lands on the status and sees no data', async () => {
    await signIn(page, 'operator')
    assert.equal(new URL(page.url()).pathname, '/status')
    assert.match(await page.textContent('main'), /就绪/)
    await visit(page, '/overview')
    assert.equal(await page.textContent('[data-test=refusal] h1'), '您的角色不能查看此页。')
  })
})

describe('an auditor', () => {
  inBrowser()

  test('finds checkpoint, key and the commands to verify', async () => {
    await signIn(page, 'auditor')
    assert.equal(new URL(page.url()).pathname, '/ledger')
    const ledger = await api('ledger')
    const text = await page.textContent('main')
    assert.ok(text.includes(ledger.verifier.trim()))
    assert.match(text, /plumb ledger verify --folder .* --checkpoint-key [0-9a-f]{64}/)
  })
})

describe('signing in', () => {
  inBrowser()

  test('refuses a wrong password, leads on to the page that was asked for, and out', async () => {
    await page.goto('/ledger')
    await page.waitForURL((url) => url.searchParams.get('next') === '/ledger')
    await page.fill('#account', 'nobody')
    await page.fill('#password', 'wrong')
    await page.click('form button')
    assert.match(await page.textContent('[role=alert]'), /账号或密码不正确/)
    await page.click('[data-test=demo-province]')
    await page.waitForURL('**/ledger')
    await settled(page)
    await page.click('[data-test=sign-out]')
    await page.waitForURL('**/sign-in')
    assert.equal((await page.request.get(`${base}/api/v1/overview`)).status(), 401)
  })
})

/** Every kind of page that there is, each with the account that sees it. */
async function everyPage() {
  const overview = await api('overview')
  const city = overview.cities.find((each) => each.outlets > 0)
  const { outlets } = await api(`cities/${city.code}`)
  const wanted = [outlets.find((each) => each.score !== null), outlets.find((each) => each.vetoes),
    outlets.find((each) => each.events === 0)].filter((each) => each !== undefined)
  const counties = new Set([outlets[0].county.code,
    overview.map.tiles.find((tile) => tile.state === 'missing')?.code ?? outlets[0].county.code])
  return [
    ['province', ['/overview', ...overview.targets.map((target) => `/targets/${target.id}`),
      `/cities/${city.code}`, ...[...counties].map((code) => `/counties/${code}`),
      ...new Set(wanted.map((outlet) => `/outlets/${outlet.id}`)), '/streams', '/ledger',
      '/no/such/page']],
    ['operator', ['/status', '/streams']],
  ]
}

for (const [name, size] of [['1440', WIDE], ['390', NARROW]]) {
  describe(`at ${name} pixels`, () => {
    inBrowser({ size })

    test('each page fits, is accessible, and speaks both languages', async () => {
      await page.goto('/sign-in')
      await page.waitForSelector('[data-test=demo-province]')
      assert.deepEqual(await axe(page), [], '/sign-in')
      await signIn(page, 'province')
      for (const [account, paths] of await everyPage()) {
        await page.context().clearCookies()
        await signIn(page, account)
        for (const path of paths) await look(path)
      }
    })
  })
}

async function look(path) {
  const said = {}
  await visit(page, path)
  for (const locale of ['zh', 'en']) {
    await settled(page)
    assert.equal(await page.evaluate(() => document.documentElement.lang),
      locale === 'zh' ? 'zh-CN' : 'en')
    assert.ok(await overflow(page) <= 0, `${path} in ${locale} is wider than the window`)
    assert.deepEqual(await axe(page), [], `${path} in ${locale}`)
    said[locale] = await page.textContent('main')
    await page.click('[data-test=language]')
  }
  assert.notEqual(said.zh, said.en, path)
  assert.doesNotMatch(said.en, /\bundefined\b|\bNaN\b|\[object/, path)
  assert.doesNotMatch(said.zh, /\bundefined\b|\bNaN\b|\[object/, path)
}

describe('the language', () => {
  inBrowser()

  test('is remembered', async () => {
    await signIn(page, 'province')
    await page.click('[data-test=language]')
    await page.reload()
    await settled(page)
    assert.equal(await page.textContent('[data-test=title]'), 'Overview of the province')
  })
})
