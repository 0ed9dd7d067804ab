// SPDX-License-Identifier: Apache-2.0
// A page that is open shows what was reported a moment ago, without a click. PLUMBLINE_OUTLET names
// the outlet, PLUMBLINE_EMIT the shell command that reports something about it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'

import { open, signIn, visit } from './support.mjs'

const { PLUMBLINE_PORTAL: base, PLUMBLINE_OUTLET: outlet, PLUMBLINE_EMIT: emit } = process.env
assert.ok(base && outlet && emit, 'PLUMBLINE_PORTAL, _OUTLET and _EMIT are needed')

test('a report changes the score on the page that is open', async () => {
  const browser = await open({ base })
  const { page } = browser
  try {
    await signIn(page, 'province')
    const explained = []
    page.on('request', (request) => {
      if (request.url().includes('/explanation')) explained.push(request.url())
    })
    await visit(page, `/outlets/${outlet}`)
    await page.waitForSelector('[data-test=improvement]')
    assert.equal(explained.length, 1)
    await page.evaluate(() => { globalThis.unchanged = true; scrollTo(0, 120) })
    const text = (what) => page.textContent(`[data-test=${what}]`)
    const [score, events] = [await text('score'), await text('events')]
    execFileSync('bash', ['-c', emit], { stdio: 'inherit' })
    await page.waitForFunction(([was, had]) => {
      const now = (what) => document.querySelector(`[data-test=${what}]`)?.textContent
      return now('score') !== was && now('events') !== had
    }, [score, events], { timeout: 60_000 })
    await page.waitForFunction(() => performance.getEntriesByType('resource')
      .filter((each) => each.name.includes('/explanation')).length > 1, undefined,
    { timeout: 60_000 })
    assert.ok(await page.evaluate(() => globalThis.unchanged), 'the page was not loaded again')
    assert.equal(await page.evaluate(() => scrollY), 120, 'the page stays where it was scrolled to')
  } finally {
    await browser.close()
  }
  assert.deepEqual(browser.away, [])
  assert.deepEqual(browser.errors, [])
})
