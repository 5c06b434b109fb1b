/**
 * A convolutional network from a file, and its forward pass. Each layer is a pipeline of one step,
 * so that what lies between the layers can be shown. If only the scores are needed, give all steps
 * to one pipeline: it shares memory between them.
 */

import { type NdArray, ndarray, type Pipeline, pipeline } from 'stridefold/sync'

/** What `npm run example:train -- --save FILE` of stridefold writes. */
export interface NetworkFile {
  /** Channels, rows, columns. */
  readonly input: readonly number[]
  readonly classes: readonly string[]
  readonly layers: readonly {
    readonly weight: PackedArray
    readonly bias: PackedArray
    readonly stride: number
    readonly padding: number
    readonly activation?: string | undefined
  }[]
}

interface PackedArray {
  readonly shape: readonly number[]
  /** Base64 of float32, low byte first. */
  readonly data: string
}

export interface Network {
  readonly classes: readonly string[]
  readonly parameters: number
  /** The result of each layer. They belong to the network until its next run. */
  forward(image: Float32Array): readonly NdArray[]
  close(): void
}

export function openNetwork({ input, classes, layers }: NetworkFile): Network {
  let parameters = 0
  const steps: Pipeline[] = []
  for (const { stride, padding, activation, ...packed } of layers) {
    if (activation !== undefined && activation !== 'relu')
      throw new Error(`The activation '${activation}' is not known here. Use 'relu', or none.`)
    const [weight, bias] = [unpacked(packed.weight), unpacked(packed.bias)]
    parameters += weight.data.length + bias.data.length
    const relu: { activation?: 'relu' } = activation === undefined ? {} : { activation }
    const options = { bias, stride, padding, ...relu }
    const inputShape = steps.at(-1)?.outputShape ?? [1, ...input]
    steps.push(pipeline([{ call: 'conv2d', weight, options }], { inputShape }))
  }
  return {
    classes,
    parameters,
    forward(image) {
      let values: NdArray = ndarray(image, [1, ...input])
      return steps.map((step) => {
        values = step.runSync(values)
        return values
      })
    },
    close: () => steps.forEach((step) => void step.dispose()),
  }
}

/** Scores as shares that sum to 1. */
export function softmax(scores: ArrayLike<number>): number[] {
  const largest = Math.max(...Array.from(scores))
  const powers = Array.from(scores, (score) => Math.exp(score - largest))
  const sum = powers.reduce((a, b) => a + b)
  return powers.map((power) => power / sum)
}

function unpacked({ shape, data }: PackedArray): NdArray<'float32'> {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  return ndarray(new Float32Array(bytes.buffer), shape)
}
