/**
 * Does a problem have the same bits where workers share no memory? Each random problem goes to them
 * by transfer: in boxes of a random size, as the library cuts it, and whole. Its result must have
 * the bits of one thread, and what lies between its elements must stay.
 */

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { configureThreads } from '../src/backends/wasm/threads/shared-pool.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import { finish } from '../src/ndarray/work.ts'
import type { Form } from '../src/planner/boxes.ts'
import { boxProgram } from '../src/planner/boxes.ts'
import { type Cut, cutInto } from '../src/planner/cut.ts'
import { algorithmOf } from '../src/planner/decide.ts'
import type { Decision } from '../src/planner/decision.ts'
import { forTransfer } from '../src/planner/transfer.ts'
import { TransferExecutable } from '../src/runtime/box-transfer.ts'
import { kinds, randomBoxSize, withFractions } from './box-cases.ts'
import { casesHere } from './random-count.ts'
import { type RandomCase, random, randomCase } from './random-geometry.ts'
import { bytesOf, type Decided, decidedFor, runWhole } from './run-boxes.ts'

const problemsPerKind = casesHere(60)

beforeAll(() => {
  // As in a page that is not isolated.
  vi.stubGlobal('crossOriginIsolated', false)
  configureThreads({ threads: 3 })
})

afterAll(async () => {
  await wasmBackend.close()
  vi.unstubAllGlobals()
})

const remote = { count: 1, why: '', remote: 'transfer', workers: 3 } as const

async function bitsByTransfer(
  { problem }: Decided,
  decision: Decision,
  { input, kernel, bias, output }: RandomCase,
): Promise<Uint8Array> {
  const result = output()
  const executable = new TransferExecutable(problem, decision, wasmBackend)
  await executable.run({ input, kernel, bias, output: result }, false)
  executable.dispose()
  return bytesOf(result)
}

/** A cut into boxes of a random size. */
function randomCut(
  { problem, decision }: Decided,
  next: (below: number) => number,
): Cut | undefined {
  const { form } = decision
  return form.cutKeepsBits ? cutInto(problem, form, randomBoxSize(problem, form, next)) : undefined
}

test.each(Object.keys(kinds))('the same bits by transfer: %s', async (kind) => {
  const compared = new Set<string>()
  let boxesCompared = 0
  for (let seed = 5000; seed < 5000 + problemsPerKind; seed++) {
    const next = random(seed)
    const problem = withFractions(randomCase(seed, kinds[kind]))
    const { name: algorithm } = allAlgorithms[seed % allAlgorithms.length]!
    const decided =
      decidedFor(problem, algorithm, wasmBackend) ?? decidedFor(problem, 'strided', wasmBackend)!
    const { decision } = decided
    const expected = bytesOf(await runWhole(decided, problem, wasmBackend))
    const whole = { ...decision, cut: undefined, threads: remote }
    const cut = randomCut(decided, next)
    const decisions = [
      whole,
      finish(forTransfer(whole, decided.problem, wasmBackend)),
      ...(cut === undefined
        ? []
        : [
            {
              ...{ ...whole, cut },
              program: finish(boxProgram(algorithmOf(decision), decision.form as Form, cut.box)),
            },
          ]),
    ]
    for (const each of decisions) {
      const bits = await bitsByTransfer(decided, each, problem)
      const at = bits.findIndex((byte, i) => byte !== expected[i])
      const boxes = each.cut?.boxes ?? 1
      expect({ seed, algorithm, boxes, at }).toEqual({ seed, algorithm, boxes, at: -1 })
      if (boxes > 1) boxesCompared += boxes
    }
    compared.add(decision.algorithm)
  }
  // A browser compares fewer problems.
  if (problemsPerKind < 60) return
  expect(compared.size).toBeGreaterThan(3)
  expect(boxesCompared).toBeGreaterThan(200)
})
