/**
 * Filters arrays: which axes the kernel moves along, how channels are combined, and how a kept
 * alpha channel is sampled.
 *
 * A kept alpha channel is sampled at the centre of the kernel. The library's index rules are not
 * repeated here. Instead, a ramp 0, 1, 2, … is filtered with the same mode, border, stride and
 * dilation, and a kernel that is 1 at its centre. The result is the table of positions. Outside a
 * zero or constant border, alpha repeats the edge of the image, so that an opaque image stays
 * opaque.
 */

import type { ConvolveOptions, NdArray } from 'stridefold'
import { convolve, correlate, ndarray } from 'stridefold/sync'
import { usageError } from './failure.ts'
import type { Kernel } from './kernel-argument.ts'
import { elementCount } from './layout.ts'
import type { NpyArray, NpyElements } from './npy.ts'

export interface FilterRequest {
  readonly kernel: Kernel
  /** True: convolution, with the kernel flipped. */
  readonly flip: boolean
  /** Each channel separately, or the sum over all channels. */
  readonly channels: 'each' | 'sum'
  /** The options of the library, without the channel axis. */
  readonly options: ConvolveOptions
}

/** A dense, row-major array of results. */
export interface Dense {
  readonly data: NpyElements
  readonly shape: readonly number[]
}

/**
 * Filters an array. `channelAxis` (not negative) is the axis that the kernel does not move along.
 * Undefined: there is none.
 */
export function filterArray(
  x: NpyArray | NdArray,
  channelAxis: number | undefined,
  request: FilterRequest,
): Dense {
  const { kernel, flip, channels, options } = request
  const call = flip ? convolve : correlate
  const input = ndarray(x.data, x.shape, { strides: x.strides, offset: x.offset })
  if (channelAxis === undefined) {
    if (channels === 'sum')
      throw usageError(
        '--channels sum needs a channel axis to sum over. Give --channel-axis, such as -1 for ' +
          'the last axis.',
      )
    const shape =
      kernel.shape.length === 2 && kernel.shape[0] === 1 && x.shape.length === 1
        ? [kernel.weights.length]
        : kernel.shape
    return dense(call(input, weights(kernel, shape), options))
  }
  if (channels === 'each')
    return dense(call(input, weights(kernel, kernel.shape), { ...options, channelAxis }))
  const sum = call(
    input,
    repeatPerChannel(kernel, channelAxis, x.shape[channelAxis]!),
    sumOverChannels(options, channelAxis, x.shape.length),
  )
  const { data, shape } = dense(sum)
  return { data, shape: shape.filter((_, axis) => axis !== channelAxis) }
}

/** Plain numbers are weakly typed: they take the dtype of the array. */
function weights(kernel: Kernel, shape: readonly number[]): NdArray {
  return ndarray([...kernel.weights], shape)
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
  options: ConvolveOptions,
  channelAxis: number,
  rank: number,
): ConvolveOptions {
  const insertChannelAxis = <T>(value: T | readonly T[], still: T): T[] =>
    perAxis(value, rank - 1).toSpliced(channelAxis, 0, still)
  return {
    ...options,
    mode: insertChannelAxis(options.mode ?? 'same', 'valid'),
    boundary: insertChannelAxis(options.boundary ?? 'zero', 'zero'),
    stride: insertChannelAxis(options.stride ?? 1, 1),
    dilation: insertChannelAxis(options.dilation ?? 1, 1),
  }
}

function perAxis<T>(value: T | readonly T[], rank: number): T[] {
  return Array.isArray(value) ? [...value] : Array.from({ length: rank }, () => value as T)
}

/** The result as a dense array. */
function dense({ data, shape }: NdArray): Dense {
  return { data: data as NpyElements, shape }
}

/** An image of any element type. By default strides are those of rows of pixels of channels. */
export interface ImageArray {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly alpha: boolean
  readonly samples: NpyElements
  readonly strides?: readonly number[]
}

export interface FilteredImage {
  readonly height: number
  readonly width: number
  /** Height × width × channels, without alpha. */
  readonly colours: Dense
  /** Height × width, in sample values of the image. */
  readonly alpha?: Dense
}

/** Filters the colours of an image. Alpha is kept, or filtered like a colour. */
export function filterImage(
  image: ImageArray,
  alpha: 'keep' | 'filter',
  request: FilterRequest,
): FilteredImage {
  const { width, height, channels, samples } = image
  const strides = image.strides ?? [width * channels, channels, 1]
  const count = channels - (image.alpha ? 1 : 0)
  const part = (first: number, extent: number): NdArray =>
    ndarray(samples, [height, width, extent], { strides, offset: first * strides[2]! })
  const filtered = filterArray(part(0, count), 2, request)
  const colours = {
    data: filtered.data,
    shape: request.channels === 'sum' ? [...filtered.shape, 1] : filtered.shape,
  }
  const size = { height: colours.shape[0]!, width: colours.shape[1]! }
  if (!image.alpha) return { ...size, colours }
  const plane = part(count, 1)
  return {
    ...size,
    colours,
    alpha:
      alpha === 'filter'
        ? filterArray(plane, 2, { ...request, channels: 'each' })
        : sampleAtCentre(plane, request),
  }
}

/** Samples one channel at the centre of the kernel, for every output. */
function sampleAtCentre(plane: NdArray, { kernel, options }: FilterRequest): Dense {
  const [rows, columns] = [0, 1].map((axis) =>
    centrePositions(plane.shape[axis]!, kernel.shape[axis]!, optionsOfAxis(options, axis)),
  )
  const data = new Float64Array(rows!.length * columns!.length)
  let at = 0
  for (const row of rows!) {
    for (const column of columns!)
      data[at++] = plane.data[plane.offset + row * plane.strides[0]! + column * plane.strides[1]!]!
  }
  return { data, shape: [rows!.length, columns!.length] }
}

type AxisOptions = Required<Pick<ConvolveOptions, 'mode' | 'boundary' | 'stride'>> & {
  readonly dilation: number
}

function optionsOfAxis(options: ConvolveOptions, axis: number): AxisOptions {
  const { mode = 'same', boundary = 'zero', stride = 1, dilation = 1 } = options
  const border = perAxis(boundary, 2)[axis]!
  const isFill = typeof border === 'object' || border === 'zero'
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
    ...correlate(ndarray(ramp), ndarray(middle), { ...options, algorithm: 'naive', backend: 'js' })
      .data,
  ]
}
