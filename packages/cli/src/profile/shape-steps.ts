/**
 * The steps of operations that move values and change none: join, pad, reshape, and those that do
 * nothing in a network that was exported for inference.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import { axisOf, scalarOf } from './arguments.ts'
import { kindOf, operationError, printableName, shapeText } from './graph.ts'
import { concatenate, padArray, padModes } from './small.ts'
import { type Loop, loop, type StepBuilder } from './step.ts'

/** The same values with another shape. */
export const viewWithShape = (shape: readonly number[]): Loop => ({
  ...{ shape, flops: 0, isView: true },
  work: ([x]) => ndarray(x!.data as Float32Array, [...shape]),
})

export const concat: StepBuilder = loop(({ operation, attributes, inputs }) => {
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

export const pad: StepBuilder = loop(
  ({ operation, attributes, inputs: [x, pads, value, axes], opset }) => {
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
        `has pads ${printableName(String(sizes.slice(0, 20)))} for axes [${chosen}]; ` +
          'two integers for each axis, once, are needed.',
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
      : (scalarOf(operation, value, 'a constant') ?? 0)
    return { shape: result, flops: 0, work: ([v]) => padArray(v!, before, result, mode, fill) }
  },
)

export const flatten: StepBuilder = loop(({ operation, attributes, inputs: [x] }) => {
  const { shape } = x!
  const axis = axisOf(operation, shape.length, attributes.integer('axis', 1), shape.length)
  return viewWithShape([elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))])
})

export const reshape: StepBuilder = loop(
  ({ operation, attributes, inputs: [x, newShape], opset }) => {
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
  },
)

export const dropout: StepBuilder = loop(
  ({ operation, attributes, inputs: [x, ratio, training], opset }) => {
    if (opset >= 12) attributes.integer('seed', 0)
    const share =
      opset < 12 ? attributes.number('ratio', 0.5) : (scalarOf(operation, ratio, 'a ratio') ?? 0.5)
    if ((scalarOf(operation, training, 'a training mode') ?? 0) !== 0 && share !== 0)
      throw operationError(
        operation,
        'is in training mode, which is random. Export the network for inference.',
      )
    return viewWithShape(x!.shape)
  },
)

export const constant: StepBuilder = loop(({ operation, attributes }) => {
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
