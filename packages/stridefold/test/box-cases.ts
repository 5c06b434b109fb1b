/**
 * Problems, computed whole and in boxes. Both must have the same bits. The boxes are cut at random
 * places, each with its own program; or they have one random size, or that which the library
 * chooses, and the library runs them with one program. The boxes, and the shares of their programs,
 * have a random order. Used by boxes.test.ts and by `npm run random -- cuts`.
 */

import { allAlgorithms } from '../src/algorithms/index.ts'
import { cartesianProduct } from '../src/ndarray/cartesian-product.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import type { Box, Form, Range } from '../src/planner/boxes.ts'
import { type Cut, cutInto, cutOf } from '../src/planner/cut.ts'
import { algorithmOf } from '../src/planner/decide.ts'
import type { Problem } from '../src/problem/problem.ts'
import type { Backend } from '../src/program/backend.ts'
import type { OrderPair } from './any-order.ts'
import {
  type RandomCase,
  type RandomOptions,
  random,
  randomCase,
  shuffled,
} from './random-geometry.ts'
import { bytesOf, type Decided, decidedFor, runCut, runInBoxes, runWhole } from './run-boxes.ts'

/** The kinds of problems: some algorithms need few channels, others many. */
export const kinds: Readonly<Record<string, RandomOptions>> = {
  'one channel': { separable: true },
  layers: { larger: true },
  tiles: { tiled: true },
  bytes: { inputDType: 'uint8', outputDType: 'uint8', dtype: 'float32' },
}

/** How many cuts were compared with the whole. */
export interface Compared {
  /** By algorithm. */
  readonly algorithms: Record<string, number>
  /** By the choice of the boxes. */
  readonly cuts: Record<'random boxes' | 'boxes of one size' | 'boxes of the library', number>
}

export const nothingCompared = (): Compared => ({
  algorithms: {},
  cuts: { 'random boxes': 0, 'boxes of one size': 0, 'boxes of the library': 0 },
})

export interface CutOptions {
  readonly seed: number
  readonly algorithms: readonly string[]
  readonly most?: number
}

/** The names of all algorithms. Each seed begins with another one. */
export function namesFrom(seed: number): string[] {
  const names = allAlgorithms.map(({ name }) => name)
  const first = seed % names.length
  return [...names.slice(first), ...names.slice(0, first)]
}

/**
 * Computes a problem with those of the algorithms that may be cut: whole, and in three cuts, the
 * boxes and the shares of their programs in random order. Adds to `compared`. Returns a text about
 * the first cut that differs. `most`: after so many algorithms it ends.
 */
export async function compareCuts(
  problem: RandomCase,
  { seed, algorithms, most = Infinity }: CutOptions,
  pair: OrderPair,
  compared: Compared,
): Promise<string | undefined> {
  const { name, backend } = pair
  const next = random(seed)
  const shuffledBackend = pair.inAnyOrder(seed)
  let remaining = most
  for (const algorithm of algorithms) {
    if (remaining === 0) break
    const decided = decidedFor(problem, algorithm, backend)
    if (decided === undefined || !decided.decision.form.cutKeepsBits) continue
    const whole = bytesOf(await runWhole(decided, problem, backend))
    let cuts = 0
    for (const { how, what, run } of cutsOf(decided, problem, next)) {
      cuts++
      compared.cuts[how]++
      const bytes = bytesOf(await run(shuffledBackend, next))
      const at = whole.findIndex((byte, index) => byte !== bytes[index])
      if (at >= 0)
        return (
          `${name} ${algorithm}, seed ${seed}: byte ${at} of ${problem.geometry.key} differs in ` +
          `${how} ${JSON.stringify(what)}`
        )
    }
    if (cuts === 0) continue
    compared.algorithms[algorithm] = (compared.algorithms[algorithm] ?? 0) + cuts
    remaining--
  }
  return undefined
}

interface OneCut {
  readonly how: keyof Compared['cuts']
  readonly what: unknown
  run(backend: Backend, next: Random): Promise<NdArray>
}

/** Three cuts: as the library cuts if it may, into boxes of few bytes, and random ones. */
function cutsOf(decided: Decided, problem: RandomCase, next: Random): OneCut[] {
  const form = decided.decision.form as Form
  const cuts: OneCut[] = []
  const target = [256, 4096][next(2)]!
  const own = cutOf(decided.problem, algorithmOf(decided.decision), form.tiles, {
    ...{ target, most: target, smallest: 0, perOverlap: 0 },
  })
  if (own !== undefined)
    cuts.push({
      how: 'boxes of the library',
      what: [own.batch, own.outputs],
      run: (on) => runCut(decided, own, problem, on),
    })
  const size = randomBoxSize(decided.problem, form, next)
  const cut = cutInto(decided.problem, form, size)
  if (cut !== undefined)
    cuts.push({
      how: 'boxes of one size',
      what: size,
      run: (on) => runCut(decided, cut, problem, on),
    })
  for (let tries = 0; tries < cutsPerProblem && cuts.length < cutsPerProblem; tries++) {
    const boxes = cutBoxes(decided.problem, form, next)
    if (boxes.length < 2) continue
    cuts.push({
      how: 'random boxes',
      what: boxes,
      run: (on, order) => runInBoxes(decided, form, shuffled(boxes, order), problem, on),
    })
  }
  return cuts
}

const cutsPerProblem = 3

/** A random problem of a kind, whose sums depend on their order. */
export const randomProblem = (seed: number, kind: string): RandomCase =>
  withFractions(randomCase(seed, kinds[kind]))

/** Makes samples and weights fractions: sums of whole numbers are the same in every order. */
export function withFractions(problem: RandomCase): RandomCase {
  for (const { data, dtype } of [problem.input, problem.kernel]) {
    if (dtypes[dtype].integer) continue
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.1 + ((i * 7) % 13) / 9
  }
  return problem
}

type Random = (below: number) => number

/** Two ranges or so that begin at multiples of `multiple` and cover [0, extent). */
function cut(extent: number, multiple: number, next: Random): Range[] {
  const pieces = Number.isFinite(multiple) ? Math.ceil(extent / multiple) : 1
  const starts = [0]
  for (let i = 1; i < pieces; i++) if (next(pieces) === 0) starts.push(i * multiple)
  return starts.map((start, i) => [start, starts[i + 1] ?? extent] as const)
}

function cutBoxes({ geometry: g }: Problem, { quantum }: Form, next: Random): Box[] {
  return cartesianProduct([
    cut(g.batch, quantum.batch, next),
    cut(g.filters, quantum.filters, next),
    ...g.axes.map(({ output }, a) => cut(output, quantum.outputs[a]!, next)),
  ]).map(([batch, filters, ...outputs]) => ({ batch: batch!, filters: filters!, outputs }))
}

/** Boxes of one size: some axes stay whole. */
export function randomBoxSize(
  { geometry: g }: Problem,
  { quantum }: Form,
  next: Random,
): Pick<Cut, 'batch' | 'outputs'> {
  const size = (extent: number, multiple: number): number => {
    const pieces = Number.isFinite(multiple) ? Math.ceil(extent / multiple) : 1
    return pieces === 1 || next(3) === 0 ? extent : multiple * (1 + next(pieces - 1))
  }
  return {
    batch: size(g.batch, quantum.batch),
    outputs: g.axes.map(({ output }, a) => size(output, quantum.outputs[a]!)),
  }
}
