/**
 * Derivatives of layers: given the derivative of some number L by a layer's result, those of L by
 * its input, its weight and its bias.
 *
 * A layer is linear in its input, so the derivative by it is the adjoint, which is the transposed
 * layer (and the other way round for a transposed layer). It is linear in its weight as well, and
 * that derivative is a correlation of input and result: docs/gradients.md.
 */

import { withCallName, OptionError } from './errors.ts'
import { checkedLayerOptions, checkedTransposedOptions } from './geometry/check-options.ts'
import type { LayerCall } from './geometry/layer-geometry.ts'
import type {
  BoundaryOption,
  LayerOptions,
  PerAxis,
  RunOptions,
  TransposedOptions,
  WeightLayout,
} from './geometry/options.ts'
import { perAxis } from './geometry/per-axis.ts'
import { checkShape } from './ndarray/check-shape.ts'
import { computeDType, toDType } from './ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from './ndarray/interop.ts'
import { allocateArray } from './ndarray/memory.ts'
import { validateShape, type NdArray } from './ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from './ndarray/untyped.ts'
import { compute } from './planner/calls.ts'
import { checkGradient, computeWeightGradient, layerSpec } from './planner/gradients.ts'
import { outArray } from './planner/operands.ts'
import { inTurn, throwIfAborted } from './planner/promise.ts'

/**
 * What a gradient takes: the options of its layer. `bias` plays no part; `activation` is refused.
 */
type Forward = Omit<LayerOptions, 'activation'>
type Transposed = Omit<TransposedOptions, 'activation'>

/**
 * The derivative by the input of `conv1d`, `conv2d` or `conv3d` (the rank is that of the arrays),
 * in the shape and layout of that input: dx[n, c, i] = Σ_o Σ_q dy[n, o, q] · Σ_t w[o, c, t] over
 * the taps t by which output q reads sample i, at the border too.
 *
 * - `gradOutput`: the derivative by the layer's result, N×O×spatial. - `weight`: the layer's. -
 *   `inputShape`: the whole shape of the layer's input. - `options`: the layer's; `dtype`, `out`
 *   and the others of how a call runs are about this result.
 *
 * Throws `OptionError` for what the layer would refuse, for a gradOutput that is not of its
 * result's shape, and for `activation`. Costs as many products as the layer.
 *
 * @example
 * convInputGradient([[[1, 10]]], [[[2, 3]]], [1, 1, 3]) // [[[2, 23, 30]]]
 */
export function convInputGradientSync(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  inputShape: readonly number[],
  options?: Forward,
): NdArray {
  const name = 'convInputGradient'
  return withCallName(name, () => {
    const given = checked(name, options, checkedLayerOptions)
    const [g, w, shape] = [
      asNdArray(gradOutput, 'gradOutput'),
      asNdArray(weight, 'weight'),
      validateShape(inputShape),
    ]
    const rank = rankOf(name, g)
    checkGradient(name, g, layerSpec(`conv${rank}d`, shape, w.shape, given))
    const adjoint = {
      ...given,
      bias: undefined,
      weightLayout: exchanged(given.weightLayout),
      outputShape: shape,
    }
    return compute(`convTranspose${rank}d`, g, w, withoutUndefined(adjoint))
  })
}

