/**
 * A backend of TensorFlow.js that computes convolutions with stridefold, and everything else with
 * the JavaScript backend of TensorFlow.js.
 */

import { type BackendValues, MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/base.js'
import * as tf from '@tensorflow/tfjs-core'
import {
  conv2d,
  conv3d,
  convInputGradient,
  convWeightGradient,
  type LayerOptions,
  type NdArray,
  ndarray,
} from 'stridefold/sync'
import { type Info2D, info2D, options2D, options3D } from './layer-options.ts'

type Activation = NonNullable<LayerOptions['activation']>
interface Call {
  readonly inputs: Record<string, tf.TensorInfo>
  readonly backend: unknown
  readonly attrs?: Record<string, unknown>
}

const valuesOf = (backend: unknown, info: tf.TensorInfo): Float32Array =>
  Float32Array.from(
    (backend as MathBackendCPU).data.get(info.dataId).values as BackendValues & Float32Array,
  )

const arrayOf = (backend: unknown, info: tf.TensorInfo): NdArray =>
  ndarray(valuesOf(backend, info), info.shape)

const tensorOf = (backend: unknown, y: NdArray, shape: number[]): tf.TensorInfo =>
  (backend as MathBackendCPU).makeTensorInfo(shape, 'float32', y.data as Float32Array)

/** Returns the kernel of a layer or of a depthwise layer, without or with bias and activation. */
function forward2D(depthwise: boolean, fused: boolean) {
  return ({ inputs, backend, attrs = {} }: Call): tf.TensorInfo => {
    const { x, filter, bias, preluActivationWeights } = inputs as {
      x: tf.TensorInfo
      filter: tf.TensorInfo
    } & Record<string, tf.TensorInfo>
    const info = info2D(attrs, x.shape, filter.shape, depthwise)
    const activation = fused ? (attrs.activation as string) : 'linear'
    const libraryActivation = activationOf(activation, attrs.leakyreluAlpha as number)
    const channels = info.dataFormat === 'channelsFirst' ? x.shape[1]! : x.shape[3]!
    const filters = depthwise ? filter.shape[2]! * filter.shape[3]! : filter.shape[3]!
    const biasValues = bias && biasOf(valuesOf(backend, bias), filters)
    const y = conv2d(arrayOf(backend, x), arrayOf(backend, filter), {
      ...options2D(info, depthwise ? undefined : channels / filter.shape[2]!),
      ...(biasValues?.length === filters && { bias: biasValues }),
      ...(libraryActivation && { activation: libraryActivation }),
    })
    // TensorFlow.js also accepts a bias of the shape of the result.
    const values = y.data as Float32Array
    if (biasValues && biasValues.length !== filters)
      for (let i = 0; i < values.length; i++) values[i]! += biasValues[i % biasValues.length]!
    const activated =
      activation === 'elu' || activation === 'prelu'
        ? applyCurve(
            y,
            activation,
            info,
            preluActivationWeights && arrayOf(backend, preluActivationWeights),
          )
        : y
    return tensorOf(backend, activated, info.outShape)
  }
}

/** Returns one bias per filter; a single number applies to every filter. */
const biasOf = (values: Float32Array, filters: number): Float32Array =>
  values.length === 1 ? new Float32Array(filters).fill(values[0]!) : values

function activationOf(name: string, alpha: number): Activation | undefined {
  if (name === 'relu' || name === 'relu6' || name === 'sigmoid') return name
  return name === 'leakyrelu' ? { name: 'leaky-relu', slope: alpha } : undefined
}

/** Applies the two activations that stridefold does not have to the result of a layer. */
function applyCurve(
  y: NdArray,
  activation: 'elu' | 'prelu',
  { dataFormat }: Info2D,
  slopes: NdArray | undefined,
): NdArray {
  const channelsFirst = dataFormat === 'channelsFirst'
  const channels = channelsFirst ? y.shape[1]! : y.shape[3]!
  const inner = channelsFirst ? y.shape[2]! * y.shape[3]! : 1
  const slope = (i: number): number => {
    const count = slopes!.data.length
    return slopes!.data[
      count === 1 ? 0 : count === channels ? Math.floor(i / inner) % channels : i % count
    ]!
  }
  const values = (y.data as Float32Array).map((v, i) =>
    v >= 0 ? v : activation === 'elu' ? Math.exp(v) - 1 : v * slope(i),
  )
  return ndarray(values, y.shape)
}

function inputGradient2D(depthwise: boolean) {
  return ({ inputs, backend, attrs = {} }: Call): tf.TensorInfo => {
    const inputShape = attrs.inputShape as number[]
    const info = info2D(attrs, inputShape, inputs.filter!.shape, depthwise)
    const channels = info.dataFormat === 'channelsFirst' ? inputShape[1]! : inputShape[3]!
    const options = options2D(info, depthwise ? undefined : channels / inputs.filter!.shape[2]!)
    return tensorOf(
      backend,
      convInputGradient(
        arrayOf(backend, inputs.dy!),
        arrayOf(backend, inputs.filter!),
        inputShape,
        options,
      ),
      inputShape,
    )
  }
}

function weightGradient2D(depthwise: boolean) {
  return ({ inputs, backend, attrs = {} }: Call): tf.TensorInfo => {
    const filterShape = attrs.filterShape as number[]
    const x = inputs.x!
    const info = info2D(attrs, x.shape, filterShape, depthwise)
    const channels = info.dataFormat === 'channelsFirst' ? x.shape[1]! : x.shape[3]!
    const options = options2D(info, depthwise ? undefined : channels / filterShape[2]!)
    return tensorOf(
      backend,
      convWeightGradient(arrayOf(backend, x), arrayOf(backend, inputs.dy!), filterShape, options),
      filterShape,
    )
  }
}

const kernels: Readonly<Record<string, (call: Call) => tf.TensorInfo>> = {
  Conv2D: forward2D(false, false),
  Conv2DBackpropInput: inputGradient2D(false),
  Conv2DBackpropFilter: weightGradient2D(false),
  DepthwiseConv2dNative: forward2D(true, false),
  DepthwiseConv2dNativeBackpropInput: inputGradient2D(true),
  DepthwiseConv2dNativeBackpropFilter: weightGradient2D(true),
  FusedConv2D: forward2D(false, true),
  FusedDepthwiseConv2D: forward2D(true, true),
  Conv3D({ inputs, backend, attrs = {} }) {
    const { options, outShape } = options3D(attrs, inputs.x!.shape, inputs.filter!.shape)
    return tensorOf(
      backend,
      conv3d(arrayOf(backend, inputs.x!), arrayOf(backend, inputs.filter!), options),
      outShape,
    )
  },
  Conv3DBackpropInputV2({ inputs, backend, attrs = {} }) {
    const inputShape = attrs.inputShape as number[]
    const { options } = options3D(attrs, inputShape, inputs.filter!.shape)
    return tensorOf(
      backend,
      convInputGradient(
        arrayOf(backend, inputs.dy!),
        arrayOf(backend, inputs.filter!),
        inputShape,
        options,
      ),
      inputShape,
    )
  },
  Conv3DBackpropFilterV2({ inputs, backend, attrs = {} }) {
    const filterShape = attrs.filterShape as number[]
    const { options } = options3D(attrs, inputs.x!.shape, filterShape)
    return tensorOf(
      backend,
      convWeightGradient(
        arrayOf(backend, inputs.x!),
        arrayOf(backend, inputs.dy!),
        filterShape,
        options,
      ),
      filterShape,
    )
  },
}

/** The number of calls of each kernel of stridefold. */
export const calls: Map<string, number> = new Map(Object.keys(kernels).map((name) => [name, 0]))

/** Registers the backend 'stridefold'. */
export function registerStridefold(): void {
  tf.registerBackend('stridefold', () => new MathBackendCPU())
  tf.copyRegisteredKernels('cpu', 'stridefold')
  for (const [kernelName, compute] of Object.entries(kernels)) {
    tf.unregisterKernel(kernelName, 'stridefold')
    const kernelFunc = (call: unknown): tf.TensorInfo => {
      calls.set(kernelName, calls.get(kernelName)! + 1)
      return compute(call as Call)
    }
    tf.registerKernel({
      kernelName,
      backendName: 'stridefold',
      kernelFunc: kernelFunc as tf.KernelFunc,
    })
  }
}
