/**
 * Compares integer results of stridefold with exact integer arithmetic on new random cases:
 * signals, layers and transposed layers, with every algorithm and on both backends.
 *
 *     npm run random -- exact [--cases 20000] [--seed N]
 *
 * Where the types and the weights promise exact results, every element must be equal. Elsewhere the
 * call compares itself with the definition in float64 (`verify: true`). A failed case is printed
 * with its seed; `--seed N --cases 1` repeats it.
 */

import process from 'node:process'
import { algorithms, OptionError } from 'stridefold/sync'
import { computeExactCase } from './exact-call.ts'
import { type ExactCase, exactCase } from './exact-case.ts'
import { exactResult, isPromised } from './exact-definition.ts'

/** What ran: results by algorithm, where exactness is promised and elsewhere. */
interface Counts {
  passed: number
  failed: number
  readonly promised: Map<string, number>
  readonly others: Map<string, number>
}

/** Algorithms that round intermediate values, and plain sums. */
const rounding = ['fft', 'winograd', 'separable']
const plain = algorithms().flatMap(({ name }) => (rounding.includes(name) ? [] : [name]))

/** Runs these cases and prints the failed ones. Returns whether all passed. */
export function runExact(cases: number, firstSeed: number): boolean {
  const counts: Counts = { passed: 0, failed: 0, promised: new Map(), others: new Map() }
  process.stdout.write(`${cases} cases from seed ${firstSeed}, against whole numbers of any size\n`)
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const faults = faultsOf(exactCase(seed), seed, counts)
    if (faults.length === 0) counts.passed++
    else counts.failed++
    for (const fault of faults) process.stdout.write(`seed ${seed}: ${fault}\n`)
  }
  const text = (results: ReadonlyMap<string, number>): string =>
    [...results].map(([name, n]) => `${name} ${n}`).join(', ')
  process.stdout.write(`exact results: ${text(counts.promised)}\n`)
  process.stdout.write(`results within the bound: ${text(counts.others)}\n`)
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`)
  return counts.failed === 0
}

/**
 * Computes a case with `auto` and with some of the algorithms that support it. Returns what is
 * wrong.
 */
function faultsOf(c: ExactCase, seed: number, counts: Counts): string[] {
  const isExact = isPromised(c)
  const expected = isExact ? exactResult(c) : undefined
  const used = isExact ? counts.promised : counts.others
  const others = [...rounding, ...plain]
  const names = ['auto', rounding[seed % rounding.length]!, others[seed % others.length]!]
  return [...new Set(names)].flatMap((algorithm, i) => {
    const backend = (seed + i) % 4 === 0 ? 'js' : 'wasm'
    const where = `${c.call} ${c.input} → ${c.result}, ${algorithm} on ${backend}`
    try {
      const options = { algorithm, backend, verify: seed % 8 === 0 || !isExact }
      const { data } = computeExactCase(c, options)
      used.set(algorithm, (used.get(algorithm) ?? 0) + 1)
      const at = expected?.findIndex((value, j) => value !== data[j]) ?? -1
      return at < 0 ? [] : [`${where}: element ${at} is ${data[at]}, expected ${expected![at]}`]
    } catch (error) {
      if (error instanceof OptionError && error.code === 'ALGORITHM_REFUSED') return []
      return [`${where}: ${String(error)}`]
    }
  })
}