/**
 * The derivative by the weight of `conv1d`, `conv2d` or `conv3d`, in the shape and weightLayout of
 * that weight: dw[o, c, t] = Σ_n Σ_q dy[n, o, q] · x[n, c, q·stride + t·dilation − before].
 *
 * - `input`: the layer's. - `gradOutput`: the derivative by its result. - `weightShape`: the whole
 *   shape of the weight. - `options`: the layer's; `dtype`, `out` and the others of how a call runs
 *   are about this result.
 *
 * Throws `OptionError` as `convInputGradient`. Costs as many products as the layer; with groups and
 * a batch, a copy of the input.
 *
 * @example
 * convWeightGradient([[[1, 2, 4]]], [[[1, 10]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convWeightGradientSync(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Forward,
): NdArray {
  const name = 'convWeightGradient'
  return withCallName(name, () => {
    const given = checked(name, options, checkedLayerOptions)
    const [x, g, shape] = [
      asNdArray(input, 'input'),
      asNdArray(gradOutput, 'gradOutput'),
      validateShape(weightShape),
    ]
    const layer: LayerCall = `conv${rankOf(name, g)}d`
    checkGradient(name, g, layerSpec(layer, x.shape, shape, given))
    const weight = { x, g, weightShape: shape, layerOptions: layerOnly(given) }
    return computeWeightGradient(
      { gradient: name, layer },
      weight,
      runOnly(given),
      operandDType(x, g),
    )
  })
}

/**
 * The derivative by the bias of a layer, forward or transposed: one number for each output channel,
 * the sum of gradOutput over the batch and all positions, formed in float64.
 *
 * - `options`: the layer's, of which `layout`, `dtype` and `out` matter. Throws `OptionError` for
 *   `activation` and ranks other than 3 to 5.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradientSync(gradOutput: ArrayInput, options?: Transposed): NdArray {
  const name = 'convBiasGradient'
  const given = checked(name, options, checkedTransposedOptions)
  const asGiven = asNdArray(gradOutput, 'gradOutput')
  rankOf(name, asGiven)
  const resultDType = given.dtype ?? operandDType(asGiven)
  const g = promoteUntyped(asGiven, computeDType(operandDType(asGiven), resultDType))
  const channel = given.layout === 'channels-last' ? g.shape.length - 1 : 1
  const channels = g.shape[channel]!
  const result =
    given.out === undefined ? allocateArray([channels], resultDType) : outArray(given.out)
  checkShape(`${name}: out`, result, [channels])
  if (result.dtype !== resultDType || !result.writable) {
    const [code, what] = result.writable
      ? ['DTYPE_MISMATCH', `${result.dtype}`]
      : ['OUT_READ_ONLY', 'a read-only view']
    throw new OptionError(
      code,
      `${name}: out is ${what}, but the result is ${resultDType}. Give an array of that type ` +
        'that may be written.',
    )
  }
  const sums = channelSums(g, channel)
  for (const [c, sum] of sums.entries())
    result.data[result.offset + c * result.strides[0]!] = toDType(sum, resultDType)
  return result
}

/**
 * The derivative by the input of `convTranspose1d`, `2d` or `3d`, in its shape and layout: the
 * forward layer with these options, applied to gradOutput (a constant border counts as zero, as it
 * does in the transposed layer).
 *
 * - `gradOutput`: the derivative by the layer's result, N×O×spatial. - `weight`: the layer's,
 *   C×(O/groups)×spatial. - `options`: the layer's, outputPadding or outputShape included.
 *
 * Throws `OptionError` for what the layer would refuse, for a gradOutput that is not of its
 * result's shape, and for `activation`. Costs as many products as the layer.
 *
 * @example
 * convTransposeInputGradient([[[1, 2, 4]]], [[[1, 10]]]) // [[[21, 42]]]
 */
export function convTransposeInputGradientSync(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  options?: Transposed,
): NdArray {
  const name = 'convTransposeInputGradient'
  return withCallName(name, () => {
    const given = checked(name, options, checkedTransposedOptions)
    const [g, w] = [asNdArray(gradOutput, 'gradOutput'), asNdArray(weight, 'weight')]
    const rank = rankOf(name, g)
    const forward = forwardOptions(layerOnly(given))
    const { geometry, roles, outputShape } = layerSpec(`conv${rank}d`, g.shape, w.shape, forward)
    // outputPadding may reach past the stride; a window that the padding alone makes room for is
    // none of the input's samples.
    const extra = perAxis(name, 'outputPadding', given.outputPadding ?? 0, rank)
    const beyond = geometry.axes.map(({ stride }, a) => Math.floor(extra[a]! / stride))
    const padding = geometry.axes.map(
      ({ before, after, stride }, a) => [before, after - beyond[a]! * stride] as const,
    )
    const shape = [...outputShape]
    for (const [a, axis] of roles.axes.entries()) shape[axis]! -= beyond[a]!
    checkGradient(name, g, layerSpec(`convTranspose${rank}d`, shape, w.shape, layerOnly(given)))
    return compute(`conv${rank}d`, g, w, { ...runOnly(given), ...forward, padding })
  })
}

/**
 * The derivative by the weight of `convTranspose1d`, `2d` or `3d`, in the shape and weightLayout of
 * that weight.
 *
 * - `input`: the layer's. - `gradOutput`: the derivative by its result. - `weightShape`: the whole
 *   shape of the weight. - `options`: the layer's, outputPadding or outputShape included.
 *
 * Throws `OptionError` as `convTransposeInputGradient`. Costs as many products as the layer; with
 * groups and a batch, a copy of gradOutput.
 *
 * @example
 * convTransposeWeightGradient([[[1, 10]]], [[[1, 2, 4]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convTransposeWeightGradientSync(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Transposed,
): NdArray {
  const name = 'convTransposeWeightGradient'
  return withCallName(name, () => {
    const given = checked(name, options, checkedTransposedOptions)
    const [x, g, shape] = [
      asNdArray(input, 'input'),
      asNdArray(gradOutput, 'gradOutput'),
      validateShape(weightShape),
    ]
    const rank = rankOf(name, g)
    const layer = layerOnly(given)
    checkGradient(name, g, layerSpec(`convTranspose${rank}d`, x.shape, shape, layer))
    // The two have changed places: the layer's input is what its forward layer gives.
    const weight = { x: g, g: x, weightShape: shape, layerOptions: forwardOptions(layer) }
    return computeWeightGradient(
      { gradient: name, layer: `conv${rank}d` },
      weight,
      runOnly(given),
      operandDType(x, g),
    )
  })
}

/** `convInputGradient` of 'stridefold/sync' as a promise. */
export function convInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  inputShape: readonly number[],
  options?: Forward,
): Promise<NdArray> {
  return later('convInputGradient', options, checkedLayerOptions, (given) =>
    convInputGradientSync(gradOutput, weight, inputShape, given),
  )
}

