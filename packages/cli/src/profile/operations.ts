/**
 * The table of supported operations: their inputs, and how each runs. Convolutions and matrix
 * products run as plans, all others as loops.
 *
 * The operations follow ONNX opsets 7 to 28. If a version changed the meaning of an operation, its
 * code checks the opset of the network.
 */

import { type NdArray, ndarray, OptionError } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { elementCount } from '../layout.ts'
import { Attributes } from './attributes.ts'
import type { Budget } from './bounds.ts'
import { kindOf, type Operation, operationError, printableName, shapeText } from './graph.ts'
import { scaleAndOffset } from './normalisation.ts'
import { convolution, gemm, matMul } from './plan-steps.ts'
import { emptyWindow, poolWindows } from './pooling.ts'
import {
  broadcast,
  combineElements,
  concatenate,
  mapElements,
  padArray,
  padModes,
  perChannel,
  softmax,
} from './small.ts'
import {
  type Loop,
  loop,
  type OperationInputs,
  type Step,
  type StepBuilder,
  type StepRequest,
} from './step.ts'
import { windows } from './windows.ts'

/** The opsets whose definitions were compared, one by one. */
export const opsets = { first: 7, last: 28 } as const

/** Runs element by element. `functionOf` reads attributes and further inputs first. */
const elementwise = (
  functionOf: (request: StepRequest) => (v: number) => number,
  flopsEach = 1,
): StepBuilder =>
  loop((request) => {
    const f = functionOf(request)
    const { shape } = request.inputs[0]!
    return { shape, flops: flopsEach * elementCount(shape), work: ([x]) => mapElements(x!, f) }
  })

/** The same values with another shape. */
const viewWithShape = (shape: readonly number[]): Loop => ({
  ...{ shape, flops: 0, isView: true },
  work: ([x]) => ndarray(x!.data as Float32Array, [...shape]),
})

const pairwise = (f: (a: number, b: number) => number): StepBuilder =>
  loop(({ operation, inputs: [a, b] }) => {
    const shape = broadcast(a!.shape, b!.shape)
    if (shape === undefined)
      throw operationError(
        operation,
        `combines shapes ${shapeText(a!.shape)} and ${shapeText(b!.shape)}, which cannot be ` +
          'broadcast.',
      )
    return {
      shape,
      flops: elementCount(shape),
      work: ([p, q]) => combineElements(p!, q!, shape, f),
    }
  })

const pool = (op: 'max' | 'mean' | 'global'): StepBuilder =>
  loop(({ operation, attributes, inputs: [x], opset, budget }) => {
    const { shape } = x!
    const extents = shape.slice(2)
    const rank = extents.length
    if (rank < 1)
      throw operationError(
        operation,
        `pools an array of shape ${shapeText(shape)}; batch, channels and further axes are needed.`,
      )
    const mean = op !== 'max'
    const kernel =
      op === 'global' ? extents : attributes.integers('kernel_shape', undefined, rank, 1)
    const roundUp = op !== 'global' && opset >= 10 && attributes.flag('ceil_mode')
    if (op === 'max' && opset >= 8) attributes.flag('storage_order')
    if (attributes.has('dilations') && opset < (mean ? 19 : 10))
      throw operationError(
        operation,
        `has dilations, which ${operation.op} does not have in opset ${opset}.`,
      )
    const countPadding = op === 'mean' && attributes.flag('count_include_pad')
    const where = windows(operation, attributes, kernel, extents, { roundUp })
    const results = [shape[0]!, shape[1]!, ...where.output]
    const planes = shape[0]! * shape[1]!
    // One pass per axis, axis 0 first: the size of its result, and the number of samples that it
    // reads.
    const passes = extents.map(
      (_, a) =>
        planes * elementCount(where.output.slice(0, a + 1)) * elementCount(extents.slice(a + 1)),
    )
    for (const [a, length] of passes.slice(0, -1).entries())
      budget.take(`axis ${a} of ${operation.name}`, [length], mean ? 8 : 4)
    const empty = emptyWindow(where, extents)
    if (empty !== undefined)
      throw operationError(
        operation,
        `has a window, number ${empty.at} along spatial axis ${empty.axis}, that contains only ` +
          'padding. Use smaller pads.',
      )
    return {
      ...{ shape: results, flops: elementCount(kernel) * elementCount(results) },
      iterations: passes.reduce((n, length, a) => n + length * kernel[a]!, 0),
      work: ([arrays]) => poolWindows(arrays!, { ...where, mean, countPadding }),
    }
  })

