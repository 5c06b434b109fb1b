/**
 * The problem of a line of a suite, and the check of every result before anything is timed.
 */

import { check, type Output, type Problem, problem as problemOf } from '@stridefold/measure'
import type { Entry } from './suite.ts'

/** The largest number of outputs that are checked. */
const outputs = 300

/** Returns the problem of an entry. */
export const problem = ({ geometry, kernel, bytes }: Entry): Problem =>
  problemOf(geometry.key, { weights: kernel, isBytes: bytes, outputs })

/** Throws an `Error` if a result differs from the definition. */
export function verify(name: string, p: Problem, output: Output): void {
  const { fault } = check(p, output)
  if (fault === undefined) return
  throw new Error(
    `${name} computes ${fault.actual} at [${fault.index}] of ${p.geometry.key}; expected ` +
      `${fault.expected} ± ${fault.bound}`,
  )
}
