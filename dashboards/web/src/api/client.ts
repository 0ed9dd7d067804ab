// SPDX-License-Identifier: Apache-2.0
import type { Problem } from './types'

const KNOWN = ['unauthenticated', 'forbidden', 'not_found', 'invalid', 'busy', 'not_ready']

/** What the server refused, or that it could not be reached. `code` names a sentence. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${status} ${code}`)
  }
}

/** The code of an answer that is no success: the problem's own, else what its status means. */
export function codeOf(status: number, problem: Partial<Problem> | null): string {
  const code = problem?.code
  if (code && KNOWN.includes(code)) return code
  switch (status) {
    case 400: return 'invalid'
    case 401: return 'unauthenticated'
    case 403: return 'forbidden'
    case 404: return 'not_found'
    case 429: return 'busy'
    case 503: return 'not_ready'
    default: return 'unknown'
  }
}

let whenSignedOut = () => {}

/** Called when the server says that a session which was there has ended. */
export function onSignedOut(action: () => void) {
  whenSignedOut = action
}

async function failure(response: Response): Promise<ApiError> {
  const problem = await response.json().catch(() => null) as Partial<Problem> | null
  return new ApiError(codeOf(response.status, problem), response.status, problem?.detail ?? '')
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(`/api/v1/${path}`, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('network', 0, '')
  }
  if (response.ok) return response
  throw await failure(response)
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  try {
    const response = await send(path, { headers: { accept: 'application/json' }, signal })
    return await response.json() as T
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unauthenticated' && path !== 'session') {
      whenSignedOut()
    }
    throw error
  }
}

const UNSAFE = { 'X-Plumbline': '1', 'content-type': 'application/json' }

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const response = await send(path, {
    method: 'POST', headers: UNSAFE, body: JSON.stringify(body),
  })
  return await response.json() as T
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: 'DELETE', headers: UNSAFE })
}

/** `a/b?c=d` from path parts and those query members that have a value. */
export function pathOf(parts: string[], query: Record<string, string | number | undefined> = {}) {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value))
  }
  const text = search.toString()
  return parts.map(encodeURIComponent).join('/') + (text ? `?${text}` : '')
}
