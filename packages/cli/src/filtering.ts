/**
 * Filters arrays: which axes the kernel moves along, how channels are combined, and how a kept
 * alpha channel is sampled.
 *
 * A kept alpha channel is sampled at the centre of the kernel. The library's index rules are not
 * repeated here. Instead, a ramp 0, 1, 2, … is filtered with the same mode, border, stride and
 * dilation, and a kernel that is 1 at its centre. The result is the table of positions. Outside a
 * zero, constant or missing border, alpha repeats the edge of the image, so that an opaque image
 * stays opaque.
 */

import type { ConvolveOptions, NdArray } from 'stridefold'
import * as sync from 'stridefold/sync'
import { combined, type Dense } from './combine.ts'
import { checkKernel, checkKernelOfImage, perAxis } from './filter-checks.ts'
import type { FilterOptions, FilterRequest, ImageArray } from './filter-request.ts'
import { type Kernel, kernelOfRank } from './kernel-argument.ts'
import { elementCount } from './layout.ts'
import type { NpyArray, NpyElements } from './npy.ts'

const { ndarray } = sync

/**
 * Filters an array with every kernel of the request. `channelAxis` (not negative) is the axis that
 * kernels do not move along. Undefined: there is none.
 */
export async function filterArray(
  x: NpyArray,
  channelAxis: number | undefined,
  request: FilterRequest,
): Promise<Dense> {
  const { combine } = request
  const moving = x.shape.length - (channelAxis === undefined ? 0 : 1)
  const kernels = request.kernels.map((kernel) => kernelOfRank(kernel, moving))
  const step = (kernel: Kernel): Promise<Dense> => filterOnce(x, channelAxis, kernel, request)
  if (combine) return combined(await inTurn(kernels, step), request)
  const [first, ...others] = kernels
  // A sum over the channels leaves no axis for them.
  const isSum = channelAxis !== undefined && request.channels === 'sum'
  const rest = isSum ? { ...request, channels: 'each' as const } : request
  let result = await step(first!)
  for (const kernel of others)
    result = await filterOnce(arrayOf(result), isSum ? undefined : channelAxis, kernel, rest)
  return result
}

/** One after the other: together they would need their memory at once. */
async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

const arrayOf = ({ data, shape }: Dense): NdArray => ndarray(data, shape)

/**
 * Filters an array with one kernel. A kernel of the rank of the array has one kernel per channel
 * along `channelAxis`.
 */
async function filterOnce(
  x: NpyArray | NdArray,
  channelAxis: number | undefined,
  kernel: Kernel,
  request: FilterRequest,
): Promise<Dense> {
  const { flip, channels, options } = request
  const rank = x.shape.length
  checkKernel(request, kernel, x.shape, channelAxis)
  const { convolve, correlate } = options.backend === 'webgpu' ? await import('stridefold') : sync
  const call = flip ? convolve : correlate
  const input = ndarray(x.data, x.shape, { strides: x.strides, offset: x.offset })
  // Plain numbers are weakly typed: they take the dtype of the array.
  const weights = ndarray([...kernel.weights], kernel.shape)
  if (channelAxis === undefined) return dense(await call(input, weights, options))
  if (channels === 'each') return dense(await call(input, weights, { ...options, channelAxis }))
  const isPerChannel = kernel.shape.length === rank
  const ofAllChannels = isPerChannel
    ? weights
    : repeatPerChannel(kernel, channelAxis, x.shape[channelAxis]!)
  const sum = await call(
    input,
    // The channels are summed, not flipped: kernel c stays that of channel c.
    isPerChannel && flip ? sync.flip(ofAllChannels, [channelAxis]) : ofAllChannels,
    sumOverChannels(options, channelAxis, rank),
  )
  const { data, shape } = dense(sum)
  return { data, shape: shape.filter((_, axis) => axis !== channelAxis) }
}

/** Repeats the kernel for every channel, along a new axis. */
function repeatPerChannel(kernel: Kernel, channelAxis: number, channels: number): NdArray {
  const inner = elementCount(kernel.shape.slice(channelAxis))
  const block = inner * channels
  const all = Array.from({ length: kernel.weights.length * channels }, (_, i) => {
    const before = Math.floor(i / block) * inner
    return kernel.weights[before + (i % inner)]!
  })
  return ndarray(all, kernel.shape.toSpliced(channelAxis, 0, channels))
}

/**
 * The options with the channel axis inserted. Along it, the kernel covers all channels and does not
 * move.
 */
function sumOverChannels(
  options: FilterOptions,
  channelAxis: number,
  rank: number,
): ConvolveOptions {
  const insertChannelAxis = <T>(value: T | readonly T[], still: T): T[] =>
    perAxis(value, rank - 1).toSpliced(channelAxis, 0, still)
  return {
    ...options,
    mode: insertChannelAxis(options.mode, 'valid'),
    boundary: insertChannelAxis(options.boundary, 'zero'),
    stride: insertChannelAxis(options.stride ?? 1, 1),
    dilation: insertChannelAxis(options.dilation ?? 1, 1),
  }
}

/** The result as a dense array. */
function dense({ data, shape }: NdArray): Dense {
  return { data: data as NpyElements, shape }
}

export interface FilteredImage {
  readonly height: number
  readonly width: number
  /** Height × width × channels, without alpha. */
  readonly colours: Dense
  /** Height × width, in sample values of the image. */
  readonly alpha?: Dense
}

/**
 * Filters the colours of an image. Alpha is kept, or filtered like a colour. A kernel with one
 * kernel per channel has one for alpha only if alpha is filtered.
 */
