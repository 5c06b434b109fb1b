/**
 * Where do two curves cross? Both are measured with a spread, so one runner is ahead of another at
 * a size only if its upper quartile lies below the lower quartile of the other. Sizes where the
 * quartiles overlap decide nothing.
 */

import { type Point, pointsOf, type SizeResult } from './results.ts'

/** From size `from` on, `winner` is faster than `loser`, which was faster before. */
export interface Crossing {
  readonly winner: string
  readonly loser: string
  /** The first measured size of the lasting lead. */
  readonly from: number
  /** Where the lines between the measured points meet: size and milliseconds. */
  readonly at: { readonly n: number; readonly ms: number }
}

/** −1: a is ahead; 1: b is ahead; 0: the quartiles overlap. */
const ahead = (a: Point, b: Point): -1 | 0 | 1 => (a.high < b.low ? -1 : b.high < a.low ? 1 : 0)

/**
 * The lasting change of the lead between two runners: the last one, and only if both were ahead
 * somewhere. Undefined without one.
 */
export function crossingOf(
  results: readonly SizeResult[],
  names: readonly [string, string],
): Crossing | undefined {
  const [a, b] = names.map((name) => pointsOf(results, name))
  const pairs = a!.flatMap((first): readonly Pair[] => {
    const second = b!.find(({ n }) => n === first.n)
    return second ? [{ first, second, lead: ahead(first, second) }] : []
  })
  const decided = pairs.filter(({ lead }) => lead !== 0)
  const last = decided.at(-1)
  const before = decided.findLast(({ lead }) => lead !== last?.lead)
  if (!last || !before) return undefined
  const from = decided[decided.indexOf(before) + 1]!
  const [winner, loser] = last.lead < 0 ? names : [names[1], names[0]]
  return { winner, loser, from: from.first.n, at: meeting(pairs, before, from) }
}

/** Both runners at one size. */
interface Pair {
  readonly first: Point
  readonly second: Point
  readonly lead: -1 | 0 | 1
}

/** Where the medians meet between two pairs, on logarithmic axes. */
function meeting(pairs: readonly Pair[], before: Pair, from: Pair): Crossing['at'] {
  const between = pairs.slice(pairs.indexOf(before), pairs.indexOf(from) + 1)
  const gap = ({ first, second }: Pair): number => Math.log(first.median / second.median)
  const sign = Math.sign(gap(before))
  const i = Math.max(
    1,
    between.findIndex((pair) => Math.sign(gap(pair)) !== sign),
  )
  const [left, right] = [between[i - 1]!, between[i]!]
  const [g0, g1] = [gap(left), gap(right)]
  const share = g0 === g1 ? 0 : Math.min(1, Math.max(0, g0 / (g0 - g1)))
  const mix = (u: number, v: number): number => Math.exp(Math.log(u) + share * Math.log(v / u))
  return {
    n: mix(left.first.n, right.first.n),
    ms: mix(left.first.median, right.first.median),
  }
}

/** All crossings with the plain loops, and between the runners that lead somewhere. */
export function crossingsOf(
  results: readonly SizeResult[],
  names: readonly string[],
  loops: string,
): readonly Crossing[] {
  const leading = leaders(results, names).map(({ name }) => name)
  const pairs = names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .filter((b) => [a, b].includes(loops) || (leading.includes(a) && leading.includes(b)))
      .map((b) => [a, b] as const),
  )
  return pairs
    .flatMap((pair) => crossingOf(results, pair) ?? [])
    .sort((a, b) => a.at.n - b.at.n || a.at.ms - b.at.ms)
}

/** A runner that has the least median at each measured size from one to another. */
export interface Lead {
  readonly name: string
  readonly from: number
  readonly to: number
}

export function leaders(results: readonly SizeResult[], names: readonly string[]): readonly Lead[] {
  const leads: Lead[] = []
  for (const result of results) {
    const points = names.flatMap((name) =>
      pointsOf([result], name).map((point) => ({ name, point })),
    )
    if (points.length === 0) continue
    const { name } = points.reduce((a, b) => (b.point.median < a.point.median ? b : a))
    const last = leads.at(-1)
    if (last?.name === name) leads[leads.length - 1] = { ...last, to: result.n }
    else leads.push({ name, from: result.n, to: result.n })
  }
  return leads
}
