/**
 * The derivative of a layer with respect to its bias. The bias is added to every result of a
 * channel, so this is the sum over the channel. docs/gradients.md has the derivation.
 */

import { OptionError } from '../errors.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { computeDType, toDType } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from '../ndarray/untyped.ts'
import { outArray } from '../runtime/arrays.ts'
import { rankOf } from './layer.ts'
import { gradientOptions, type TransposedGradientOptions } from './options.ts'

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions, in
 * float64.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `options`: those of the layer; only `layout`, `dtype` and `out` have an effect.
 *
 * Throws `OptionError` for `activation` and for ranks other than 3 to 5.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradient(
  gradOutput: ArrayInput,
  options?: TransposedGradientOptions,
): NdArray {
  const name = 'convBiasGradient'
  const validOptions = gradientOptions(name, options)
  const gradient = asNdArray(gradOutput, 'gradOutput')
  rankOf(name, gradient)
  const resultDType = validOptions.dtype ?? operandDType(gradient)
  const g = promoteUntyped(gradient, computeDType(operandDType(gradient), resultDType))
  const channel = validOptions.layout === 'channels-last' ? g.shape.length - 1 : 1
  const channels = g.shape[channel]!
  const result =
    validOptions.out === undefined
      ? allocateArray([channels], resultDType)
      : outArray(validOptions.out)
  checkShape(`${name}: out`, result, [channels])
  if (result.dtype !== resultDType || !result.writable) {
    const [code, what] = result.writable
      ? ['DTYPE_MISMATCH', `${result.dtype}`]
      : ['OUT_READ_ONLY', 'a read-only view']
    throw new OptionError(
      code,
      `${name}: out is ${what}, but the result is ${resultDType}. Give a writable array of ` +
        'that type.',
    )
  }
  const sums = channelSums(g, channel)
  for (const [c, sum] of sums.entries())
    result.data[result.offset + c * result.strides[0]!] = toDType(sum, resultDType)
  return result
}

/** For each channel the float64 sum over all other axes. Reads in the order of the memory. */
function channelSums(x: NdArray, channel: number): Float64Array {
  const { data } = x
  const channels = { extent: x.shape[channel]!, stride: x.strides[channel]! }
  const sums = new Float64Array(channels.extent)
  const others = runs(
    x.shape
      .map((extent, axis) => ({ extent, stride: x.strides[axis]! }))
      .filter((_, axis) => axis !== channel),
  )
  const inner = others.pop() ?? { extent: 1, stride: 0 }
  const alongChannels = Math.abs(channels.stride) < Math.abs(inner.stride)
  const [slow, fast] = alongChannels ? [inner, channels] : [channels, inner]
  const visit = (loops: readonly Run[], start: number): void => {
    const [loop, ...innerLoops] = loops
    if (loop !== undefined) {
      for (let i = 0; i < loop.extent; i++) visit(innerLoops, start + i * loop.stride)
      return
    }
    for (let i = 0; i < slow.extent; i++) {
      const at = start + i * slow.stride
      if (alongChannels)
        for (let c = 0; c < fast.extent; c++) sums[c]! += data[at + c * fast.stride]!
      else {
        let sum = 0
        for (let j = 0; j < fast.extent; j++) sum += data[at + j * fast.stride]!
        sums[i]! += sum
      }
    }
  }
  visit(others, x.offset)
  return sums
}

interface Run {
  readonly extent: number
  readonly stride: number
}

/** The axes, largest stride first. Neighbours that are contiguous in memory become one axis. */
function runs(axes: readonly Run[]): Run[] {
  const merged: Run[] = []
  for (const axis of axes
    .filter(({ extent }) => extent !== 1)
    .toSorted((a, b) => Math.abs(b.stride) - Math.abs(a.stride))) {
    const outer = merged.at(-1)
    if (outer !== undefined && outer.stride === axis.stride * axis.extent) {
      merged[merged.length - 1] = { extent: outer.extent * axis.extent, stride: axis.stride }
    } else merged.push(axis)
  }
  return merged
}
