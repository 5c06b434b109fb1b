/**
 * Derivatives of layers. Let dy be the derivative of a number L with respect to the result of a
 * layer. The calls here return the derivatives of L with respect to the layer's input, weight and
 * bias.
 *
 * A layer is linear in its input, so the derivative with respect to the input is the adjoint: the
 * transposed layer. For a transposed layer it is the forward layer. A layer is linear in its weight
 * too. The derivative with respect to the weight is a correlation of input and dy.
 * docs/gradients.md has the derivation.
 */

import { OptionError, withCallName } from './errors.ts'
import { validateLayerOptions, validateTransposedOptions } from './geometry/check-options.ts'
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
import { type NdArray, validateShape } from './ndarray/ndarray.ts'
import { operandDType, promoteUntyped } from './ndarray/untyped.ts'
import { outArray } from './runtime/arrays.ts'
import { compute } from './runtime/call.ts'
import { runInTurn, throwIfAborted } from './runtime/turns.ts'
import { checkGradient, computeWeightGradient, layerSpec } from './runtime/weight-gradient.ts'

/** The options of a gradient: those of its layer. `bias` has no effect; `activation` throws. */
type Forward = Omit<LayerOptions, 'activation'>
type Transposed = Omit<TransposedOptions, 'activation'>

/**
 * Returns the derivative with respect to the input of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and layout of that input. The rank of the arrays selects the layer. 'stridefold' returns a
 * promise.
 * dx[n, c, i] = Σ_o Σ_q dy[n, o, q] · Σ_t w[o, c, t], summed over the taps t with which output q
 * reads sample i. Samples that a border repeats count too.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer.
 * - `inputShape`: the whole shape of the input of the layer.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
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
    const validOptions = validateOptions(name, options, validateLayerOptions)
    const [g, w, shape] = [
      asNdArray(gradOutput, 'gradOutput'),
      asNdArray(weight, 'weight'),
      validateShape(inputShape),
    ]
    const rank = rankOf(name, g)
    checkGradient(name, g, layerSpec(`conv${rank}d`, shape, w.shape, validOptions))
    const adjoint = {
      ...validOptions,
      bias: undefined,
      weightLayout: adjointWeightLayout(validOptions.weightLayout),
      outputShape: shape,
    }
    return compute(`convTranspose${rank}d`, g, w, withoutUndefined(adjoint))
  })
}

/**
 * Returns the derivative with respect to the weight of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and weightLayout of that weight. 'stridefold' returns a promise.
 * dw[o, c, t] = Σ_n Σ_q dy[n, o, q] · x[n, c, q·stride + t·dilation − before].
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` as `convInputGradient` does. Costs as many products as the layer. With
 * groups and a batch it also copies the input.
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
    const validOptions = validateOptions(name, options, validateLayerOptions)
    const [x, g, shape] = [
      asNdArray(input, 'input'),
      asNdArray(gradOutput, 'gradOutput'),
      validateShape(weightShape),
    ]
    const layer: LayerCall = `conv${rankOf(name, g)}d`
    checkGradient(name, g, layerSpec(layer, x.shape, shape, validOptions))
    const weight = { x, g, weightShape: shape, layerOptions: layerOnly(validOptions) }
    return computeWeightGradient(
      { gradient: name, layer },
      weight,
      runOnly(validOptions),
      operandDType(x, g),
    )
  })
}

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions, in
 * float64. 'stridefold' returns a promise.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `options`: those of the layer; only `layout`, `dtype` and `out` have an effect.
 *
 * Throws `OptionError` for `activation` and for ranks other than 3 to 5.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradientSync(gradOutput: ArrayInput, options?: Transposed): NdArray {
  const name = 'convBiasGradient'
  const validOptions = validateOptions(name, options, validateTransposedOptions)
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

/**
 * Returns the derivative with respect to the input of `convTranspose1d`, `2d` or `3d`, in the shape
 * and layout of that input. 'stridefold' returns a promise. It is the forward layer with these
 * options, applied to gradOutput. A constant border counts as zero, as it does in the transposed
 * layer.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer, C×(O/groups)×spatial.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
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
    const validOptions = validateOptions(name, options, validateTransposedOptions)
    const [g, w] = [asNdArray(gradOutput, 'gradOutput'), asNdArray(weight, 'weight')]
    const rank = rankOf(name, g)
    const forward = forwardOptions(layerOnly(validOptions))
    const { geometry, roles, outputShape } = layerSpec(`conv${rank}d`, g.shape, w.shape, forward)
    // outputPadding may exceed the stride. The forward layer then has windows that exist because of
    // this padding only. They belong to no sample of the input, so they are left out.
    const extra = perAxis(name, 'outputPadding', validOptions.outputPadding ?? 0, rank)
    const surplus = geometry.axes.map(({ stride }, a) => Math.floor(extra[a]! / stride))
    const padding = geometry.axes.map(
      ({ before, after, stride }, a) => [before, after - surplus[a]! * stride] as const,
    )
    const shape = [...outputShape]
    for (const [a, axis] of roles.axes.entries()) shape[axis]! -= surplus[a]!
    checkGradient(
      name,
      g,
      layerSpec(`convTranspose${rank}d`, shape, w.shape, layerOnly(validOptions)),
    )
    return compute(`conv${rank}d`, g, w, { ...runOnly(validOptions), ...forward, padding })
  })
}

/**
 * Returns the derivative with respect to the weight of `convTranspose1d`, `2d` or `3d`, in the
 * shape and weightLayout of that weight. 'stridefold' returns a promise.
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` as `convTransposeInputGradient` does. Costs as many products as the layer.
 * With groups and a batch it also copies gradOutput.
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
    const validOptions = validateOptions(name, options, validateTransposedOptions)
    const [x, g, shape] = [
      asNdArray(input, 'input'),
      asNdArray(gradOutput, 'gradOutput'),
      validateShape(weightShape),
    ]
    const rank = rankOf(name, g)
    const layer = layerOnly(validOptions)
    checkGradient(name, g, layerSpec(`convTranspose${rank}d`, x.shape, shape, layer))
    // Input and gradOutput swap roles: the input of this layer has the shape of the result of the
    // forward layer.
    const weight = { x: g, g: x, weightShape: shape, layerOptions: forwardOptions(layer) }
    return computeWeightGradient(
      { gradient: name, layer: `conv${rank}d` },
      weight,
      runOnly(validOptions),
      operandDType(x, g),
    )
  })
}

/**
 * Returns the derivative with respect to the input of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and layout of that input. The rank of the arrays selects the layer. 'stridefold' returns a
 * promise.
 * dx[n, c, i] = Σ_o Σ_q dy[n, o, q] · Σ_t w[o, c, t], summed over the taps t with which output q
 * reads sample i. Samples that a border repeats count too.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer.
 * - `inputShape`: the whole shape of the input of the layer.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
 *
 * @example
 * convInputGradient([[[1, 10]]], [[[2, 3]]], [1, 1, 3]) // [[[2, 23, 30]]]
 */
