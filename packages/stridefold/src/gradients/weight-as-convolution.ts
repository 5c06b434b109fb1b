/**
 * How is the derivative with respect to the weight of a layer computed? As another convolution:
 *
 *   forward    y[n, o, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · w[o, c, t]
 *   gradient  dw[o, c, t] = Σ_n Σ_q x[n, c, t·dilation + q·stride − before] · g[n, o, q]
 *
 * The second line has the form of the first with other roles. The channels become the batch, the
 * batch becomes the channels, g becomes the kernel, and stride and dilation swap. This only needs a
 * view with other strides. With groups and a batch x is copied once, because (group, image) becomes
 * one channel axis. The border is the border of the layer, so nothing is padded.
 */

import { OptionError } from '../errors.ts'
import { validateRunOptions } from '../geometry/check-options.ts'
import { type ConvGeometry, makeGeometry } from '../geometry/geometry.ts'
import type { LayerSpec } from '../geometry/layer-geometry.ts'
import type { RunOptions } from '../geometry/options.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { contiguousCopy, copy } from '../ndarray/copy.ts'
import type { ComputeDType, DType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray, isOnGpu } from '../ndarray/memory.ts'
import { type NdArray, viewOf } from '../ndarray/ndarray.ts'
import { reshape, transpose } from '../ndarray/views.ts'
import { kernelView, layerOrders } from '../problem/axis-orders.ts'
import { questionKey } from '../problem/key.ts'
import type { Question } from '../problem/problem.ts'
import { questionOfGeometry, resultTypes } from '../problem/question.ts'
import { outArray } from '../runtime/arrays.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { cachedPlan, foundPlan, planWork } from '../runtime/plan-cache.ts'
import { run } from '../runtime/run.ts'
import type { Turn } from '../runtime/turns.ts'

export interface WeightGradient {
  /** The input of the forward layer. */
  readonly x: NdArray
  /** The derivative with respect to the result of the forward layer. */
  readonly g: NdArray
  readonly weightShape: readonly number[]
  /** The forward layer. */
  readonly spec: LayerSpec
}

/**
 * Computes dw of a forward layer into a new array, or into `options.out`. The public calls give
 * `D`, as those of `compute` do.
 */
export function computeWeightGradient<D extends DType>(
  gradient: string,
  weight: WeightGradient,
  options: RunOptions,
  operandType: ComputeDType,
  turn: Turn | undefined,
): Eventual<NdArray<D>> {
  const { x, g, weightShape, spec } = weight
  const { dtype, storedDType } = resultTypes(operandType, options.dtype)
  const out = options.out === undefined ? undefined : outArray(gradient, options.out, weightShape)
  if (out !== undefined) checkShape(`${gradient}: out`, out, weightShape)
  const place = options.memory ?? (isOnGpu(x) ? 'gpu' : 'heap')
  const result = (out ?? allocateArray(weightShape, storedDType, place)) as NdArray<D>
  const { roles } = spec
  const kernel = transpose(g, [roles.channel, roles.batch, ...roles.axes])
  const filtersFirst = kernelView(result, layerOrders(roles, spec.geometry.groups))
  if (filtersFirst === undefined) {
    throw new OptionError(
      'NEEDS_COPY',
      `${gradient}: the strides [${result.strides}] of out do not let its axes I and M be ` +
        'written as one axis of filters. Give a contiguous array.',
    )
  }
  const output = transpose(viewOf(filtersFirst, {}), [1, 0, ...roles.axes.map((_, a) => a + 2)])
  if (elementCount(g.shape) === 0 || elementCount(result.shape) === 0) {
    if (out === undefined) return result
    copy(
      viewOf(allocateArray([1], storedDType), {
        shape: result.shape,
        strides: result.shape.map(() => 0),
      }),
      result,
    )
    return result
  }
  const checked = validateRunOptions(gradient, options, [], {})
  const geometry = weightGradientGeometry(spec, kernel.shape, dtype)
  const key = `${questionKey(gradient, [], [], operandType, checked)} ${geometry.key}`
  const question = (): Question =>
    questionOfGeometry(key, gradient, geometry, storedDType, checked, false)
  const arrays = { x: batchAsChannels(x, spec), k: kernel, out: output, bias: undefined }
  const plan = foundPlan(key, kernel) ?? finishInTurn(planWork(key, kernel, question), turn)
  // Synchronous calls may have used the plan for other kernels in the meantime.
  const ran =
    plan instanceof Promise
      ? plan.then(() => run(cachedPlan(key, kernel, question), arrays, turn))
      : run(plan, arrays, turn)
  return after(ran, () => result)
}

function weightGradientGeometry(
  { geometry: layer }: LayerSpec,
  kernelShape: readonly number[],
  dtype: ComputeDType,
): ConvGeometry {
  const { groups, batch } = layer
  const axes = layer.axes.map((axis, a) => {
    const swapped = {
      input: axis.input,
      kernel: kernelShape[a + 2]!,
      stride: axis.dilation,
      dilation: axis.stride,
    }
    // There are as many outputs as weights. The rest of x is cropped.
    const after = kernelOverlap(axis) + kernelOverlap(swapped) + 1 - axis.input - axis.before
    return { ...swapped, before: axis.before, after }
  })
  return makeGeometry({
    batch: layer.channels / groups,
    groups,
    channels: groups * batch,
    filters: layer.filters,
    axes,
    boundary: layer.boundary,
    dtype,
  })
}

/** Returns x as [channels per group, groups × batch, ...axes]: a view, or a copy if needed. */
function batchAsChannels(x: NdArray, { geometry, roles }: LayerSpec): NdArray {
  const { groups, batch, channels } = geometry
  const channelsPerGroup = channels / groups
  const [channel, image] = [x.strides[roles.channel]!, x.strides[roles.batch]!]
  const spatial = roles.axes.map((axis) => x.shape[axis]!)
  const strides = roles.axes.map((axis) => x.strides[axis]!)
  if (groups === 1)
    return viewOf(x, {
      shape: [channelsPerGroup, batch, ...spatial],
      strides: [channel, image, ...strides],
    })
  if (batch === 1)
    return viewOf(x, {
      shape: [channelsPerGroup, groups, ...spatial],
      strides: [channel, channel * channelsPerGroup, ...strides],
    })
  const split = viewOf(x, {
    shape: [channelsPerGroup, groups, batch, ...spatial],
    strides: [channel, channel * channelsPerGroup, image, ...strides],
  })
  return reshape(contiguousCopy(split), [channelsPerGroup, groups * batch, ...spatial])
}
