/**
 * The options that layers of TensorFlow, Keras and TensorFlow.js share: data formats, steps for
 * some or all axes, `SAME`, and transposed layers with the shape of their result.
 */

import type { Pair } from '../arrays-and-borders.ts'
import { type Arguments, given, integersIn, pairsOf, perAxisOf, wordOf } from './arguments.ts'
import { requireLayout, spatialExtents } from './convolution.ts'
import { samePads, transposedSpec } from './layers.ts'
import type { SpecOf } from './library.ts'
import { described, isKind, type Value } from './values.ts'
import { notRead } from './wording.ts'

export interface Format {
  readonly inputLayout: string
  readonly isChannelsLast: boolean
}

/** A data format such as `NHWC`, by its letters. */
export function formatOf(args: Arguments, name: string, rank: number): Format {
  const names = ['W', 'HW', 'DHW'][rank - 1]!
  const last = `N${names}C`
  const first = `NC${names}`
  const word = wordOf(args, name, [last, first], last)
  const isChannelsLast = word === last
  const spatial = 'S'.repeat(rank)
  return { isChannelsLast, inputLayout: isChannelsLast ? `N${spatial}C` : `NC${spatial}` }
}

/**
 * Strides and dilations: one number, one per spatial axis, or one for every axis of the input,
 * where batch and channels have 1.
 */
export function stepsOf(
  args: Arguments,
  name: string,
  rank: number,
  { isChannelsLast }: Format,
): number[] {
  const numbers = integersIn(given(args, name))
  if (numbers?.length !== rank + 2) return perAxisOf(args, name, rank, 1)
  const inner = isChannelsLast ? numbers.slice(1, -1) : numbers.slice(2)
  const outer = isChannelsLast ? [numbers[0], numbers.at(-1)] : numbers.slice(0, 2)
  if (outer.some((step) => step !== 1) || inner.some((step) => step < 1))
    throw notRead(
      `${args.call}: ${name} is ${described(given(args, name))}`,
      'The steps of batch and channels must be 1.',
    )
  return inner
}

/** The padding for extents of the input and the kernel, strides and dilations. */
export type PadsOf = (
  extents: readonly number[],
  kernels: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
) => Pair[]

/** The padding of a layer: `SAME`, `VALID`, or pairs for every axis of the input. */
export function padsOf(
  args: Arguments,
  name: string,
  rank: number,
  format: Format,
  words: readonly string[] = ['SAME', 'VALID'],
): PadsOf {
  const value = given(args, name)
  if (isKind(value, 'list')) {
    const pairs = pairsOf(args, name)
    const [inner, outer] = format.isChannelsLast
      ? [pairs.slice(1, -1), [pairs[0]!, pairs.at(-1)!]]
      : [pairs.slice(2), pairs.slice(0, 2)]
    if (pairs.length !== rank + 2 || outer.flat().some((n) => n !== 0))
      throw notRead(
        `${args.call}: ${name} is ${described(value)}`,
        `Write ${rank + 2} pairs; those of batch and channels are [0, 0].`,
      )
    return () => inner
  }
  const word = wordOf(args, name, [...words, ...words.map((w) => w.toLowerCase())]).toUpperCase()
  return (extents, kernels, stride, dilation) =>
    word === 'SAME' || word === 'SAME_UPPER'
      ? samePads(extents, kernels, stride, dilation)
      : word === 'CAUSAL'
        ? kernels.map((k, a): Pair => [(k - 1) * dilation[a]!, 0])
        : kernels.map((): Pair => [0, 0])
}

/** The parameters of a forward layer, by their names in the call. */
export interface LayerNames {
  readonly strides: string
  readonly padding: string
  readonly format: string
  readonly dilations: string
}

