/**
 * What does a layer of a network ask for, as numbers, and which array axis plays which part?
 *
 * A transposed layer is the adjoint of a forward layer (transposed.ts); here both get their layouts
 * read, their channels counted and their shapes written. Layouts are only a naming of axes: the
 * geometry is the same for all of them.
 */

import { OptionError } from '../errors.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import { checkedBias } from './bias.ts'
import { boundaryFrom } from './boundary.ts'
import { checkedLayerOptions, checkedTransposedOptions } from './check-options.ts'
import type { AxisParts, ConvGeometry } from './geometry.ts'
import { checkedFit, makeGeometry, refuseEmptyKernel } from './geometry.ts'
import type { LayerOptions, PaddingSamples, TransposedOptions, WeightLayout } from './options.ts'
import type { PaddedAxis, PaddingName } from './padding.ts'
import { padding } from './padding.ts'
import { perAxis, sidesPerAxis } from './per-axis.ts'
import type { AxisPadAdjoint, ForwardAxis } from './transposed.ts'
import { transposedAxes } from './transposed.ts'

export type ForwardCall = 'conv1d' | 'conv2d' | 'conv3d'
export type TransposedCall = 'convTranspose1d' | 'convTranspose2d' | 'convTranspose3d'
export type LayerCall = ForwardCall | TransposedCall

/** Which axis of the weight array plays which part. */
export interface WeightRoles {
  readonly filter: number
  readonly channel: number
  readonly axes: readonly number[]
  /**
   * The axis that runs over all groups; the other holds those of one group. Forward layers:
   * `'filter'`; transposed: `'channel'`.
   */
  readonly allGroups: 'filter' | 'channel'
}

/** Which axis of the input array, and of the result, plays which part. */
export interface LayerRoles {
  readonly batch: number
  readonly channel: number
  readonly axes: readonly number[]
  readonly weight: WeightRoles
}

export interface LayerSpec {
  readonly geometry: ConvGeometry
  readonly roles: LayerRoles
  /** The shape of the result. With folds it is smaller than the geometry's output. */
  readonly outputShape: readonly number[]
  /**
   * What has to be folded back into the result: only for transposed layers whose forward layer
   * reads a border that repeats samples.
   */
  readonly padAdjoints?: readonly AxisPadAdjoint[]
}

const ranks: Readonly<Record<LayerCall, number>> = {
  conv1d: 1,
  conv2d: 2,
  conv3d: 3,
  convTranspose1d: 1,
  convTranspose2d: 2,
  convTranspose3d: 3,
}
const spatialLetters = ['W', 'HW', 'DHW'] as const

export const layerCalls: readonly LayerCall[] = Object.keys(ranks) as LayerCall[]

/**
 * The geometry of a layer. Throws `OptionError` for options, ranks, layouts, channels and extents
 * that fit nothing.
 */
export function layerGeometry(
  call: LayerCall,
  inputShape: readonly number[],
  weightShape: readonly number[],
  options: LayerOptions | TransposedOptions | undefined,
  dtype: ComputeDType,
): LayerSpec {
  const transposed = isTransposed(call)
  const checked: TransposedOptions = transposed
    ? checkedTransposedOptions(call, options)
    : checkedLayerOptions(call, options)
  const rank = ranks[call]
  const shape = checkedRank(call, 'input', validateShape(inputShape), rank)
  const weight = checkedRank(call, 'weight', validateShape(weightShape), rank)
  const roles = layerRoles(call, checked, rank)
  const { groups = 1, boundary = 'zero' } = checked
  const counts = channelCounts(call, shape[roles.channel]!, weight, roles.weight, groups)
  const kernel = roles.weight.axes.map((axis) => weight[axis]!)
  refuseEmptyKernel(call, kernel)
  if (checked.bias !== undefined) checkedBias(call, checked.bias, counts.filters)

  const strides = perAxis(call, 'stride', checked.stride ?? 1, rank)
  const dilations = perAxis(call, 'dilation', checked.dilation ?? 1, rank)
  const borders = perAxis(call, 'boundary', boundary, rank).map((border) => boundaryFrom(border)!)
  const axes = roles.axes.map((axis, a): ForwardAxis => {
    const one = { kernel: kernel[a]!, stride: strides[a]!, dilation: dilations[a]! }
    const { same, sides } = paddingOf(call, checked.padding ?? 0, rank, a, one)
    return {
      extent: shape[axis]!,
      kernel: one.kernel,
      stride: one.stride,
      dilation: one.dilation,
      same,
      sides,
    }
  })
  const common = { batch: shape[roles.batch]!, groups, ...counts, flip: transposed, dtype }
  const arranged = (extents: readonly number[]): number[] => {
    const output = [...shape]
    output[roles.channel] = counts.filters
    for (const [a, axis] of roles.axes.entries()) output[axis] = extents[a]!
    return output
  }
  if (!transposed) {
    const forward = axes.map(({ extent: input, kernel, stride, dilation, sides }): AxisParts => {
      const [before, after] = sides(input)
      return { input, kernel, stride, dilation, before, after }
    })
    const geometry = checkedFit(makeGeometry({ ...common, axes: forward, boundary: borders }))
    return { geometry, roles, outputShape: arranged(geometry.axes.map((axis) => axis.output)) }
  }
  const adjoint = transposedAxes(call, axes, borders, {
    outputPadding:
      checked.outputPadding === undefined
        ? undefined
        : perAxis(call, 'outputPadding', checked.outputPadding, rank),
    outputExtents: wantedExtents(call, checked.outputShape, roles, arranged),
  })
  const geometry = makeGeometry({ ...common, axes: adjoint.axes })
  const question = { geometry, roles, outputShape: arranged(adjoint.extents) }
  return adjoint.padAdjoints === undefined
    ? question
    : { ...question, padAdjoints: adjoint.padAdjoints }
}

