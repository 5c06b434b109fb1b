/**
 * What must a call with an integer result return? Computed with whole numbers of any size (BigInt),
 * so that nothing rounds before the end.
 */

import { type Border, type ExactCase, integerTypes, numbersOf } from './exact-case.ts'
import { count } from './random-case.ts'

/** Where a position lies: a sample of an axis of n samples, or the constant of its border. */
function sampleAt(position: number, n: number, border: Border): number | { constant: number } {
  if (position >= 0 && position < n) return position
  const cyclic = (period: number): number => ((position % period) + period) % period
  if (typeof border === 'object') return border
  switch (border) {
    case 'zero':
      return { constant: 0 }
    case 'edge':
      return position < 0 ? 0 : n - 1
    case 'wrap':
      return cyclic(n)
    case 'symmetric': {
      const p = cyclic(2 * n)
      return p < n ? p : 2 * n - 1 - p
    }
    case 'reflect': {
      if (n === 1) return 0
      const p = cyclic(2 * n - 2)
      return p < n ? p : 2 * n - 2 - p
    }
  }
}

/** All indices of a shape, in row-major order. */
function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  )
}

const rowMajor = (index: readonly number[], shape: readonly number[]): number =>
  index.reduce((at, i, a) => at * shape[a]! + i, 0)

/** The smallest number of binary digits after the point that these numbers need. */
function exponentOf(values: readonly number[]): number {
  let exponent = 0
  while (!values.every((value) => Number.isInteger(value * 2 ** exponent))) exponent++
  return exponent
}

const constantsOf = ({ axes }: ExactCase): number[] =>
  axes.flatMap(({ border }) => (typeof border === 'object' ? [border.constant] : []))

/** The sums in units of 2^−exponent: [batch, filters, ...outputs]. */
function exactSums(c: ExactCase, exponent: number): bigint[] {
  const [batch, channels, ...extents] = c.x.shape as [number, number, ...number[]]
  const [rows, columns, ...taps] = c.kernel.shape as [number, number, ...number[]]
  const isTransposed = c.call === 'convTranspose'
  const filters = isTransposed ? columns * c.groups : rows
  const [filtersPerGroup, channelsPerGroup] = [filters / c.groups, channels / c.groups]
  const shape = [batch, filters, ...c.axes.map(({ outputs }) => outputs)]
  const sums = new Array<bigint>(count(shape)).fill(0n)
  const scale = 2 ** (exponent - c.kernel.exponent)
  const [x, weights] = [
    c.x.data.map((sample) => BigInt(sample * scale)),
    c.kernel.units.map((unit) => BigInt(unit)),
  ]
  const tapIndices = indicesOf(taps)
  const places = (isTransposed ? indicesOf(extents) : indicesOf(shape.slice(2))).map((q) =>
    tapIndices.map((t) => placeOf(c, q, t, isTransposed ? shape.slice(2) : extents)),
  )
  const [inputs, outputs] = [count(extents), count(shape.slice(2))]
  for (let n = 0; n < batch; n++)
    for (let f = 0; f < filters; f++)
      for (let channel = 0; channel < channelsPerGroup; channel++) {
        const group = Math.floor(f / filtersPerGroup)
        const source = (n * channels + group * channelsPerGroup + channel) * inputs
        const target = (n * filters + f) * outputs
        const row = isTransposed
          ? (group * channelsPerGroup + channel) * columns + (f % filtersPerGroup)
          : f * columns + channel
        places.forEach((ofTaps, q) => {
          ofTaps.forEach((place, t) => {
            const flipped = c.call === 'convolve' ? tapIndices.length - 1 - t : t
            const weight = weights[row * tapIndices.length + flipped]!
            if (isTransposed) {
              if (typeof place === 'number') sums[target + place]! += x[source + q]! * weight
            } else {
              const sample =
                typeof place === 'number' ? x[source + place]! : BigInt(place.constant * scale)
              sums[target + q]! += sample * weight
            }
          })
        })
      }
  return sums
}

/**
 * The sample that an output multiplies with a tap; of a transposed layer the output to which a
 * sample adds it. Where several axes are outside, the first constant decides.
 */
function placeOf(
  c: ExactCase,
  q: readonly number[],
  t: readonly number[],
  extents: readonly number[],
): number | { constant: number } {
  const at = c.axes.map(({ stride, dilation, before, border }, a) =>
    sampleAt(q[a]! * stride + t[a]! * dilation - before, extents[a]!, border),
  )
  const constant = at.find((place) => typeof place === 'object')
  return constant ?? rowMajor(at as number[], extents)
}

