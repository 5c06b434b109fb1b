/**
 * A convolution with the arrays that it gets, and what it becomes as a case. Padding before the
 * call and padding by the call are kept apart until the end: a subscript of the result may cut the
 * latter away again.
 */

import { type Boundary, type ConvGeometry, parseCase } from 'stridefold/sync'
import { constantOf, isConstant, type Pair } from '../arrays-and-borders.ts'
import {
  type Axis,
  completeSubscripts,
  isUntouched,
  joinedBorder,
  type Subscript,
  sameConstant,
  sliceRange,
  type Tensor,
} from './tensor.ts'
import { notRead } from './wording.ts'

/** One spatial axis. */
export interface ConvolutionAxis {
  readonly input: number
  readonly inputDilation: number
  /** The padding before the call; negative numbers crop. */
  readonly before: number
  readonly after: number
  readonly border: Boundary
  readonly order: number
  /** The padding by the call itself. */
  readonly ownBefore: number
  readonly ownAfter: number
  readonly ownBorder: Boundary
  readonly kernel: number
  readonly dilation: number
  readonly stride: number
  /** Whether the code inserted this axis in both arrays, as for a signal that is an image. */
  readonly isInserted: boolean
}

/** A layer of stridefold for the same arrays, in the layouts of the code. */
export interface LayerCall {
  readonly isTransposed: boolean
  readonly isChannelsLast: boolean
  /** Such as `HWIO`; `HWIM` for depthwise weights with a multiplier. */
  readonly weightLayout: string
  readonly inputShape: readonly number[]
  readonly kernelShape: readonly number[]
  /** The axes of the weights that the code flips. */
  readonly flippedAxes: readonly number[]
  /** The options of a transposed layer, which a case does not show. */
  readonly transposed?: {
    readonly stride: readonly number[]
    readonly dilation: readonly number[]
    readonly padding: readonly Pair[]
    readonly outputPadding: readonly number[]
  }
}

export interface Convolution {
  readonly batch: number
  readonly channels: number
  readonly filters: number
  readonly groups: number
  readonly flip: boolean
  readonly isDouble: boolean
  readonly axes: readonly ConvolutionAxis[]
  /** What each axis of the result is: `N`, `C`, or the number of a spatial axis. */
  readonly result: readonly ('N' | 'C' | number)[]
  readonly layer?: LayerCall
  readonly bias?: string
  /** The geometry itself, where the code gives it whole. */
  readonly geometry?: ConvGeometry
  readonly notes: readonly string[]
}

/** The call of a library, after its arguments were read. */
export interface ConvolutionSpec {
  readonly call: string
  /**
   * The axes in order: N and C, O and I, S for each spatial axis; G and M in `SSGM` weights, where
   * M filters read each channel. An array without N or C, O or I is one signal, image or volume.
   */
  readonly inputLayout: string
  readonly kernelLayout: string
  readonly stride: readonly number[]
  readonly dilation: readonly number[]
  readonly own: readonly Pair[]
  readonly ownBorder?: Boundary
  /** Zeros between the samples that the call itself inserts. */
  readonly inputDilation?: readonly number[]
  readonly groups?: number
  readonly flip?: boolean
  readonly isDouble?: boolean
  readonly transposed?: LayerCall['transposed']
  readonly bias?: string | undefined
  readonly notes?: readonly string[]
}

const spatialOf = (layout: string): number[] =>
  [...layout].flatMap((c, a) => (c === 'S' ? [a] : []))

export const spatialExtents = (tensor: Tensor, layout: string): number[] =>
  spatialOf(layout).map((a) => tensor.axes[a]!.extent)

/** Throws unless the array has the axes of the layout. */
export function requireLayout(tensor: Tensor, layout: string, call: string): void {
  if (tensor.axes.length === layout.length) return
  throw notRead(
    `${call} needs an array of ${layout.length} axes, but '${tensor.name}' has ` +
      `${tensor.axes.length}: [${tensor.axes.map(({ extent }) => extent).join(', ')}]`,
    'Check --input and --kernel.',
  )
}

