/**
 * Reads a network that somebody wrote down: layers one after the other, with weights or with sizes
 * alone (weights are random then).
 *
 *   { "input": [3, 32, 32], "layers": [{ "type": "conv2d", "filters": 16, "kernel": 5, "padding": 2, "activation": "relu" },
 *                                     { "type": "maxPool", "kernel": 2 }, { "type": "flatten" }, { "type": "linear", "filters": 10 }] }
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { Budget } from './bounds.ts'
import {
  type Attribute,
  count,
  type Graph,
  type Operation,
  quoted,
  shapeText,
  shown,
} from './graph.ts'
import { randomWeights, type Wrong, weights } from './json-weights.ts'

const WHERE = ['kernel', 'stride', 'padding']
const LAYER = [...WHERE, 'dilation', 'groups', 'filters', 'weight', 'bias']

/**
 * Types of layers, what ONNX calls them, and what may be said of each beside name and activation.
 */
const kinds: ReadonlyMap<unknown, { readonly op: string; readonly keys: readonly string[] }> =
  new Map([
    ['conv2d', { op: 'Conv', keys: LAYER }],
    ['convTranspose2d', { op: 'ConvTranspose', keys: LAYER }],
    ['maxPool', { op: 'MaxPool', keys: WHERE }],
    ['averagePool', { op: 'AveragePool', keys: WHERE }],
    ['globalAveragePool', { op: 'GlobalAveragePool', keys: [] }],
    ['flatten', { op: 'Flatten', keys: [] }],
    ['linear', { op: 'Gemm', keys: ['filters', 'weight', 'bias'] }],
    ['relu', { op: 'Relu', keys: [] }],
    ['sigmoid', { op: 'Sigmoid', keys: [] }],
    ['tanh', { op: 'Tanh', keys: [] }],
    ['softmax', { op: 'Softmax', keys: [] }],
  ])

const ACTIVATIONS = ['relu', 'sigmoid', 'tanh']

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A layer as operations, and the shape that comes of it. */
interface Built {
  readonly operations: readonly Operation[]
  readonly constants: ReadonlyMap<string, NdArray | (() => NdArray)>
  readonly shape: readonly number[]
}

/** Throws for whatever is not understood; what is larger than `budget` is not built. */
export function readJsonModel(text: string, file: string, budget: Budget = new Budget()): Graph {
  const wrong: Wrong = (what) => {
    throw inputError(`${shown(file)}: ${what}`)
  }
  const model = parsed(text, file)
  if (!isObject(model))
    return wrong(`it holds ${quoted(model)}; write { "input": […], "layers": […] }.`)
  const { input, layers } = model
  if (
    !Array.isArray(input) ||
    input.length !== 3 ||
    !input.every((n) => Number.isSafeInteger(n) && n > 0)
  )
    return wrong(`input is ${quoted(input)}; write [channels, height, width].`)
  if (!Array.isArray(layers) || layers.length === 0)
    return wrong('layers is missing; write a list of { "type": "conv2d", … }.')
  const waiting = new Map<string, NdArray | (() => NdArray)>()
  const operations: Operation[] = []
  let shape: readonly number[] = [1, ...(input as number[])]
  layers.forEach((layer: unknown, i) => {
    const one = built(layer, i, shape, operations.at(-1)?.output ?? 'input', budget, (what) =>
      wrong(`layer ${i} ${what}`),
    )
    operations.push(...one.operations)
    for (const [name, value] of one.constants) waiting.set(name, value)
    shape = one.shape
  })
  const example = weights(model.example, [1, ...(input as number[])], (what) =>
    wrong(`example ${what}`),
  )
  if (example !== undefined && example.data.length !== count(input as number[]))
    return wrong(`example has shape ${shapeText(example.shape)}, and input is [${input}].`)
  const classes = model.classes === undefined ? {} : { classes: classNames(model.classes, wrong) }
  const constants = new Map(
    [...waiting].map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
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

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw inputError(
      `${shown(file)} is no JSON: ` +
        `${shown(cause instanceof Error ? cause.message : String(cause))}.`,
      cause,
    )
  }
}

const classNames = (given: unknown, wrong: Wrong): readonly string[] =>
  Array.isArray(given) && given.every((name) => typeof name === 'string')
    ? given
    : wrong(`classes is ${quoted(given)}; a list of names is needed.`)