/** Half to even. */
function rounded(units: bigint, exponent: number): bigint {
  const one = 1n << BigInt(exponent)
  const floor = units >> BigInt(exponent)
  const twice = 2n * (units - floor * one)
  return twice > one || (twice === one && floor % 2n !== 0n) ? floor + 1n : floor
}

/** Computes a case by its definition: the result, rounded half to even and saturated. */
export function exactResult(c: ExactCase): number[] {
  const sumExponent = c.kernel.exponent + exponentOf(constantsOf(c))
  const limits = c.activation === undefined ? [] : [c.activation.min, c.activation.max]
  const finiteLimits = limits.filter(Number.isFinite)
  const exponent = Math.max(sumExponent, c.bias?.exponent ?? 0, exponentOf(finiteLimits))
  const inUnits = (value: number): bigint => BigInt(value * 2 ** exponent)
  const filters = c.call === 'convTranspose' ? c.kernel.shape[1]! * c.groups : c.kernel.shape[0]!
  const outputs = c.axes.reduce((n, axis) => n * axis.outputs, 1)
  const { min, max } = integerTypes[c.result]
  return exactSums(c, sumExponent).map((sum, i) => {
    let value = sum << BigInt(exponent - sumExponent)
    if (c.bias !== undefined) {
      const bias = c.bias.units[Math.floor(i / outputs) % filters]!
      value += BigInt(bias) << BigInt(exponent - c.bias.exponent)
    }
    const [low, high] = limits
    if (low !== undefined && value < inUnits(low)) value = inUnits(low)
    if (high !== undefined && high !== Infinity && value > inUnits(high)) value = inUnits(high)
    const integer = rounded(value, exponent)
    return integer < BigInt(min) ? min : integer > BigInt(max) ? max : Number(integer)
  })
}

/** Whether the types and the weights promise that every result is exact. */
export function isPromised(c: ExactCase): boolean {
  const { min, max } = integerTypes[c.input]
  const limit = c.input === 'int32' || c.result === 'int32' ? 2 ** 53 : 2 ** 24
  const weights = numbersOf(c.kernel)
  const exponent = exponentOf(weights)
  const range = Math.max(-min, max)
  const sum = largestSum(c, weights.map(Math.abs)) * mostAdded(c)
  if (!(range * sum * 2 ** exponent < limit)) return false
  const constants = leavesInput(c) ? constantsOf(c) : []
  const bias = c.bias === undefined ? [] : numbersOf(c.bias)
  const largest = (values: readonly number[]): number => Math.max(0, ...values.map(Math.abs))
  const all = Math.max(range, largest(constants)) * sum + largest(bias)
  return all * 2 ** Math.max(exponent + exponentOf(constants), exponentOf(bias)) < limit
}

/** Whether any window of a signal or a layer leaves the input. */
const leavesInput = ({ axes, x, kernel }: ExactCase): boolean =>
  axes.some(
    ({ stride, dilation, before, outputs }, a) =>
      before > 0 ||
      (outputs - 1) * stride + dilation * (kernel.shape[a + 2]! - 1) - before >= x.shape[a + 2]!,
  )

/**
 * How many sums the border of a transposed layer adds up in one result: every position of the
 * padded axis is added to the sample that the border copied there.
 */
function mostAdded({ call, axes }: ExactCase): number {
  if (call !== 'convTranspose') return 1
  return axes.reduce((product, { before, outputs, border }) => {
    const added = new Array<number>(outputs).fill(0)
    for (let position = -before; position < outputs + before; position++) {
      const sample = sampleAt(position, outputs, border)
      if (typeof sample === 'number') added[sample]!++
    }
    return product * Math.max(...added)
  }, 1)
}

/** The largest sum of magnitudes that one sum of products can add up. */
function largestSum(
  { call, kernel, groups, axes }: ExactCase,
  magnitudes: readonly number[],
): number {
  const [rows, columns, ...taps] = kernel.shape as [number, number, ...number[]]
  const sums = new Map<string, number>()
  for (const [i, [row, column, ...t]] of (
    indicesOf([rows, columns, ...taps]) as [number, number, ...number[]][]
  ).entries()) {
    // A transposed layer adds to an output the taps of one remainder.
    const filter =
      call === 'convTranspose'
        ? [
            Math.floor(row / (rows / groups)) * columns + column,
            ...t.map((tap, a) => (tap * axes[a]!.dilation) % axes[a]!.stride),
          ].join()
        : `${row}`
    sums.set(filter, (sums.get(filter) ?? 0) + magnitudes[i]!)
  }
  return Math.max(0, ...sums.values())
}