export function makeConvolution(input: Tensor, kernel: Tensor, spec: ConvolutionSpec): Convolution {
  const { call, inputLayout, kernelLayout, transposed } = spec
  requireLayout(input, inputLayout, call)
  requireLayout(kernel, kernelLayout, call)
  const plain = (tensor: Tensor, layout: string, letter: string): number => {
    const at = layout.indexOf(letter)
    if (at < 0) return 1
    const axis = tensor.axes[at]!
    if (!isUntouched(axis) || axis.part !== 'whole')
      throw notRead(
        `Axis ${at} of '${tensor.name}' (${letter}) is padded, cut or flipped before ${call}`,
        'Only the spatial axes may be.',
      )
    return axis.extent
  }
  const batch = plain(input, inputLayout, 'N')
  const channels = plain(input, inputLayout, 'C')
  const isMultiplied = kernelLayout.includes('M')
  const groups = isMultiplied ? plain(kernel, kernelLayout, 'G') : (spec.groups ?? 1)
  const first = plain(kernel, kernelLayout, 'O')
  const inner = plain(kernel, kernelLayout, 'I')
  // The weights of a transposed layer are input channels × filters of a group.
  const filters = isMultiplied
    ? groups * plain(kernel, kernelLayout, 'M')
    : transposed
      ? first * groups
      : first
  const expected = isMultiplied ? groups : transposed ? inner : inner * groups
  const hasChannels =
    inputLayout.includes('C') || kernelLayout !== kernelLayout.replace(/[OIGM]/g, '')
  if (hasChannels && channels !== expected)
    throw notRead(
      `${call} gets ${channels} channels, but the weights are for ${expected}` +
        (groups > 1 ? ` in ${groups} groups` : ''),
      'Check groups, --input and --kernel.',
    )
  const inputAxes = spatialOf(inputLayout).map((a) => input.axes[a]!)
  const kernelAxes = spatialOf(kernelLayout).map((a) => kernel.axes[a]!)
  const isReversed = kernelAxes.map((axis) => axis.isReversed)
  const matters = isReversed.filter((_, a) => kernelAxes[a]!.extent > 1)
  if (matters.some((flipped) => flipped !== matters[0]))
    throw notRead(
      `'${kernel.name}' is flipped along some axes only`,
      'A case flips all axes or none.',
    )
  const axes = inputAxes.map((axis, a): ConvolutionAxis => {
    const weights = kernelAxes[a]!
    checkKernelAxis(weights, kernel.name)
    if (axis.isReversed && axis.extent > 1)
      throw notRead(`'${input.name}' is flipped`, 'Flip it outside of the code.')
    const inserted = spec.inputDilation?.[a] ?? 1
    if (inserted > 1 && !isUntouched(axis))
      throw notRead(`'${input.name}' is padded before ${call}`, 'Pad inside the call.')
    const [ownBefore, ownAfter] = spec.own[a]!
    return {
      input: axis.source === undefined ? 1 : input.shape[axis.source]!,
      inputDilation: axis.spread * inserted,
      before: axis.before,
      after: axis.after,
      border: axis.border,
      order: axis.order,
      ownBefore,
      ownAfter,
      ownBorder: spec.ownBorder ?? 'zero',
      kernel: weights.source === undefined ? 1 : kernel.shape[weights.source]!,
      dilation: weights.spread * spec.dilation[a]!,
      stride: spec.stride[a]!,
      isInserted: axis.source === undefined && weights.source === undefined,
    }
  })
  let spatial = 0
  const result = [...inputLayout].map((c) => (c === 'S' ? spatial++ : (c as 'N' | 'C')))
  const flipped = matters[0] ?? false
  const sourceShape = (tensor: Tensor): number[] =>
    tensor.axes.map(({ source }) => (source === undefined ? 1 : tensor.shape[source]!))
  const names = ['W', 'HW', 'DHW'][axes.length - 1]
  const isLayer = inputLayout.includes('C') && names !== undefined
  return {
    batch,
    channels,
    filters,
    groups,
    flip: (spec.flip ?? false) !== flipped,
    isDouble: spec.isDouble ?? false,
    axes,
    result,
    ...(isLayer
      ? {
          layer: {
            isTransposed: transposed !== undefined,
            isChannelsLast: inputLayout.endsWith('C'),
            weightLayout: kernelLayout.replace('G', 'I').replace(/S+/, names),
            inputShape: sourceShape(input),
            kernelShape: sourceShape(kernel),
            flippedAxes: flipped ? spatialOf(kernelLayout) : [],
            ...(transposed ? { transposed } : {}),
          },
        }
      : {}),
    ...(spec.bias === undefined ? {} : { bias: spec.bias }),
    notes: spec.notes ?? [],
  }
}

