/**
 * How is each operation done, and what does it cost? Convolutions and products by the library's plans, the rest by small loops.
 *
 * A maker is called once, when the shapes of its inputs are known; what it gives is run again and again.
 */

import { type LayerOptions, type NdArray, ndarray, type Plan, plan } from 'stridefold/sync'
import { badInput } from '../failure.ts'
import type { Attribute, Operation } from './graph.ts'
import { combined, concatenated, mapped, padded, perChannel, pooled, softmax } from './small.ts'

/** A part of a run: a stage, a copy. */
export interface Part {
  readonly name: string
  readonly milliseconds: number
  readonly flops: number
  readonly bytes: number
}

export interface Made {
  /** Algorithm and why, for operations that a plan does. */
  readonly algorithm: string
  readonly decision: string
  readonly predictedMs: number | undefined
  readonly flops: number
  /** Inputs, weights and output, each once. */
  readonly bytes: number
  readonly run: (inputs: readonly NdArray[]) => { readonly output: NdArray; readonly parts: readonly Part[] }
  readonly close: () => void
}

type Maker = (operation: Operation, inputs: readonly NdArray[]) => Made

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

function numbers(value: Attribute | undefined, usual: readonly number[]): readonly number[] {
  return Array.isArray(value) ? (value as readonly number[]) : usual
}
const numberOf = (value: Attribute | undefined, usual: number): number => (typeof value === 'number' ? value : usual)

/** A small operation: no plan, no parts. */
const small =
  (work: (inputs: readonly NdArray[], operation: Operation) => NdArray, flopsEach = 1): Maker =>
  (operation, inputs) => {
    const first = work(inputs, operation)
    return {
      ...{ algorithm: 'loop', decision: '', predictedMs: undefined, flops: flopsEach * count(first.shape) },
      bytes: 4 * (count(first.shape) + inputs.reduce((n, x) => n + x.data.length, 0)),
      run: (given) => ({ output: work(given, operation), parts: [] }),
      close: () => {},
    }
  }

/** What is computed by a plan with prepared weights. */
function planned(p: Plan, kernel: NdArray, arranged: (x: NdArray) => NdArray, shaped: (y: NdArray) => NdArray, inputBytes: number): Made {
  const prepared = p.prepare(kernel)
  const candidate = p.candidates.find(({ algorithm }) => algorithm === p.algorithm)
  const { axes, channels, groups, filters, batch } = p.geometry
  const outputs = batch * filters * axes.reduce((n, axis) => n * axis.output, 1)
  const inserted = axes.reduce((n, axis) => n * axis.inputDilation, 1)
  return {
    ...{ algorithm: p.algorithm, decision: p.decision, predictedMs: candidate?.milliseconds },
    flops: Math.round((2 * outputs * (channels / groups) * axes.reduce((n, axis) => n * axis.kernel, 1)) / inserted),
    bytes: inputBytes + 4 * (kernel.data.length + outputs),
    run: ([x]) => {
      const { output, parts } = prepared.timeSync(arranged(x!))
      return { output: shaped(output), parts: parts.filter((part) => !part.prepare) }
    },
    close: () => {
      prepared.dispose()
      p.dispose()
    },
  }
}

const calls = {
  Conv: { 1: 'conv1d', 2: 'conv2d', 3: 'conv3d' },
  ConvTranspose: { 1: 'convTranspose1d', 2: 'convTranspose2d', 3: 'convTranspose3d' },
} as const

const convolution =
  (kind: keyof typeof calls): Maker =>
  ({ attributes, name }, [x, w, b]) => {
    if (x === undefined || w === undefined) throw badInput(`${name} has no input or no weights.`)
    const rank = (w.shape.length - 2) as 1 | 2 | 3
    const ones = new Array<number>(rank).fill(1)
    const call = calls[kind][rank]
    if (call === undefined) throw badInput(`${name} has weights of shape [${w.shape}], and layers of one to three axes are known.`)
    const auto = String(attributes.get('auto_pad') ?? 'NOTSET')
    const pads = numbers(attributes.get('pads'), new Array<number>(2 * rank).fill(0))
    const named = { SAME_UPPER: 'same', SAME_LOWER: 'same-lower', VALID: 'valid' } as const
    const padding = auto in named ? named[auto as keyof typeof named] : ones.map((_, a) => [pads[a]!, pads[a + rank]!] as const)
    const activation = attributes.get('activation')
    const options: LayerOptions = {
      padding,
      stride: [...numbers(attributes.get('strides'), ones)],
      dilation: [...numbers(attributes.get('dilations'), ones)],
      groups: numberOf(attributes.get('group'), 1),
      ...(b === undefined ? {} : { bias: b }),
      ...(activation === 'relu' ? { activation: 'relu' as const } : {}),
    }
    const more =
      kind === 'ConvTranspose' ? { outputPadding: [...numbers(attributes.get('output_padding'), new Array<number>(rank).fill(0))] } : {}
    const p = plan(call, [...x.shape], [...w.shape], { ...options, ...more })
    return planned(
      p,
      w,
      (given) => given,
      (y) => y,
      4 * x.data.length,
    )
  }