function isTransposed(call: LayerCall): call is TransposedCall {
  return call.startsWith('convTranspose')
}

function checkedRank(
  call: LayerCall,
  what: 'input' | 'weight',
  shape: readonly number[],
  rank: number,
): readonly number[] {
  if (shape.length === rank + 2) return shape
  const parts = what === 'input' ? 'batch, channels' : 'output channels, input channels'
  const batchMissing =
    what === 'input' && shape.length === rank + 1 ? ' Add a batch axis of extent 1.' : ''
  throw new OptionError(
    'RANK_MISMATCH',
    `${call}: ${what} [${shape}] has rank ${shape.length}, but ${rank + 2} axes are needed: ` +
      `${parts} and ${rank} spatial.${batchMissing}`,
  )
}

function layerRoles(call: LayerCall, options: LayerOptions, rank: number): LayerRoles {
  const last = options.layout === 'channels-last'
  const axes = Array.from({ length: rank }, (_, a) => a + (last ? 1 : 2))
  return {
    batch: 0,
    channel: last ? rank + 1 : 1,
    axes,
    weight: weightRoles(call, options.weightLayout, rank),
  }
}

function weightRoles(call: LayerCall, layout: WeightLayout | undefined, rank: number): WeightRoles {
  const spatial = spatialLetters[rank - 1]!
  const letters: string = layout ?? (isTransposed(call) ? `IO${spatial}` : `OI${spatial}`)
  const axes = Array.from(spatial, (letter) => letters.indexOf(letter))
  if (letters.length !== rank + 2 || axes.includes(-1)) {
    throw new OptionError(
      'LAYOUT_MISMATCH',
      `${call}: weightLayout '${letters}' does not name the axes of a weight of rank ` +
        `${rank + 2}. Use the letters O, I and ${spatial}, such as 'OI${spatial}'.`,
    )
  }
  return {
    filter: letters.indexOf('O'),
    channel: letters.indexOf('I'),
    axes,
    allGroups: isTransposed(call) ? 'channel' : 'filter',
  }
}

function channelCounts(
  call: LayerCall,
  channels: number,
  weight: readonly number[],
  roles: WeightRoles,
  groups: number,
): { channels: number; filters: number } {
  const [outputs, inputs] = [weight[roles.filter]!, weight[roles.channel]!]
  const [taken, filters] =
    roles.allGroups === 'channel' ? [inputs, outputs * groups] : [inputs * groups, outputs]
  if (taken !== channels) {
    const each =
      roles.allGroups === 'channel'
        ? `${inputs} input channels`
        : `${inputs} input channels for each of ${groups} groups, ${taken} in all`
    throw new OptionError(
      'CHANNELS_MISMATCH',
      `${call}: input has ${channels} channels, but weight [${weight}] takes ${each}. Change ` +
        'groups, layout or weightLayout, or one of the shapes.',
    )
  }
  const all = roles.allGroups === 'channel' ? channels : filters
  if (all % groups !== 0) {
    const what = roles.allGroups === 'channel' ? 'input channels' : 'output channels'
    throw new OptionError(
      'GROUPS_MISMATCH',
      `${call}: ${groups} groups do not divide the ${all} ${what} of weight [${weight}] evenly.`,
    )
  }
  return { channels, filters }
}

/**
 * The padding of axis `a`, as a function of the forward layer's input extent (only `'same'` needs
 * to know it).
 */
function paddingOf(
  call: LayerCall,
  wanted: PaddingName | PaddingSamples,
  rank: number,
  a: number,
  axis: Omit<PaddedAxis, 'input'>,
): Pick<ForwardAxis, 'same' | 'sides'> {
  if (typeof wanted === 'string') {
    return {
      same: wanted.startsWith('same'),
      sides: (input) => padding(wanted, { input, ...axis }, 'layer'),
    }
  }
  const sides = sidesPerAxis(call, wanted, rank)[a]!
  return { same: false, sides: () => sides }
}

/**
 * The spatial extents that `outputShape` asks for, which may be those alone or the whole shape of
 * the result.
 */
function wantedExtents(
  call: LayerCall,
  wanted: readonly number[] | undefined,
  roles: LayerRoles,
  arranged: (extents: readonly number[]) => number[],
): readonly number[] | undefined {
  const rank = roles.axes.length
  if (wanted === undefined || wanted.length === rank) return wanted
  const extents = roles.axes.map((axis) => wanted[axis] ?? 0)
  const whole = arranged(extents)
  if (wanted.length === whole.length && whole.every((extent, axis) => extent === wanted[axis]))
    return extents
  throw new OptionError(
    'OUTPUT_SHAPE_IMPOSSIBLE',
    `${call}: outputShape [${wanted}] is not that of the result. Give the ${rank} spatial ` +
      `extents, or a shape like [${whole}].`,
  )
}
