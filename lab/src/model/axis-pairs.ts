/**
 * The products along one axis: the pairs of an output and a weight with the sample that they read.
 * Axes are independent, so every combination of the pairs of all axes is a product.
 */

import type { ConvGeometry } from 'stridefold/sync'
import { borderSamples, outside } from './border-samples.ts'

/** The pairs of one axis, sorted by output, then in the order of the sum. */
export interface Pairs {
  /** The outputs that have pairs. Those of output i are from `starts[i]` to `starts[i + 1]`. */
  readonly outputs: ArrayLike<number>
  readonly starts: ArrayLike<number>
  readonly weights: ArrayLike<number>
  /** The sample of each pair; `outside` for the constant of a border. */
  readonly samples: ArrayLike<number>
}

/** The pairs of an axis with this output, this weight or this sample, as far as they are given. */
export function pairsOf(
  g: ConvGeometry,
  a: number,
  only: { readonly output?: number; readonly weight?: number; readonly sample?: number },
): Pairs {
  const { kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const sourceOf = sources(g)[a]!
  if (only.weight !== undefined && only.output === undefined && inputDilation === 1) {
    // Every output meets the weight. There may be a million of them.
    const step = g.flip ? kernel - 1 - only.weight : only.weight
    const numbers = new Int32Array(output + 1)
    const samples = new Int32Array(output)
    for (let o = 0; o <= output; o++) numbers[o] = o
    for (let o = 0; o < output; o++) samples[o] = sourceOf(o * stride + step * dilation - before)
    const weights = new Int32Array(output).fill(only.weight)
    return { outputs: numbers.subarray(0, output), starts: numbers, weights, samples }
  }
  const outputs: number[] = []
  const starts: number[] = []
  const weights: number[] = []
  const samples: number[] = []
  const add = (o: number, weight: number): void => {
    const step = g.flip ? kernel - 1 - weight : weight
    const position = (o * stride + step * dilation - before) / inputDilation
    if (!Number.isInteger(position)) return
    const sample = sourceOf(position)
    if (only.sample !== undefined && sample !== only.sample) return
    if (outputs.at(-1) !== o) {
      outputs.push(o)
      starts.push(weights.length)
    }
    weights.push(weight)
    samples.push(sample)
  }
  const addAll = (o: number): void => {
    if (only.weight !== undefined) return add(o, only.weight)
    for (let step = 0; step < kernel; step++) add(o, g.flip ? kernel - 1 - step : step)
  }
  if (only.output !== undefined) addAll(only.output)
  else if (only.weight !== undefined) for (let o = 0; o < output; o++) addAll(o)
  else for (const o of readersOf(g, a, only.sample!)) addAll(o)
  return { outputs, starts: [...starts, weights.length], weights, samples }
}

/** The outputs along an axis whose window reads a sample, ascending. */
function readersOf(g: ConvGeometry, a: number, sample: number): readonly number[] {
  const { input, kernel, stride, dilation, before, inputDilation, output } = g.axes[a]!
  const last = ((output - 1) * stride + (kernel - 1) * dilation - before) / inputDilation
  const sourceOf = sources(g)[a]!
  const readers = new Set<number>()
  const addReaders = (position: number): void => {
    if (sourceOf(position) !== sample) return
    for (let step = 0; step < kernel; step++) {
      const o = (position * inputDilation + before - step * dilation) / stride
      if (Number.isInteger(o) && o >= 0 && o < output) readers.add(o)
    }
  }
  addReaders(sample)
  for (let p = Math.ceil(-before / inputDilation); p < 0; p++) addReaders(p)
  for (let p = input; p <= last; p++) addReaders(p)
  return [...readers].sort((first, second) => first - second)
}

type SourceOf = (position: number) => number

const sourcesByGeometry = new WeakMap<ConvGeometry, readonly SourceOf[]>()

/**
 * Per axis: which sample does a position read?
 */
function sources(g: ConvGeometry): readonly SourceOf[] {
  const known = sourcesByGeometry.get(g)
  if (known) return known
  const made = g.axes.map(({ input, before, after, inputDilation }, a): SourceOf => {
    const boundary = g.boundary[a]!
    const isInside = (position: number): boolean => position >= 0 && position < input
    if (boundary === 'zero' || typeof boundary === 'object' || (before <= 0 && after <= 0))
      return (position) => (isInside(position) ? position : outside)
    const first = Math.ceil(Math.max(0, before) / inputDilation)
    const last = Math.ceil(Math.max(0, after) / inputDilation)
    const samples = borderSamples(input, [first, last], boundary)
    return (position) => (isInside(position) ? position : samples[position + first]!)
  })
  sourcesByGeometry.set(g, made)
  return made
}
