// SPDX-License-Identifier: Apache-2.0
// Takes the pictures of docs/screens/ from a running network with demo accounts; script/screens
// calls it with the address and the folder.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { NARROW, open, settled, signIn, visit } from './support.mjs'

const [base, folder] = process.argv.slice(2)
const LARGE = { width: 1440, height: 1180 }

mkdirSync(folder, { recursive: true })

async function take(page, name) {
  await page.mouse.move(0, 0)
  await page.waitForTimeout(600) // a drawer slides in, a chart is drawn
  await page.screenshot({ path: join(folder, `${name}.png`) })
  console.log(`${name}.png`)
}

async function api(page, path) {
  return (await page.request.get(`${base}/api/v1/${path}`)).json()
}

/** An outlet with a score and, where there is one, a veto or a cap. */
async function outletsOf(page) {
  const { cities } = await api(page, 'overview')
  const all = []
  for (const city of cities) all.push(...(await api(page, `cities/${city.code}`)).outlets)
  const scored = all.filter((outlet) => outlet.score !== null)
  const limits = (outlet) => outlet.vetoes + outlet.caps
  return { scored,
    limited: scored.find((outlet) => outlet.vetoes > 0) ?? scored.find(limits) ?? scored[0],
    plain: scored.find((outlet) => outlet.grade && !limits(outlet)) ?? scored[0] }
}

/** The first outlet that some cases of one criterion, or two, would lift to the next grade. */
async function raisable(page, outlets) {
  for (const outlet of outlets) {
    const { explanation } = await api(page, `outlets/${outlet.id}/explanation?cases=0`)
    if (explanation?.improvement?.cheapest || explanation?.improvement?.pair) return outlet
  }
  return outlets[0]
}

async function openCases(page, outlet) {
  const { result, period, standard } = await api(page, `outlets/${outlet.id}`)
  for (const line of result.blocks.flatMap((block) => block.criteria)) {
    const { cases } = await api(page, `outlets/${outlet.id}/cases?period=${period}`
      + `&standard=${standard.id}&criterion=${line.id}&limit=1`)
    // A case of several steps shows the most.
    if (cases.total < 3 || cases.cases[0].events.length < 3) continue
    await page.locator(`[data-test="criterion-${line.id}"] button`).click()
    await page.locator('[data-test=case]').nth(1).locator('button').first().click()
    return
  }
}

async function wide() {
  const browser = await open({ base, size: LARGE })
  const { page } = browser
  await page.goto('/sign-in')
  await page.waitForSelector('[data-test=demo-province]')
  await take(page, 'sign-in-1440-zh')
  await signIn(page, 'province')
  await page.waitForTimeout(1000)
  await take(page, 'overview-1440-zh')
  const { rules } = await api(page, 'rules')
  const target = rules.targets.find((each) => each.level === 'county') ?? rules.targets[0]
  await visit(page, `/targets/${target.id}`)
  await page.waitForSelector('[data-test=chart] canvas')
  await take(page, 'target-1440-zh')
  const { limited, plain, scored } = await outletsOf(page)
  await visit(page, `/counties/${limited.county.code}`)
  await take(page, 'county-1440-zh')
  await visit(page, `/outlets/${limited.id}`)
  await take(page, 'outlet-1440-zh')
  await visit(page, `/outlets/${(await raisable(page, scored)).id}`)
  await page.locator('[data-test=improvement] table').waitFor()
  await page.locator('[data-test=improvement]').evaluate((panel) => panel.scrollIntoView())
  await take(page, 'improvement-1440-zh')
  await visit(page, `/outlets/${plain.id}`)
  await openCases(page, plain)
  await take(page, 'cases-1440-zh')
  await visit(page, '/streams')
  await take(page, 'streams-1440-zh')
  await visit(page, '/overview')
  await page.click('[data-test=language]')
  await settled(page)
  await take(page, 'overview-1440-en')
  await visit(page, '/ledger')
  await take(page, 'ledger-1440-en')
  await browser.close()
  return plain
}

async function narrow(outlet) {
  const browser = await open({ base, size: NARROW })
  await signIn(browser.page, 'province')
  await take(browser.page, 'overview-390-zh')
  await visit(browser.page, `/outlets/${outlet.id}`)
  await take(browser.page, 'outlet-390-zh')
  await browser.close()
}

await narrow(await wide())
