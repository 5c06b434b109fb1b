/**
 * Which question does a call ask? It combines the geometry of the call with its checked options.
 */

import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type {
  Checked,
  CheckedConvolveOptions,
  CheckedLayerOptions,
  CheckedOptions,
} from '../geometry/checked-options.ts'
import { type ConvolveCall, convolveGeometry } from '../geometry/convolve-geometry.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { LayerCall } from '../geometry/layer-calls.ts'
import { layerGeometry } from '../geometry/layer-geometry.ts'
import type { RunOptions } from '../geometry/options.ts'
import type { Call } from '../geometry/shapes.ts'
import { epilogueActivation } from '../ndarray/activation.ts'
import { type ComputeDType, computeDType, type DType, isStorageOnly } from '../ndarray/dtype.ts'
import { canonicalOrders, layerOrders } from './axis-orders.ts'
import { questionKey } from './key.ts'
import type { DecisionOptions, Question } from './problem.ts'

/** Whether a call filters signals; all other calls are layers. */
export const isSignal = (call: string): call is ConvolveCall =>
  call === 'convolve' || call === 'correlate'

/**
 * The type of the sums and that of the array for the results. `operandType` is the type of the
 * arrays.
 */
export function resultTypes(
  operandType: ComputeDType,
  requested: DType | undefined,
): { readonly dtype: ComputeDType; readonly storedDType: DType } {
  const dtype = requested === undefined ? operandType : computeDType(operandType, requested)
  return { dtype, storedDType: requested ?? dtype }
}

/** The dtype of the results as programs write them. */
const writtenDType = (dtype: ComputeDType, storedDType: DType): DType =>
  isStorageOnly(storedDType) ? dtype : storedDType

/**
 * The question of a call on arrays of these shapes. `operandType` is their compute type. Signals
 * and layers have a function each, so that a bundle holds only what a page calls.
 */
export type QuestionOf<Name extends Call> = (
  call: Name,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: CheckedOptions,
  operandType: ComputeDType,
) => Question

export const signalQuestion: QuestionOf<ConvolveCall> = (
  call,
  inputShape,
  kernelShape,
  options,
  operandType,
) => {
  const common = commonParts(call, inputShape, kernelShape, options, operandType)
  // The cast is safe: the check ensures that the options belong to the call.
  const convolveOptions = options as CheckedConvolveOptions
  const { dtype, ...parts } = common
  const spec = convolveGeometry(call, inputShape, kernelShape, convolveOptions, dtype)
  const { geometry, roles, outputShape } = spec
  return {
    ...{ ...parts, geometry, outputShape },
    ...{ offset: convolveOptions.bias, activation: undefined, padAdjoints: undefined },
    orders: {
      input: [roles.batch, roles.channel, ...roles.axes],
      kernel: [roles.channel, undefined, ...roles.kernelAxes],
      groupsAlongChannels: 1,
    },
  }
}

export const layerQuestion: QuestionOf<LayerCall> = (
  call,
  inputShape,
  kernelShape,
  options,
  operandType,
) => {
  const common = commonParts(call, inputShape, kernelShape, options, operandType)
  // The cast is safe: the check ensures that the options belong to the call.
  const layerOptions = options as CheckedLayerOptions
  const { dtype, ...parts } = common
  const spec = layerGeometry(call, inputShape, kernelShape, layerOptions, dtype)
  const { geometry, roles, outputShape, padAdjoints } = spec
  return {
    ...{ ...parts, geometry, outputShape, padAdjoints, offset: 0 },
    activation:
      layerOptions.activation === undefined
        ? undefined
        : epilogueActivation(layerOptions.activation),
    orders: layerOrders(roles, geometry.groups),
  }
}

/** The question of any call. */
export const questionOf: QuestionOf<Call> = (call, ...given) =>
  isSignal(call) ? signalQuestion(call, ...given) : layerQuestion(call, ...given)

/** What all questions have, and the type of the sums. */
const commonParts = (
  ...[call, inputShape, kernelShape, options, operandType]: Parameters<QuestionOf<Call>>
): Pick<Question, 'key' | 'call' | 'resultDType' | 'storedDType' | 'readsKernel' | 'options'> & {
  readonly dtype: ComputeDType
} => {
  const { dtype, storedDType } = resultTypes(operandType, options.dtype)
  return {
    ...{ dtype, storedDType, resultDType: writtenDType(dtype, storedDType) },
    key: questionKey(call, inputShape, kernelShape, operandType, options),
    call,
    readsKernel: true,
    options: decisionOptions(options),
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
  storedDType: DType,
  options: Checked<RunOptions>,
  readsKernel: boolean,
): Question {
  return {
    ...{ key, call, geometry, storedDType, readsKernel },
    resultDType: writtenDType(geometry.dtype, storedDType),
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
