/**
 * Where does the derivative by the weights of a layer lie among the problems that there are
 * already?
 *
 *   forward    y[n, o, q] = Σ_c Σ_t x[n, c, q·stride + t·dilation − before] · w[o, c, t]
 *   gradient  dw[o, c, t] = Σ_n Σ_q x[n, c, t·dilation + q·stride − before] · g[n, o, q]
 *
 * The second line is the first with other names: channels are the batch, the batch is what is
 * summed as channels are, g is the kernel, and stride and dilation have changed places. Only
 * strides are exchanged for that; with groups and a batch x is copied once, since then (group,
 * image) is one channel axis. A border is read where the layer read it, so nothing is padded.
 */

import { OptionError } from '../errors.ts'
import { makeGeometry } from '../geometry/geometry.ts'
import { type LayerCall, type LayerSpec, layerGeometry } from '../geometry/layer-geometry.ts'
import { optionKey } from '../geometry/option-key.ts'
import type { RunOptions, TransposedOptions } from '../geometry/options.ts'
import { kernelOverlap } from '../geometry/padding.ts'
import { checkShape } from '../ndarray/check-shape.ts'
import { copy, contiguousCopy } from '../ndarray/copy.ts'
import { type ComputeDType, computeDType } from '../ndarray/dtype.ts'
import { elementCount } from '../ndarray/layout.ts'
import { allocateArray } from '../ndarray/memory.ts'
import { viewOf, type NdArray } from '../ndarray/ndarray.ts'
import { reshape } from '../ndarray/views.ts'
import { PlanCore } from './core.ts'
import { outArray } from './operands.ts'
import type { Problem } from './problem.ts'

/** A gradient's own name, and the layer of its rank. */
export interface GradientOf {
  readonly gradient: string
  readonly layer: LayerCall
}

export interface WeightGradient {
  /** What the forward layer reads. */
  readonly x: NdArray
  /** The derivative by what the forward layer gives. */
  readonly g: NdArray
  readonly weightShape: readonly number[]
  /** The forward layer's, without those of how the gradient runs. */
  readonly layerOptions: TransposedOptions
}

/** The question that a layer of these shapes asks, as its own call would ask it. */
export function layerSpec(
  layer: LayerCall,
  inputShape: readonly number[],
  weightShape: readonly number[],
  options: TransposedOptions,
): LayerSpec {
  return layerGeometry(layer, inputShape, weightShape, options, 'float32')
}

/** Computes dw for a forward layer into a new array, or into `options.out`. */
export function computeWeightGradient(
  of: GradientOf,
  weight: WeightGradient,
  options: RunOptions,
  operands: ComputeDType,
): NdArray {
  const { gradient } = of
  const { x, g, weightShape } = weight
  const asked = options.dtype
  const dtype = asked === undefined ? operands : computeDType(operands, asked)
  const resultDType = asked ?? dtype
  const out = options.out === undefined ? undefined : outArray(options.out)
  if (out !== undefined) checkShape(`${gradient}: out`, out, weightShape)
  const result = out ?? allocateArray(weightShape, resultDType)
  const question = layerSpec(of.layer, x.shape, weightShape, weight.layerOptions)
  const { roles } = question
  const kernel = permuted(g, [roles.channel, roles.batch, ...roles.axes])
  const output = permuted(result, [roles.weight.channel, roles.weight.filter, ...roles.weight.axes])
  if (elementCount(g.shape) === 0 || elementCount(result.shape) === 0) {
    copy(
      viewOf(allocateArray([1], resultDType), {
        shape: result.shape,
        strides: result.shape.map(() => 0),
      }),
      result,
    )
    return result
  }
  const problem = weightGradientProblem(gradient, question, kernel.shape, { dtype, resultDType })
  coreFor(problem, options).run(imagesAsChannels(x, question), kernel, output)
  return result
}

function weightGradientProblem(
  call: string,
  { geometry: layer }: LayerSpec,
  kernelShape: readonly number[],
  types: Pick<Problem, 'resultDType'> & { readonly dtype: ComputeDType },
): Problem {
  const { groups, batch } = layer
  const axes = layer.axes.map((axis, a) => {
    const exchanged = {
      input: axis.input,
      kernel: kernelShape[a + 2]!,
      stride: axis.dilation,
      dilation: axis.stride,
    }
    // The window goes to as many places as there are weights, whatever of x is left over.
    const after = kernelOverlap(axis) + kernelOverlap(exchanged) + 1 - axis.input - axis.before
    return { ...exchanged, before: axis.before, after }
  })
  const geometry = makeGeometry({
    batch: layer.channels / groups,
    groups,
    channels: groups * batch,
    filters: layer.filters,
    axes,
    boundary: layer.boundary,
    dtype: types.dtype,
  })
  return {
    call,
    geometry,
    outputShape: [geometry.batch, geometry.filters, ...geometry.axes.map((axis) => axis.output)],
    resultDType: types.resultDType,
    ...{ offset: 0, activation: undefined, padAdjoints: undefined, bias: undefined },
    toCanonicalAxes: (array) => array,
    kernelToCanonicalAxes: (array) => array,
  }
}

/** x as [channels of a group, groups × batch, ...axes]. */
function imagesAsChannels(x: NdArray, { geometry, roles }: LayerSpec): NdArray {
  const { groups, batch, channels } = geometry
  const each = channels / groups
  const [channel, image] = [x.strides[roles.channel]!, x.strides[roles.batch]!]
  const spatial = roles.axes.map((axis) => x.shape[axis]!)
  const strides = roles.axes.map((axis) => x.strides[axis]!)
  if (groups === 1)
    return viewOf(x, { shape: [each, batch, ...spatial], strides: [channel, image, ...strides] })
  if (batch === 1)
    return viewOf(x, {
      shape: [each, groups, ...spatial],
      strides: [channel, channel * each, ...strides],
    })
  const split = viewOf(x, {
    shape: [each, groups, batch, ...spatial],
    strides: [channel, channel * each, image, ...strides],
  })
  return reshape(contiguousCopy(split), [each, groups * batch, ...spatial])
}

function permuted(x: NdArray, order: readonly number[]): NdArray {
  return viewOf(x, {
    shape: order.map((axis) => x.shape[axis]!),
    strides: order.map((axis) => x.strides[axis]!),
  })
}

const recent = new Map<string, PlanCore>()
const maxCachedPlans = 32

/** A plan for the problem: one that was kept where the same geometry came with the same options. */
function coreFor(problem: Problem, options: RunOptions): PlanCore {
  const { out: _out, signal: _signal, ...decisive } = options
  const key = `${problem.geometry.key} ${problem.call} ${problem.resultDType} ${optionKey(decisive)}`
  const core = recent.get(key) ?? new PlanCore(problem, decisive)
  recent.delete(key)
  recent.set(key, core)
  if (recent.size > maxCachedPlans) {
    const [oldest, dropped] = recent.entries().next().value!
    recent.delete(oldest)
    dropped.dispose()
  }
  return core
}

/** Throws `OptionError` where an array has another shape than the layer gives its result. */
export function checkGradient(
  gradient: string,
  gradOutput: NdArray,
  { outputShape }: LayerSpec,
): void {
  if (
    gradOutput.shape.length === outputShape.length &&
    gradOutput.shape.every((extent, axis) => extent === outputShape[axis])
  )
    return
  throw new OptionError(
    'SHAPE_MISMATCH',
    `${gradient}: gradOutput has shape [${gradOutput.shape}], but the result of a layer with ` +
      `these shapes and options has [${outputShape}]. Give the options of the layer, ` +
      'outputPadding and outputShape included.',
  )
}
