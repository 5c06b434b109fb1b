/**
 * Prepares the baselines for one problem and checks their results against the definition. A
 * baseline that cannot run the problem, or that gives a wrong result, is skipped with the reason.
 */

import { type Contender, check, faultText, type Problem } from '@stridefold/measure'
import type { ReadyRival } from '@stridefold/measure/rivals'
import type { Baseline } from './baselines.ts'
import type { Words } from './section.ts'

export interface Skipped {
  readonly name: string
  readonly reason: string
}

export interface CheckedBaselines {
  readonly prepared: readonly (ReadyRival & Contender)[]
  readonly skipped: readonly Skipped[]
}

/** Python loops are skipped above this number of products, because they are slow. */
const maxPythonLoopProducts = 250_000

/** Prepares the baselines for one channel and one filter, without padding. */
export async function checkBaselines(
  baselines: readonly Baseline[],
  p: Problem,
): Promise<CheckedBaselines> {
  if (baselines.length === 0) return { prepared: [], skipped: [] }
  const prepared: (ReadyRival & Contender)[] = []
  const skipped: Skipped[] = []
  for (const baseline of baselines) {
    const isSlow = baseline.name === 'NumPy: loops' || baseline.name === 'NumPy: im2col'
    if (isSlow && p.flops / 2 > maxPythonLoopProducts) {
      skipped.push({ name: baseline.name, reason: 'Python loops, too slow from here on' })
      continue
    }
    const { name } = baseline
    const reason = baseline.unsupportedReason(p)
    if (reason !== undefined) {
      skipped.push({ name, reason })
      continue
    }
    try {
      const entry = await baseline.prepare(p)
      const wrong = faultText(check(p, await entry.output()), p)
      if (wrong === undefined) prepared.push({ ...entry, name })
      else {
        entry.close()
        skipped.push({ name, reason: wrong })
      }
    } catch (error) {
      skipped.push({
        name,
        reason: (error instanceof Error ? error.message : `${error}`).split('\n')[0]!,
      })
    }
  }
  return { prepared, skipped }
}

/**
 * A message that lists the skipped baselines. The reasons are error messages of the libraries, in
 * English.
 */
export function skippedMessage(
  runs: readonly { readonly x: number; readonly skipped: readonly Skipped[] }[],
  size: string,
): Words | undefined {
  const names = [...new Set(runs.flatMap(({ skipped }) => skipped.map(({ name }) => name)))]
  if (names.length === 0) return undefined
  const entries = names.map((name) => {
    const at = runs.filter(({ skipped }) => skipped.some((entry) => entry.name === name))
    const where = at.length === runs.length ? '' : ` (${size} = ${at.map(({ x }) => x).join(', ')})`
    return {
      where: `${name}${where}`,
      reason: at[0]!.skipped.find((entry) => entry.name === name)!.reason,
    }
  })
  return {
    en: `Not shown: ${entries.map(({ where, reason }) => `${where}, ${reason}`).join('; ')}.`,
    zh: `未绘出：${entries.map(({ where }) => where).join('；')}。`,
  }
}
