// SPDX-License-Identifier: Apache-2.0
import type { Title } from '../api/types'

const CHINESE = /\p{Script=Han}/u

/** A basis is a title, or one text that may hold both languages as "中文 / English". */
export function basisTitle(text: Title | string | null): Title {
  if (text === null) return { zh: '', en: '' }
  if (typeof text !== 'string') return text
  const at = text.lastIndexOf(' / ')
  const [zh, en] = [text.slice(0, at), text.slice(at + 3)]
  if (at > 0 && CHINESE.test(zh) && !CHINESE.test(en)) return { zh, en }
  return { zh: text, en: text }
}
