/**
 * Which operations are known, what does each take, and how is it done? Convolutions and products by
 * plans, the rest by small loops.
 *
 * The words are ONNX's of opset 7 to 28; where a version changed their meaning, the operation asks
 * for the network's.
 */

import { type NdArray, ndarray, OptionError } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { Attributes } from './attributes.ts'
import type { Budget } from './bounds.ts'
import { count, kindOf, type Operation, refused, shapeText, shown } from './graph.ts'
import { type Asked, type Given, type Loop, loop, type Made, type Maker } from './made.ts'
import { shifts } from './normalisation.ts'
import { convolution, gemm, matMul } from './planned.ts'
import { emptyWindow, pooled } from './pooling.ts'
import {
  broadcast,
  combined,
  concatenated,
  mapped,
  PADS,
  padded,
  perChannel,
  softmax,
} from './small.ts'
import { windows } from './windows.ts'

/** The versions of ONNX's operators whose words were gone through, one by one. */
export const OPSETS = { first: 7, last: 28 } as const

/** Element by element: `each` reads attributes and further inputs first. */
const elementwise = (each: (asked: Asked) => (v: number) => number, flopsEach = 1): Maker =>
  loop((asked) => {
    const f = each(asked)
    const { shape } = asked.inputs[0]!
    return { shape, flops: flopsEach * count(shape), work: ([x]) => mapped(x!, f) }
  })

/** The same values, under this shape. */
const seenAs = (shape: readonly number[]): Loop => ({
  ...{ shape, flops: 0, shares: true },
  work: ([x]) => ndarray(x!.data as Float32Array, [...shape]),
})

const pairwise = (f: (a: number, b: number) => number): Maker =>
  loop(({ operation, inputs: [a, b] }) => {
    const shape = broadcast(a!.shape, b!.shape)
    if (shape === undefined)
      throw refused(
        operation,
        `combines shapes ${shapeText(a!.shape)} and ${shapeText(b!.shape)}, which do not go ` +
          'together.',
      )
    return { shape, flops: count(shape), work: ([p, q]) => combined(p!, q!, shape, f) }
  })

const pool = (op: 'max' | 'mean' | 'global'): Maker =>
  loop(({ operation, attributes, inputs: [x], opset, budget }) => {
    const { shape } = x!
    const extents = shape.slice(2)
    const rank = extents.length
    if (rank < 1)
      throw refused(
        operation,
        `pools an array of shape ${shapeText(shape)}; batch, channels and further axes are needed.`,
      )
    const mean = op !== 'max'
    const kernel = op === 'global' ? extents : attributes.wholes('kernel_shape', undefined, rank, 1)
    const roundUp = op !== 'global' && opset >= 10 && attributes.flag('ceil_mode')
    if (op === 'max' && opset >= 8) attributes.flag('storage_order')
    if (attributes.has('dilations') && opset < (mean ? 19 : 10))
      throw refused(
        operation,
        `has dilations, which ${operation.op} does not have in opset ${opset}.`,
      )
    const countPadding = op === 'mean' && attributes.flag('count_include_pad')
    const where = windows(operation, attributes, kernel, extents, { roundUp })
    const results = [shape[0]!, shape[1]!, ...where.output]
    const planes = shape[0]! * shape[1]!
    // Pass by pass, axis 0 first: what comes of each, and how many samples it reads.
    const passes = extents.map(
      (_, a) => planes * count(where.output.slice(0, a + 1)) * count(extents.slice(a + 1)),
    )
    for (const [a, length] of passes.slice(0, -1).entries())
      budget.take(`axis ${a} of ${operation.name}`, [length], mean ? 8 : 4)
    const empty = emptyWindow(where, extents)
    if (empty !== undefined)
      throw refused(
        operation,
        `has a window, number ${empty.at} along spatial axis ${empty.axis}, that holds ` +
          'padding alone. Use smaller pads.',
      )
    return {
      ...{ shape: results, flops: count(kernel) * count(results) },
      steps: passes.reduce((n, length, a) => n + length * kernel[a]!, 0),
      work: ([given]) => pooled(given!, { ...where, mean, countPadding }),
    }
  })