function checkKernelAxis(axis: Axis, name: string): void {
  if (isUntouched({ ...axis, isReversed: false, spread: 1 }) && axis.part === 'whole') return
  throw notRead(`The kernel '${name}' is padded or cut`, 'Give the kernel that results.')
}

/** The extent from which windows are taken. */
const paddedExtent = (axis: ConvolutionAxis): number =>
  (axis.input - 1) * axis.inputDilation +
  1 +
  axis.before +
  axis.after +
  axis.ownBefore +
  axis.ownAfter

const windowExtent = ({ kernel, dilation }: ConvolutionAxis): number => (kernel - 1) * dilation + 1

export const outputExtent = (axis: ConvolutionAxis): number =>
  Math.max(Math.floor((paddedExtent(axis) - windowExtent(axis)) / axis.stride) + 1, 0)

/** A subscript of the result: a step is a stride, a cut is less padding or a crop. */
export function subscriptResult(
  convolution: Convolution,
  items: readonly Subscript[],
): Convolution {
  const { result, geometry } = convolution
  if (geometry) throw notRead('The result of a plan has a subscript', 'Leave it out.')
  const axes = [...convolution.axes]
  completeSubscripts(items, result.length, 'the result').forEach((item, at) => {
    const place = result[at]!
    if (item === 'new' || typeof item === 'number')
      throw notRead('The subscript of the result adds or removes an axis', 'Leave it out.')
    if (typeof place === 'number') axes[place] = cutAxis(axes[place]!, item)
    else if (item.step !== 1 || item.start !== undefined || item.stop !== undefined)
      throw notRead(
        `The subscript of the result cuts axis ${at}, which is ${place}`,
        'Leave it out.',
      )
  })
  return { ...convolution, axes }
}

function cutAxis(
  axis: ConvolutionAxis,
  slice: { readonly start?: number; readonly stop?: number; readonly step: number },
): ConvolutionAxis {
  const outputs = outputExtent(axis)
  const [start, stop] = sliceRange(slice, outputs)
  if (slice.step < 1 || stop <= start)
    throw notRead('The subscript of the result keeps no sample, or reverses it', 'Leave it out.')
  const skipped = start * axis.stride
  const fromOwn = Math.min(skipped, Math.max(axis.ownBefore, 0))
  const cut: ConvolutionAxis = {
    ...axis,
    stride: axis.stride * slice.step,
    ownBefore: axis.ownBefore - fromOwn,
    before: axis.before - (skipped - fromOwn),
  }
  if (stop === outputs) return cut
  const kept = Math.ceil((stop - start) / slice.step)
  const withoutAfter = paddedExtent({ ...cut, after: 0, ownAfter: 0 })
  const needed = (kept - 1) * cut.stride + windowExtent(cut) - withoutAfter
  const own = Math.min(Math.max(needed - cut.after, 0), cut.ownAfter)
  const shorter = { ...cut, ownAfter: own }
  return outputExtent(shorter) === kept ? shorter : { ...shorter, after: needed - own }
}

