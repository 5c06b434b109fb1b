/**
 * The derivative of a layer with respect to its bias. The bias is added to every result of a
 * channel, so this is the sum over the channel. docs/gradients.md has the derivation.
 */

import { OptionError } from '../errors.ts'
import { isChannelsLast } from '../geometry/layouts.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { computeDType, type DType, toDType } from '../ndarray/dtype.ts'
import { checkResultOnHeap } from '../ndarray/given-on-gpu.ts'
import { type ArrayInput, asReadable } from '../ndarray/interop.ts'
import { elementCount } from '../ndarray/layout.ts'
import { axisLoops, mergeLoops, Odometer, sortedByStride } from '../ndarray/loops.ts'
import { allocateArray } from '../ndarray/memory.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { ResultDType, SumDType } from '../ndarray/result-type.ts'
import { operandDType, promoteUntyped } from '../ndarray/untyped.ts'
import { outArray } from '../runtime/arrays.ts'
import { rankOf } from './layer.ts'
import { gradientOptions, type TransposedGradientOptions } from './options.ts'

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions. The
 * sums are formed in float64 and rounded once.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial, or
 *   N×spatial×O with `layout: 'channels-last'`.
 * - `options`: those of the layer, as `TransposedOptions` describes them; only `layout`, `dtype`
 *   and `out` have an effect.
 *
 * A `weightLayout` is not needed. The result has the type of gradOutput; `dtype` overrides it.
 * Throws `OptionError` for `activation` (`OPTION_INVALID`), for ranks other than 3 to 5
 * (`RANK_MISMATCH`), and for an `out` of another shape or type (`SHAPE_MISMATCH`,
 * `DTYPE_MISMATCH`). In 'stridefold' the promise rejects with these errors. Costs one pass over
 * gradOutput in JavaScript, and allocates O numbers.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradient<
  G extends ArrayInput,
  D extends DType = SumDType<G>,
  Out extends object = object,
>(gradOutput: G, options?: TransposedGradientOptions<D, Out>): NdArray<ResultDType<D, Out>> {
  const name = 'convBiasGradient'
  const validOptions = gradientOptions(name, options)
  checkResultOnHeap(name, validOptions)
  const gradient = asReadable(gradOutput, 'gradOutput')
  const rank = rankOf(name, gradient)
  const resultDType = validOptions.dtype ?? operandDType(gradient)
  const g = promoteUntyped(gradient, computeDType(operandDType(gradient), resultDType))
  const channel = isChannelsLast(name, validOptions.layout, rank) ? rank + 1 : 1
  const channels = g.shape[channel]!
  const result =
    validOptions.out === undefined
      ? allocateArray([channels], resultDType, validOptions.memory)
      : outArray(name, validOptions.out, [channels])
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
  // The type of the result follows the rule above.
  return result as NdArray as NdArray<ResultDType<D, Out>>
}

/** For each channel the float64 sum over all other axes. Reads in the order of the memory. */
function channelSums({ data, shape, strides, offset }: NdArray, channel: number): Float64Array {
  const sums = new Float64Array(shape[channel]!)
  if (elementCount(shape) === 0) return sums
  const loops = axisLoops(shape, strides)
  const others = mergeLoops(sortedByStride(loops.toSpliced(channel, 1), 0))
  const inner = others.pop() ?? { extent: 1, strides: [0] }
  const [channelStep, innerStep] = [strides[channel]!, inner.strides[0]!]
  const alongChannels = Math.abs(channelStep) < Math.abs(innerStep)
  const outer = new Odometer(others, [offset])
  do {
    const start = outer.at[0]!
    if (alongChannels) {
      for (let i = 0; i < inner.extent; i++)
        for (let c = 0; c < sums.length; c++)
          sums[c]! += data[start + i * innerStep + c * channelStep]!
    } else {
      for (let c = 0; c < sums.length; c++) {
        let sum = 0
        for (let i = 0; i < inner.extent; i++) sum += data[start + c * channelStep + i * innerStep]!
        sums[c]! += sum
      }
    }
  } while (outer.next())
  return sums
}