const normalisation = loop(({ operation, attributes, inputs, opset }) => {
  const [x, ...given] = inputs
  if (x!.shape.length < 2)
    throw refused(
      operation,
      `takes an array of shape ${shapeText(x!.shape)}; batch and channels are needed.`,
    )
  const { factors, offsets } = shifts(
    operation,
    attributes,
    opset,
    x!.shape[1]!,
    given as NdArray[],
  )
  return {
    shape: x!.shape,
    flops: 2 * count(x!.shape),
    work: ([v]) => perChannel(v!, factors, offsets),
  }
})

/** The one number of an input that is one number. */
function scalar(operation: Operation, x: NdArray | undefined, what: string): number | undefined {
  if (x !== undefined && x.data.length !== 1)
    throw refused(operation, `has ${what} of shape ${shapeText(x.shape)}; one number is needed.`)
  return x?.data[0]
}

const MOST_FLOAT = 3.4028234663852886e38

const clip = elementwise(({ operation, attributes, inputs: [, low, high], opset }) => {
  const early = opset < 11
  if (early && (low !== undefined || high !== undefined))
    throw refused(
      operation,
      `has its bounds as inputs, which came with opset 11; this file is of opset ${opset}.`,
    )
  const least = early
    ? attributes.number('min', -MOST_FLOAT)
    : (scalar(operation, low, 'a minimum') ?? -MOST_FLOAT)
  const most = early
    ? attributes.number('max', MOST_FLOAT)
    : (scalar(operation, high, 'a maximum') ?? MOST_FLOAT)
  return (v) => Math.min(most, Math.max(least, v))
})

/** An axis from −rank up to `last`. */
function axisOf(operation: Operation, rank: number, axis: number, last = rank - 1): number {
  if (axis < -rank || axis > last)
    throw refused(
      operation,
      `has axis ${axis}; an array of ${rank} axes takes −${rank} to ${last}.`,
    )
  return axis < 0 ? axis + rank : axis
}

/** Up to opset 12 all axes from the one that is named on are one; its default was 1. */
const softmaxed = loop(({ operation, attributes, inputs: [x], opset }) => {
  const { shape } = x!
  const early = opset < 13
  const axis = axisOf(operation, shape.length, attributes.whole('axis', early ? 1 : -1))
  const [extent, step] = early
    ? [count(shape.slice(axis)), 1]
    : [shape[axis]!, count(shape.slice(axis + 1))]
  return { shape, flops: 5 * count(shape), work: ([v]) => softmax(v!, extent, step) }
})

const concat = loop(({ operation, attributes, inputs }) => {
  const parts = inputs as readonly NdArray[]
  const first = parts[0]!
  const rank = first.shape.length
  if (!attributes.has('axis'))
    throw refused(operation, 'has no axis; say along which its inputs are joined.')
  const axis = axisOf(operation, rank, attributes.whole('axis', 0))
  for (const { shape } of parts)
    if (shape.length !== rank || shape.some((e, a) => a !== axis && e !== first.shape[a]))
      throw refused(
        operation,
        `joins shapes ${shapeText(first.shape)} and ${shapeText(shape)} along axis ${axis}, ` +
          'which do not go together.',
      )
  if (parts.some((part) => kindOf(part) !== kindOf(first)))
    throw refused(operation, 'joins float32 and whole numbers.')
  const shape = first.shape.map((e, a) =>
    a === axis ? parts.reduce((n, p) => n + p.shape[a]!, 0) : e,
  )
  return { shape, flops: 0, work: (given) => concatenated(given, axis, shape) }
})

