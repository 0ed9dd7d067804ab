// SPDX-License-Identifier: Apache-2.0

/**
 * The 32 bytes of the key in a verifier line (`name+hash+base64`, where the first byte names the
 * algorithm) as `plumb ledger verify --checkpoint-key` takes them; null where it is no such line.
 */
export function keyHex(verifier: string | null): string | null {
  const coded = verifier?.trim().split('+').slice(2).join('+')
  if (!coded) return null
  let bytes: string
  try {
    bytes = atob(coded)
  } catch {
    return null
  }
  if (bytes.length !== 33 || bytes.charCodeAt(0) !== 1) return null
  return [...bytes.slice(1)].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}
