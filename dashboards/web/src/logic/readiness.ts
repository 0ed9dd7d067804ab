// SPDX-License-Identifier: Apache-2.0

/** The sentences of a /readyz answer that say why the server is not ready. */
export function reasonsOf(text: string): string[] {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return text.trim() === '' || text.trim() === 'ready' ? [] : [text.trim()]
  }
  const reasons = (answer as { reasons?: { part?: string; sentence?: string }[] })?.reasons
  if (!Array.isArray(reasons)) return []
  return reasons.map((reason) => `${reason.part ?? ''}: ${reason.sentence ?? ''}`)
}
