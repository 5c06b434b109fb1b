/**
 * Do threads compute the same bits, however many there are? Each random problem runs with every
 * algorithm on 1, 2, 3, 5 and 8 threads, more than this machine has processors.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { configureThreads, openPool, readyPool } from '../src/backends/wasm/threads/shared-pool.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { kinds, withFractions } from './box-cases.ts'
import { type RandomCase, randomCase } from './random-geometry.ts'
import { bytesOf, type Decided, decidedFor } from './run-boxes.ts'

const problems = 304

beforeAll(async () => {
  configureThreads({ threads: 8 })
  openPool()
  while ((readyPool()?.ready ?? 0) < 7) await sleep(5)
})

afterAll(() => wasmBackend.close())

/** The bits of a result that the caller computes, with workers if there are any. */
function bitsOf(decided: Decided, problem: RandomCase, threadCount: number): Uint8Array {
  const result = problem.output()
  const executable = wasmBackend.compile(...compilation(decided, threadCount))
  executable.run({ ...problem, output: result }, false)
  executable.dispose()
  return bytesOf(result)
}

/** The bits of a result that workers compute alone: none of them has nothing to do. */
async function remoteBitsOf(
  decided: Decided,
  problem: RandomCase,
  threadCount: number,
): Promise<Uint8Array> {
  const result = problem.output()
  const executable = wasmBackend.compileRemote(...compilation(decided, threadCount))
  await executable.run({ ...problem, output: result }, false)
  executable.dispose()
  return bytesOf(result)
}

const compilation = (
  { problem, decision }: Decided,
  threadCount: number,
): Parameters<typeof wasmBackend.compile> => [
  decision.program,
  problem.spans,
  { deterministic: problem.options.deterministic, threadCount },
]

test.each(Object.keys(kinds))('the same bits with any number of threads: %s', async (kind) => {
  const compared = new Set<string>()
  const each = problems / Object.keys(kinds).length
  for (let seed = 0; seed < each; seed++) {
    const problem = withFractions(randomCase(seed, kinds[kind]))
    const { name: algorithm } = allAlgorithms[seed % allAlgorithms.length]!
    const decided =
      decidedFor(problem, algorithm, wasmBackend) ?? decidedFor(problem, 'strided', wasmBackend)!
    compared.add(decided.decision.algorithm)
    const alone = bitsOf(decided, problem, 1)
    const firstDifference = (bits: Uint8Array): number =>
      bits.findIndex((byte, i) => byte !== alone[i])
    for (const count of [1, 2, 3, 5, 8]) {
      const at = firstDifference(await remoteBitsOf(decided, problem, count))
      expect({ seed, count, algorithm, at }).toEqual({ seed, count, algorithm, at: -1 })
    }
    for (const count of [2, 8]) {
      const at = firstDifference(bitsOf(decided, problem, count))
      expect({ seed, count, algorithm, at }).toEqual({ seed, count, algorithm, at: -1 })
    }
  }
  expect(compared.size).toBeGreaterThan(3)
})
