/**
 * Computes random problems whole and in random boxes, on every backend and with every algorithm,
 * and compares the bits. Boxes, and the shares of their programs, have a random order.
 *
 *     npm run random -- cuts [--cases 1000] [--seed N]
 *
 * A problem that differs is printed with its seed. The last line is `N passed, M failed`. Needs no
 * Python. Not part of `npm test`.
 */

import { orderPairs } from '../../packages/stridefold/test/any-order.ts'
import {
  compareCuts,
  kinds,
  namesFrom,
  nothingCompared,
  randomProblem,
} from '../../packages/stridefold/test/box-cases.ts'

/** Compares this many problems on each backend. Returns whether all had equal bits. */
export async function runCuts(cases: number, firstSeed: number): Promise<boolean> {
  let [passed, failed] = [0, 0]
  const compared = nothingCompared()
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const kind = Object.keys(kinds)[seed % Object.keys(kinds).length]!
    const options = { seed, algorithms: namesFrom(seed) }
    for (const pair of orderPairs) {
      const difference = await compareCuts(randomProblem(seed, kind), options, pair, compared)
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