/** The geometry, by way of its case notation. */
export function geometryOf(convolution: Convolution, isDouble: boolean): ConvGeometry {
  const { geometry } = convolution
  if (geometry)
    return isDouble && geometry.dtype === 'float32' ? parseCase(`${geometry.key} f64`) : geometry
  const { batch, channels, filters, groups, flip } = convolution
  const kept = convolution.axes.filter(({ isInserted }) => !isInserted)
  const axes = (kept.length > 0 ? kept : convolution.axes).map(joinedAxis)
  checkCorners(axes)
  const list = (letter: string, values: readonly (number | string)[]): string =>
    `${letter}${values.join(',')}`
  const words = [
    [batch, channels, ...axes.map(({ input }) => input)].join('x'),
    '*',
    [filters, channels / groups, ...axes.map(({ kernel }) => kernel)].join('x'),
    list(
      's',
      axes.map(({ stride }) => stride),
    ),
    list(
      'd',
      axes.map(({ dilation }) => dilation),
    ),
    list(
      'i',
      axes.map(({ inputDilation }) => inputDilation),
    ),
    list(
      'p',
      axes.map(({ before, after }) => `${before}:${after}`),
    ),
    `g${groups}`,
    list(
      'border=',
      axes.map(({ border }) =>
        typeof border === 'object' ? `constant=${border.constant}` : border,
      ),
    ),
    ...(flip ? ['flip'] : []),
    ...(isDouble || convolution.isDouble ? ['f64'] : []),
  ]
  return parseCase(words.join(' '))
}

type JoinedAxis = Omit<ConvolutionAxis, 'ownBefore' | 'ownAfter' | 'ownBorder' | 'isInserted'>

/** Both paddings as one. */
function joinedAxis(axis: ConvolutionAxis, a: number): JoinedAxis {
  const { ownBefore, ownAfter, ownBorder, isInserted: _, ...rest } = axis
  const isOwn = ownBefore !== 0 || ownAfter !== 0
  const isPadded = axis.before > 0 || axis.after > 0
  if (isOwn && (axis.before < 0 || axis.after < 0))
    throw notRead(
      `The call pads axis ${a} after it was cut`,
      'A case cuts last: cut the array outside of the code.',
    )
  const joined = isOwn && isPadded ? joinedBorder(axis.border, ownBorder) : undefined
  if (isOwn && isPadded && joined === undefined)
    throw notRead(
      `Axis ${a} is padded with one border before the call, and with another by the call`,
      'A case has one border for each axis.',
    )
  const border = joined ?? (isOwn ? ownBorder : isPadded ? axis.border : 'zero')
  const [before, after] = [axis.before + ownBefore, axis.after + ownAfter]
  const isZero = isConstant(border) && constantOf(border) === 0
  if (axis.inputDilation > 1 && (before > 0 || after > 0) && !isZero)
    throw notRead(
      `Axis ${a} has zeros between its samples and a border that is not zero`,
      'Use zeros as border.',
    )
  return {
    ...rest,
    before,
    after,
    border: before > 0 || after > 0 ? border : 'zero',
    order: isOwn ? Number.POSITIVE_INFINITY : axis.order,
  }
}

/** Where two constants meet, a case takes that of the earlier axis; the code, the later padding. */
function checkCorners(axes: readonly JoinedAxis[]): void {
  const padded = axes.filter(
    ({ before, after, border }) => (before > 0 || after > 0) && isConstant(border),
  )
  padded.forEach((earlier, i) => {
    for (const later of padded.slice(i + 1))
      if (!sameConstant(earlier.border, later.border) && earlier.order <= later.order)
        throw notRead(
          'Two borders with different constants meet in a corner, and the code pads the later ' +
            'axis last',
          'Pad the first axis last: then its constant decides, as in a case.',
        )
  })
}