export function convInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  inputShape: readonly number[],
  options?: Forward,
): Promise<NdArray> {
  return runLater('convInputGradient', options, validateLayerOptions, (validOptions) =>
    convInputGradientSync(gradOutput, weight, inputShape, validOptions),
  )
}

/**
 * Returns the derivative with respect to the weight of `conv1d`, `conv2d` or `conv3d`, in the shape
 * and weightLayout of that weight. 'stridefold' returns a promise.
 * dw[o, c, t] = Σ_n Σ_q dy[n, o, q] · x[n, c, q·stride + t·dilation − before].
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer; `dtype`, `out` and the other run options apply to this result.
 *
 * Throws `OptionError` as `convInputGradient` does. Costs as many products as the layer. With
 * groups and a batch it also copies the input.
 *
 * @example
 * convWeightGradient([[[1, 2, 4]]], [[[1, 10]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Forward,
): Promise<NdArray> {
  return runLater('convWeightGradient', options, validateLayerOptions, (validOptions) =>
    convWeightGradientSync(input, gradOutput, weightShape, validOptions),
  )
}

/**
 * Returns the derivative with respect to the bias of a layer, forward or transposed: one number for
 * each output channel. Each number is the sum of gradOutput over the batch and all positions, in
 * float64. 'stridefold' returns a promise.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `options`: those of the layer; only `layout`, `dtype` and `out` have an effect.
 *
 * Throws `OptionError` for `activation` and for ranks other than 3 to 5.
 *
 * @example
 * convBiasGradient([[[1, 2], [3, 4]]]) // [3, 7]
 */
