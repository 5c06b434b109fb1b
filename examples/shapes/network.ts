/**
 * A network of convolutions that learns: forward, the gradients backward, Adam.
 *
 * A dense layer is here what it is: a convolution whose kernel covers its whole input, so a dense
 * network needs no code of its own.
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
  readonly weight: NdArray<Float32Array>
  readonly bias: NdArray<Float32Array>
  readonly stride: number
  readonly padding: number
  readonly activation: 'relu' | undefined
}

export interface Network {
  readonly name: string
  readonly layers: readonly Layer[]
}

/** What a layer is made of: filters, kernel extent, and how it moves. */
export interface LayerPlan {
  readonly filters: number
  readonly kernel: number
  readonly stride?: number
  readonly padding?: number
}

/** A network with random weights (He's scale); every layer but the last is followed by relu. */
export function network(
  name: string,
  channels: number,
  plans: readonly LayerPlan[],
  next: Random,
): Network {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  let inside = channels
  const layers = plans.map(({ filters, kernel, stride = 1, padding = 0 }, i): Layer => {
    const scale = Math.sqrt(2 / (inside * kernel * kernel))
    const weight = ndarray(
      Float32Array.from({ length: filters * inside * kernel * kernel }, () => scale * normal()),
      [filters, inside, kernel, kernel],
    )
    inside = filters
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

/** The input of every layer, and behind them the result: batch × classes × 1 × 1. */
export function forward({ layers }: Network, input: NdArray): NdArray[] {
  const values = [input]
  for (const { weight, bias, stride, padding, activation } of layers) {
    const options = { bias: bias.data, stride, padding, ...(activation && { activation }) }
    values.push(conv2d(values.at(-1)!, weight, options))
  }
  return values
}

/**
 * The mean of −log of the probability that the right class gets, and its derivative with respect to
 * the scores.
 */
export function crossEntropy(
  scores: NdArray,
  labels: Uint8Array,
): { loss: number; gradient: NdArray<Float32Array> } {
  const [batch, classes] = [scores.shape[0]!, scores.shape[1]!]
  const gradient = new Float32Array(batch * classes)
  let loss = 0
  for (let n = 0; n < batch; n++) {
    const row = Array.from({ length: classes }, (_, c) => scores.data[n * classes + c]!)
    const most = Math.max(...row)
    const total = row.reduce((sum, s) => sum + Math.exp(s - most), 0)
    row.forEach((s, c) => {
      gradient[n * classes + c] = (Math.exp(s - most) / total - (labels[n] === c ? 1 : 0)) / batch
    })
    loss -= (row[labels[n]!]! - most - Math.log(total)) / batch
  }
  return { loss, gradient: ndarray(gradient, scores.shape) }
}

export interface LayerGradient {
  readonly weight: NdArray
  readonly bias: NdArray
}

/** The derivatives by all weights and biases, given that by the result. */
export function backward(
  { layers }: Network,
  values: readonly NdArray[],
  byResult: NdArray,
): LayerGradient[] {
  const gradients: LayerGradient[] = []
  let byOutput = byResult
  for (let i = layers.length - 1; i >= 0; i--) {
    const { weight, stride, padding, activation } = layers[i]!
    const [input, output] = [values[i]!, values[i + 1]!]
    // relu lets the derivative through where it let the value through.
    if (activation === 'relu') byOutput = throughRelu(byOutput, output)
    const options = { stride, padding }
    gradients.unshift({
      weight: convWeightGradient(input, byOutput, weight.shape, options),
      bias: convBiasGradient(byOutput),
    })
    if (i > 0) byOutput = convInputGradient(byOutput, weight, input.shape, options)
  }
  return gradients
}

function throughRelu(byOutput: NdArray, output: NdArray): NdArray {
  const masked = new Float32Array(byOutput.data.length)
  for (let i = 0; i < masked.length; i++) masked[i] = output.data[i]! > 0 ? byOutput.data[i]! : 0
  return ndarray(masked, output.shape)
}

/**
 * Adam (Kingma and Ba, 2014): every number moves by about `rate`, along its mean gradient over its
 * usual size.
 */
export class Adam {
  readonly #rate: number
  readonly #means = new Map<Float32Array, { mean: Float32Array; square: Float32Array }>()
  #steps = 0

  constructor(rate: number) {
    this.#rate = rate
  }

  step({ layers }: Network, gradients: readonly LayerGradient[]): void {
    this.#steps++
    layers.forEach(({ weight, bias }, i) => {
      this.#move(weight.data, gradients[i]!.weight)
      this.#move(bias.data, gradients[i]!.bias)
    })
  }

  #move(values: Float32Array, { data }: NdArray): void {
    const kept = this.#means.get(values) ?? {
      mean: new Float32Array(values.length),
      square: new Float32Array(values.length),
    }
    this.#means.set(values, kept)
    const [first, second] = [1 - 0.9 ** this.#steps, 1 - 0.999 ** this.#steps]
    for (let i = 0; i < values.length; i++) {
      const g = data[i]!
      kept.mean[i] = 0.9 * kept.mean[i]! + 0.1 * g
      kept.square[i] = 0.999 * kept.square[i]! + 0.001 * g * g
      values[i]! -=
        (this.#rate * (kept.mean[i]! / first)) / (Math.sqrt(kept.square[i]! / second) + 1e-8)
    }
  }
}
