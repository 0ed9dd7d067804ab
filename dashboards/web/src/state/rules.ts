// SPDX-License-Identifier: Apache-2.0
// What the pages need of the rule set beside the figures: the grades in their order, the level of a
// target. Asked once for each rule set.
import { computed, shallowRef, watch } from 'vue'
import { getJson } from '../api/client'
import type { GradeName, Rules } from '../api/types'
import { gradeScale } from '../logic/groups'
import { standing } from './live'

const rules = shallowRef<Rules | null>(null)
let asked = ''

watch(() => standing.value?.rule_hash, async (hash) => {
  if (!hash || hash === asked) return
  asked = hash
  try {
    rules.value = (await getJson<{ rules: Rules }>('rules')).rules
  } catch {
    asked = '' // the next standing asks again
  }
})

/** The grades of the outlets' standard, the best first. */
export const grades = computed<GradeName[]>(() => gradeScale(rules.value))

export function gradeTitle(id: string | null) {
  return id === null ? null : grades.value.find((grade) => grade.id === id)?.title ?? null
}

/** The name of a level, such as 全省 for the whole network. */
export function levelTitle(id: string) {
  return rules.value?.levels?.find((level) => level.id === id)?.title ?? null
}

/** The level whose units a coverage target counts, such as "county"; null while unknown. */
export function targetLevel(id: string): string | null {
  return rules.value?.targets.find((target) => target.id === id)?.level ?? null
}