const normalisation = loop(({ operation, attributes, inputs, opset }) => {
  const [x, ...arrays] = inputs
  if (x!.shape.length < 2)
    throw operationError(
      operation,
      `takes an array of shape ${shapeText(x!.shape)}; batch and channels are needed.`,
    )
  const { factors, offsets } = scaleAndOffset(
    operation,
    attributes,
    opset,
    x!.shape[1]!,
    arrays as NdArray[],
  )
  return {
    shape: x!.shape,
    flops: 2 * elementCount(x!.shape),
    work: ([v]) => perChannel(v!, factors, offsets),
  }
})

/** The value of an input that is a single number. */
function scalar(operation: Operation, x: NdArray | undefined, what: string): number | undefined {
  if (x !== undefined && x.data.length !== 1)
    throw operationError(
      operation,
      `has ${what} of shape ${shapeText(x.shape)}; one number is needed.`,
    )
  return x?.data[0]
}

const maxFloat32 = 3.4028234663852886e38

const clip = elementwise(({ operation, attributes, inputs: [, low, high], opset }) => {
  const isOldOpset = opset < 11
  if (isOldOpset && (low !== undefined || high !== undefined))
    throw operationError(
      operation,
      `has its bounds as inputs, which need opset 11; this file uses opset ${opset}.`,
    )
  const min = isOldOpset
    ? attributes.number('min', -maxFloat32)
    : (scalar(operation, low, 'a minimum') ?? -maxFloat32)
  const max = isOldOpset
    ? attributes.number('max', maxFloat32)
    : (scalar(operation, high, 'a maximum') ?? maxFloat32)
  return (v) => Math.min(max, Math.max(min, v))
})

/** Checks an axis from −rank to `last` and makes it non-negative. */
function axisOf(operation: Operation, rank: number, axis: number, last = rank - 1): number {
  if (axis < -rank || axis > last)
    throw operationError(
      operation,
      `has axis ${axis}; an array of ${rank} axes takes −${rank} to ${last}.`,
    )
  return axis < 0 ? axis + rank : axis
}

/**
 * Up to opset 12, the named axis and all axes after it count as one axis. The default axis was 1.
 */
const softmaxStep = loop(({ operation, attributes, inputs: [x], opset }) => {
  const { shape } = x!
  const isOldOpset = opset < 13
  const axis = axisOf(operation, shape.length, attributes.integer('axis', isOldOpset ? 1 : -1))
  const [extent, step] = isOldOpset
    ? [elementCount(shape.slice(axis)), 1]
    : [shape[axis]!, elementCount(shape.slice(axis + 1))]
  return { shape, flops: 5 * elementCount(shape), work: ([v]) => softmax(v!, extent, step) }
})

const concat = loop(({ operation, attributes, inputs }) => {
  const parts = inputs as readonly NdArray[]
  const first = parts[0]!
  const rank = first.shape.length
  if (!attributes.has('axis'))
    throw operationError(operation, 'has no axis; give the axis along which its inputs are joined.')
  const axis = axisOf(operation, rank, attributes.integer('axis', 0))
  for (const { shape } of parts)
    if (shape.length !== rank || shape.some((e, a) => a !== axis && e !== first.shape[a]))
      throw operationError(
        operation,
        `joins shapes ${shapeText(first.shape)} and ${shapeText(shape)} along axis ${axis}, ` +
          'which do not match.',
      )
  if (parts.some((part) => kindOf(part) !== kindOf(first)))
    throw operationError(operation, 'joins float32 and integers.')
  const shape = first.shape.map((e, a) =>
    a === axis ? parts.reduce((n, p) => n + p.shape[a]!, 0) : e,
  )
  return { shape, flops: 0, work: (arrays) => concatenate(arrays, axis, shape) }
})

