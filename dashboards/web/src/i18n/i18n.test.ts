// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest'
import { codeOf, pathOf } from '../api/client'
import { en } from './en'
import { pickIn } from './index'
import { zh } from './zh'

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value as object).flatMap(([key, each]) => leaves(each, `${path}.${key}`))
}

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe('the words of the pages', () => {
  const chinese = new Map(leaves(zh, ''))
  const english = new Map(leaves(en, ''))

  it('are there in both languages, with the same holes', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()])
    for (const [key, text] of chinese) {
      expect([key, ...holes(english.get(key) ?? '')]).toEqual([key, ...holes(text)])
      expect(text.trim()).not.toBe('')
    }
  })

  it('say that data are simulated, in the words that were agreed', () => {
    expect(zh.app.simulated).toBe('模拟数据，非江苏省真实情况')
    expect(en.app.simulated).toBe("Simulated data, not Jiangsu's")
    expect(zh.error.not_found).toBe('没有此页，或不在您的权限范围内')
  })
})

describe('a title', () => {
  it('falls back to the language it has', () => {
    expect(pickIn('en', { zh: '网点', en: '' })).toBe('网点')
    expect(pickIn('en', { zh: '网点', en: 'outlet' })).toBe('outlet')
    expect(pickIn('zh', 'plain')).toBe('plain')
    expect(pickIn('zh', null)).toBe('')
  })
})

describe('a refusal', () => {
  it('has a sentence, by its code or by its status', () => {
    expect(codeOf(404, { code: 'not_found' })).toBe('not_found')
    expect(codeOf(503, { code: 'busy' })).toBe('busy')
    expect(codeOf(503, null)).toBe('not_ready')
    expect(codeOf(500, { code: 'no_such_word' })).toBe('unknown')
    for (const status of [400, 401, 403, 404, 429, 500, 503]) {
      expect(Object.keys(zh.error)).toContain(codeOf(status, null))
    }
  })
})

describe('a path', () => {
  it('leaves out what has no value and escapes the rest', () => {
    expect(pathOf(['outlets', 'a/b'], { period: '2026', type: '', state: undefined, offset: 0 }))
      .toBe('outlets/a%2Fb?period=2026&offset=0')
    expect(pathOf(['overview'])).toBe('overview')
  })
})