/** Rows of A are pixels, columns of B filters: a matrix product is a layer of 1×1 kernels. */
const product: Maker = ({ attributes, name, op }, [a, b, c]) => {
  if (a === undefined || b === undefined) throw badInput(`${name} has an operand too few.`)
  if (b.shape.length !== 2 || a.shape.length !== 2)
    throw badInput(`${name} multiplies shapes [${a.shape}] and [${b.shape}]; products of two matrices are known.`)
  if (numberOf(attributes.get('transA'), 0) !== 0) throw badInput(`${name} has transA, which is not known here.`)
  const transposed = op === 'Gemm' && numberOf(attributes.get('transB'), 0) === 1
  const [alpha, beta] = [numberOf(attributes.get('alpha'), 1), numberOf(attributes.get('beta'), 1)]
  const [rows, inner] = a.shape as [number, number]
  const columns = transposed ? b.shape[0]! : b.shape[1]!
  const weight = new Float32Array(inner * columns)
  for (let n = 0; n < columns; n++)
    for (let k = 0; k < inner; k++) weight[n * inner + k] = alpha * b.data[transposed ? n * inner + k : k * columns + n]!
  const bias = c === undefined ? undefined : Float32Array.from({ length: columns }, (_, n) => beta * c.data[c.data.length === 1 ? 0 : n]!)
  if (c !== undefined && c.data.length !== columns && c.data.length !== 1)
    throw badInput(`${name} adds an array of shape [${c.shape}]; a bias of ${columns} numbers is known.`)
  const activation = attributes.get('activation') === 'relu' ? ({ activation: 'relu' } as const) : {}
  const kernel = ndarray(weight, [columns, inner, 1, 1])
  const p = plan('conv2d', [1, rows, 1, inner], [columns, inner, 1, 1], {
    layout: 'channels-last',
    ...activation,
    ...(bias === undefined ? {} : { bias }),
  })
  return planned(
    p,
    kernel,
    (given) => ndarray(given.data as Float32Array, [1, rows, 1, inner]),
    (y) => ndarray(y.data as Float32Array, [rows, columns]),
    4 * a.data.length,
  )
}

const pool =
  (mean: boolean): Maker =>
  (operation, inputs) => {
    const { attributes, name } = operation
    const [x] = inputs
    if (x === undefined) throw badInput(`${name} has no input.`)
    const extents = x.shape.slice(2)
    const zeros = extents.map(() => 0)
    const kernel = numbers(attributes.get('kernel_shape'), extents)
    const stride = numbers(
      attributes.get('strides'),
      kernel.map(() => 1),
    )
    if (numbers(attributes.get('dilations'), [1]).some((d) => d !== 1))
      throw badInput(`${name} has dilations, which are not known of pooling.`)
    const auto = String(attributes.get('auto_pad') ?? 'NOTSET')
    const pads = numbers(attributes.get('pads'), [...zeros, ...zeros])
    const same = extents.map((n, a) => Math.max(0, (Math.ceil(n / stride[a]!) - 1) * stride[a]! + kernel[a]! - n))
    const before =
      auto === 'SAME_UPPER'
        ? same.map((e) => Math.floor(e / 2))
        : auto === 'SAME_LOWER'
          ? same.map((e) => Math.ceil(e / 2))
          : pads.slice(0, extents.length)
    const total = auto.startsWith('SAME') ? same : extents.map((_, a) => pads[a]! + pads[a + extents.length]!)
    const rounded = numberOf(attributes.get('ceil_mode'), 0) === 1 ? Math.ceil : Math.floor
    const output = extents.map((n, a) => rounded((n + total[a]! - kernel[a]!) / stride[a]!) + 1)
    const request = { kernel, stride, before, output, mean, countPadding: numberOf(attributes.get('count_include_pad'), 0) === 1 }
    return small(([given]) => pooled(given!, request), count(kernel))(operation, inputs)
  }

