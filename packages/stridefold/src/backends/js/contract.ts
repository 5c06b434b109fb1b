/**
 * Interprets a contraction. Sums are float64 and are rounded once, when they are stored.
 *
 * There are two inner loops. One adds one tap after another to a row of results; it is used if rows
 * are longer than sums (few channels). The other computes one result at a time, as a dot product
 * along the longest sum loop. It is used for many channels, and if the program requires a scalar
 * tile. Both add term after term, in the order of the step if it has one.
 */

import { activationFunction } from '../../ndarray/activation.ts'
import { dtypes, type TypedArray, toDType } from '../../ndarray/dtype.ts'
import { isEmpty, mergeLoops, Odometer, type StridedLoop } from '../../ndarray/loops.ts'
import { roundHalfToEven } from '../../ndarray/rounding.ts'
import type { Contraction, Epilogue, SumOrder } from '../../program/steps.ts'
import { splitSum } from '../../program/sum-order.ts'
import { type Memory, startOf } from './memory.ts'
import { extractLoop, nestOf, once } from './nest.ts'

// Maximum number of results that are summed together: 16 KiB, half of an L1 cache.
const maxRowResults = 2048
const minRowExtent = 16
const minDotExtent = 32

/** Compiles the contraction to a function that runs it for one item of the stage's grid. */
export function compileContraction(
  step: Contraction,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  if (isEmpty(step.result)) return () => {}
  const { to, a, b, epilogue } = step
  const bias = epilogue?.bias
  const { byRows, inner, outer, sums, dot } = loopsOf(step, gridRank)
  const [toStep, aStep, bStep, biasStep] = inner.strides as [number, number, number, number]
  const [aDot, bDot] = dot.strides as [number, number]
  const resultOdometer = new Odometer(outer, [0, 0, 0, 0])
  const sumOdometer = new Odometer(sums, [0, 0])
  const isEmptySum = isEmpty(step.sum)
  const row64 = new Float64Array(Math.min(inner.extent, maxRowResults))
  const round = rounder(epilogue)
  const finish = finisher(epilogue)
  const [toSlot, aSlot, bSlot] = [
    memory.slot(to.buffer),
    memory.slot(a.buffer),
    memory.slot(b.buffer),
  ]
  // Sums of the compute type have the dtype of their target, and a store converts to a float.
  const scale = step.integer?.scale ?? 1
  const converts = dtypes[toSlot.dtype].integer
  const biasSlot = bias === undefined ? undefined : memory.slot(bias.buffer)

  return (item) => {
    const [target, aData, bData] = [toSlot.data, aSlot.data, bSlot.data]
    resultOdometer.at[0] = startOf(toSlot, to, item)
    resultOdometer.at[1] = startOf(aSlot, a, item)
    resultOdometer.at[2] = startOf(bSlot, b, item)
    if (bias !== undefined) resultOdometer.at[3] = startOf(biasSlot!, bias, item)
    do {
      for (let first = 0; first < inner.extent; first += maxRowResults) {
        const count = Math.min(maxRowResults, inner.extent - first)
        const toAt = resultOdometer.at[0]! + first * toStep
        if (step.start === 'zero') row64.fill(0, 0, count)
        else for (let i = 0; i < count; i++) row64[i] = target[toAt + i * toStep]!
        sumOdometer.at[0] = resultOdometer.at[1]! + first * aStep
        sumOdometer.at[1] = resultOdometer.at[2]! + first * bStep
        if (!isEmptySum) {
          do {
            if (byRows)
              addRow(
                row64,
                count,
                aData,
                sumOdometer.at[0]!,
                aStep,
                bData,
                sumOdometer.at[1]!,
                bStep,
              )
            else
              row64[0] = plusDotProduct(
                row64[0]!,
                dot.extent,
                aData,
                sumOdometer.at[0]!,
                aDot,
                bData,
                sumOdometer.at[1]!,
                bDot,
              )
          } while (sumOdometer.next())
        }
        if (scale !== 1) for (let i = 0; i < count; i++) row64[i]! *= scale
        round?.(row64, count)
        if (biasSlot !== undefined) {
          const biasAt = resultOdometer.at[3]! + first * biasStep
          for (let i = 0; i < count; i++) row64[i]! += biasSlot.data[biasAt + i * biasStep]!
        }
        finish?.(row64, count)
        if (converts) for (let i = 0; i < count; i++) row64[i] = toDType(row64[i]!, toSlot.dtype)
        for (let i = 0; i < count; i++) target[toAt + i * toStep] = row64[i]!
      }
    } while (resultOdometer.next())
  }
}

interface ContractionLoops {
  /** Whether the inner loop runs along a row of results. Otherwise it is a dot product. */
  readonly byRows: boolean
  /** The loop along a row of results. Strides in [to, a, b, bias]. */
  readonly inner: StridedLoop
  /** The other loops over results. */
  readonly outer: readonly StridedLoop[]
  /** The loops over the sum outside the inner loop. Strides in [a, b]. */
  readonly sums: readonly StridedLoop[]
  /** The inner loop of a dot product: the longest loop over the sum, or the last of the order. */
  readonly dot: StridedLoop
  /** The order in which the terms are added. */
  readonly order: SumOrder
}

