/**
 * A layer with several channels and filters, as planes of numbers, all from the library: the input
 * with its border, the weights as they multiply, the sum of each channel by itself, the output.
 *
 * The sums of single channels are the output of a depthwise layer with the same numbers: its groups
 * are the channels, and each channel meets the planes that belong to it.
 */

import { type ConvGeometry, type NdArray, ndarray, parseCase } from 'stridefold/sync'
import { definition } from 'stridefold/verify'
import type { ProblemNumbers } from '../model/arrays.ts'
import { arrayOf, product } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { inputRange } from '../model/plain-values.ts'
import { valuesOf, weightsOf } from '../model/values-of.ts'
import { roundOff } from '../stage/stage-model.ts'
import type { Spot } from './settings.ts'

/** Planes of one size, one after the other. */
export interface Planes {
  readonly count: number
  readonly rows: number
  readonly columns: number
  readonly data: ArrayLike<number>
}

export interface StackModel {
  /** One item of the batch, in float64. */
  readonly geometry: ConvGeometry
  readonly batch: number
  /** The item that is shown. */
  readonly item: number
  /** The input with its border. */
  readonly padded: Planes
  /** The weights as they multiply, the planes of filter 0 first. */
  readonly weights: Planes
  /** The sums of single channels: those of filter 0 first, one plane for each of its channels. */
  readonly parts: Planes
  readonly output: Planes
  readonly bias: number
  readonly groupChannels: number
  readonly groupFilters: number
}

export function stackModelOf(numbers: ProblemNumbers, item = 0): StackModel {
  const whole: ConvGeometry = { ...parseCase(numbers.problem), dtype: 'float64' }
  const g: ConvGeometry = { ...whole, batch: 1 }
  const extents = (name: 'input' | 'kernel' | 'output'): number[] => g.axes.map((a) => a[name])
  const [groupChannels, groupFilters] = [g.channels / g.groups, g.filters / g.groups]
  const inputShape = [1, g.channels, ...extents('input')]
  const kernelShape = [g.filters, groupChannels, ...extents('kernel')]
  const size = product(inputShape)
  const samples = valuesOf(numbers.input, inputShape.with(0, whole.batch), inputRange)
  const input = arrayOf(samples.slice(item * size, (item + 1) * size), inputShape, g)
  const kernel = arrayOf(weightsOf(numbers, kernelShape), kernelShape, g)
  const padded = paddedInput(g, input).array
  const sums = definition(g, { input, kernel, offset: numbers.bias }).values
  const [rows, columns] = extents('output')
  return {
    geometry: g,
    batch: whole.batch,
    item,
    padded: {
      count: g.channels,
      rows: padded.shape[2]!,
      columns: padded.shape[3]!,
      data: padded.data,
    },
    weights: planesOf(asMultiplied(kernel.data, g), g.filters * groupChannels, extents('kernel')),
    parts: planesOf(channelSums(g, input, kernel), g.filters * groupChannels, [rows!, columns!]),
    output: planesOf(Float64Array.from(sums, roundOff), g.filters, [rows!, columns!]),
    bias: numbers.bias,
    groupChannels,
    groupFilters,
  }
}

const planesOf = (
  data: ArrayLike<number>,
  count: number,
  [rows, columns]: readonly number[],
): Planes => ({ count, rows: rows!, columns: columns!, data })

/** A convolution turns every plane of the kernel by 180°. */
function asMultiplied(data: ArrayLike<number>, g: ConvGeometry): ArrayLike<number> {
  if (!g.flip) return data
  const size = product(g.axes.map((axis) => axis.kernel))
  return Float64Array.from(data, (_, i) => {
    const [plane, at] = [Math.floor(i / size), i % size]
    return data[plane * size + size - 1 - at]!
  })
}

/**
 * A depthwise layer gives the sums of single channels. Its outputs are in the order of channels;
 * they are put into the order of filters.
 */
function channelSums(g: ConvGeometry, input: NdArray, kernel: NdArray): Float64Array {
  const { channels, filters, groups } = g
  const [groupChannels, groupFilters] = [channels / groups, filters / groups]
  const deep: ConvGeometry = { ...g, groups: channels, filters: channels * groupFilters }
  const size = product(g.axes.map((axis) => axis.kernel))
  const planes = planeOrder(channels, groupChannels, groupFilters)
  const weights = new Float64Array(planes.length * size)
  for (const [at, plane] of planes.entries())
    weights.set(kernel.data.subarray(plane * size, (plane + 1) * size), at * size)
  const shape = [planes.length, 1, ...g.axes.map((axis) => axis.kernel)]
  const sums = definition(deep, { input, kernel: ndarray(weights, shape) }).values
  const outputs = product(g.axes.map((axis) => axis.output))
  const result = new Float64Array(sums.length)
  for (const [at, plane] of planes.entries())
    for (let i = 0; i < outputs; i++)
      result[plane * outputs + i] = roundOff(sums[at * outputs + i]!)
  return result
}

/** The plane of the kernel that each filter of the depthwise layer has. */
const planeOrder = (channels: number, groupChannels: number, groupFilters: number): number[] =>
  Array.from({ length: channels * groupFilters }, (_, at) => {
    const [channel, within] = [Math.floor(at / groupFilters), at % groupFilters]
    const filter = Math.floor(channel / groupChannels) * groupFilters + within
    return filter * groupChannels + (channel % groupChannels)
  })

export const numberAt = (
  { rows, columns, data }: Planes,
  plane: number,
  row: number,
  column: number,
): number => data[(plane * rows + row) * columns + column]!

/** The channels that a filter reads. */
export function channelsOf(
  { groupChannels, groupFilters }: Pick<StackModel, 'groupChannels' | 'groupFilters'>,
  filter: number,
): readonly number[] {
  const first = Math.floor(filter / groupFilters) * groupChannels
  return Array.from({ length: groupChannels }, (_, i) => first + i)
}

/** One channel's share of an output. */
export interface Share {
  readonly channel: number
  /** The plane of the kernel, over all filters. */
  readonly plane: number
  /** The samples in the window and the weights, row by row. */
  readonly samples: readonly number[]
  readonly weights: readonly number[]
  readonly sum: number
}

/** The place in the padded input that a weight reads. */
export const sampleOf = (
  { axes }: ConvGeometry,
  { row, column }: Spot,
  tap: readonly [row: number, column: number],
): readonly [row: number, column: number] => [
  row * axes[0]!.stride + tap[0] * axes[0]!.dilation,
  column * axes[1]!.stride + tap[1] * axes[1]!.dilation,
]

export function sharesOf(model: StackModel, spot: Spot): readonly Share[] {
  const { geometry: g, padded, weights, parts, groupChannels } = model
  const taps = Array.from(
    { length: weights.rows * weights.columns },
    (_, i) => [Math.floor(i / weights.columns), i % weights.columns] as const,
  )
  return channelsOf(model, spot.filter).map((channel, i): Share => {
    const plane = spot.filter * groupChannels + i
    return {
      channel,
      plane,
      samples: taps.map((tap) => numberAt(padded, channel, ...sampleOf(g, spot, tap))),
      weights: taps.map((tap) => numberAt(weights, plane, ...tap)),
      sum: numberAt(parts, plane, spot.row, spot.column),
    }
  })
}

export const outputAt = ({ output }: StackModel, { filter, row, column }: Spot): number =>
  numberAt(output, filter, row, column)