const pad = loop(({ operation, attributes, inputs: [x, pads, value, axes], opset }) => {
  const { shape } = x!
  const rank = shape.length
  const mode = attributes.word('mode', ['constant', ...padModes])
  if (mode === 'wrap' && opset < 19)
    throw operationError(
      operation,
      `pads by 'wrap', which needs opset 19; this file uses opset ${opset}.`,
    )
  const isOldOpset = opset < 11
  if (isOldOpset !== (pads === undefined) || (axes !== undefined && opset < 18))
    throw operationError(operation, `has inputs that do not match Pad of opset ${opset}.`)
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
    throw operationError(
      operation,
      `has pads ${printableName(String(sizes.slice(0, 20)))} for axes [${chosen}]; two integers ` +
        'for each axis, once, are needed.',
    )
  const [before, after] = [shape.map(() => 0), shape.map(() => 0)]
  chosen.forEach((a, i) => {
    before[a] = sizes[i]!
    after[a] = sizes[i + chosen.length]!
  })
  if (mode !== 'constant' && sizes.some((n) => n < 0))
    throw operationError(
      operation,
      `has negative pads with mode '${mode}'; only 'constant' supports them.`,
    )
  const result = shape.map((e, a) => e + before[a]! + after[a]!)
  if (result.some((e) => e < 1))
    throw operationError(
      operation,
      `leaves no samples: shape ${shapeText(shape)} becomes ${shapeText(result)}.`,
    )
  const fill = isOldOpset
    ? attributes.number('value', 0)
    : (scalar(operation, value, 'a constant') ?? 0)
  return { shape: result, flops: 0, work: ([v]) => padArray(v!, before, result, mode, fill) }
})

const flatten = loop(({ operation, attributes, inputs: [x] }) => {
  const { shape } = x!
  const axis = axisOf(operation, shape.length, attributes.integer('axis', 1), shape.length)
  return viewWithShape([elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))])
})

const reshape = loop(({ operation, attributes, inputs: [x, newShape], opset }) => {
  const { shape } = x!
  const keepsZero = opset >= 14 && attributes.flag('allowzero')
  const arrays = Array.from(newShape!.data)
  const mismatchError = (): Error =>
    operationError(
      operation,
      `reshapes ${shapeText(shape)} to ${shapeText(arrays)}, which has a different number of ` +
        'elements.',
    )
  const open = arrays.filter((n) => n === -1).length
  const row = arrays.map((n, i) => (n === 0 && !keepsZero ? (shape[i] ?? Number.NaN) : n))
  const total = row.reduce((n, e) => (e === -1 ? n : n * e), 1)
  const inferredExtent = elementCount(shape) / total
  const result = row.map((n) => (n === -1 ? inferredExtent : n))
  if (newShape!.shape.length !== 1 || open > 1 || elementCount(result) !== elementCount(shape))
    throw mismatchError()
  if (!result.every((n) => Number.isSafeInteger(n) && n > 0)) throw mismatchError()
  return viewWithShape(result)
})

const dropout = loop(({ operation, attributes, inputs: [x, ratio, training], opset }) => {
  if (opset >= 12) attributes.integer('seed', 0)
  const share =
    opset < 12 ? attributes.number('ratio', 0.5) : (scalar(operation, ratio, 'a ratio') ?? 0.5)
  if ((scalar(operation, training, 'a training mode') ?? 0) !== 0 && share !== 0)
    throw operationError(
      operation,
      'is in training mode, which is random. Export the network for inference.',
    )
  return viewWithShape(x!.shape)
})

const constant = loop(({ operation, attributes }) => {
  const [name = 'value', ...more] = operation.attributes.keys()
  if (more.length > 0)
    throw operationError(operation, `has ${1 + more.length} values; one is needed.`)
  const read: Readonly<Record<string, () => NdArray>> = {
    value: () => attributes.tensor(name),
    value_float: () => ndarray(Float32Array.of(attributes.number(name, 0)), []),
    value_int: () => ndarray(Float64Array.of(attributes.integer(name, 0)), []),
    value_floats: () => listOf(Float32Array.from(attributes.numbers(name))),
    value_ints: () => listOf(Float64Array.from(attributes.numbers(name))),
  }
  const listOf = (values: Float32Array | Float64Array): NdArray => {
    if (values.length === 0) throw operationError(operation, 'has no numbers.')
    return ndarray(values, [values.length])
  }
  if (!Object.hasOwn(read, name))
    throw operationError(
      operation,
      `has a ${printableName(name)}; ${Object.keys(read).join(', ')} are supported.`,
    )
  const value = read[name]!()
  return { shape: value.shape, flops: 0, isView: true, work: () => value }
})

/** Kinds of inputs in order. `?` is optional, `…` repeats. */
type Takes = 'float' | 'float?' | 'whole' | 'whole?' | 'any' | 'any?' | 'any…'

interface OperationRow {
  readonly takes: readonly Takes[]
  readonly make: StepBuilder
}

