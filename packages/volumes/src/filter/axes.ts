/** The axes of a volume: those of its metadata, or as the caller names them. */

import type { ArrayInfo, Axis } from '../arrays/stored-array.ts'
import { VolumeError } from '../errors.ts'
import { countText } from '../text.ts'
import type { Operation, OperationOptions } from './operation.ts'

const typesOfNames: Readonly<Record<string, Axis['type']>> = {
  t: 'time',
  time: 'time',
  c: 'channel',
  channel: 'channel',
  channels: 'channel',
}

/**
 * The axes of an array with these names, or with this axis of channels. Scales and units stay where
 * the metadata has them.
 */
export function withAxes(
  { axes, shape }: Pick<ArrayInfo, 'axes' | 'shape'>,
  { axes: given, channelAxis }: Pick<OperationOptions, 'axes' | 'channelAxis'>,
): readonly Axis[] {
  if (channelAxis !== undefined) {
    if (given === undefined) return withChannels(axes, channelAxis)
    throw new VolumeError(
      'request',
      'axes and channelAxis both say which axis holds channels. Give one of them.',
    )
  }
  if (given === undefined) return axes
  const names = (typeof given === 'string' ? given.split(',') : given).map((name) => name.trim())
  if (names.length !== shape.length)
    throw new VolumeError(
      'request',
      `axes names ${countText(names.length, 'axis', 'axes')} (${names.join(', ')}), but the ` +
        `array has ${shape.length} (${shape.join('×')}). Name each of them, such as ` +
        `${shape.map((_, a) => ['z', 'y', 'x'].at(a - shape.length) ?? 'c').join(',')}.`,
    )
  const repeated = names.find((name, a) => name === '' || names.indexOf(name) !== a)
  if (repeated !== undefined)
    throw new VolumeError(
      'request',
      repeated === ''
        ? 'axes has an empty name. Write names with a comma between them, such as z,y,x.'
        : `axes names ${repeated} twice. Give each axis its own name.`,
    )
  return names.map((name, a) => {
    const { unit, scale, translation } = axes.find((axis) => axis.name === name) ?? axes[a]!
    return { name, type: typesOfNames[name.toLowerCase()] ?? 'space', unit, scale, translation }
  })
}

/** The axes with channels along this one alone. */
function withChannels(axes: readonly Axis[], channelAxis: number | 'none'): readonly Axis[] {
  const at =
    typeof channelAxis !== 'number' || channelAxis >= 0 ? channelAxis : channelAxis + axes.length
  if (at !== 'none' && !(Number.isSafeInteger(at) && at >= 0 && at < axes.length))
    throw new VolumeError(
      'request',
      `channelAxis is ${channelAxis}, but the array has ` +
        `${countText(axes.length, 'axis', 'axes')}: give ${-axes.length} to ${axes.length - 1}, or 'none'.`,
    )
  return axes.map((axis, a) => ({
    ...axis,
    type: a === at ? 'channel' : axis.type === 'channel' ? 'space' : axis.type,
  }))
}

/** The axes of a result: a stride makes samples further apart, and 'valid' moves the first one. */
export const resultAxes = (
  axes: readonly Axis[],
  { spatialAxes, stride, dilation, mode, kernel }: Operation,
): readonly Axis[] =>
  axes.map((axis, a) => {
    const at = spatialAxes.indexOf(a)
    if (at < 0 || axis.scale === undefined) return axis
    const reach = ((kernel.shape[at]! - 1) * dilation[at]!) / 2
    const first = mode[at] === 'valid' ? reach : mode[at] === 'full' ? -reach : 0
    const translation =
      first === 0 ? axis.translation : (axis.translation ?? 0) + first * axis.scale
    return { ...axis, scale: axis.scale * stride[at]!, translation }
  })
