/**
 * Runs tasks on the page, for browsers without workers. Between two slices the page can paint and
 * answer. The result of a layer is computed block by block of its outputs; every block is one call
 * of the library.
 */

import { type NdArray, ndarray, slice } from 'stridefold/sync'
import { type Arrays, elementsOf, type ProblemNumbers } from '../model/arrays.ts'
import { type Frame, frameOf } from '../model/frame.ts'
import { biasOf, layerOf } from '../model/layer.ts'
import { correlationKernel, exactDigits } from '../model/layer-call.ts'
import { arrayOf, indices, placeOf, product } from '../model/numbers.ts'
import { paddedInput } from '../model/padded.ts'
import { inputRange } from '../model/plain-values.ts'
import { valuesOf, weightsOf } from '../model/values-of.ts'
import { type PostedNumbers, receivedNumbers, type TaskName, tasks } from './tasks.ts'

const maxProductsPerSlice = 1 << 20

/** Stops early, with an unfinished result, when `isCancelled` returns true. */
export async function runInSlices(
  name: TaskName,
  request: unknown,
  isCancelled: () => boolean,
): Promise<unknown> {
  await nextTask()
  if (name === 'arrays')
    return elementsOf(
      // The request belongs to the name, which TypeScript cannot see here.
      await arraysInSlices(receivedNumbers(request as PostedNumbers), isCancelled),
    )
  return (tasks[name] as (request: unknown) => unknown)(request)
}

/** Lets the page paint and answer. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

export async function arraysInSlices(
  numbers: ProblemNumbers,
  isCancelled: () => boolean,
): Promise<Arrays> {
  const frame = frameOf(numbers.problem)
  const { geometry: g, shapes } = frame
  const samples = valuesOf(numbers.input, shapes.input, inputRange)
  await nextTask()
  const input = arrayOf(samples, shapes.input, g)
  const kernel = arrayOf(weightsOf(numbers, shapes.kernel), shapes.kernel, g)
  await nextTask()
  const padded = paddedInput(g, input)
  const output = arrayOf(new Float32Array(product(shapes.output)), shapes.output, g)
  const weights = correlationKernel(g, kernel)
  for (const block of blocksOf(frame)) {
    await nextTask()
    if (isCancelled()) break
    const result = blockResult(frame, { padded, kernel: weights }, block, numbers.bias)
    write(result, block, output)
  }
  return { input, kernel, padded, output }
}

/** Some outputs: one item, one filter, and a range along each axis. */
interface Block {
  readonly item: number
  readonly filter: number
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

function* blocksOf({ geometry: g, shapes, taps }: Frame): Generator<Block> {
  const extents = [...shapes.output.slice(2)]
  // The longest axis is halved until a block is small enough.
  while (product(extents) * taps > maxProductsPerSlice) {
    const longest = Math.max(...extents)
    if (longest === 1) break
    extents[extents.indexOf(longest)] = Math.ceil(longest / 2)
  }
  const counts = extents.map((extent, a) => Math.ceil(g.axes[a]!.output / extent))
  for (const [item = 0, filter = 0, ...at] of indices([g.batch, g.filters, ...counts])) {
    const ranges = at.map((i, a) => {
      const from = i * extents[a]!
      return [from, Math.min(g.axes[a]!.output, from + extents[a]!)] as const
    })
    yield { item, filter, ranges }
  }
}

function blockResult(
  { geometry: g }: Frame,
  { padded, kernel }: Pick<Arrays, 'padded' | 'kernel'>,
  { item, filter, ranges }: Block,
  bias: number,
): NdArray {
  const channels = g.channels / g.groups
  const firstChannel = Math.floor(filter / (g.filters / g.groups)) * channels
  const window = ranges.map(([from, to], a) => {
    const { stride, dilation, kernel: weights, before } = g.axes[a]!
    const first = from * stride + Math.max(0, -before)
    return [first, first + (to - 1 - from) * stride + (weights - 1) * dilation + 1] as const
  })
  return layerOf(g)(
    slice(padded.array, [item, item + 1], [firstChannel, firstChannel + channels], ...window),
    slice(kernel, [filter, filter + 1]),
    {
      stride: g.axes.map((axis) => axis.stride),
      dilation: g.axes.map((axis) => axis.dilation),
      dtype: g.dtype,
      ...exactDigits,
      ...biasOf(bias, 1),
    },
  )
}

function write(result: NdArray, { item, filter, ranges }: Block, output: NdArray): void {
  const source = ndarray(result.data, result.shape)
  let from = 0
  for (const [, , ...at] of indices(source.shape)) {
    const place = placeOf([item, filter, ...at.map((i, a) => i + ranges[a]![0])], output.shape)
    output.data[place] = source.data[from++]!
  }
}
