/**
 * Reads a network that somebody wrote down: layers one after the other, with weights or with sizes alone (weights are random then).
 *
 *   { "input": [3, 32, 32], "layers": [{ "type": "conv2d", "filters": 16, "kernel": 5, "padding": 2, "activation": "relu" },
 *                                     { "type": "maxPool", "kernel": 2 }, { "type": "flatten" }, { "type": "linear", "filters": 10 }] }
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { badInput } from '../failure.ts'
import { signed } from '../measure/random.ts'
import type { Attribute, Graph, Operation } from './graph.ts'

interface JsonLayer {
  readonly type?: unknown
  readonly name?: unknown
  readonly filters?: unknown
  readonly kernel?: unknown
  readonly stride?: unknown
  readonly padding?: unknown
  readonly dilation?: unknown
  readonly groups?: unknown
  readonly activation?: unknown
  readonly weight?: unknown
  readonly bias?: unknown
}

/** Types of layers, and what ONNX calls them. */
const kinds: Readonly<Record<string, string>> = {
  conv2d: 'Conv',
  convTranspose2d: 'ConvTranspose',
  maxPool: 'MaxPool',
  averagePool: 'AveragePool',
  globalAveragePool: 'GlobalAveragePool',
  flatten: 'Flatten',
  linear: 'Gemm',
  relu: 'Relu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softmax: 'Softmax',
}

export function readJsonModel(text: string, file: string): Graph {
  let model: { name?: unknown; input?: unknown; layers?: unknown; classes?: unknown; example?: unknown }
  try {
    model = JSON.parse(text)
  } catch (cause) {
    throw badInput(`${file} is no JSON: ${cause instanceof Error ? cause.message : cause}.`, cause)
  }
  const wrong = (what: string): never => {
    throw badInput(`${file}: ${what}`)
  }
  const { input, layers } = model
  if (!Array.isArray(input) || input.length !== 3 || !input.every((n) => Number.isInteger(n) && n > 0))
    return wrong(`input is ${JSON.stringify(input)}; write [channels, height, width].`)
  if (!Array.isArray(layers) || layers.length === 0) return wrong('layers is missing; write a list of { "type": "conv2d", … }.')
  const constants = new Map<string, NdArray>()
  const operations: Operation[] = []
  let [value, shape]: [string, readonly number[]] = ['input', [1, ...input]]
  layers.forEach((layer: JsonLayer, i) => {
    const op = kinds[String(layer.type)]
    if (op === undefined) return wrong(`layer ${i} has type ${JSON.stringify(layer.type)}; there are ${Object.keys(kinds).join(', ')}.`)
    const name = typeof layer.name === 'string' ? layer.name : `${String(layer.type)} ${i}`
    const whole = (key: keyof JsonLayer, usual: number): number => {
      const n = layer[key] ?? usual
      return Number.isInteger(n) && (n as number) >= (key === 'padding' ? 0 : 1)
        ? (n as number)
        : wrong(`layer ${i}: ${key} is ${JSON.stringify(n)}, a whole number is needed.`)
    }
    const attributes = new Map<string, Attribute>()
    const inputs = [value]
    const [stride, padding, dilation, groups] = [
      whole('stride', op.endsWith('Pool') ? whole('kernel', 1) : 1),
      whole('padding', 0),
      whole('dilation', 1),
      whole('groups', 1),
    ]
    if (op === 'Conv' || op === 'ConvTranspose' || op === 'Gemm') {
      const taps = op === 'Gemm' ? [] : [whole('kernel', 1), whole('kernel', 1)]
      const inside = shape[1]! / groups
      const filters = layer.weight === undefined ? whole('filters', 1) : 0
      const usual = op === 'ConvTranspose' ? [shape[1]!, filters / groups, ...taps] : [filters, inside, ...taps]
      const weight = tensor(layer.weight, usual, i) ?? random(usual, i)
      constants.set(`${name} weight`, weight)
      inputs.push(`${name} weight`)
      const outputs = op === 'ConvTranspose' ? weight.shape[1]! * groups : weight.shape[0]!
      const bias = tensor(layer.bias, [outputs], i)
      if (bias !== undefined) {
        constants.set(`${name} bias`, bias)
        inputs.push(`${name} bias`)
      }
      if (op === 'Gemm') attributes.set('transB', 1)
      else {
        attributes.set('strides', [stride, stride]).set('dilations', [dilation, dilation]).set('group', groups)
        attributes.set('pads', [padding, padding, padding, padding])
      }
      const extent = (n: number, k: number): number =>
        op === 'ConvTranspose'
          ? (n - 1) * stride - 2 * padding + dilation * (k - 1) + 1
          : Math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1
      shape = [1, outputs, ...(op === 'Gemm' ? [] : weight.shape.slice(2).map((k, a) => extent(shape[a + 2]!, k)))]
    } else if (op.endsWith('Pool') && op !== 'GlobalAveragePool') {
      const k = whole('kernel', 2)
      attributes.set('kernel_shape', [k, k]).set('strides', [stride, stride]).set('pads', [padding, padding, padding, padding])
      shape = [1, shape[1]!, ...shape.slice(2).map((n) => Math.floor((n + 2 * padding - k) / stride) + 1)]
    } else if (op === 'GlobalAveragePool') shape = [1, shape[1]!, 1, 1]
    else if (op === 'Flatten') shape = [1, shape.reduce((n, e) => n * e, 1)]
    const output = `${name} result`
    operations.push({ op, name, inputs, output, attributes })
    value = output
    if (layer.activation === undefined) return
    const after = kinds[String(layer.activation)]
    if (after === undefined || !['relu', 'sigmoid', 'tanh'].includes(String(layer.activation)))
      return wrong(`layer ${i}: activation is ${JSON.stringify(layer.activation)}; relu, sigmoid and tanh are known.`)
    operations.push({
      op: after,
      name: `${name} ${String(layer.activation)}`,
      inputs: [value],
      output: `${name} activated`,
      attributes: new Map(),
    })
    value = `${name} activated`
  })
  const classes = Array.isArray(model.classes) ? { classes: model.classes.map(String) } : {}
  const example = tensor(model.example, [1, ...input], -1)
  return {
    ...{
      name: typeof model.name === 'string' ? model.name : file,
      input: { name: 'input', shape: [1, ...(input as number[])] },
      output: value,
    },
    ...{ operations, constants, ...classes, ...(example === undefined ? {} : { example }) },
  }

  /** Given weights: { shape, data } with float32 in base64, or a list of numbers. */
  function tensor(given: unknown, usual: readonly number[], i: number): NdArray | undefined {
    if (given === undefined) return undefined
    if (Array.isArray(given)) return ndarray(Float32Array.from((given as number[]).flat(Infinity as 1) as number[]), [...usual])
    const { shape: of, data } = given as { shape?: unknown; data?: unknown }
    if (!Array.isArray(of) || typeof data !== 'string')
      return wrong(`layer ${i}: weights are { "shape": […], "data": base64 } or lists of numbers.`)
    const bytes = Buffer.from(data, 'base64')
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    if (values.length !== of.reduce((n: number, e: number) => n * e, 1))
      return wrong(`layer ${i}: weights of shape [${of}] hold ${values.length} numbers.`)
    return ndarray(values, of as number[])
  }
}

/** Random weights of about the size that keeps values as they are. */
function random(shape: readonly number[], seed: number): NdArray {
  const count = shape.reduce((n, e) => n * e, 1)
  const scale = Math.sqrt(6 / shape.slice(1).reduce((n, e) => n * e, 1))
  return ndarray(
    signed(count, seed + 11).map((v) => v * scale),
    [...shape],
  )
}
