/**
 * Do threads compute the same bits, however many there are? Each random problem runs with every
 * algorithm on 1, 2, 3, 5 and 8 threads, more than this machine has processors.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { limitThreads, openPool, readyPool } from '../src/backends/wasm/threads/shared-pool.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { bytesOf, type Decided, decidedFor, kinds, withFractions } from './box-cases.ts'
import { type RandomCase, randomCase } from './random-geometry.ts'

const problems = 304
const counts = [2, 3, 5, 8]

beforeAll(async () => {
  limitThreads(8)
  openPool()
  while ((readyPool()?.ready ?? 0) < 7) await sleep(5)
})

afterAll(() => wasmBackend.close())

const bitsWith = (
  threadCount: number,
  { problem, decision }: Decided,
  { input, kernel, bias, output }: RandomCase,
): Uint8Array => {
  const result = output()
  const { deterministic } = problem.options
  const executable = wasmBackend.compile(decision.program, problem.spans, {
    ...{ deterministic, threadCount },
  })
  const bindings = { input, kernel, bias, output: result }
  executable.prepare(kernel)
  executable.run(bindings, true)
  executable.dispose()
  return bytesOf(result)
}

test.each(Object.keys(kinds))('the same bits with any number of threads: %s', (kind) => {
  const compared = new Set<string>()
  const each = problems / Object.keys(kinds).length
  for (let seed = 0; seed < each; seed++) {
    const problem = withFractions(randomCase(seed, kinds[kind]))
    const { name: algorithm } = allAlgorithms[seed % allAlgorithms.length]!
    const decided =
      decidedFor(problem, algorithm, wasmBackend) ?? decidedFor(problem, 'strided', wasmBackend)!
    const alone = bitsWith(1, decided, problem)
    compared.add(decided.decision.algorithm)
    for (const count of counts) {
      const at = bitsWith(count, decided, problem).findIndex((byte, i) => byte !== alone[i])
      expect({ seed, count, algorithm, at }).toEqual({ seed, count, algorithm, at: -1 })
    }
  }
  expect(compared.size).toBeGreaterThan(3)
})
