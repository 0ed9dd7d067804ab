// SPDX-License-Identifier: Apache-2.0
// Follows the standing of the evaluation, so that a page is as new as what the server has.
import { ref, shallowRef } from 'vue'
import { ApiError, getJson } from '../api/client'
import type { Standing } from '../api/types'
import { changed } from '../logic/standing'

const EVERY_MS = 5000

export const standing = shallowRef<Standing | null>(null)
/** Counts the times that something new was to be seen. */
export const news = ref(0)
export const offline = ref(false)

let timer: ReturnType<typeof setTimeout> | undefined

/** Takes the standing that came with an answer; what it tells is on the page already. */
export function took(next: Standing) {
  standing.value = next
  offline.value = false
}

async function look() {
  try {
    const { standing: next } = await getJson<{ standing: Standing }>('standing')
    const moved = changed(standing.value, next)
    took(next)
    if (moved) news.value += 1
  } catch (error) {
    offline.value = error instanceof ApiError && error.code === 'network'
  }
}

export function follow() {
  if (timer !== undefined) return
  const again = async () => {
    if (!document.hidden) await look()
    if (timer !== undefined) timer = setTimeout(again, EVERY_MS)
  }
  timer = setTimeout(again, EVERY_MS)
}

export function unfollow() {
  clearTimeout(timer)
  timer = undefined
  standing.value = null
  offline.value = false
}
