// SPDX-License-Identifier: Apache-2.0
// A browser for the tests and the screens: Debian's Chromium with a folder of its own, that talks
// to this machine alone. Every request is looked at, and so is every word on the console.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WEB = join(import.meta.dirname, '../../dashboards/web/')
const require = createRequire(join(WEB, 'package.json'))
const { chromium } = require('playwright-core')
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-dev-shm-usage', '--force-color-profile=srgb']

export const WIDE = { width: 1440, height: 900 }
export const NARROW = { width: 390, height: 844 }

const isLocal = (url) => !/^(https?|wss?):/.test(url)
  || ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)

/** A browser with one page; `away` and `errors` list what should not have happened. */
export async function open({ base, size = WIDE, locale = 'zh' }) {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-browser-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.PLUMBLINE_CHROMIUM ?? '/usr/bin/chromium', headless: true,
    args: ARGUMENTS, viewport: size, baseURL: base, locale: locale === 'en' ? 'en-GB' : 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const away = []
  const errors = []
  context.on('request', (request) => {
    if (!isLocal(request.url())) away.push(request.url())
  })
  await context.addInitScript((wanted) => {
    if (!localStorage.getItem('plumbline.locale')) localStorage.setItem('plumbline.locale', wanted)
  }, locale)
  const page = context.pages()[0] ?? await context.newPage()
  page.on('console', (message) => {
    // The browser itself reports each answer of 4xx; refusals are among what is tested.
    if (message.type() !== 'error' || /Failed to load resource/.test(message.text())) return
    errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return {
    page, away, errors,
    close: async () => {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function signIn(page, account) {
  await page.goto('/sign-in')
  await page.click(`[data-test=demo-${account}]`)
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  await settled(page)
}

/** Goes to a page within the application and waits until its data or its refusal is there. */
export async function visit(page, path) {
  await page.goto(path)
  await settled(page)
}

export async function settled(page) {
  await page.waitForSelector('[data-test=title], [data-test=refusal]')
  await page.waitForFunction(() => !document.querySelector('.wait'))
  await page.waitForFunction(() => document.fonts.status === 'loaded')
}

/** By how many pixels the page is wider than the window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth
    - document.documentElement.clientWidth)
}

/** What axe finds of weight, one line each, once nothing fades or moves any more. */
export async function axe(page) {
  await page.waitForFunction(() => document.getAnimations().every((each) =>
    each.playState !== 'running' || each.effect?.getComputedTiming().endTime === Infinity))
  const session = await page.context().newCDPSession(page)
  // Through the debugger, since the page's policy lets no inline script run.
  await session.send('Runtime.evaluate', { expression: AXE })
  await session.detach()
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    resultTypes: ['violations'] }))
  return found.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .flatMap((each) => each.nodes.slice(0, 5).map((node) =>
      `${each.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`))
}
