// SPDX-License-Identifier: Apache-2.0
import { onScopeDispose, ref, shallowRef, watch, type WatchSource } from 'vue'
import { ApiError, getJson } from '../api/client'
import type { Standing } from '../api/types'
import { news, took } from './live'

/**
 * The answer to a path that may change. A new path shows "loading"; news on the same path replaces
 * the data when it is there, so nothing flickers and the page stays where it was scrolled to.
 * With `when`, an answer that costs the server more is asked for anew only as that changes.
 */
export function useAnswer<T extends { standing?: Standing }>(path: () => string | null,
  when: WatchSource = news) {
  const data = shallowRef<T | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const loading = ref(false)
  let running: AbortController | undefined

  async function load(quiet: boolean) {
    const asked = path()
    running?.abort()
    if (asked === null) {
      data.value = null
      return
    }
    const mine = new AbortController()
    running = mine
    if (!quiet) loading.value = true
    try {
      const answer = await getJson<T>(asked, mine.signal)
      if (running !== mine) return
      if (answer.standing) took(answer.standing)
      data.value = answer
      error.value = null
    } catch (caught) {
      if (running !== mine) return
      const failed = caught instanceof ApiError ? caught : new ApiError('unknown', 0, '')
      // A page that has data keeps it through a server that is busy or away for a moment.
      if (!quiet || !['network', 'busy', 'not_ready', 'unknown'].includes(failed.code)) {
        error.value = failed
        data.value = null
      }
    } finally {
      if (running === mine) loading.value = false
    }
  }

  watch(path, (now, before) => {
    const elsewhere = before === undefined || now?.split('?')[0] !== before?.split('?')[0]
    if (elsewhere) data.value = null
    void load(false)
  }, { immediate: true })
  watch(when, () => void load(true))
  onScopeDispose(() => running?.abort())

  return { data, error, loading, reload: () => load(false) }
}
