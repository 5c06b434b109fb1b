/** How good were the choices? The share of cases within 1.5 × of the best algorithm. */

import type { Kind } from './cases.ts'
import { kinds } from './cases.ts'
import { goodFactor, type TimedCase } from './time-case.ts'

/** How many times longer the chosen algorithm takes than the fastest one. */
export function slowdown({ chosen, algorithms }: TimedCase): number {
  const times = algorithms.map(({ measured }) => measured)
  const own = algorithms.find(({ algorithm }) => algorithm === chosen)!.measured
  return own / Math.min(...times)
}

interface Share {
  readonly good: number
  readonly count: number
}

function shareOf(cases: readonly TimedCase[]): Share {
  return { good: cases.filter((c) => slowdown(c) <= goodFactor).length, count: cases.length }
}

const shareText = ({ good, count }: Share): string =>
  `${good} of ${count} (${((100 * good) / count).toFixed(1)} %)`

/** The grade, as text: all cases, each kind, the worst ones. */
export function gradeText(cases: readonly TimedCase[], worst: number): string {
  const byKind = kinds.flatMap((kind: Kind) => {
    const ofKind = cases.filter((c) => c.kind === kind)
    return ofKind.length === 0 ? [] : [`  ${kind.padEnd(8)} ${shareText(shareOf(ofKind))}`]
  })
  const sorted = cases.toSorted((a, b) => slowdown(b) - slowdown(a)).slice(0, worst)
  return [
    `auto is within ${goodFactor} × of the best algorithm on ${shareText(shareOf(cases))}`,
    ...byKind,
    '',
    `The worst ${sorted.length}, times in ms: measured (predicted); * is the choice`,
    ...sorted.flatMap(worstLines),
  ].join('\n')
}

function worstLines(c: TimedCase): string[] {
  const times = c.algorithms
    .toSorted((a, b) => a.measured - b.measured)
    .map(
      ({ algorithm, measured, predicted }) =>
        `${algorithm}${algorithm === c.chosen ? '*' : ''} ${measured.toPrecision(3)} ` +
        `(${predicted.toPrecision(3)})`,
    )
  const weights = c.weights === 'random' ? '' : `, ${c.weights} weights`
  return [
    `  ${slowdown(c).toFixed(2)} ×  ${c.text}${weights}  [${c.kind}]`,
    `          ${times.join('  ')}`,
  ]
}