export function convBiasGradient(gradOutput: ArrayInput, options?: Transposed): Promise<NdArray> {
  return runLater('convBiasGradient', options, validateTransposedOptions, (validOptions) =>
    convBiasGradientSync(gradOutput, validOptions),
  )
}

/**
 * Returns the derivative with respect to the input of `convTranspose1d`, `2d` or `3d`, in the shape
 * and layout of that input. 'stridefold' returns a promise. It is the forward layer with these
 * options, applied to gradOutput. A constant border counts as zero, as it does in the transposed
 * layer.
 *
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weight`: the weight of the layer, C×(O/groups)×spatial.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` for everything that the layer rejects, for `activation`, and if gradOutput
 * does not have the shape of the result. Costs as many products as the layer.
 *
 * @example
 * convTransposeInputGradient([[[1, 2, 4]]], [[[1, 10]]]) // [[[21, 42]]]
 */
export function convTransposeInputGradient(
  gradOutput: ArrayInput,
  weight: ArrayInput,
  options?: Transposed,
): Promise<NdArray> {
  return runLater(
    'convTransposeInputGradient',
    options,
    validateTransposedOptions,
    (validOptions) => convTransposeInputGradientSync(gradOutput, weight, validOptions),
  )
}

/**
 * Returns the derivative with respect to the weight of `convTranspose1d`, `2d` or `3d`, in the
 * shape and weightLayout of that weight. 'stridefold' returns a promise.
 *
 * - `input`: the input of the layer.
 * - `gradOutput`: the derivative with respect to the result of the layer, N×O×spatial.
 * - `weightShape`: the whole shape of the weight.
 * - `options`: those of the layer, outputPadding or outputShape included.
 *
 * Throws `OptionError` as `convTransposeInputGradient` does. Costs as many products as the layer.
 * With groups and a batch it also copies gradOutput.
 *
 * @example
 * convTransposeWeightGradient([[[1, 10]]], [[[1, 2, 4]]], [1, 1, 2]) // [[[21, 42]]]
 */
export function convTransposeWeightGradient(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options?: Transposed,
): Promise<NdArray> {
  return runLater(
    'convTransposeWeightGradient',
    options,
    validateTransposedOptions,
    (validOptions) => convTransposeWeightGradientSync(input, gradOutput, weightShape, validOptions),
  )
}

/** Checks and copies the options now, and computes the gradient in a later turn. */
async function runLater<Options extends LayerOptions>(
  name: string,
  options: object | undefined,
  check: (call: string, options: unknown) => Options,
  compute: (options: Options) => NdArray,
): Promise<NdArray> {
  const validOptions = validateOptions(name, options, check)
  return runInTurn(() => compute(validOptions), validOptions.signal)
}

function validateOptions<Options extends LayerOptions>(
  name: string,
  options: object | undefined,
  check: (call: string, options: unknown) => Options,
): Options {
  const validOptions = check(name, options)
  throwIfAborted(validOptions.signal)
  if (validOptions.activation === undefined) return validOptions
  throw new OptionError(
    'OPTION_INVALID',
    `${name}: option 'activation' is given, but a gradient is that of the layer without its ` +
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

/** The options that define the layer. */
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

/** The options that define how the gradient runs. */
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
 * The options of the forward layer whose adjoint is the transposed layer with `options`. Constant
 * borders become zero, because the adjoint has no constants.
 */
function forwardOptions(options: TransposedOptions): LayerOptions {
  const {
    outputPadding: _padding,
    outputShape: _shape,
    boundary = 'zero',
    weightLayout,
    ...kept
  } = options
  const linear = (border: BoundaryOption): BoundaryOption =>
    typeof border === 'object' ? 'zero' : border
  const borders = isArray(boundary) ? boundary.map(linear) : linear(boundary)
  return {
    ...kept,
    boundary: borders,
    ...withoutUndefined({ weightLayout: adjointWeightLayout(weightLayout) }),
  }
}

const isArray = <T>(value: PerAxis<T>): value is readonly T[] => Array.isArray(value)

/** Swaps O and I: the inputs of a layer are the outputs of its adjoint. */
function adjointWeightLayout(layout: WeightLayout | undefined): WeightLayout | undefined {
  return layout?.replace(/[OI]/g, (letter) => (letter === 'O' ? 'I' : 'O')) as
    | WeightLayout
    | undefined
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
