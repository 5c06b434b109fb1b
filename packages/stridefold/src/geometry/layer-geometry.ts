/**
 * Which geometry does a network layer have?
 *
 * A transposed layer is the adjoint of a forward layer; transposed.ts has its formulas. This file
 * counts the channels of both and computes their shapes. A layout only names the axes (see
 * layouts.ts): the geometry does not depend on it.
 */

import { OptionError } from '../errors.ts'
import { countText } from '../ndarray/count-text.ts'
import type { ComputeDType } from '../ndarray/dtype.ts'
import { validateShape } from '../ndarray/ndarray.ts'
import { validateBias } from './bias.ts'
import { boundaryFrom } from './boundary.ts'
import type { CheckedLayerOptions } from './checked-options.ts'
import type { AxisParts, ConvGeometry } from './geometry.ts'
import { checkedFit, makeGeometry, rejectEmptyKernel } from './geometry.ts'
import { isTransposed, type LayerCall, layerRank } from './layer-calls.ts'
import { groupCount, type LayerRoles, layerRoles, type WeightRoles } from './layouts.ts'
import type { PaddingSamples } from './options.ts'
import type { PaddedAxis, PaddingName } from './padding.ts'
import { padding } from './padding.ts'
import { perAxis, sidesPerAxis } from './per-axis.ts'
import type { AxisPadAdjoint, ForwardAxis } from './transposed.ts'
import { transposedAxes } from './transposed.ts'

export interface LayerSpec {
  readonly geometry: ConvGeometry
  readonly roles: LayerRoles
  /** The shape of the result. With `padAdjoints` it is smaller than the geometry's output. */
  readonly outputShape: readonly number[]
  /**
   * The border parts that are added back into the result, per axis. Only for transposed layers
   * whose forward layer has a border that repeats samples.
   */
  readonly padAdjoints?: readonly AxisPadAdjoint[]
}

/**
 * The geometry of a layer. Throws `OptionError` for ranks, layouts, channels or extents that do not
 * fit together.
 */
export function layerGeometry(
  call: LayerCall,
  inputShape: readonly number[],
  weightShape: readonly number[],
  options: CheckedLayerOptions,
  dtype: ComputeDType,
): LayerSpec {
  const transposed = isTransposed(call)
  const rank = layerRank(call)
  const shape = checkedRank(call, 'input', validateShape(inputShape), rank)
  const weight = checkedRank(call, 'weight', validateShape(weightShape), rank)
  const roles = layerRoles(call, options)
  const groups = groupCount(call, options, weight, roles.weight)
  const counts = channelCounts(call, shape[roles.channel]!, weight, roles.weight, groups)
  const kernel = roles.weight.axes.map((axis) => weight[axis]!)
  rejectEmptyKernel(call, kernel)
  if (options.bias !== undefined) validateBias(call, options.bias, counts.filters)

  const strides = perAxis(call, 'stride', options.stride, rank)
  const dilations = perAxis(call, 'dilation', options.dilation, rank)
  const borders = perAxis(call, 'boundary', options.boundary, rank).map(
    (border) => boundaryFrom(border)!,
  )
  const axes = roles.axes.map((axis, a): ForwardAxis => {
    const unpadded = { kernel: kernel[a]!, stride: strides[a]!, dilation: dilations[a]! }
    const { same, sides } = paddingOf(call, options.padding, rank, a, unpadded)
    return { extent: shape[axis]!, ...unpadded, same, sides }
  })
  const common = { batch: shape[roles.batch]!, groups, ...counts, flip: transposed, dtype }
  const outputShapeOf = (extents: readonly number[]): number[] => {
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
    return { geometry, roles, outputShape: outputShapeOf(geometry.axes.map((axis) => axis.output)) }
  }
  const adjoint = transposedAxes(call, axes, borders, {
    outputPadding:
      options.outputPadding === undefined
        ? undefined
        : perAxis(call, 'outputPadding', options.outputPadding, rank),
    outputExtents: targetExtents(call, options.outputShape, roles, outputShapeOf),
  })
  const geometry = makeGeometry({ ...common, axes: adjoint.axes })
  const spec = { geometry, roles, outputShape: outputShapeOf(adjoint.extents) }
  return adjoint.padAdjoints === undefined ? spec : { ...spec, padAdjoints: adjoint.padAdjoints }
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

function channelCounts(
  call: LayerCall,
  channels: number,
  weight: readonly number[],
  roles: WeightRoles,
  groups: number,
): { channels: number; filters: number } {
  const [outputs, inputs] = [weight[roles.filter]!, weight[roles.channel]!]
  const [neededChannels, filters] =
    roles.allGroups === 'channel' ? [inputs, outputs * groups] : [inputs * groups, outputs]
  if (neededChannels !== channels) {
    const taken = countText(inputs, 'input channel')
    const neededText =
      roles.allGroups === 'channel' || groups === 1
        ? taken
        : `${taken} for each of ${groups} groups, ${neededChannels} in all`
    throw new OptionError(
      'CHANNELS_MISMATCH',
      `${call}: input has ${countText(channels, 'channel')}, but weight [${weight}] takes ` +
        `${neededText}. Change groups, layout or weightLayout, or one of the shapes.`,
    )
  }
  const channelsOfAllGroups = roles.allGroups === 'channel' ? channels : filters
  if (channelsOfAllGroups % groups !== 0) {
    const role = roles.allGroups === 'channel' ? 'input channel' : 'output channel'
    throw new OptionError(
      'GROUPS_MISMATCH',
      `${call}: ${groups} groups do not divide the ${countText(channelsOfAllGroups, role)} of ` +
        `weight [${weight}] evenly.`,
    )
  }
  return { channels, filters }
}

/**
 * The padding of axis `a`, as a function of the input extent of the forward layer. Only `'same'`
 * depends on that extent.
 */
function paddingOf(
  call: LayerCall,
  option: PaddingName | PaddingSamples,
  rank: number,
  a: number,
  axis: Omit<PaddedAxis, 'input'>,
): Pick<ForwardAxis, 'same' | 'sides'> {
  if (typeof option === 'string') {
    return {
      same: option.startsWith('same'),
      sides: (input) => padding(option, { input, ...axis }, 'layer'),
    }
  }
  const sides = sidesPerAxis(call, option, rank)[a]!
  return { same: false, sides: () => sides }
}

/**
 * The spatial extents of the option `outputShape`, which is a list of them or the whole shape of
 * the result.
 */
function targetExtents(
  call: LayerCall,
  option: readonly number[] | undefined,
  roles: LayerRoles,
  outputShapeOf: (extents: readonly number[]) => number[],
): readonly number[] | undefined {
  const rank = roles.axes.length
  if (option === undefined || option.length === rank) return option
  const extents = roles.axes.map((axis) => option[axis] ?? 0)
  const shape = outputShapeOf(extents)
  if (option.length === shape.length && shape.every((extent, axis) => extent === option[axis]))
    return extents
  throw new OptionError(
    'OUTPUT_SHAPE_IMPOSSIBLE',
    `${call}: outputShape [${option}] does not fit the batch and channels of the result. Give ` +
      `the ${rank} spatial extents, or a shape like [${shape}].`,
  )
}