function built(
  layer: unknown,
  i: number,
  shape: readonly number[],
  value: string,
  budget: Budget,
  wrong: Wrong,
): Built {
  if (!isObject(layer)) return wrong(`is ${quoted(layer)}; write { "type": "conv2d", … }.`)
  const { type, activation } = layer
  const kind = kinds.get(type)
  if (kind === undefined)
    return wrong(`has type ${quoted(type)}; there are ${[...kinds.keys()].join(', ')}.`)
  for (const key of Object.keys(layer))
    if (!['type', 'name', 'activation', ...kind.keys].includes(key))
      return wrong(
        `has ${quoted(key)}, which ${type} does not know. It knows ` +
          `${['name', 'activation', ...kind.keys].join(', ')}.`,
      )
  const name = typeof layer.name === 'string' ? layer.name : `${String(type)} ${i}`
  const attributes = new Map<string, Attribute>()
  const inputs = [value]
  const constants = new Map<string, NdArray | (() => NdArray)>()
  const result = { op: kind.op, name, inputs, others: [], attributes }
  // Values are named by number: two layers may have one name.
  const keep = (what: string, array: NdArray | (() => NdArray)): void => {
    constants.set(`${what} of layer ${i}`, array)
    inputs.push(`${what} of layer ${i}`)
  }
  const whole = (key: string, usual: number): number => {
    const n = layer[key] ?? usual
    const right = Number.isSafeInteger(n) && (n as number) >= (key === 'padding' ? 0 : 1)
    return right ? (n as number) : wrong(`has ${key} ${quoted(n)}; a whole number is needed.`)
  }
  const fitting = (
    kernel: readonly number[],
    shapeOf: (n: number, k: number) => number,
  ): readonly number[] => {
    const extents = kernel.map((k, a) => shapeOf(shape[a + 2]!, k))
    return extents.every((n) => n >= 1)
      ? extents
      : wrong(`has a kernel ${kernel.join('×')} that does not fit ${shapeText(shape)}.`)
  }
  const isPlane = shape.length === 4
  let after = shape
  if (kind.keys === LAYER || kind.op === 'Gemm') {
    if (kind.op === 'Gemm' ? shape.length !== 2 : !isPlane)
      return wrong(
        `is ${String(type)} behind shape ${shapeText(shape)}; ` +
          `${kind.op === 'Gemm' ? 'put flatten before it' : 'channels, height and width are needed'}.`,
      )
    const groups = whole('groups', 1)
    const kernel = kind.op === 'Gemm' ? [] : [whole('kernel', 1), whole('kernel', 1)]
    const asked = layer.weight === undefined ? whole('filters', 1) : groups
    if (shape[1]! % groups !== 0 || asked % groups !== 0)
      return wrong(`has ${groups} groups for ${shape[1]} channels and ${asked} filters.`)
    const transposed = kind.op === 'ConvTranspose'
    const usual = transposed
      ? [shape[1]!, asked / groups, ...kernel]
      : [asked, shape[1]! / groups, ...kernel]
    const given = weights(layer.weight, usual, (what) => wrong(`has a weight that ${what}`))
    budget.take(`the weight of layer ${i}`, given?.shape ?? usual)
    // Random ones are made when all layers are known to be right.
    const weight = given ?? { shape: usual }
    keep('weight', given ?? (() => randomWeights(usual, i)))
    const filters = transposed ? weight.shape[1]! * groups : weight.shape[0]!
    const bias = weights(layer.bias, [filters], (what) => wrong(`has a bias that ${what}`))
    if (bias !== undefined) keep('bias', bias)
    after = [1, filters]
    if (kind.op === 'Gemm') attributes.set('transB', 1)
    else {
      const [stride, padding, dilation] = [
        whole('stride', 1),
        whole('padding', 0),
        whole('dilation', 1),
      ]
      attributes
        .set('strides', [stride, stride])
        .set('dilations', [dilation, dilation])
        .set('group', groups)
      attributes.set('pads', [padding, padding, padding, padding])
      const extents = fitting(weight.shape.slice(2), (n, k) => {
        const span = dilation * (k - 1) + 1
        return transposed
          ? (n - 1) * stride - 2 * padding + span
          : Math.floor((n + 2 * padding - span) / stride) + 1
      })
      after = [...after, ...extents]
    }
  } else if (kind.op.endsWith('Pool')) {
    if (!isPlane)
      return wrong(
        `is ${String(type)} behind shape ${shapeText(shape)}; channels, height and width are ` +
          'needed.',
      )
    after = [1, shape[1]!, 1, 1]
    if (kind.keys === WHERE) {
      const [kernel, padding] = [whole('kernel', 2), whole('padding', 0)]
      const stride = whole('stride', kernel)
      attributes
        .set('kernel_shape', [kernel, kernel])
        .set('strides', [stride, stride])
        .set('pads', [padding, padding, padding, padding])
      after = [
        1,
        shape[1]!,
        ...fitting([kernel, kernel], (n, k) => Math.floor((n + 2 * padding - k) / stride) + 1),
      ]
    }
  } else if (kind.op === 'Flatten') after = [1, count(shape)]
  const output = `result of layer ${i}`
  const operations: Operation[] = [{ ...result, output }]
  if (activation !== undefined) {
    const then = ACTIVATIONS.includes(activation as string) ? kinds.get(activation) : undefined
    if (then === undefined)
      return wrong(`has activation ${quoted(activation)}; relu, sigmoid and tanh are known.`)
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
  return { operations, constants, shape: after }
}
