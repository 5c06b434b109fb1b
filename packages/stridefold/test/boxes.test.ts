/**
 * A problem that is cut into boxes has the bits of the whole: on every backend, with every
 * algorithm that may be cut, wherever it is cut, its boxes and the shares of their programs in any
 * order. `npm run random -- cuts` compares more of them.
 */

import { describe, expect, test } from 'vitest'
import { allAlgorithms } from '../src/algorithms/index.ts'
import { jsBackend } from '../src/backends/js/js.ts'
import type { Form } from '../src/planner/boxes.ts'
import { cutInto } from '../src/planner/cut.ts'
import { orderPairs } from './any-order.ts'
import { compareCuts, kinds, namesFrom, nothingCompared, randomProblem } from './box-cases.ts'
import { type CaseTypes, plainCase } from './plain-case.ts'
import { casesHere } from './random-count.ts'
import { decidedFor, runCut, runWhole } from './run-boxes.ts'

/** Problems at the edges of what boxes can do. Some of them once had other bits in boxes. */
const edges: readonly (readonly [string, string, CaseTypes?])[] = [
  ['spectra with gaps between filters', '1x2x7x16 * 14x2x5x2 d3,2 p-1:7,1 constant=3 flip'],
  ['more tiles in a block of fewer filters', '1x2x64x4 * 300x2x9x1'],
  ['prime extents', '1x2x31x29 * 5x2x3x3 p1 reflect'],
  ['several groups', '2x6x13x11 * 9x2x3x3 g3 p1'],
  ['groups of one filter', '2x8x13x11 * 8x1x3x3 g8 p1 edge'],
  ['several filters for each channel', '1x4x13x19 * 8x1x3x2 g4 p1 flip'],
  ['tiles in groups', '2x16x13x11 * 8x8x3x3 g2 p1'],
  ['padding that crops', '2x3x23x19 * 4x3x3x3 p-2:1,-1:-3'],
  ['more padding than samples', '1x2x4x5 * 3x2x3x4 p5,6 wrap'],
  ['gradients of weights', '3x4x17x19 * 5x4x15x17'],
  ['gradients with sums in parts', '1x1x258x257 * 1x1x256x256'],
  ['a transposed layer', '2x3x7x6 * 4x3x4x4 i2 p2'],
  ['a large kernel', '3x2x37x33 * 2x2x11x9 p5,4 reflect'],
  ['a large kernel with a stride', '1x3x61x40 * 2x3x9x7 s2,3 d1,2 p4 edge'],
  ['a volume', '1x2x5x7x9 * 3x2x3x3x2 p1 symmetric'],
  ['bytes', '1x1x40x37 * 1x1x5x5 p2 edge', { input: 'uint8', output: 'uint8' }],
  ['a border that is no byte', '2x1x40x37 * 2x1x5x5 p2 constant=2.5', { input: 'uint8' }],
  ['a border below a byte', '1x2x20x17 * 2x2x3x3 p2 constant=-1', { input: 'uint8' }],
  ['two constants', '3x2x20x17 * 2x2x3x3 p2 border=constant=300,constant=-1', { input: 'uint8' }],
  ['float64', '2x8x14x13 * 8x8x3x3 p1 constant=1', { dtype: 'float64' }],
]

const edgeCases = edges.map(([title, text, types = {}]) => [title, text, types] as const)

const firstSeed = 1003
const problemsPerKind = casesHere(20)

test.each(['0x2x9x8 * 3x2x3x3 p1', '2x2x9x8 * 0x2x3x3 p1', '2x2x1x1 * 3x2x2x2'])(
  'a problem without results stays whole: %s',
  (text) => {
    const { problem, decision } = decidedFor(plainCase(text, 3), 'strided', jsBackend)!
    const outputs = problem.geometry.axes.map(() => 1)
    expect(decision.form.cutKeepsBits).toBe(true)
    expect(cutInto(problem, decision.form as Form, { batch: 1, outputs })).toBeUndefined()
  },
)

describe.each(orderPairs.map((pair) => [pair.name, pair] as const))('%s', (_name, pair) => {
  const compared = nothingCompared()

  test.each(Object.keys(kinds))('%s', { timeout: 120_000 }, async (kind) => {
    for (let seed = firstSeed; seed < firstSeed + problemsPerKind; seed++) {
      const options = { seed, algorithms: namesFrom(seed), most: 1 }
      expect(await compareCuts(randomProblem(seed, kind), options, pair, compared)).toBeUndefined()
    }
  })

  test.each(edgeCases)('%s: %s', { timeout: 60_000 }, async (_title, text, types) => {
    const cuts = nothingCompared()
    // Algorithms with tiles have the most to keep.
    const algorithms = [...new Set(['fft', 'winograd', ...namesFrom(text.length)])]
    const options = { seed: 3, algorithms, most: 3 }
    expect(await compareCuts(plainCase(text, 3, types), options, pair, cuts)).toBeUndefined()
    expect(Object.keys(cuts.algorithms).length).toBeGreaterThan(1)
  })

  test.each(['zero', 'constant=3', 'border=constant=3,symmetric', 'border=edge,constant=-1'])(
    'the last item of an odd batch has no partner: %s',
    async (border) => {
      const { backend } = pair
      const all = plainCase(`3x1x6x5 * 1x1x3x2 p1 ${border}`, 3)
      const decided = decidedFor(all, 'fft', backend)!
      const form = decided.decision.form as Form
      expect(form.quantum.batch).toBe(2)
      const outputs = all.geometry.axes.map(({ output }) => output)
      const cut = cutInto(decided.problem, form, { batch: 2, outputs })!
      const whole = await runWhole(decided, all, backend)
      expect((await runCut(decided, cut, all, pair.inAnyOrder(3))).data).toEqual(whole.data)
    },
  )

  // A browser compares fewer problems.
  test.skipIf(problemsPerKind < 20)('every algorithm was cut, in every way', () => {
    expect(Object.keys(compared.algorithms).toSorted()).toEqual(
      allAlgorithms.map(({ name }) => name).toSorted(),
    )
    expect(Object.values(compared.cuts).every((count) => count > 0)).toBe(true)
  })
})
