/** Why was this candidate chosen? One line of text. */

import { allAlgorithms } from '../algorithms/index.ts'
import type { Attempt } from './attempt.ts'
import type { Measured } from './decision.ts'

/** `attempts` are all that were compared, on every backend; `requested` is the option. */
export function reasonOf(
  best: Attempt,
  attempts: readonly Attempt[],
  requested: string,
  measured?: Measured,
): string {
  const { algorithm, backend, candidate } = best
  // If a preferred backend was not possible, give its reason.
  const preferred = decisiveAttempt(attempts.filter((o) => o.backend !== backend))
  const note =
    preferred === undefined ? '' : ` (not on ${preferred.backend.name}: ${preferred.refusal?.why})`
  const where = `${algorithm.name} on ${backend.name}${note}`
  if (requested !== 'auto') return `${where}: requested by name`
  if (measured !== undefined) return `${where}: ${measuredText(measured)}`
  const others = attempts.filter((o) => o !== best && o.refusal === undefined)
  const next = others.toSorted((a, b) => a.candidate.milliseconds - b.candidate.milliseconds)[0]
  const predicted = `predicted ${formatTime(candidate.milliseconds)}`
  if (next === undefined) return `${where}: ${predicted}; no other considered algorithm can run`
  return (
    `${where}: ${predicted}, next ${next.algorithm.name} with ` +
    `${formatTime(next.candidate.milliseconds)}`
  )
}

/** The measured times of the fastest algorithm and of the next. */
function measuredText({ algorithm, milliseconds }: Measured): string {
  const others = Object.entries(milliseconds).filter(([name]) => name !== algorithm)
  const [next] = others.toSorted(([, a], [, b]) => a - b)
  const own = milliseconds[algorithm]
  if (own === undefined || next === undefined)
    return 'measured: no other algorithm is predicted to come close'
  return `measured ${formatTime(own)}, next ${next[0]} with ${formatTime(next[1])}`
}

/**
 * Returns the refused attempt with the most useful reason. The last algorithm supports every
 * problem, so its reason applies to all of them.
 */
export function decisiveAttempt(refused: readonly Attempt[]): Attempt | undefined {
  const simplest = refused.filter((o) => o.algorithm === allAlgorithms.at(-1))
  return simplest.at(-1) ?? refused.at(-1)
}

/** Formats a time with three digits and a unit. */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 1) return `${(milliseconds * 1000).toPrecision(3)} µs`
  return milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toPrecision(3)} s`
}
