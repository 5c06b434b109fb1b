/**
 * Reads a network from JSON: a list of layers with weights, or with sizes only (then weights are
 * random).
 *
 *   { "input": [3, 32, 32],
 *     "layers": [
 *       { "type": "conv2d", "filters": 16, "kernel": 5, "padding": 2, "activation": "relu" },
 *       { "type": "maxPool", "kernel": 2 },
 *       { "type": "flatten" },
 *       { "type": "linear", "filters": 10 }] }
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { elementCount } from '../layout.ts'
import { countOf } from '../units.ts'
import { Budget } from './bounds.ts'
import {
  type Attribute,
  type Graph,
  type Operation,
  printableName,
  quoteValue,
  shapeText,
} from './graph.ts'
import { type Fail, randomWeights, weights } from './json-weights.ts'

const windowKeys = ['kernel', 'stride', 'padding']
const layerKeys = [...windowKeys, 'dilation', 'groups', 'filters', 'weight', 'bias']

/**
 * Layer types: the ONNX operation of each, and the keys that it accepts besides name and
 * activation.
 */
const kinds: ReadonlyMap<unknown, { readonly op: string; readonly keys: readonly string[] }> =
  new Map([
    ['conv2d', { op: 'Conv', keys: layerKeys }],
    ['convTranspose2d', { op: 'ConvTranspose', keys: layerKeys }],
    ['maxPool', { op: 'MaxPool', keys: windowKeys }],
    ['averagePool', { op: 'AveragePool', keys: windowKeys }],
    ['globalAveragePool', { op: 'GlobalAveragePool', keys: [] }],
    ['flatten', { op: 'Flatten', keys: [] }],
    ['linear', { op: 'Gemm', keys: ['filters', 'weight', 'bias'] }],
    ['relu', { op: 'Relu', keys: [] }],
    ['sigmoid', { op: 'Sigmoid', keys: [] }],
    ['tanh', { op: 'Tanh', keys: [] }],
    ['softmax', { op: 'Softmax', keys: [] }],
  ])

const activations = ['relu', 'sigmoid', 'tanh']

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A layer as operations, and the shape of its result. */
interface BuiltLayer {
  readonly operations: readonly Operation[]
  readonly constants: ReadonlyMap<string, NdArray | (() => NdArray)>
  readonly shape: readonly number[]
}

/**
 * Throws for anything that is not understood, and for anything larger than `budget` before
 * allocating it.
 */
export function readJsonModel(text: string, file: string, budget: Budget = new Budget()): Graph {
  const fail: Fail = (what) => {
    throw inputError(`${printableName(file)}: ${what}`)
  }
  const model = parseJson(text, file)
  if (!isObject(model))
    return fail(`it is ${quoteValue(model)}; write { "input": […], "layers": […] }.`)
  const { input, layers } = model
  if (
    !Array.isArray(input) ||
    input.length !== 3 ||
    !input.every((n) => Number.isSafeInteger(n) && n > 0)
  )
    return fail(`input is ${quoteValue(input)}; write [channels, height, width].`)
  if (!Array.isArray(layers) || layers.length === 0)
    return fail('layers is missing; write a list of { "type": "conv2d", … }.')
  const lazyConstants = new Map<string, NdArray | (() => NdArray)>()
  const operations: Operation[] = []
  let shape: readonly number[] = [1, ...(input as number[])]
  layers.forEach((layer: unknown, i) => {
    const builtLayer = buildLayer(
      layer,
      i,
      shape,
      operations.at(-1)?.output ?? 'input',
      budget,
      (what) => fail(`layer ${i} ${what}`),
    )
    operations.push(...builtLayer.operations)
    for (const [name, value] of builtLayer.constants) lazyConstants.set(name, value)
    shape = builtLayer.shape
  })
  const example = weights(model.example, [1, ...(input as number[])], (what) =>
    fail(`example ${what}`),
  )
  if (example !== undefined && example.data.length !== elementCount(input as number[]))
    return fail(`example has shape ${shapeText(example.shape)}, and input is [${input}].`)
  const classes = model.classes === undefined ? {} : { classes: classNames(model.classes, fail) }
  const constants = new Map(
    [...lazyConstants].map(([name, value]) => [
      name,
      typeof value === 'function' ? value() : value,
    ]),
  )
  return {
    ...{
      name: typeof model.name === 'string' ? model.name : file,
      opset: 17,
      operations,
      constants,
      ...classes,
    },
    ...{
      inputs: [{ name: 'input', kind: 'float', shape: [1, ...(input as number[])] }],
      output: operations.at(-1)!.output,
    },
    ...(example === undefined
      ? {}
      : { example: ndarray(example.data as Float32Array, [1, ...(input as number[])]) }),
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw inputError(
      `${printableName(file)} is no JSON: ` +
        `${printableName(cause instanceof Error ? cause.message : String(cause))}.`,
      cause,
    )
  }
}

const classNames = (json: unknown, fail: Fail): readonly string[] =>
  Array.isArray(json) && json.every((name) => typeof name === 'string')
    ? json
    : fail(`classes is ${quoteValue(json)}; a list of names is needed.`)