const fiveFloats: readonly Takes[] = ['float', 'float', 'float', 'float', 'float']
const [oneFloat, twoFloats]: readonly (readonly Takes[])[] = [['float'], ['float', 'float']]

const operations: ReadonlyMap<string, OperationRow> = new Map(
  Object.entries<OperationRow>({
    Conv: { takes: ['float', 'float', 'float?'], make: convolution('Conv') },
    ConvTranspose: { takes: ['float', 'float', 'float?'], make: convolution('ConvTranspose') },
    Gemm: { takes: ['float', 'float', 'float?'], make: gemm },
    MatMul: { takes: twoFloats!, make: matMul },
    MaxPool: { takes: oneFloat!, make: pool('max') },
    AveragePool: { takes: oneFloat!, make: pool('mean') },
    GlobalAveragePool: { takes: oneFloat!, make: pool('global') },
    BatchNormalization: { takes: fiveFloats, make: normalisation },
    Relu: { takes: oneFloat!, make: elementwise(() => (v) => (v < 0 ? 0 : v)) },
    LeakyRelu: {
      takes: oneFloat!,
      make: elementwise(({ attributes }) => {
        const slope = attributes.number('alpha', 0.01)
        return (v) => (v < 0 ? slope * v : v)
      }),
    },
    Sigmoid: { takes: oneFloat!, make: elementwise(() => (v) => 1 / (1 + Math.exp(-v)), 4) },
    Tanh: { takes: oneFloat!, make: elementwise(() => Math.tanh, 4) },
    Clip: { takes: ['float', 'float?', 'float?'], make: clip },
    Add: { takes: twoFloats!, make: pairwise((a, b) => a + b) },
    Sub: { takes: twoFloats!, make: pairwise((a, b) => a - b) },
    Mul: { takes: twoFloats!, make: pairwise((a, b) => a * b) },
    Softmax: { takes: oneFloat!, make: softmaxStep },
    Concat: { takes: ['any…'], make: concat },
    Pad: { takes: ['any', 'whole?', 'any?', 'whole?'], make: pad },
    Flatten: { takes: ['any'], make: flatten },
    Reshape: { takes: ['any', 'whole'], make: reshape },
    Identity: { takes: ['any'], make: loop(({ inputs: [x] }) => viewWithShape(x!.shape)) },
    Dropout: { takes: ['float', 'float?', 'whole?'], make: dropout },
    Constant: { takes: [], make: constant },
  }),
)

export const knownOperations: readonly string[] = [...operations.keys()]

/**
 * Builds the step of an operation. Throws for an unsupported operation, naming the supported ones,
 * and for unsupported attributes.
 */
export function buildStep(
  operation: Operation,
  inputs: OperationInputs,
  opset: number,
  budget: Budget,
): Step {
  const row = operations.get(operation.op)
  if (row === undefined)
    throw operationError(
      operation,
      `has type ${printableName(operation.op)}, which is not supported. Supported: ` +
        `${knownOperations.join(', ')}.`,
    )
  checkInputs(operation, inputs, row.takes)
  try {
    return row.make({ operation, inputs, opset, budget, attributes: new Attributes(operation) })
  } catch (error) {
    // The library's error is about the file here, not about the command line.
    throw error instanceof OptionError
      ? inputError(`${printableName(operation.name)}: ${error.message}`, error)
      : error
  }
}

function checkInputs(operation: Operation, inputs: OperationInputs, takes: readonly Takes[]): void {
  const last = takes.at(-1)
  const endless = last?.endsWith('…') === true
  const min = takes.filter((kind) => !kind.endsWith('?')).length
  if (inputs.length < min || (!endless && inputs.length > takes.length))
    throw operationError(
      operation,
      `has ${inputs.length} inputs; ${operation.op} takes ` +
        `${min}${endless ? ' or more' : takes.length > min ? ` to ${takes.length}` : ''}.`,
    )
  for (const [i, x] of inputs.entries()) {
    const kind = (takes[i] ?? last!) as string
    if (x === undefined && !kind.endsWith('?'))
      throw operationError(operation, `has no input ${i}, which ${operation.op} needs.`)
    if (x !== undefined && !kind.startsWith('any') && !kind.startsWith(kindOf(x)))
      throw operationError(
        operation,
        `takes ${kind.startsWith('float') ? 'float32' : 'integers'} as input ${i}, but this one ` +
          `has ${kindOf(x) === 'float' ? 'float32' : 'integers'}.`,
      )
  }
}
