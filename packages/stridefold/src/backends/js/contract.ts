/**
 * Interprets a contraction. Sums are float64 and are rounded once, when they are stored.
 *
 * There are two inner loops. One adds one tap after another to a row of results; it is used if rows
 * are longer than sums (few channels). The other computes one result at a time, as a dot product
 * along the longest sum loop. It is used for many channels, and if the program requires a scalar
 * tile.
 */

import type { TypedArray } from '../../ndarray/dtype.ts'
import { hyperbolicTangent, sigmoid } from '../../ndarray/elementary.ts'
import type { Contraction, Epilogue } from '../../program/steps.ts'
import { type Memory, startOf } from './memory.ts'
import { isEmpty, type NestLoop, nestOf, Odometer, takeOut } from './nest.ts'

// Maximum number of results that are summed together: 16 KiB, half of an L1 cache.
const longestRow = 2048
const worthARow = 16
const worthADot = 32

/** Compiles the contraction to a function that runs it for one item of the stage's grid. */
export function compileContraction(
  step: Contraction,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  if (isEmpty(step.result)) return () => {}
  const { to, a, b, epilogue: tail } = step
  const bias = tail?.bias
  const resultRank = gridRank + step.result.length
  const results = [to, a, b, ...(bias === undefined ? [] : [bias])].map(({ strides }) =>
    strides.slice(gridRank, resultRank),
  )
  const sums = [a, b].map(({ strides }) => strides.slice(resultRank))
  const resultNest = nestOf(step.result, results)
  const sumNest = nestOf(step.sum, sums)
  const row = takeOut(resultNest, results.length, rowRank)
  const dot = takeOut(sumNest, sums.length, ({ extent }) => extent)
  const byRows = step.tile !== 'scalar' && dot.inner.extent < Math.min(row.inner.extent, worthADot)

  const inner: NestLoop = byRows ? row.inner : { extent: 1, steps: results.map(() => 0) }
  const [toStep, aStep, bStep, biasStep] = [
    inner.steps[0]!,
    inner.steps[1]!,
    inner.steps[2]!,
    inner.steps[3] ?? 0,
  ]
  const [aDot, bDot] = [dot.inner.steps[0]!, dot.inner.steps[1]!]
  const at = new Odometer(byRows ? row.outer : resultNest, results.length)
  const tap = new Odometer(byRows ? sumNest : dot.outer, sums.length)
  const nothingToSum = isEmpty(step.sum)
  const row64 = new Float64Array(Math.min(inner.extent, longestRow))
  const finish = finisher(tail)
  const [toSlot, aSlot, bSlot] = [
    memory.slot(to.buffer),
    memory.slot(a.buffer),
    memory.slot(b.buffer),
  ]
  const biasSlot = bias === undefined ? undefined : memory.slot(bias.buffer)

  return (item) => {
    const [target, aData, bData] = [toSlot.data, aSlot.data, bSlot.data]
    at.at[0] = startOf(toSlot, to, item)
    at.at[1] = startOf(aSlot, a, item)
    at.at[2] = startOf(bSlot, b, item)
    if (bias !== undefined) at.at[3] = startOf(biasSlot!, bias, item)
    do {
      for (let first = 0; first < inner.extent; first += longestRow) {
        const count = Math.min(longestRow, inner.extent - first)
        const toAt = at.at[0]! + first * toStep
        if (step.start === 'zero') row64.fill(0, 0, count)
        else for (let i = 0; i < count; i++) row64[i] = target[toAt + i * toStep]!
        tap.at[0] = at.at[1]! + first * aStep
        tap.at[1] = at.at[2]! + first * bStep
        if (!nothingToSum) {
          do {
            if (byRows) addRow(row64, count, aData, tap.at[0]!, aStep, bData, tap.at[1]!, bStep)
            else
              row64[0]! += dotProduct(
                dot.inner.extent,
                aData,
                tap.at[0]!,
                aDot,
                bData,
                tap.at[1]!,
                bDot,
              )
          } while (tap.next())
        }
        if (biasSlot !== undefined) {
          const biasAt = at.at[3]! + first * biasStep
          for (let i = 0; i < count; i++) row64[i]! += biasSlot.data[biasAt + i * biasStep]!
        }
        finish?.(row64, count)
        for (let i = 0; i < count; i++) target[toAt + i * toStep] = row64[i]!
      }
    } while (at.next())
  }
}

// Along a row, the elements of both factors should be neighbours, or one element that repeats.
const rowRank = ({ extent, steps }: NestLoop): number =>
  extent >= worthARow && Math.abs(steps[1]!) <= 1 && Math.abs(steps[2]!) <= 1 ? extent * 8 : extent

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

function dotProduct(
  count: number,
  a: TypedArray,
  aStart: number,
  aStep: number,
  b: TypedArray,
  bStart: number,
  bStep: number,
): number {
  let sum = 0
  let aAt = aStart
  let bAt = bStart
  for (let i = 0; i < count; i++) {
    sum += a[aAt]! * b[bAt]!
    aAt += aStep
    bAt += bStep
  }
  return sum
}

/** Applies the epilogue to finished sums in place, except the bias. */
function finisher(
  tail: Epilogue | undefined,
): ((row: Float64Array, count: number) => void) | undefined {
  const { offset = 0, activation } = tail ?? {}
  const each = (f: (value: number) => number) => (row: Float64Array, count: number) => {
    for (let i = 0; i < count; i++) row[i] = f(row[i]! + offset)
  }
  switch (activation?.kind) {
    case undefined:
      return offset === 0 ? undefined : each((value) => value)
    case 'clamp': {
      const { min, max } = activation
      // NaN stays NaN, because Math.min and Math.max return NaN if an argument is NaN.
      return each((value) => Math.min(Math.max(value, min), max))
    }
    case 'leaky': {
      const { slope } = activation
      return each((value) => (value < 0 ? value * slope : value))
    }
    case 'sigmoid':
      return each(sigmoid)
    case 'tanh':
      return each(hyperbolicTangent)
  }
}