const pad = loop(({ operation, attributes, inputs: [x, pads, value, axes], opset }) => {
  const { shape } = x!
  const rank = shape.length
  const mode = attributes.word('mode', ['constant', ...PADS])
  if (mode === 'wrap' && opset < 19)
    throw refused(
      operation,
      `pads by 'wrap', which came with opset 19; this file is of opset ${opset}.`,
    )
  const early = opset < 11
  if (early !== (pads === undefined) || (axes !== undefined && opset < 18))
    throw refused(
      operation,
      `has inputs that Pad of opset ${opset} does not have, or not those that it has.`,
    )
  const chosen =
    axes === undefined
      ? shape.map((_, a) => a)
      : Array.from(axes.data, (a) => axisOf(operation, rank, a))
  const sizes = pads === undefined ? attributes.numbers('pads') : Array.from(pads.data)
  if (
    new Set(chosen).size < chosen.length ||
    sizes.length !== 2 * chosen.length ||
    !sizes.every(Number.isSafeInteger)
  )
    throw refused(
      operation,
      `has pads ${shown(`${sizes.slice(0, 20)}`)} for axes [${chosen}]; two whole numbers ` +
        'for each axis, once, are needed.',
    )
  const [before, after] = [shape.map(() => 0), shape.map(() => 0)]
  chosen.forEach((a, i) => {
    before[a] = sizes[i]!
    after[a] = sizes[i + chosen.length]!
  })
  if (mode !== 'constant' && sizes.some((n) => n < 0))
    throw refused(
      operation,
      `has negative pads with mode '${mode}'; they are known of 'constant' alone.`,
    )
  const result = shape.map((e, a) => e + before[a]! + after[a]!)
  if (result.some((e) => e < 1))
    throw refused(
      operation,
      `leaves nothing: shape ${shapeText(shape)} becomes ${shapeText(result)}.`,
    )
  const fill = early ? attributes.number('value', 0) : (scalar(operation, value, 'a constant') ?? 0)
  return { shape: result, flops: 0, work: ([v]) => padded(v!, before, result, mode, fill) }
})

const flatten = loop(({ operation, attributes, inputs: [x] }) => {
  const { shape } = x!
  const axis = axisOf(operation, shape.length, attributes.whole('axis', 1), shape.length)
  return seenAs([count(shape.slice(0, axis)), count(shape.slice(axis))])
})

const reshape = loop(({ operation, attributes, inputs: [x, wanted], opset }) => {
  const { shape } = x!
  const keepsZero = opset >= 14 && attributes.flag('allowzero')
  const given = Array.from(wanted!.data)
  const wrong = (): Error =>
    refused(
      operation,
      `turns shape ${shapeText(shape)} into ${shapeText(given)}, which does not hold as many ` +
        'numbers.',
    )
  const open = given.filter((n) => n === -1).length
  const known = given.map((n, i) => (n === 0 && !keepsZero ? (shape[i] ?? Number.NaN) : n))
  const total = known.reduce((n, e) => (e === -1 ? n : n * e), 1)
  const rest = count(shape) / total
  const result = known.map((n) => (n === -1 ? rest : n))
  if (wanted!.shape.length !== 1 || open > 1 || count(result) !== count(shape)) throw wrong()
  if (!result.every((n) => Number.isSafeInteger(n) && n > 0)) throw wrong()
  return seenAs(result)
})

const dropout = loop(({ operation, attributes, inputs: [x, ratio, training], opset }) => {
  if (opset >= 12) attributes.whole('seed', 0)
  const share =
    opset < 12 ? attributes.number('ratio', 0.5) : (scalar(operation, ratio, 'a ratio') ?? 0.5)
  if ((scalar(operation, training, 'a training mode') ?? 0) !== 0 && share !== 0)
    throw refused(
      operation,
      'is in training mode, in which it draws at random. Export the network for inference.',
    )
  return seenAs(x!.shape)
})

const constant = loop(({ operation, attributes }) => {
  const [name = 'value', ...more] = operation.attributes.keys()
  if (more.length > 0) throw refused(operation, `has ${1 + more.length} values; one is needed.`)
  const read: Readonly<Record<string, () => NdArray>> = {
    value: () => attributes.tensor(name),
    value_float: () => ndarray(Float32Array.of(attributes.number(name, 0)), []),
    value_int: () => ndarray(Float64Array.of(attributes.whole(name, 0)), []),
    value_floats: () => listOf(Float32Array.from(attributes.numbers(name))),
    value_ints: () => listOf(Float64Array.from(attributes.numbers(name))),
  }
  const listOf = (values: Float32Array | Float64Array): NdArray => {
    if (values.length === 0) throw refused(operation, 'holds no numbers.')
    return ndarray(values, [values.length])
  }
  if (!Object.hasOwn(read, name))
    throw refused(operation, `has a ${shown(name)}; ${Object.keys(read).join(', ')} are read.`)
  const value = read[name]!()
  return { shape: value.shape, flops: 0, shares: true, work: () => value }
})

/** Kinds of inputs in order; `?` may be left out, `…` comes as often as wanted. */
type Takes = 'float' | 'float?' | 'whole' | 'whole?' | 'any' | 'any?' | 'any…'

interface Known {
  readonly takes: readonly Takes[]
  readonly make: Maker
}

