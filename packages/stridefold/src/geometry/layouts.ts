/**
 * Which role has each axis of a layer's arrays? A layout names the axes, one letter each: N batch,
 * C channels; O output channels, I input channels, M channel multiplier; D, H, W spatial axes.
 *
 * The common libraries agree on the input. They do not agree on the weight: the same four extents
 * may be O×I×H×W or H×W×I×O. So a layer with the channels last has no default for it.
 */

import { OptionError } from '../errors.ts'
import { countText } from '../ndarray/count-text.ts'
import type { CheckedLayerOptions } from './checked-options.ts'
import { formatValue } from './format-value.ts'
import { isTransposed, type LayerCall, layerRank } from './layer-calls.ts'
import type { Layout, WeightLayout } from './options.ts'

/** The roles of the axes of the weight array. */
export interface WeightRoles {
  /** With a channel multiplier: the axis of the filters of one channel. */
  readonly filter: number
  readonly channel: number
  readonly axes: readonly number[]
  /**
   * The axis that holds the channels of all groups; the other axis holds those of one group. It is
   * `'channel'` for transposed layers and with a channel multiplier, else `'filter'`.
   */
  readonly allGroups: 'filter' | 'channel'
}

/** The roles of the axes of the input array and of the result. */
export interface LayerRoles {
  readonly batch: number
  readonly channel: number
  readonly axes: readonly number[]
  readonly weight: WeightRoles
}

/** The options that name axes. */
type Layouts = Pick<CheckedLayerOptions, 'layout' | 'weightLayout'>

/** The spatial axes of layers with 1, 2 and 3 of them. */
const spatialLetters = ['W', 'HW', 'DHW'] as const

/** All values of the option `layout`, for every rank. */
export const layouts: readonly Layout[] = [
  'channels-first',
  'channels-last',
  ...spatialLetters.flatMap((axes): Layout[] => [`NC${axes}`, `N${axes}C`]),
]

/** All values of the option `weightLayout`, for every rank. */
export const weightLayouts: readonly WeightLayout[] = spatialLetters.flatMap(
  (axes): WeightLayout[] => [
    `OI${axes}`,
    `${axes}IO`,
    `O${axes}I`,
    `I${axes}O`,
    `IO${axes}`,
    `${axes}OI`,
    `${axes}IM`,
  ],
)

/** Throws `OptionError` for layouts of another rank, and for a weight without a layout. */
export function layerRoles(call: LayerCall, options: Layouts): LayerRoles {
  const rank = layerRank(call)
  const isLast = isChannelsLast(call, options.layout, rank)
  return {
    batch: 0,
    channel: isLast ? rank + 1 : 1,
    axes: Array.from({ length: rank }, (_, a) => a + (isLast ? 1 : 2)),
    weight: weightRoles(call, options),
  }
}

/** Throws `OptionError` (`LAYOUT_MISMATCH`) for the name of a layout of another rank. */
export function isChannelsLast(call: string, layout: Layout, rank: number): boolean {
  const isLast = layout === 'channels-last' || layout.endsWith('C')
  const axes = spatialLetters[rank - 1]!
  const name = isLast ? `N${axes}C` : `NC${axes}`
  if (layout === name || layout.startsWith('channels-')) return isLast
  throw new OptionError(
    'LAYOUT_MISMATCH',
    `${call}: layout '${layout}' has ` +
      `${countText(layout.length - 2, 'spatial axis', 'spatial axes')}, but the layer has ` +
      `${rank}. Use '${name}' or 'channels-${isLast ? 'last' : 'first'}'.`,
  )
}

/** The layout of a weight if the option is left out: PyTorch's. */
export const defaultWeightLayout = (call: LayerCall): WeightLayout => {
  const axes = spatialLetters[layerRank(call) - 1]!
  return isTransposed(call) ? `IO${axes}` : `OI${axes}`
}

/** Whether an axis of the weight is the channel multiplier: each input channel is a group. */
export const hasMultiplier = (layout: WeightLayout | undefined): boolean =>
  layout?.endsWith('M') === true

function weightRoles(call: LayerCall, { layout, weightLayout }: Layouts): WeightRoles {
  const rank = layerRank(call)
  const spatial = spatialLetters[rank - 1]!
  if (weightLayout === undefined && isChannelsLast(call, layout, rank))
    throw missingWeightLayout(call, layout)
  const letters: string = weightLayout ?? defaultWeightLayout(call)
  const axes = Array.from(spatial, (letter) => letters.indexOf(letter))
  const multiplies = hasMultiplier(weightLayout)
  if (letters.length !== rank + 2 || axes.includes(-1)) {
    const [names, example] = multiplies ? ['I, M', `${spatial}IM`] : ['O, I', `OI${spatial}`]
    throw new OptionError(
      'LAYOUT_MISMATCH',
      `${call}: weightLayout '${letters}' does not name the axes of a weight of rank ` +
        `${rank + 2}. Use the letters ${names} and ${spatial}, such as '${example}'.`,
    )
  }
  return {
    filter: letters.indexOf(multiplies ? 'M' : 'O'),
    channel: letters.indexOf('I'),
    axes,
    allGroups: multiplies || isTransposed(call) ? 'channel' : 'filter',
  }
}

function missingWeightLayout(call: LayerCall, layout: Layout): OptionError {
  const axes = spatialLetters[layerRank(call) - 1]!
  const tensorflow = isTransposed(call)
    ? `weightLayout: '${axes}OI' for a weight of TensorFlow or Keras`
    : `weightLayout: '${axes}IO' for a weight of TensorFlow, Keras or Flax ('${axes}IM' if it is ` +
      'depthwise)'
  return new OptionError(
    'WEIGHT_LAYOUT_MISSING',
    `${call}: layout ${formatValue(layout)} requires weightLayout, because libraries order the ` +
      `axes of a weight differently. Add ${tensorflow}, or weightLayout: ` +
      `'${defaultWeightLayout(call)}' for one of PyTorch or ONNX.`,
  )
}

/**
 * The number of groups of a layer. Throws `OptionError` (`GROUPS_MISMATCH`) if the weight has a
 * channel multiplier, and so one group per input channel, but `groups` is another number.
 */
export function groupCount(
  call: LayerCall,
  { groups, weightLayout }: Pick<CheckedLayerOptions, 'groups' | 'weightLayout'>,
  weight: readonly number[],
  roles: WeightRoles,
): number {
  if (!hasMultiplier(weightLayout)) return groups ?? 1
  const channels = weight[roles.channel]!
  const received = `weight [${weight}] with weightLayout '${weightLayout}'`
  if (channels === 0) {
    throw new OptionError(
      'GROUPS_MISMATCH',
      `${call}: ${received} has 0 input channels, and so no group. Give it at least 1.`,
    )
  }
  if (groups === undefined || groups === channels) return channels
  throw new OptionError(
    'GROUPS_MISMATCH',
    `${call}: groups is ${groups}, but ${received} has one group for each of its ` +
      `${countText(channels, 'input channel')}. Leave groups out, or use ${channels}.`,
  )
}