/** `convWeightGradient` of 'stridefold/sync' as a promise. */
export function convWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Forward,
): Promise<NdArray> {
  return later('convWeightGradient', options, checkedLayerOptions, (given) =>
    convWeightGradientSync(input, gradOutput, weightShape, given),
  )
}

/** `convBiasGradient` of 'stridefold/sync' as a promise. */
export function convBiasGradient(gradOutput: ArrayInput, options?: Transposed): Promise<NdArray> {
  return later('convBiasGradient', options, checkedTransposedOptions, (given) =>
    convBiasGradientSync(gradOutput, given),
  )
}

/** `convTransposeInputGradient` of 'stridefold/sync' as a promise. */
export function convTransposeInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  options?: Transposed,
): Promise<NdArray> {
  return later('convTransposeInputGradient', options, checkedTransposedOptions, (given) =>
    convTransposeInputGradientSync(gradOutput, weight, given),
  )
}

/** `convTransposeWeightGradient` of 'stridefold/sync' as a promise. */
export function convTransposeWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Transposed,
): Promise<NdArray> {
  return later('convTransposeWeightGradient', options, checkedTransposedOptions, (given) =>
    convTransposeWeightGradientSync(input, gradOutput, weightShape, given),
  )
}

/** A gradient in a later turn, with the options of now. */
async function later<Options extends LayerOptions>(
  name: string,
  options: object | undefined,
  check: (call: string, options: unknown) => Options,
  compute: (options: Options) => NdArray,
): Promise<NdArray> {
  const given = checked(name, options, check)
  return inTurn(() => compute(given), given.signal)
}

function checked<Options extends LayerOptions>(
  name: string,
  options: object | undefined,
  check: (call: string, options: unknown) => Options,
): Options {
  const given = check(name, options)
  throwIfAborted(given.signal)
  if (given.activation === undefined) return given
  throw new OptionError(
    'OPTION_INVALID',
    `${name}: option 'activation' is given, but gradients are those of the layer before its ` +
      `activation. Multiply gradOutput by the activation's derivative first, and leave the ` +
      'option out.',
  )
}

function rankOf(name: string, gradOutput: NdArray): 1 | 2 | 3 {
  const rank = gradOutput.shape.length - 2
  if (rank === 1 || rank === 2 || rank === 3) return rank
  throw new OptionError(
    'RANK_MISMATCH',
    `${name}: gradOutput [${gradOutput.shape}] has rank ${rank + 2}, but 3, 4 or 5 axes are ` +
      'needed: batch, channels and 1 to 3 spatial.',
  )
}

/** The options that say what the layer is. */
function layerOnly(options: TransposedOptions): TransposedOptions {
  const {
    stride,
    padding,
    dilation,
    groups,
    boundary,
    layout,
    weightLayout,
    outputPadding,
    outputShape,
  } = options
  return withoutUndefined({
    stride,
    padding,
    dilation,
    groups,
    boundary,
    layout,
    weightLayout,
    outputPadding,
    outputShape,
  })
}

/** The options that say how the gradient runs. */
function runOnly(options: LayerOptions): RunOptions {
  const {
    algorithm,
    accuracy,
    deterministic,
    backend,
    threads,
    memoryLimit,
    dtype,
    signal,
    verify,
  } = options
  const out = options.out === undefined ? undefined : asNdArray(options.out, 'out')
  return withoutUndefined({
    algorithm,
    accuracy,
    deterministic,
    backend,
    threads,
    memoryLimit,
    dtype,
    out,
    signal,
    verify,
  })
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

function withoutUndefined<T extends object>(options: T): Defined<T> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}

/**
 * The options of the forward layer whose adjoint a transposed layer is, as far as that depends on
 * its operands.
 */
function forwardOptions(options: TransposedOptions): LayerOptions {
  const {
    outputPadding: _padding,
    outputShape: _shape,
    boundary = 'zero',
    weightLayout,
    ...rest
  } = options
  const linear = (border: BoundaryOption): BoundaryOption =>
    typeof border === 'object' ? 'zero' : border
  const borders = isArray(boundary) ? boundary.map(linear) : linear(boundary)
  return {
    ...rest,
    boundary: borders,
    ...withoutUndefined({ weightLayout: exchanged(weightLayout) }),
  }
}

const isArray = <T>(value: PerAxis<T>): value is readonly T[] => Array.isArray(value)

/** O and I in each other's place: the inputs of a layer are the outputs of its adjoint. */
function exchanged(layout: WeightLayout | undefined): WeightLayout | undefined {
  return layout?.replace(/[OI]/g, (letter) => (letter === 'O' ? 'I' : 'O')) as
    | WeightLayout
    | undefined
}

/** The sum over all axes but one, for every index of that one; in float64, along memory. */
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
    const [loop, ...rest] = loops
    if (loop !== undefined) {
      for (let i = 0; i < loop.extent; i++) visit(rest, start + i * loop.stride)
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

/** Axes widest stride first, neighbours as one where memory has them as one. */
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