function buildLayer(
  layer: unknown,
  i: number,
  shape: readonly number[],
  value: string,
  budget: Budget,
  fail: Fail,
): BuiltLayer {
  if (!isObject(layer)) return fail(`is ${quoteValue(layer)}; write { "type": "conv2d", … }.`)
  const { type, activation } = layer
  const kind = kinds.get(type)
  if (kind === undefined)
    return fail(`has type ${quoteValue(type)}. Types: ${[...kinds.keys()].join(', ')}.`)
  for (const key of Object.keys(layer))
    if (!['type', 'name', 'activation', ...kind.keys].includes(key))
      return fail(
        `has ${quoteValue(key)}, which ${type} does not support. Supported keys: ` +
          `${['name', 'activation', ...kind.keys].join(', ')}.`,
      )
  const name = typeof layer.name === 'string' ? layer.name : `${String(type)} ${i}`
  const attributes = new Map<string, Attribute>()
  const inputs = [value]
  const constants = new Map<string, NdArray | (() => NdArray)>()
  const result = { op: kind.op, name, inputs, others: [], attributes }
  // Values are named by number, because two layers may have the same name.
  const addConstant = (what: string, array: NdArray | (() => NdArray)): void => {
    constants.set(`${what} of layer ${i}`, array)
    inputs.push(`${what} of layer ${i}`)
  }
  const integer = (key: string, defaultValue: number): number => {
    const n = layer[key] ?? defaultValue
    const isValid = Number.isSafeInteger(n) && (n as number) >= (key === 'padding' ? 0 : 1)
    return isValid ? (n as number) : fail(`has ${key} ${quoteValue(n)}; an integer is needed.`)
  }
  const outputExtents = (
    kernel: readonly number[],
    shapeOf: (n: number, k: number) => number,
  ): readonly number[] => {
    const extents = kernel.map((k, a) => shapeOf(shape[a + 2]!, k))
    return extents.every((n) => n >= 1)
      ? extents
      : fail(`has a kernel ${kernel.join('×')} that does not fit ${shapeText(shape)}.`)
  }
  const isPlane = shape.length === 4
  let outputShape = shape
  if (kind.keys === layerKeys || kind.op === 'Gemm') {
    if (kind.op === 'Gemm' ? shape.length !== 2 : !isPlane)
      return fail(
        `is ${String(type)} behind shape ${shapeText(shape)}; ` +
          `${kind.op === 'Gemm' ? 'put flatten before it' : 'channels, height and width are needed'}.`,
      )
    const groups = integer('groups', 1)
    const kernel = kind.op === 'Gemm' ? [] : [integer('kernel', 1), integer('kernel', 1)]
    const filterCount = layer.weight === undefined ? integer('filters', 1) : groups
    if (shape[1]! % groups !== 0 || filterCount % groups !== 0)
      return fail(
        `has ${countOf(groups, 'group')} for ${countOf(shape[1]!, 'channel')} and ` +
          `${countOf(filterCount, 'filter')}.`,
      )
    const transposed = kind.op === 'ConvTranspose'
    const defaultValue = transposed
      ? [shape[1]!, filterCount / groups, ...kernel]
      : [filterCount, shape[1]! / groups, ...kernel]
    const json = weights(layer.weight, defaultValue, (what) => fail(`has a weight that ${what}`))
    budget.take(`the weight of layer ${i}`, json?.shape ?? defaultValue)
    // Random weights are created after all layers are checked.
    const weight = json ?? { shape: defaultValue }
    addConstant('weight', json ?? (() => randomWeights(defaultValue, i)))
    const filters = transposed ? weight.shape[1]! * groups : weight.shape[0]!
    const bias = weights(layer.bias, [filters], (what) => fail(`has a bias that ${what}`))
    if (bias !== undefined) addConstant('bias', bias)
    outputShape = [1, filters]
    if (kind.op === 'Gemm') attributes.set('transB', 1)
    else {
      const [stride, padding, dilation] = [
        integer('stride', 1),
        integer('padding', 0),
        integer('dilation', 1),
      ]
      attributes
        .set('strides', [stride, stride])
        .set('dilations', [dilation, dilation])
        .set('group', groups)
      attributes.set('pads', [padding, padding, padding, padding])
      const extents = outputExtents(weight.shape.slice(2), (n, k) => {
        const span = dilation * (k - 1) + 1
        return transposed
          ? (n - 1) * stride - 2 * padding + span
          : Math.floor((n + 2 * padding - span) / stride) + 1
      })
      outputShape = [...outputShape, ...extents]
    }
  } else if (kind.op.endsWith('Pool')) {
    if (!isPlane)
      return fail(
        `is ${String(type)} behind shape ${shapeText(shape)}; channels, height and width are ` +
          'needed.',
      )
    outputShape = [1, shape[1]!, 1, 1]
    if (kind.keys === windowKeys) {
      const [kernel, padding] = [integer('kernel', 2), integer('padding', 0)]
      const stride = integer('stride', kernel)
      attributes
        .set('kernel_shape', [kernel, kernel])
        .set('strides', [stride, stride])
        .set('pads', [padding, padding, padding, padding])
      outputShape = [
        1,
        shape[1]!,
        ...outputExtents(
          [kernel, kernel],
          (n, k) => Math.floor((n + 2 * padding - k) / stride) + 1,
        ),
      ]
    }
  } else if (kind.op === 'Flatten') outputShape = [1, elementCount(shape)]
  const output = `result of layer ${i}`
  const operations: Operation[] = [{ ...result, output }]
  if (activation !== undefined) {
    const then = activations.includes(activation as string) ? kinds.get(activation) : undefined
    if (then === undefined)
      return fail(`has activation ${quoteValue(activation)}. Supported: relu, sigmoid, tanh.`)
    operations.push({
      ...{
        op: then.op,
        name: `${name} ${String(activation)}`,
        inputs: [output],
        others: [],
        attributes: new Map(),
      },
      output: `activated layer ${i}`,
    })
  }
  return { operations, constants, shape: outputShape }
}