export function forwardSpec(
  args: Arguments,
  rank: number,
  names: LayerNames,
  options: { readonly isDepthwise?: boolean; readonly pads?: PadsOf | undefined } = {},
): SpecOf {
  const format = formatOf(args, names.format, rank)
  const stride = stepsOf(args, names.strides, rank, format)
  const dilation = stepsOf(args, names.dilations, rank, format)
  const pads = options.pads ?? padsOf(args, names.padding, rank, format)
  const { inputLayout } = format
  const spatial = 'S'.repeat(rank)
  const kernelLayout = options.isDepthwise ? `${spatial}GM` : `${spatial}IO`
  return (input, kernel) => {
    requireLayout(input, inputLayout, args.call)
    requireLayout(kernel, kernelLayout, args.call)
    // The groups of conv2d follow from the shapes.
    const channels = input.axes[inputLayout.indexOf('C')]!.extent
    const perGroup = kernel.axes[rank]!.extent
    const inferred = channels % perGroup === 0 ? channels / perGroup : 1
    return {
      inputLayout,
      kernelLayout,
      stride,
      dilation,
      own: pads(
        spatialExtents(input, inputLayout),
        spatialExtents(kernel, kernelLayout),
        stride,
        dilation,
      ),
      groups: inferred,
    }
  }
}

/** An argument with a value in case it is missing. */
export const withDefault = (args: Arguments, name: string, value: Value): Arguments => ({
  ...args,
  values: new Map([[name, value], ...args.values]),
})

/**
 * A transposed layer: `outputShape` is that of the result, spatial axes only; without it, the
 * result of SAME has n·stride samples.
 */
export function transposedOf(
  args: Arguments,
  options: {
    readonly rank: number
    readonly format: Format
    readonly kernelLayout: string
    readonly stride: readonly number[]
    readonly dilation: readonly number[]
    readonly isSame: boolean
    readonly outputExtents?: readonly number[] | undefined
    readonly outputPadding?: readonly number[] | undefined
    readonly bias?: string | undefined
  },
): SpecOf {
  const { rank, format, kernelLayout, stride, dilation, isSame } = options
  return (input, kernel) => {
    requireLayout(input, format.inputLayout, args.call)
    requireLayout(kernel, kernelLayout, args.call)
    const kernels = spatialExtents(kernel, kernelLayout)
    const sizes = spatialExtents(input, format.inputLayout)
    const windows = kernels.map((k, a) => (k - 1) * dilation[a]! + 1)
    const extents = sizes.map((m, a) => {
      const asked = options.outputExtents?.[a]
      if (asked !== undefined) return asked
      const extra = options.outputPadding?.[a]
      if (isSame && extra === undefined) return m * stride[a]!
      const smallest = isSame
        ? (m - 1) * stride[a]! + windows[a]! - 2 * Math.floor(windows[a]! / 2)
        : (m - 1) * stride[a]! + windows[a]!
      return isSame
        ? smallest + extra!
        : extra === undefined
          ? smallest + Math.max(stride[a]! - windows[a]!, 0)
          : smallest + extra
    })
    const padding = isSame
      ? samePads(extents, kernels, stride, dilation)
      : Array.from({ length: rank }, (): Pair => [0, 0])
    const outputPadding = extents.map((n, a) => {
      const [before, after] = padding[a]!
      return n - ((sizes[a]! - 1) * stride[a]! + windows[a]! - before - after)
    })
    outputPadding.forEach((extra, a) => {
      const outputs = isSame ? Math.ceil(extents[a]! / stride[a]!) : sizes[a]!
      if (extra < 0 || outputs !== sizes[a])
        throw notRead(
          `${args.call}: no forward layer maps ${extents[a]} samples to ${sizes[a]} along axis ` +
            `${a}`,
          'Correct the shape of the result.',
        )
    })
    return transposedSpec(args.call, kernel, {
      inputLayout: format.inputLayout,
      kernelLayout,
      stride,
      dilation,
      padding,
      outputPadding,
      groups: 1,
      bias: options.bias,
    })
  }
}