const axisOf = ({ attributes }: Operation, x: NdArray, usual: number): number => {
  const axis = numberOf(attributes.get('axis'), usual)
  return axis < 0 ? axis + x.shape.length : axis
}

const reshaped = (x: NdArray, shape: readonly number[]): NdArray => {
  const zeros = shape.map((n, i) => (n === 0 ? x.shape[i]! : n))
  const known = zeros.reduce((n, e) => (e < 0 ? n : n * e), 1)
  return ndarray(
    x.data as Float32Array,
    zeros.map((n) => (n < 0 ? x.data.length / known : n)),
  )
}

const makers: Readonly<Record<string, Maker>> = {
  Conv: convolution('Conv'),
  ConvTranspose: convolution('ConvTranspose'),
  Gemm: product,
  MatMul: product,
  MaxPool: pool(false),
  AveragePool: pool(true),
  GlobalAveragePool: pool(true),
  BatchNormalization: small(([x, scale, shift, mean, variance], { attributes }) => {
    const factors = scale!.data.map((s, c) => s / Math.sqrt(variance!.data[c]! + numberOf(attributes.get('epsilon'), 1e-5)))
    return perChannel(
      x!,
      factors,
      shift!.data.map((b, c) => b - mean!.data[c]! * factors[c]!),
    )
  }, 2),
  Relu: small(([x]) => mapped(x!, (v) => (v < 0 ? 0 : v))),
  LeakyRelu: small(([x], { attributes }) => {
    const slope = numberOf(attributes.get('alpha'), 0.01)
    return mapped(x!, (v) => (v < 0 ? slope * v : v))
  }),
  Sigmoid: small(([x]) => mapped(x!, (v) => 1 / (1 + Math.exp(-v))), 4),
  Tanh: small(([x]) => mapped(x!, Math.tanh), 4),
  Clip: small(([x, low, high], { attributes }) => {
    const least = low?.data[0] ?? numberOf(attributes.get('min'), -Infinity)
    const most = high?.data[0] ?? numberOf(attributes.get('max'), Infinity)
    return mapped(x!, (v) => Math.min(most, Math.max(least, v)))
  }),
  Add: small(([a, b]) => combined(a!, b!, (x, y) => x + y)),
  Sub: small(([a, b]) => combined(a!, b!, (x, y) => x - y)),
  Mul: small(([a, b]) => combined(a!, b!, (x, y) => x * y)),
  Softmax: small(([x], operation) => softmax(x!, axisOf(operation, x!, -1)), 5),
  Concat: small((parts, operation) => concatenated(parts, axisOf(operation, parts[0]!, 1)), 0),
  Pad: small(([x, pads, value], { attributes, name }) => {
    const mode = String(attributes.get('mode') ?? 'constant')
    if (!['constant', 'edge', 'reflect'].includes(mode)) throw badInput(`${name} pads by '${mode}'; constant, edge and reflect are known.`)
    const sizes = pads === undefined ? numbers(attributes.get('pads'), []) : Array.from(pads.data)
    const rank = x!.shape.length
    if (sizes.length !== 2 * rank) throw badInput(`${name} has ${sizes.length} pads for ${rank} axes.`)
    return padded(x!, sizes.slice(0, rank), sizes.slice(rank), mode, value?.data[0] ?? numberOf(attributes.get('value'), 0))
  }, 0),
  Flatten: small(([x], operation) => {
    const axis = axisOf(operation, x!, 1)
    return ndarray(x!.data as Float32Array, [count(x!.shape.slice(0, axis)), count(x!.shape.slice(axis))])
  }, 0),
  Reshape: small(([x, shape]) => reshaped(x!, Array.from(shape!.data)), 0),
  Identity: small(([x]) => x!, 0),
  Dropout: small(([x]) => x!, 0),
  Constant: small((_, { attributes, name }) => {
    const value = attributes.get('value')
    if (typeof value !== 'object' || !('dtype' in value)) throw badInput(`${name} is a constant of a kind that is not read here.`)
    return value as NdArray
  }, 0),
}

export const knownOperations: readonly string[] = Object.keys(makers)

/** Throws for an operation that is not known, naming those that are. */
export function made(operation: Operation, inputs: readonly NdArray[]): Made {
  const maker = makers[operation.op]
  if (maker === undefined)
    throw badInput(`${operation.name} is ${operation.op}, which is not known here. Known are ${knownOperations.join(', ')}.`)
  return maker(operation, inputs)
}
