/**
 * A small network of convolutions: its values for a drawing, and how they depend on the drawing.
 * The library computes the layers (`conv2d`) and the derivatives (`convInputGradient`), which are
 * the same taps backwards.
 */

import { conv2d, convInputGradient, type NdArray, ndarray } from 'stridefold/sync'

export interface Layer {
  readonly weight: NdArray<'float32'>
  readonly bias: NdArray<'float32'>
  readonly stride: number
  readonly padding: number
  readonly hasRelu: boolean
}

export interface Network {
  readonly layers: readonly Layer[]
  /** What the scores of the last layer stand for. */
  readonly classes: readonly string[]
  /** Rows and columns of a drawing. */
  readonly side: number
  /** The share of right answers for images that were not trained on, and how many there were. */
  readonly accuracy: number
  readonly handAccuracy: number
  readonly tested: number
}

interface StoredArray {
  readonly shape: readonly number[]
  /** Float32 numbers in base64. */
  readonly data: string
}

/** The file that `scripts/lab-network.ts` writes. */
export interface StoredNetwork {
  readonly input: readonly number[]
  readonly classes: readonly string[]
  readonly layers: readonly {
    readonly weight: StoredArray
    readonly bias: StoredArray
    readonly stride: number
    readonly padding: number
    readonly activation?: string
  }[]
  readonly tested: { readonly seed: number; readonly count: number }
  /** For images of the program, and for those that it draws as a hand does. */
  readonly accuracy: number
  readonly handAccuracy: number
}

export const networkOf = (stored: StoredNetwork): Network => ({
  layers: stored.layers.map(({ weight, bias, stride, padding, activation }) => ({
    weight: arrayOf(weight),
    bias: arrayOf(bias),
    stride,
    padding,
    hasRelu: activation === 'relu',
  })),
  classes: stored.classes,
  side: stored.input.at(-1)!,
  accuracy: stored.accuracy,
  handAccuracy: stored.handAccuracy,
  tested: stored.tested.count,
})

function arrayOf({ shape, data }: StoredArray): NdArray<'float32'> {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))
  return ndarray(new Float32Array(bytes.buffer), shape)
}

export interface Pass {
  /** The drawing, then the result of every layer, each 1 × maps × rows × columns. */
  readonly values: readonly NdArray[]
  /** The probability of every class. */
  readonly probabilities: readonly number[]
}

export function passOf({ layers, side }: Network, drawing: Float32Array<ArrayBuffer>): Pass {
  const values: NdArray[] = [ndarray(drawing, [1, 1, side, side])]
  for (const { weight, bias, stride, padding, hasRelu } of layers)
    values.push(
      conv2d(values.at(-1)!, weight, {
        bias: bias.data,
        stride,
        padding,
        ...(hasRelu && { activation: 'relu' as const }),
      }),
    )
  return { values, probabilities: softmax(Array.from(values.at(-1)!.data)) }
}

export function softmax(scores: readonly number[]): readonly number[] {
  const largest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - largest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

/** A cell of the result of a layer. Layer 0 is the first one behind the drawing. */
export interface Cell {
  readonly layer: number
  readonly map: number
  readonly row: number
  readonly column: number
}

/** A range of rows or columns of the drawing. */
export type Span = readonly [first: number, behind: number]

/** The pixels that a cell depends on: its window, and the windows of all cells in it. */
export function receptiveField(
  { layers, side }: Network,
  { layer, row, column }: Pick<Cell, 'layer' | 'row' | 'column'>,
): { readonly rows: Span; readonly columns: Span } {
  let [top, bottom, left, right] = [row, row, column, column]
  for (const { weight, stride, padding } of layers.slice(0, layer + 1).reverse()) {
    const [height = 1, width = 1] = weight.shape.slice(2)
    top = top * stride - padding
    left = left * stride - padding
    bottom = bottom * stride - padding + height - 1
    right = right * stride - padding + width - 1
  }
  const span = (first: number, last: number): Span => [Math.max(0, first), Math.min(side, last + 1)]
  return { rows: span(top, bottom), columns: span(left, right) }
}

/** How much a cell grows when a pixel grows: its derivative by every pixel of the drawing. */
export function cellGradient(network: Network, pass: Pass, cell: Cell): NdArray {
  const { shape } = pass.values[cell.layer + 1]!
  const [, , rows = 1, columns = 1] = shape
  const start = new Float32Array(pass.values[cell.layer + 1]!.data.length)
  start[(cell.map * rows + cell.row) * columns + cell.column] = 1
  return pixelGradient(network, pass, cell.layer, ndarray(start, shape))
}

/** How much the probability of a class grows when a pixel grows. */
export function answerGradient(network: Network, pass: Pass, answer: number): NdArray {
  const { probabilities, values } = pass
  const own = probabilities[answer]!
  // The derivative of softmax: p · (1 − p) for its own score, −p · q for another one.
  const start = Float32Array.from(
    probabilities,
    (other, i) => own * ((i === answer ? 1 : 0) - other),
  )
  const last = network.layers.length - 1
  return pixelGradient(network, pass, last, ndarray(start, values.at(-1)!.shape))
}

function pixelGradient(
  { layers }: Network,
  { values }: Pass,
  from: number,
  start: NdArray,
): NdArray {
  let gradient = start
  for (let i = from; i >= 0; i--) {
    const { weight, stride, padding, hasRelu } = layers[i]!
    if (hasRelu) gradient = whereActive(gradient, values[i + 1]!)
    gradient = convInputGradient(gradient, weight, values[i]!.shape, { stride, padding })
  }
  return gradient
}

/** Relu passes a change on where its result is positive. */
function whereActive(gradient: NdArray, result: NdArray): NdArray {
  const data = Float32Array.from(gradient.data as Float32Array, (value, i) =>
    result.data[i]! > 0 ? value : 0,
  )
  return ndarray(data, gradient.shape)
}
