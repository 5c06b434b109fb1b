/**
 * Steps that run as plans of the library, with prepared weights: convolutions and matrix products.
 */

import { type LayerOptions, type NdArray, ndarray, type Plan, plan } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import { countOf } from '../units.ts'
import { type Operation, operationError, shapeText } from './graph.ts'
import { broadcast, combineElements } from './small.ts'
import type { Step, StepBuilder, StepRequest } from './step.ts'
import { transposedWindows, windows } from './windows.ts'

function planStep(
  p: Plan,
  kernel: NdArray,
  toLayerInput: (x: NdArray) => NdArray,
  toOutput: (y: NdArray, arrays: readonly NdArray[]) => NdArray,
  inputBytes: number,
): Step {
  const prepared = p.prepare(kernel)
  const candidate = p.candidates.find(({ algorithm }) => algorithm === p.algorithm)
  const { axes, channels, groups, filters, batch } = p.geometry
  const outputs = batch * filters * axes.reduce((n, axis) => n * axis.output, 1)
  const inserted = axes.reduce((n, axis) => n * axis.inputDilation, 1)
  return {
    ...{ algorithm: p.algorithm, decision: p.decision, predictedMs: candidate?.milliseconds },
    flops: Math.round(
      (2 * outputs * (channels / groups) * axes.reduce((n, axis) => n * axis.kernel, 1)) / inserted,
    ),
    bytes: inputBytes + 4 * (kernel.data.length + outputs),
    run: (arrays) => {
      const { output, parts } = prepared.timeSync(toLayerInput(arrays[0]!))
      return { output: toOutput(output, arrays), parts: parts.filter((part) => !part.prepare) }
    },
    close: () => {
      prepared.dispose()
      p.dispose()
    },
  }
}

const calls = {
  Conv: ['conv1d', 'conv2d', 'conv3d'],
  ConvTranspose: ['convTranspose1d', 'convTranspose2d', 'convTranspose3d'],
} as const

export const convolution =
  (kind: keyof typeof calls): StepBuilder =>
  ({ operation, attributes, inputs: [x, w, b], budget }) => {
    const [shape, weights] = [x!.shape, w!.shape]
    const rank = weights.length - 2
    const call = calls[kind][rank - 1]
    if (call === undefined || shape.length !== weights.length)
      throw operationError(
        operation,
        `has weights of shape ${shapeText(weights)} for an input of shape ${shapeText(shape)}; ` +
          'layers with one to three axes are supported.',
      )
    const kernel = weights.slice(2)
    const kernelShape = attributes.integers('kernel_shape', kernel, rank, 1)
    if (`${kernelShape}` !== `${kernel}`)
      throw operationError(
        operation,
        `has kernel_shape [${kernelShape}] and weights of shape ${shapeText(weights)}.`,
      )
    const groups = attributes.integer('group', 1, 1)
    const transposed = kind === 'ConvTranspose'
    const [inputChannels, filters] = transposed
      ? [weights[0]!, weights[1]! * groups]
      : [weights[1]! * groups, weights[0]!]
    if (inputChannels !== shape[1] || filters % groups !== 0 || inputChannels % groups !== 0)
      throw operationError(
        operation,
        `has weights of shape ${shapeText(weights)} in ` +
          `${countOf(groups, 'group')} for an input of ` +
          `${countOf(shape[1]!, 'channel')}.`,
      )
    if (b !== undefined && (b.shape.length !== 1 || b.shape[0] !== filters))
      throw operationError(
        operation,
        `has a bias of shape ${shapeText(b.shape)}; ` +
          `${filters} ${filters === 1 ? 'number is' : 'numbers are'} needed.`,
      )
    const extents = shape.slice(2)
    const where = transposed
      ? transposedWindows(operation, attributes, kernel, extents)
      : { ...windows(operation, attributes, kernel, extents), extra: undefined }
    attributes.rejectUnread()
    const results = [shape[0]!, filters, ...where.output]
    budget.take(operation.name, results)
    // Prepared weights are a copy of the weights.
    budget.take(operation.name, weights)
    // Flops of the plan, with products by padding zeros. Each result sums over all taps; in a
    // transposed layer over those of one polyphase component.
    const share = transposed ? elementCount(where.stride) : 1
    budget.work(
      operation.name,
      'plan',
      (2 * elementCount(results) * (inputChannels / groups) * elementCount(kernel)) / share,
    )
    const options: LayerOptions = {
      padding: where.before.map((before, a) => [before, where.after[a]!] as const),
      stride: [...where.stride],
      dilation: [...where.dilation],
      groups,
      ...(b === undefined ? {} : { bias: b }),
      ...(operation.activation === undefined ? {} : { activation: operation.activation }),
    }
    const more = where.extra === undefined ? {} : { outputPadding: [...where.extra] }
    return planStep(
      plan(call, [...shape], [...weights], { ...options, ...more, threads: 1 }),
      w!,
      (arrays) => arrays,
      (y) => y,
      4 * x!.data.length,
    )
  }

