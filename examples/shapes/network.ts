/**
 * Trains a network of convolutions: the forward pass, the gradients of the backward pass, and Adam.
 *
 * A dense layer is a convolution whose kernel covers its whole input, so a dense network needs no
 * other code.
 */

import {
  conv2d,
  convBiasGradient,
  convInputGradient,
  convWeightGradient,
  type NdArray,
  ndarray,
} from 'stridefold/sync'
import type { Random } from './draw.ts'

export interface Layer {
  readonly weight: NdArray<'float32'>
  readonly bias: NdArray<'float32'>
  readonly stride: number
  readonly padding: number
  readonly activation: 'relu' | undefined
}

export interface Network {
  readonly name: string
  readonly layers: readonly Layer[]
}

/** The number of filters of a layer, its kernel extent, stride and padding. */
export interface LayerPlan {
  readonly filters: number
  readonly kernel: number
  readonly stride?: number
  readonly padding?: number
}

/**
 * Returns a network with random weights (He's scale). Every layer except the last ends with relu.
 */
export function network(
  name: string,
  channels: number,
  plans: readonly LayerPlan[],
  next: Random,
): Network {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  let inputChannels = channels
  const layers = plans.map(({ filters, kernel, stride = 1, padding = 0 }, i): Layer => {
    const scale = Math.sqrt(2 / (inputChannels * kernel * kernel))
    const weight = ndarray(
      Float32Array.from(
        { length: filters * inputChannels * kernel * kernel },
        () => scale * normal(),
      ),
      [filters, inputChannels, kernel, kernel],
    )
    inputChannels = filters
    return {
      weight,
      bias: ndarray(new Float32Array(filters)),
      stride,
      padding,
      activation: i < plans.length - 1 ? 'relu' : undefined,
    }
  })
  return { name, layers }
}

export const parameterCount = ({ layers }: Network): number =>
  layers.reduce((n, { weight, bias }) => n + weight.data.length + bias.data.length, 0)

/** Returns the input of every layer and, last, the result: batch × classes × 1 × 1. */
export function forward({ layers }: Network, input: NdArray): NdArray[] {
  const values = [input]
  for (const { weight, bias, stride, padding, activation } of layers) {
    const options = { bias: bias.data, stride, padding, ...(activation && { activation }) }
    values.push(conv2d(values.at(-1)!, weight, options))
  }
  return values
}

/**
 * Returns the loss (the mean of −log of the probability of the right class) and its gradient with
 * respect to the scores.
 */
export function crossEntropy(
  scores: NdArray,
  labels: Uint8Array,
): { loss: number; gradient: NdArray<'float32'> } {
  const [batch, classes] = [scores.shape[0]!, scores.shape[1]!]
  const gradient = new Float32Array(batch * classes)
  let loss = 0
  for (let n = 0; n < batch; n++) {
    const row = Array.from({ length: classes }, (_, c) => scores.data[n * classes + c]!)
    const max = Math.max(...row)
    const total = row.reduce((sum, s) => sum + Math.exp(s - max), 0)
    row.forEach((s, c) => {
      gradient[n * classes + c] = (Math.exp(s - max) / total - (labels[n] === c ? 1 : 0)) / batch
    })
    loss -= (row[labels[n]!]! - max - Math.log(total)) / batch
  }
  return { loss, gradient: ndarray(gradient, scores.shape) }
}

export interface LayerGradient {
  readonly weight: NdArray
  readonly bias: NdArray
}

/** Returns the gradients of all weights and biases from the gradient of the result. */
export function backward(
  { layers }: Network,
  values: readonly NdArray[],
  resultGradient: NdArray,
): LayerGradient[] {
  const gradients: LayerGradient[] = []
  let outputGradient = resultGradient
  for (let i = layers.length - 1; i >= 0; i--) {
    const { weight, stride, padding, activation } = layers[i]!
    const [input, output] = [values[i]!, values[i + 1]!]
    // relu passes the gradient where its output is positive.
    if (activation === 'relu') outputGradient = maskByRelu(outputGradient, output)
    const options = { stride, padding }
    gradients.unshift({
      weight: convWeightGradient(input, outputGradient, weight.shape, options),
      bias: convBiasGradient(outputGradient),
    })
    if (i > 0) outputGradient = convInputGradient(outputGradient, weight, input.shape, options)
  }
  return gradients
}

function maskByRelu(outputGradient: NdArray, output: NdArray): NdArray {
  const masked = new Float32Array(outputGradient.data.length)
  for (let i = 0; i < masked.length; i++)
    masked[i] = output.data[i]! > 0 ? outputGradient.data[i]! : 0
  return ndarray(masked, output.shape)
}

/**
 * Adam (Kingma and Ba, 2014): changes every parameter by about `rate`, in the direction of its mean
 * gradient divided by the root mean square of that gradient.
 */
export class Adam {
  readonly #rate: number
  readonly #moments = new Map<Float32Array, { mean: Float32Array; square: Float32Array }>()
  #steps = 0

  constructor(rate: number) {
    this.#rate = rate
  }

  step({ layers }: Network, gradients: readonly LayerGradient[]): void {
    this.#steps++
    layers.forEach(({ weight, bias }, i) => {
      this.#update(weight.data, gradients[i]!.weight)
      this.#update(bias.data, gradients[i]!.bias)
    })
  }

  #update(values: Float32Array, { data }: NdArray): void {
    const moments = this.#moments.get(values) ?? {
      mean: new Float32Array(values.length),
      square: new Float32Array(values.length),
    }
    this.#moments.set(values, moments)
    const [meanCorrection, squareCorrection] = [1 - 0.9 ** this.#steps, 1 - 0.999 ** this.#steps]
    for (let i = 0; i < values.length; i++) {
      const g = data[i]!
      moments.mean[i] = 0.9 * moments.mean[i]! + 0.1 * g
      moments.square[i] = 0.999 * moments.square[i]! + 0.001 * g * g
      values[i]! -=
        (this.#rate * (moments.mean[i]! / meanCorrection)) /
        (Math.sqrt(moments.square[i]! / squareCorrection) + 1e-8)
    }
  }
}
