/**
 * The arguments of a gradient with respect to a weight, checked, and the sums that they ask for.
 */

import { withCallName } from '../errors.ts'
import type { RunOptions } from '../geometry/options.ts'
import type { DType } from '../ndarray/dtype.ts'
import { type ArrayInput, asNdArray } from '../ndarray/interop.ts'
import { type NdArray, validateShape } from '../ndarray/ndarray.ts'
import { operandDType } from '../ndarray/untyped.ts'
import type { Eventual } from '../runtime/eventual.ts'
import { onGpuAhead } from '../runtime/gpu.ts'
import type { Turn } from '../runtime/turns.ts'
import { checkGradient, forwardOptions, layerSpec, rankOf } from './layer.ts'
import { type DefiningOptions, gradientOptions, layerOnly, runOnly } from './options.ts'
import { computeWeightGradient, type WeightGradient } from './weight-as-convolution.ts'

/** See `convWeightGradient`. */
export const weightGradient = <D extends DType>(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> =>
  gradientOf('convWeightGradient', { input, gradOutput, weightShape, options }, turn, (checked) => {
    const { layer, x, g, shape, rank } = checked
    const spec = layerSpec(`conv${rank}d`, x.shape, shape, layer)
    checkGradient('convWeightGradient', g, spec)
    return { x, g, weightShape: shape, spec }
  })

/** See `convTransposeWeightGradient`. */
export function transposedWeightGradient<D extends DType>(
  input: ArrayInput,
  gradOutput: ArrayInput,
  weightShape: readonly number[],
  options: unknown,
  turn?: Turn,
): Eventual<NdArray<D>> {
  const name = 'convTransposeWeightGradient'
  return gradientOf(name, { input, gradOutput, weightShape, options }, turn, (checked) => {
    const { layer, x, g, shape, rank } = checked
    checkGradient(name, g, layerSpec(`convTranspose${rank}d`, x.shape, shape, layer))
    // Input and gradOutput swap roles: the input of this layer has the shape of the result of the
    // forward layer.
    const spec = layerSpec(`conv${rank}d`, g.shape, shape, forwardOptions(layer, shape))
    return { x: g, g: x, weightShape: shape, spec }
  })
}

type Name = 'convWeightGradient' | 'convTransposeWeightGradient'

/** Checks the arguments and computes the gradient that `weightOf` describes. */
const gradientOf = <D extends DType>(
  name: Name,
  given: Arguments,
  turn: Turn | undefined,
  weightOf: (checked: CheckedArguments) => WeightGradient,
): Eventual<NdArray<D>> =>
  withCallName(name, () => {
    const checked = readArguments(name, given)
    const { x, g, run } = checked
    const { out, backend = 'auto', memory, dtype } = run
    // gradOutput takes the place of the kernel, and kernels are read on the heap.
    const ready = onGpuAhead(name, { x, k: g, bias: undefined, out, backend, memory, dtype }, turn)
    if (ready !== undefined)
      return ready.then(({ k }) => gradientOf(name, { ...given, gradOutput: k }, turn, weightOf))
    return computeWeightGradient(name, weightOf(checked), run, operandDType(x, g), turn)
  })

interface Arguments {
  readonly input: ArrayInput
  readonly gradOutput: ArrayInput
  readonly weightShape: readonly number[]
  readonly options: unknown
}

interface CheckedArguments {
  /** The options of the layer, and those of the run. */
  readonly layer: DefiningOptions
  readonly run: RunOptions
  readonly x: NdArray
  readonly g: NdArray
  readonly shape: readonly number[]
  readonly rank: 1 | 2 | 3
}

/** The checked arguments of both calls. */
function readArguments(
  name: Name,
  { input, gradOutput, weightShape, options }: Arguments,
): CheckedArguments {
  const checked = gradientOptions(name, options)
  const x = asNdArray(input, 'input')
  const g = asNdArray(gradOutput, 'gradOutput')
  return {
    ...{ layer: layerOnly(checked), run: runOnly(checked), x, g },
    ...{ shape: validateShape(weightShape), rank: rankOf(name, g) },
  }
}
