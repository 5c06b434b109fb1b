/**
 * Two networks as steps of a pipeline, with random weights: ResNet-18 (He et al. 2015) and
 * MobileNetV2 (Sandler et al. 2018), at 224×224, with the batch normalization folded into weights
 * and biases. Their shapes are those of the papers, and so of torchvision.
 */

import { ndarray, type PipelineStep } from 'stridefold/sync'

export interface Network {
  readonly name: string
  readonly inputShape: readonly [number, number, number, number]
  readonly steps: readonly PipelineStep[]
}

/** Builds a list of steps, and remembers the channels of each result. */
class Builder {
  readonly steps: PipelineStep[] = []
  readonly #channels: number[] = []
  #seed = 1

  /** The index of the latest step. */
  get latest(): number {
    return this.steps.length - 1
  }

  /** A uniform random number in [−1, 1). */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    return this.#seed / 2 ** 31 - 1
  }

  #numbers(count: number, scale: number): Float32Array {
    return Float32Array.from({ length: count }, () => scale * this.#random())
  }

  conv(
    filters: number,
    size: number,
    more: { readonly stride?: number; readonly groups?: number; readonly from?: number } = {},
  ): this {
    const { stride = 1, groups = 1, from } = more
    const channels = (this.#channels[from ?? this.latest] ?? 3) / groups
    // Keeps the variance through a ReLU (He et al. 2015): uniform numbers have a third of it.
    const scale = Math.sqrt(6 / (channels * size * size))
    const shape = [filters, channels, size, size]
    const weight = ndarray(this.#numbers(filters * channels * size * size, scale), shape)
    const bias = this.#numbers(filters, 0.1)
    const padding = (size - 1) / 2
    const step = { call: 'conv2d', weight, options: { bias, stride, padding, groups } } as const
    return this.push(from === undefined ? step : { ...step, from }, filters)
  }

  activation(activation: 'relu' | 'relu6'): this {
    return this.push({ call: 'activation', activation })
  }

  add(other: number): this {
    return this.push({ call: 'add', with: other })
  }

  push(step: PipelineStep, channels = this.#channels[this.latest] ?? 3): this {
    this.steps.push(step)
    this.#channels.push(channels)
    return this
  }
}

const input = [1, 3, 224, 224] as const

export function resNet18(): Network {
  const net = new Builder()
  net.conv(64, 7, { stride: 2 }).activation('relu')
  net.push({ call: 'maxPool2d', size: 3, stride: 2, padding: 1 })
  for (const filters of [64, 128, 256, 512]) {
    for (const block of [0, 1]) {
      const entry = net.latest
      const stride = block === 0 && filters > 64 ? 2 : 1
      net.conv(filters, 3, { stride }).activation('relu').conv(filters, 3)
      const main = net.latest
      if (stride === 1) net.add(entry)
      else net.conv(filters, 1, { stride, from: entry }).add(main)
      net.activation('relu')
    }
  }
  net.push({ call: 'averagePool2d', size: 7 }).conv(1000, 1)
  return { name: 'ResNet-18', inputShape: input, steps: net.steps }
}

/** Expansion, channels, blocks, and the stride of the first block. */
const mobileBlocks = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

export function mobileNetV2(): Network {
  const net = new Builder()
  net.conv(32, 3, { stride: 2 }).activation('relu6')
  let channels = 32
  for (const [expansion, filters, blocks, firstStride] of mobileBlocks) {
    for (let block = 0; block < blocks; block++) {
      const entry = net.latest
      const stride = block === 0 ? firstStride : 1
      const width = channels * expansion
      if (expansion > 1) net.conv(width, 1).activation('relu6')
      net.conv(width, 3, { stride, groups: width }).activation('relu6').conv(filters, 1)
      if (stride === 1 && channels === filters) net.add(entry)
      channels = filters
    }
  }
  net.conv(1280, 1).activation('relu6')
  net.push({ call: 'averagePool2d', size: 7 }).conv(1000, 1)
  return { name: 'MobileNetV2', inputShape: input, steps: net.steps }
}