/** The order in which the terms of a contraction are added. */
export const sumOrderOf = (step: Contraction, gridRank: number): SumOrder =>
  loopsOf(step, gridRank).order

function loopsOf(step: Contraction, gridRank: number): ContractionLoops {
  const { to, a, b, epilogue, tile } = step
  const resultRank = gridRank + step.result.length
  const none = new Array<number>(resultRank).fill(0)
  const results = [to.strides, a.strides, b.strides, epilogue?.bias?.strides ?? none].map(
    (strides) => strides.slice(gridRank, resultRank),
  )
  const resultNest = nestOf(step.result, results)
  const sumNest = sumLoops(step, gridRank)
  const row = extractLoop(resultNest, once(results.length), rowRank)
  const longest = (loop: StridedLoop): number => loop.extent
  const last = (loop: SumLoop): number => sumNest.indexOf(loop)
  const dot = extractLoop(
    sumNest,
    { ...once(2), parts: [] },
    step.order === undefined ? longest : last,
  )
  const byRows = tile !== 'scalar' && dot.inner.extent < Math.min(row.inner.extent, minDotExtent)
  const added = byRows ? sumNest : [...dot.outer, dot.inner]
  const order = step.order ?? { loops: withAll(added, step) }
  return byRows
    ? { byRows, order, inner: row.inner, outer: row.outer, sums: sumNest, dot: dot.inner }
    : {
        ...{ byRows, order },
        inner: { extent: 1, strides: [0, 0, 0, 0] },
        outer: resultNest,
        sums: dot.outer,
        dot: dot.inner,
      }
}

/** A loop over the sum, and the loops of the step that were merged into it. */
interface SumLoop extends StridedLoop {
  readonly parts: readonly number[]
}

/** The loops over the sum, as few as possible, in the order of the step. Strides in [a, b]. */
function sumLoops(step: Contraction, gridRank: number): SumLoop[] {
  const { part, loops: given } = step.order ?? {}
  const { result, sum, a, b } = splitSum(step, part, gridRank)
  const first = gridRank + result.length
  const loops = sum.map(
    ({ extent }, index): SumLoop => ({
      extent,
      strides: [a.strides[first + index]!, b.strides[first + index]!],
      parts: [index],
    }),
  )
  // The loop over the parts comes before all others.
  const outer = loops.slice(0, part === undefined ? 0 : 1)
  const inner = loops.slice(outer.length)
  const inOrder = given === undefined ? inner : given.map((index) => inner[index]!)
  return mergeLoops([...outer, ...inOrder], (out, inside) => ({
    ...inside,
    extent: out.extent * inside.extent,
    parts: [...out.parts, ...inside.parts],
  }))
}

/** The sum loops of the step in this order. Those that run once are in no nest; they come first. */
function withAll(nest: readonly SumLoop[], { sum }: Contraction): number[] {
  const parts = nest.flatMap((loop) => loop.parts)
  return [...sum.map((_, index) => index).filter((index) => !parts.includes(index)), ...parts]
}

// Along a row, the elements of both factors should be neighbours, or one element that repeats.
const rowRank = ({ extent, strides }: StridedLoop): number =>
  extent >= minRowExtent && Math.abs(strides[1]!) <= 1 && Math.abs(strides[2]!) <= 1
    ? extent * 8
    : extent

function addRow(
  row: Float64Array,
  count: number,
  a: TypedArray,
  aStart: number,
  aStep: number,
  b: TypedArray,
  bStart: number,
  bStep: number,
): void {
  let aAt = aStart
  let bAt = bStart
  for (let i = 0; i < count; i++) {
    row[i]! += a[aAt]! * b[bAt]!
    aAt += aStep
    bAt += bStep
  }
}

function plusDotProduct(
  start: number,
  count: number,
  a: TypedArray,
  aStart: number,
  aStep: number,
  b: TypedArray,
  bStart: number,
  bStep: number,
): number {
  let sum = start
  let aAt = aStart
  let bAt = bStart
  for (let i = 0; i < count; i++) {
    sum += a[aAt]! * b[bAt]!
    aAt += aStep
    bAt += bStep
  }
  return sum
}

/** Rounds finished sums in place to multiples of the unit. */
function rounder(
  epilogue: Epilogue | undefined,
): ((row: Float64Array, count: number) => void) | undefined {
  const unit = epilogue?.unit
  if (unit === undefined) return undefined
  return (row, count) => {
    for (let i = 0; i < count; i++) row[i] = roundHalfToEven(row[i]! / unit) * unit
  }
}

/** Applies offset and activation to finished sums in place. */
function finisher(
  epilogue: Epilogue | undefined,
): ((row: Float64Array, count: number) => void) | undefined {
  const { offset = 0, activation } = epilogue ?? {}
  if (offset === 0 && activation === undefined) return undefined
  const activate = activationFunction(activation)
  return (row, count) => {
    for (let i = 0; i < count; i++) row[i] = activate(row[i]! + offset)
  }
}