/** The activations that `fuse` sets, where a sum comes after the layer and the layer has none. */
const fusedActivations: Readonly<
  Record<NonNullable<Operation['activation']>, (sum: number) => number>
> = { relu: (sum) => (sum < 0 ? 0 : sum) }

/** A matrix product as a layer of 1×1 kernels: rows of A are pixels, columns of B are filters. */
function product(
  request: StepRequest,
  a: NdArray,
  transposedA: boolean,
  transposedB: boolean,
  alpha: number,
  add: Addend | undefined,
): Step {
  const { operation, budget } = request
  const b = request.inputs[1]!
  const mismatchError = (): Error =>
    operationError(
      operation,
      `multiplies shapes ${shapeText(a.shape)} and ${shapeText(b.shape)}, which do not match.`,
    )
  if (b.shape.length !== 2 || a.shape.length < 2)
    throw operationError(
      operation,
      `multiplies shapes ${shapeText(a.shape)} and ${shapeText(b.shape)}; only products of an ` +
        'array with two axes or more and a matrix are supported.',
    )
  const outer = transposedA ? [a.shape[1]!] : a.shape.slice(0, -1)
  const rows = elementCount(outer)
  const inner = transposedA ? a.shape[0]! : a.shape.at(-1)!
  const columns = b.shape[transposedB ? 0 : 1]!
  if (b.shape[transposedB ? 1 : 0] !== inner) throw mismatchError()
  budget.take(operation.name, [...outer, columns])
  budget.take(operation.name, [columns, inner], 8)
  budget.work(operation.name, 'plan', 2 * rows * columns * inner)
  const weight = new Float32Array(inner * columns)
  for (let n = 0; n < columns; n++)
    for (let k = 0; k < inner; k++)
      weight[n * inner + k] = alpha * b.data[transposedB ? n * inner + k : k * columns + n]!
  const { activation } = operation
  const p = plan('conv2d', [1, rows, 1, inner], [columns, inner, 1, 1], {
    layout: 'channels-last',
    weightLayout: 'OIHW',
    threads: 1,
    ...(activation === undefined || add?.matrix ? {} : { activation }),
    ...(add?.bias === undefined ? {} : { bias: add.bias }),
  })
  return planStep(
    p,
    ndarray(weight, [columns, inner, 1, 1]),
    ({ data }) =>
      transposedA
        ? ndarray(data as Float32Array, [1, rows, 1, inner], { strides: [0, 1, 0, rows] })
        : ndarray(data as Float32Array, [1, rows, 1, inner]),
    (y) => {
      const result = ndarray(y.data as Float32Array, [...outer, columns])
      if (!add?.matrix) return result
      const { beta, matrix } = add
      return combineElements(result, matrix, result.shape, (v, c) => {
        const sum = v + beta * c
        return activation === undefined ? sum : fusedActivations[activation](sum)
      })
    },
    4 * a.data.length,
  )
}

/**
 * The array that is added to a product: one number per column, which the plan adds as bias, or any
 * array that can be broadcast to the result.
 */
interface Addend {
  readonly bias?: NdArray
  readonly matrix?: NdArray
  readonly beta: number
}

function addendOf(
  operation: Operation,
  c: NdArray | undefined,
  rows: number,
  columns: number,
  beta: number,
): Addend | undefined {
  if (c === undefined) return undefined
  if (c.shape.length > 2 || `${broadcast(c.shape, [rows, columns])}` !== `${[rows, columns]}`)
    throw operationError(
      operation,
      `adds an array of shape ${shapeText(c.shape)} to a product of shape [${rows},${columns}].`,
    )
  const perColumn = c.shape.length < 2 || c.shape[0] === 1
  if (!perColumn) return { matrix: c, beta }
  return {
    bias: ndarray(
      Float32Array.from({ length: columns }, (_, n) => beta * c.data[c.data.length === 1 ? 0 : n]!),
      [columns],
    ),
    beta,
  }
}

export const gemm: StepBuilder = (request) => {
  const { operation, attributes, inputs } = request
  const [a, b, c] = inputs
  const [transposedA, transposedB] = [attributes.flag('transA'), attributes.flag('transB')]
  const [alpha, beta] = [attributes.number('alpha', 1), attributes.number('beta', 1)]
  attributes.rejectUnread()
  if (a!.shape.length !== 2 || b!.shape.length !== 2)
    throw operationError(
      operation,
      `multiplies shapes ${shapeText(a!.shape)} and ${shapeText(b!.shape)}; Gemm multiplies ` +
        'two matrices.',
    )
  const add = addendOf(
    operation,
    c,
    a!.shape[transposedA ? 1 : 0]!,
    b!.shape[transposedB ? 0 : 1]!,
    beta,
  )
  return product(request, a!, transposedA, transposedB, alpha, add)
}

export const matMul: StepBuilder = (request) => {
  request.attributes.rejectUnread()
  return product(request, request.inputs[0]!, false, false, 1, undefined)
}