const FLOATS_5: readonly Takes[] = ['float', 'float', 'float', 'float', 'float']
const [ONE, TWO]: readonly (readonly Takes[])[] = [['float'], ['float', 'float']]

const operations: ReadonlyMap<string, Known> = new Map(
  Object.entries<Known>({
    Conv: { takes: ['float', 'float', 'float?'], make: convolution('Conv') },
    ConvTranspose: { takes: ['float', 'float', 'float?'], make: convolution('ConvTranspose') },
    Gemm: { takes: ['float', 'float', 'float?'], make: gemm },
    MatMul: { takes: TWO!, make: matMul },
    MaxPool: { takes: ONE!, make: pool('max') },
    AveragePool: { takes: ONE!, make: pool('mean') },
    GlobalAveragePool: { takes: ONE!, make: pool('global') },
    BatchNormalization: { takes: FLOATS_5, make: normalisation },
    Relu: { takes: ONE!, make: elementwise(() => (v) => (v < 0 ? 0 : v)) },
    LeakyRelu: {
      takes: ONE!,
      make: elementwise(({ attributes }) => {
        const slope = attributes.number('alpha', 0.01)
        return (v) => (v < 0 ? slope * v : v)
      }),
    },
    Sigmoid: { takes: ONE!, make: elementwise(() => (v) => 1 / (1 + Math.exp(-v)), 4) },
    Tanh: { takes: ONE!, make: elementwise(() => Math.tanh, 4) },
    Clip: { takes: ['float', 'float?', 'float?'], make: clip },
    Add: { takes: TWO!, make: pairwise((a, b) => a + b) },
    Sub: { takes: TWO!, make: pairwise((a, b) => a - b) },
    Mul: { takes: TWO!, make: pairwise((a, b) => a * b) },
    Softmax: { takes: ONE!, make: softmaxed },
    Concat: { takes: ['any…'], make: concat },
    Pad: { takes: ['any', 'whole?', 'any?', 'whole?'], make: pad },
    Flatten: { takes: ['any'], make: flatten },
    Reshape: { takes: ['any', 'whole'], make: reshape },
    Identity: { takes: ['any'], make: loop(({ inputs: [x] }) => seenAs(x!.shape)) },
    Dropout: { takes: ['float', 'float?', 'whole?'], make: dropout },
    Constant: { takes: [], make: constant },
  }),
)

export const knownOperations: readonly string[] = [...operations.keys()]

/**
 * What an operation comes to. Throws for one that is not known, naming those that are, and for
 * whatever is not honoured.
 */
export function made(operation: Operation, inputs: Given, opset: number, budget: Budget): Made {
  const known = operations.get(operation.op)
  if (known === undefined)
    throw refused(
      operation,
      `is ${shown(operation.op)}, which is not known here. Known are ` +
        `${knownOperations.join(', ')}.`,
    )
  checkInputs(operation, inputs, known.takes)
  try {
    return known.make({ operation, inputs, opset, budget, attributes: new Attributes(operation) })
  } catch (error) {
    // What the library refuses of a layer is the file's, not the command line's.
    throw error instanceof OptionError
      ? inputError(`${shown(operation.name)}: ${error.message}`, error)
      : error
  }
}

function checkInputs(operation: Operation, inputs: Given, takes: readonly Takes[]): void {
  const last = takes.at(-1)
  const endless = last?.endsWith('…') === true
  const least = takes.filter((kind) => !kind.endsWith('?')).length
  if (inputs.length < least || (!endless && inputs.length > takes.length))
    throw refused(
      operation,
      `has ${inputs.length} inputs; ${operation.op} takes ` +
        `${least}${endless ? ' or more' : takes.length > least ? ` to ${takes.length}` : ''}.`,
    )
  for (const [i, x] of inputs.entries()) {
    const kind = (takes[i] ?? last!) as string
    if (x === undefined && !kind.endsWith('?'))
      throw refused(operation, `lacks its input ${i}, which ${operation.op} needs.`)
    if (x !== undefined && !kind.startsWith('any') && !kind.startsWith(kindOf(x)))
      throw refused(
        operation,
        `takes ${kind.startsWith('float') ? 'float32' : 'whole numbers'} as input ${i}, and ` +
          `this one holds ${kindOf(x) === 'float' ? 'float32' : 'whole numbers'}.`,
      )
  }
}