export async function filterImage(
  image: ImageArray,
  alpha: 'keep' | 'filter',
  request: FilterRequest,
): Promise<FilteredImage> {
  const { width, height, channels, samples } = image
  const strides = image.strides ?? [width * channels, channels, 1]
  const count = channels - (image.alpha ? 1 : 0)
  const isAlphaFiltered = image.alpha && alpha === 'filter'
  const part = (first: number, extent: number): NdArray =>
    ndarray(samples, [height, width, extent], { strides, offset: first * strides[2]! })
  const planes = {
    colours: part(0, count),
    ...(image.alpha && { alpha: part(count, 1) }),
  }
  const { kernels, combine, byteResults } = request
  const rounded = byteResults
    ? { ...request, options: { ...request.options, dtype: byteResults } }
    : request
  if (!combine) {
    let between: Planes = planes
    for (const kernel of kernels.slice(0, -1))
      between = await filterPlanes(between, isAlphaFiltered, kernel, request)
    return filteredImage(await filterPlanes(between, isAlphaFiltered, kernels.at(-1)!, rounded))
  }
  const results = await inTurn(kernels, async (kernel) =>
    filteredImage(await filterPlanes(planes, isAlphaFiltered, kernel, rounded)),
  )
  const alphas = results.flatMap((result) => result.alpha ?? [])
  return {
    ...results[0]!,
    colours: combined(
      results.map(({ colours }) => colours),
      request,
    ),
    // Alpha that is kept is that of the input, whatever the kernel.
    ...(isAlphaFiltered && { alpha: combined(alphas, request) }),
  }
}

/** Colours (height × width × channels) and alpha (height × width × 1). */
interface Planes {
  readonly colours: NdArray
  readonly alpha?: NdArray
}

function filteredImage({ colours, alpha }: Planes): FilteredImage {
  const [height, width] = [colours.shape[0]!, colours.shape[1]!]
  return {
    height,
    width,
    colours: dense(colours),
    ...(alpha && { alpha: { ...dense(alpha), shape: [height, width] } }),
  }
}

async function filterPlanes(
  { colours, alpha }: Planes,
  isAlphaFiltered: boolean,
  kernel: Kernel,
  request: FilterRequest,
): Promise<Planes> {
  const count = colours.shape[2]!
  checkKernelOfImage(
    { channels: count + (alpha ? 1 : 0), alpha: alpha !== undefined },
    isAlphaFiltered,
    kernel,
    request.name,
  )
  const filtered = await filterOnce(colours, 2, kernelOfChannels(kernel, 0, count), request)
  const result = arrayOf({
    data: filtered.data,
    shape: request.channels === 'sum' ? [...filtered.shape, 1] : filtered.shape,
  })
  if (!alpha) return { colours: result }
  return {
    colours: result,
    alpha: isAlphaFiltered
      ? arrayOf(
          await filterOnce(alpha, 2, kernelOfChannels(kernel, count, 1), {
            ...request,
            channels: 'each',
          }),
        )
      : sampleAtCentre(alpha, kernel, request.options),
  }
}

/** The kernels of some channels of an image. A kernel of two axes is that of every channel. */
function kernelOfChannels(kernel: Kernel, first: number, count: number): Kernel {
  const channels = kernel.shape[2]
  if (channels === undefined) return kernel
  return {
    ...kernel,
    shape: [...kernel.shape.slice(0, 2), count],
    weights: kernel.weights.filter((_, i) => {
      const channel = (i % channels) - first
      return channel >= 0 && channel < count
    }),
  }
}

/** Samples alpha at the centre of the kernel, for every output. */
function sampleAtCentre(plane: NdArray, kernel: Kernel, options: FilterOptions): NdArray {
  const [rows, columns] = [0, 1].map((axis) =>
    centrePositions(plane.shape[axis]!, kernel.shape[axis]!, optionsOfAxis(options, axis)),
  )
  const count = rows!.length * columns!.length
  const isBytes = plane.data instanceof Uint8Array
  const data = isBytes ? new Uint8Array(count) : new Float64Array(count)
  let at = 0
  for (const row of rows!) {
    for (const column of columns!)
      data[at++] = plane.data[plane.offset + row * plane.strides[0]! + column * plane.strides[1]!]!
  }
  return ndarray(data, [rows!.length, columns!.length, 1])
}

type AxisOptions = Required<Pick<ConvolveOptions, 'mode' | 'boundary' | 'stride'>> & {
  readonly dilation: number
}

function optionsOfAxis(options: FilterOptions, axis: number): AxisOptions {
  const { mode, boundary, stride = 1, dilation = 1 } = options
  const border = perAxis(boundary, 2)[axis]!
  const isFill = typeof border === 'object' || border === 'zero' || border === 'missing'
  return {
    mode: perAxis(mode, 2)[axis]!,
    boundary: isFill ? 'edge' : border,
    stride: perAxis(stride, 2)[axis]!,
    dilation: perAxis(dilation, 2)[axis]!,
  }
}

/** The sample under the centre of the kernel, for every output along an axis. */
function centrePositions(
  extent: number,
  taps: number,
  { dilation, ...options }: AxisOptions,
): readonly number[] {
  const effectiveExtent = dilation * (taps - 1)
  const middle = new Float64Array(effectiveExtent + 1)
  middle[
    options.mode === 'same-lower' ? Math.ceil(effectiveExtent / 2) : Math.floor(effectiveExtent / 2)
  ] = 1
  const ramp = Float64Array.from({ length: extent }, (_, i) => i)
  return [
    ...sync.correlate(ndarray(ramp), ndarray(middle), {
      ...{ ...options, algorithm: 'naive', backend: 'js' },
    }).data,
  ]
}

/** The result of some work, and its time. */
export async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const start = performance.now()
  const result = await work()
  return { result, milliseconds: performance.now() - start }
}
