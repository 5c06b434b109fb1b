/**
 * The kernel of a stream: which inputs make which outputs, and the taps between them.
 *
 *   [taps]             the same taps for each channel
 *   [channels, taps]   each channel has its own
 *   [out, in, taps]    every output is a sum over all inputs (true stereo: 2 × 2)
 *
 * A group is a set of inputs and outputs that are connected: one channel each, or all of them.
 */

import { OptionError } from '../errors.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { contiguous } from '../ndarray/views.ts'
import { isSteady, steadyLimit } from './unsteady.ts'

export interface StreamKernel {
  readonly taps: number
  readonly groups: number
  /** The inputs and outputs of one group. */
  readonly inputs: number
  readonly outputs: number
  /** Whether all groups have the same taps. */
  readonly shared: boolean
  /** As [groups, or 1 if shared][outputs][inputs][taps]. */
  readonly values: Float32Array
}

/** The place of the taps from input `i` to output `o` of a group. */
export const tapsStart = (
  { shared, outputs, inputs, taps }: StreamKernel,
  group: number,
  o: number,
  i: number,
): number => (((shared ? 0 : group) * outputs + o) * inputs + i) * taps

/** Copies and checks a kernel. `channels`: the number that was asked for, if any. */
export function readKernel(
  call: string,
  kernel: ArrayInput,
  channels: number | undefined,
): StreamKernel {
  const array = contiguous(asReadable(kernel, 'kernel'))
  const { shape } = array
  const rank = shape.length
  if (rank < 1 || rank > 3 || elementCount(shape) === 0) {
    throw new OptionError(
      'SHAPE_MISMATCH',
      `${call}: the kernel has shape [${shape}], but [taps], [channels, taps] or [out, in, taps] ` +
        'is needed, with at least one tap.',
    )
  }
  const values = Float32Array.from(
    array.data.subarray(array.offset, array.offset + elementCount(shape)),
  )
  const bad = values.findIndex((value) => !isSteady(value))
  if (bad >= 0) {
    throw new OptionError(
      'KERNEL_NOT_FINITE',
      `${call}: the kernel has the value ${values[bad]}, but a stream needs finite taps, of at ` +
        `most ${steadyLimit} in magnitude. Replace it, or scale the kernel.`,
    )
  }
  const taps = shape[rank - 1]!
  const inputs = rank === 1 ? (channels ?? 1) : shape[rank - 2]!
  if (channels !== undefined && channels !== inputs) {
    throw new OptionError(
      'CHANNELS_MISMATCH',
      `${call}: the kernel has shape [${shape}], so it takes ${inputs} channels, but there are ` +
        `${channels}. Use a kernel of shape [taps] for any number of channels, or one with ` +
        `${channels} of them.`,
    )
  }
  if (rank === 3) return { taps, groups: 1, inputs, outputs: shape[0]!, shared: true, values }
  return { taps, groups: inputs, inputs: 1, outputs: 1, shared: rank === 1, values }
}

/** The value of an option that counts samples or channels. */
export function checkedCount(call: string, name: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) < 2 ** 30)
    return value as number
  throw new OptionError(
    'OPTION_INVALID',
    `${call}: option '${name}' is ${describeValue(value)}; a whole number of at least ${least} ` +
      'is needed.',
  )
}
