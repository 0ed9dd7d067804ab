// SPDX-License-Identifier: Apache-2.0
import { shallowRef } from 'vue'
import { ApiError, getJson, postJson, remove } from '../api/client'
import type { Session } from '../api/types'

export const session = shallowRef<Session | null>(null)
let asked = false

/** The session that the cookie stands for; asks the server once. */
export async function knownSession(): Promise<Session | null> {
  if (asked) return session.value
  try {
    session.value = await getJson<Session>('session')
    asked = true
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    asked = error.code === 'unauthenticated'
  }
  return session.value
}

export async function signIn(body: { demo: string } | { account: string; password: string }) {
  session.value = await postJson<Session>('session', body)
  asked = true
  return session.value
}

export async function signOut() {
  try {
    await remove('session')
  } finally {
    session.value = null
    asked = true
  }
}

export function forgetSession() {
  session.value = null
  asked = true
}
