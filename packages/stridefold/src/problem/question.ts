/**
 * Which question does a call ask? It combines the geometry of the call with its checked options.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import { type ConvolveCall, convolveGeometry } from '../geometry/convolve-geometry.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import { layerGeometry } from '../geometry/layer-geometry.ts'
import type {
  Checked,
  CheckedConvolveOptions,
  CheckedLayerOptions,
  CheckedOptions,
  RunOptions,
} from '../geometry/options.ts'
import type { Call } from '../geometry/shapes.ts'
import { epilogueActivation } from '../ndarray/activation.ts'
import { type ComputeDType, computeDType, type DType } from '../ndarray/dtype.ts'
import { canonicalOrders, layerOrders } from './axis-orders.ts'
import { questionKey } from './key.ts'
import type { DecisionOptions, Question } from './problem.ts'

/** Whether a call filters signals; all other calls are layers. */
export const isSignal = (call: string): call is ConvolveCall =>
  call === 'convolve' || call === 'correlate'

/** The type of the sums and the type of the results. `operandType` is the type of the arrays. */
export function resultTypes(
  operandType: ComputeDType,
  requested: DType | undefined,
): { readonly dtype: ComputeDType; readonly resultDType: DType } {
  const dtype = requested === undefined ? operandType : computeDType(operandType, requested)
  return { dtype, resultDType: requested ?? dtype }
}

/** The question of a call on arrays of these shapes. `operandType` is their compute type. */
export function questionOf(
  call: Call,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: CheckedOptions,
  operandType: ComputeDType,
): Question {
  const { dtype, resultDType } = resultTypes(operandType, options.dtype)
  const common = {
    key: questionKey(call, inputShape, kernelShape, operandType, options),
    call,
    resultDType,
    readsKernel: true,
    options: decisionOptions(options),
  }
  // The casts are safe: the check ensures that the options belong to the call.
  if (isSignal(call)) {
    const convolveOptions = options as CheckedConvolveOptions
    const spec = convolveGeometry(call, inputShape, kernelShape, convolveOptions, dtype)
    const { geometry, roles, outputShape } = spec
    return {
      ...{ ...common, geometry, outputShape },
      ...{ offset: convolveOptions.bias, activation: undefined, padAdjoints: undefined },
      orders: {
        input: [roles.batch, roles.channel, ...roles.axes],
        kernel: [roles.channel, undefined, ...roles.kernelAxes],
        groupsAlongChannels: 1,
      },
    }
  }
  const layerOptions = options as CheckedLayerOptions
  const spec = layerGeometry(call, inputShape, kernelShape, layerOptions, dtype)
  const { geometry, roles, outputShape, padAdjoints } = spec
  return {
    ...{ ...common, geometry, outputShape, padAdjoints, offset: 0 },
    activation:
      layerOptions.activation === undefined
        ? undefined
        : epilogueActivation(layerOptions.activation),
    orders: layerOrders(roles, geometry.groups),
  }
}

/**
 * Returns the question of a geometry whose arrays are in canonical order. `call` is the name for
 * messages, `key` that under which the plan is kept.
 */
export function questionOfGeometry(
  key: string,
  call: string,
  geometry: ConvGeometry,
  resultDType: DType,
  options: Checked<RunOptions>,
  readsKernel: boolean,
): Question {
  return {
    ...{ key, call, geometry, resultDType, readsKernel },
    outputShape: canonicalShapes(geometry).output,
    ...{ offset: 0, activation: undefined, padAdjoints: undefined },
    orders: canonicalOrders(geometry.axes.length),
    options: decisionOptions(options),
  }
}

/** The options of a run that belong to the question. */
function decisionOptions(options: Checked<RunOptions>): DecisionOptions {
  const { algorithm, accuracy, tune, deterministic, backend, threads, memoryLimit, verify } =
    options
  return { algorithm, accuracy, tune, deterministic, backend, threads, memoryLimit, verify }
}
