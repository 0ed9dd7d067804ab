// SPDX-License-Identifier: Apache-2.0
import { createI18n } from 'vue-i18n'
import type { Title } from '../api/types'
import { en } from './en'
import { zh } from './zh'

export type Locale = 'zh' | 'en'

const KEPT = 'plumbline.locale'

function kept(): Locale {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh' // storage is switched off: Chinese each time
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: typeof localStorage === 'undefined' ? 'zh' : kept(),
  fallbackLocale: 'zh',
  messages: { zh, en },
})

export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}

export function setLocale(locale: Locale) {
  i18n.global.locale.value = locale
  try {
    localStorage.setItem(KEPT, locale)
  } catch {
    // Storage is switched off: the choice lasts until the page is left.
  }
}

/** A title in the language of the page; the other one where it has none. */
export function pickIn(locale: Locale, title: Title | string | null | undefined): string {
  if (title === null || title === undefined) return ''
  if (typeof title === 'string') return title
  return title[locale] || title.zh || title.en || ''
}

export function pick(title: Title | string | null | undefined): string {
  return pickIn(currentLocale(), title)
}
