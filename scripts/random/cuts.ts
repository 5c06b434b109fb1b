/**
 * Computes random problems whole and in random boxes, on every backend and with every algorithm,
 * and compares the bits.
 *
 *     npm run random -- cuts [--cases 1000] [--seed N]
 *
 * A problem that differs is printed with its seed. The last line is `N passed, M failed`. Needs no
 * Python. Not part of `npm test`.
 */

import { backends } from '../../packages/stridefold/src/backends/list.ts'
import { type Compared, compareCuts, kinds } from '../../packages/stridefold/test/box-cases.ts'

/** Compares this many problems on each backend. Returns whether all had equal bits. */
export function runCuts(cases: number, firstSeed: number): boolean {
  let [passed, failed] = [0, 0]
  const compared: Compared = {}
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const kind = Object.keys(kinds)[seed % Object.keys(kinds).length]!
    for (const backend of backends) {
      const difference = compareCuts(seed, kind, backend, compared)
      if (difference === undefined) passed++
      else {
        failed++
        console.log(`${kind}: ${difference}`)
      }
    }
  }
  console.log(`Cuts compared with the whole: ${JSON.stringify(compared)}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0
}
