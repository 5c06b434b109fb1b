/**
 * The loops of a step for a shader. Invocations run along the loops over results: neighbours along
 * the loop in which the target has its smallest stride, so that they touch neighbouring elements.
 */

import {
  axisLoops,
  isEmpty,
  iterations,
  mergeLoops,
  type StridedLoop,
  sortedByStride,
} from '../../../ndarray/loops.ts'
import type { Loop } from '../../../program/steps.ts'

const loopsOf = (
  loops: readonly Loop[],
  sequences: readonly (readonly number[])[],
): StridedLoop[] =>
  axisLoops(
    loops.map(({ extent }) => extent),
    ...sequences,
  )

/** Loops in any order: the smallest stride of the first sequence is innermost. */
export const resultNest = (
  loops: readonly Loop[],
  sequences: readonly (readonly number[])[],
): StridedLoop[] => mergeLoops(sortedByStride(loopsOf(loops, sequences), 0))

/** Loops in the order of the step: sums keep the order of their terms. */
export const orderedNest = (
  loops: readonly Loop[],
  sequences: readonly (readonly number[])[],
): StridedLoop[] => mergeLoops(loopsOf(loops, sequences))

export { isEmpty, iterations, type StridedLoop }

/** A whole number as WGSL of type i32. */
export const integer = (value: number): string =>
  value < 0 ? `(${value === -(2 ** 31) ? `-${2 ** 31 - 1} - 1` : value})` : `${value}`

/** Part of an address: an index, as WGSL, and its stride. */
export type Term = readonly [index: string, stride: number]

/** The sum of a start and of indices times their strides, as WGSL of type i32. */
export function sumText(start: string | number, terms: readonly Term[]): string {
  const parts = terms
    .filter(([, stride]) => stride !== 0)
    .map(([index, stride]) => (stride === 1 ? index : `${index} * ${integer(stride)}`))
  if (start !== 0 || parts.length === 0)
    parts.unshift(typeof start === 'number' ? integer(start) : start)
  return parts.join(' + ')
}

/** The terms of an address in one sequence of strides. */
export const termsOf = (
  loops: readonly StridedLoop[],
  indices: readonly string[],
  sequence: number,
): Term[] => loops.map(({ strides }, l) => [indices[l]!, strides[sequence]!])

/**
 * The statements that take a number apart into one index per loop, the last loop fastest. Outside
 * of all inner loops: division is slow.
 */
export function indexLines(
  loops: readonly StridedLoop[],
  number: string,
  prefix: string,
): { readonly lines: string[]; readonly indices: string[] } {
  const lines: string[] = []
  const indices = loops.map((_, l) => `${prefix}${l}`)
  let rest = number
  for (let l = loops.length - 1; l >= 0; l--) {
    const { extent } = loops[l]!
    if (l === 0) {
      lines.push(`let ${indices[l]} = ${rest};`)
      continue
    }
    lines.push(`let ${indices[l]} = ${rest} % ${extent};`)
    lines.push(`let ${prefix}r${l} = ${rest} / ${extent};`)
    rest = `${prefix}r${l}`
  }
  return { lines, indices }
}

/** A line inside of a block. */
export const indented = (line: string): string => `  ${line}`

/** The sum of these terms to add to an address; nothing if they do not move it. */
export const moved = (terms: readonly Term[]): string =>
  terms.every(([, stride]) => stride === 0) ? '' : ` + ${sumText(0, terms)}`

/** Nested loops around a body. Each index begins at 0. */
export function loopLines(
  loops: readonly StridedLoop[],
  prefix: string,
  body: (indices: readonly string[]) => readonly string[],
): string[] {
  const indices = loops.map((_, l) => `${prefix}${l}`)
  let lines = [...body(indices)]
  for (let l = loops.length - 1; l >= 0; l--) {
    const index = indices[l]!
    lines = [
      `for (var ${index} = 0; ${index} < ${loops[l]!.extent}; ${index}++) {`,
      ...lines.map(indented),
      '}',
    ]
  }
  return lines
}
