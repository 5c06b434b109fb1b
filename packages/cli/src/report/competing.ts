/**
 * Which rivals take part in one problem? Each is prepared and its result held against the
 * definition; who cannot do it, or computes something else, is left out and named with the reason.
 */

import { check, type Problem } from '../measure/problem.ts'
import { matrix } from './as-written/article1.ts'
import type { Prepared, Rival } from './rivals.ts'
import type { Words } from './section.ts'

export interface Skipped {
  readonly name: string
  readonly reason: string
}

export interface Field {
  readonly ready: readonly Prepared[]
  readonly left: readonly Skipped[]
}

/** Loops in Python take their time: with more products than this they are left out. */
const mostForPythonLoops = 250_000

/** The rivals on one channel and one filter without padding. */
export async function fieldOf(rivals: readonly Rival[], p: Problem): Promise<Field> {
  if (rivals.length === 0) return { ready: [], left: [] }
  const [rows, columns] = p.geometry.axes
  if (rows === undefined || columns === undefined)
    throw new RangeError(`rivals filter matrices, and ${p.text} has one axis`)
  const [x, k] = [
    matrix(rows.input, columns.input, p.x.data),
    matrix(rows.kernel, columns.kernel, p.k.data),
  ]
  const ready: Prepared[] = []
  const left: Skipped[] = []
  for (const rival of rivals) {
    const isSlow = rival.name === 'NumPy: loops' || rival.name === 'NumPy: im2col'
    if (isSlow && p.flops / 2 > mostForPythonLoops) {
      left.push({ name: rival.name, reason: 'loops in Python, too long from here on' })
      continue
    }
    try {
      const one = await rival.prepare(x, k)
      const wrong = check(p, one.result).wrong
      if (wrong === undefined) ready.push(one)
      else {
        one.close()
        left.push({ name: rival.name, reason: wrong })
      }
    } catch (error) {
      left.push({
        name: rival.name,
        reason: (error instanceof Error ? error.message : `${error}`).split('\n')[0]!,
      })
    }
  }
  return { ready, left }
}

/**
 * A sentence for each problem at which somebody is missing; the reasons are the libraries' own
 * words, in English.
 */
export function leftOutWords(
  found: readonly { readonly x: number; readonly left: readonly Skipped[] }[],
  size: string,
): Words | undefined {
  const names = [...new Set(found.flatMap(({ left }) => left.map(({ name }) => name)))]
  if (names.length === 0) return undefined
  const parts = names.map((name) => {
    const at = found.filter(({ left }) => left.some((one) => one.name === name))
    const where =
      at.length === found.length ? '' : ` (${size} = ${at.map(({ x }) => x).join(', ')})`
    return {
      where: `${name}${where}`,
      reason: at[0]!.left.find((one) => one.name === name)!.reason,
    }
  })
  return {
    en: `Not drawn: ${parts.map(({ where, reason }) => `${where}, ${reason}`).join('; ')}.`,
    zh: `未绘出：${parts.map(({ where }) => where).join('；')}。`,
  }
}
