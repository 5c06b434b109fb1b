/**
 * ONNX: a `Conv` or `ConvTranspose` node, as Python (`helper.make_node`), as text
 * (`Conv<strides = [2, 2]>(x, w)`) or as JSON. `Pad` nodes before it are read too. `pads` lists all
 * paddings before, then all after.
 */

import type { Boundary } from 'stridefold/sync'
import type { Pair } from '../arrays-and-borders.ts'
import {
  type Arguments,
  asArray,
  given,
  integerListOf,
  integerOf,
  integersIn,
  wordOf,
} from './arguments.ts'
import { spatialExtents } from './convolution.ts'
import { samePads, splitPads, transposedSpec } from './layers.ts'
import { convolve, type Library, type Reader, reader } from './library.ts'
import { constant, numpyAliases, numpyConstants, numpyFunctions, numpyMethods } from './numpy.ts'
import { attributesOf, type Node, nodeOf, nodeOfJson } from './onnx-node.ts'
import { pad, subscript, withStep } from './tensor.ts'
import { type ArrayValue, described, isKind, listOf, type Value } from './values.ts'
import { notRead } from './wording.ts'

const nodeValue = (node: Node): Value => ({ kind: 'object', type: 'node', parts: { node } })

const asNode = (value: Value): Node | undefined =>
  isKind(value, 'object') && value.type === 'node' ? (value.parts.node as Node) : undefined

const strings = (args: Arguments, name: string): string[] => {
  const value = given(args, name)
  const items = isKind(value, 'list') ? value.items : []
  return items.map((item) => {
    if (typeof item === 'string') return item
    throw notRead(`${args.call}: ${name} has ${described(item)}`, 'Write names in quotes.')
  })
}

const makeNode: Reader = reader(
  'op_type, inputs, outputs, name, doc_string, domain, ' +
    [...new Set(Object.values(attributesOf).flat())].join(', '),
  (args) => {
    const operator = given(args, 'op_type')
    const own = new Set(['op_type', 'inputs', 'outputs', 'name', 'doc_string', 'domain'])
    return nodeValue(
      nodeOf(
        args.call,
        typeof operator === 'string' ? operator : described(operator),
        strings(args, 'inputs'),
        strings(args, 'outputs'),
        new Map([...args.values].filter(([name]) => !own.has(name))),
      ),
    )
  },
)

/** A node as text: its attributes are keyword arguments, its inputs come first. */
const nodeAsText = (operator: string): Reader =>
  reader(`a, b, c, ${attributesOf[operator]!.join(', ')}`, (args) => {
    const inputs = ['a', 'b', 'c'].flatMap((name) => {
      const value = given(args, name)
      if (value === undefined) return []
      if (isKind(value, 'array')) return [value.source.name]
      throw notRead(`${operator} has the input ${described(value)}`, 'Write names.')
    })
    const attributes = [...args.values].filter(([name]) => attributesOf[operator]!.includes(name))
    return nodeValue(nodeOf(args.call, operator, inputs, ['y'], new Map(attributes)))
  })

const padModes: Readonly<Record<string, Boundary>> = {
  constant: 'zero',
  edge: 'edge',
  reflect: 'reflect',
  wrap: 'wrap',
}

type Tensors = Map<string, ArrayValue>

const freeArray = (name: string): ArrayValue => ({ kind: 'array', source: { name }, steps: [] })

/** The convolution that a list of nodes computes. */
function ofNodes(nodes: readonly Node[], tensors: Tensors, isDouble: boolean): Value {
  const inputOf = (node: Node, at: number): ArrayValue | undefined => {
    const name = node.inputs[at]
    return name === undefined || name === '' ? undefined : (tensors.get(name) ?? freeArray(name))
  }
  let result: Value | undefined
  for (const node of nodes) {
    if (result !== undefined)
      throw notRead(`A node follows the convolution: ${node.operator}`, 'Give one convolution.')
    const input = inputOf(node, 0) ?? freeArray('X')
    if (node.operator === 'Pad') tensors.set(node.outputs[0] ?? '', padded(node, input, inputOf))
    else
      result = convolutionNode(
        node,
        input,
        inputOf(node, 1) ?? freeArray('W'),
        inputOf(node, 2)?.source.name,
        isDouble,
      )
  }
  if (result === undefined) throw notRead('The nodes have no Conv', 'Give a Conv node.')
  return result
}

function padded(
  node: Node,
  input: ArrayValue,
  inputOf: (node: Node, at: number) => ArrayValue | undefined,
): ArrayValue {
  const { attributes } = node
  const mode = wordOf(attributes, 'mode', Object.keys(padModes), 'constant')
  const sides = integersIn(given(attributes, 'pads')) ?? inputOf(node, 1)?.source.values
  if (sides === undefined)
    throw notRead('The pads of a Pad node are not in the code', 'Write them in numbers.')
  const value = given(attributes, 'value') ?? inputOf(node, 2)?.source.values?.[0] ?? 0
  if (node.inputs[2] && inputOf(node, 2)?.source.values === undefined)
    throw notRead('The value of a Pad node is not in the code', 'Write it as a number.')
  const border = mode === 'constant' ? constant(Number(value)) : padModes[mode]!
  const rank = sides.length / 2
  const pairs = Array.from({ length: rank }, (_, a): Pair => [sides[a]!, sides[a + rank]!])
  const added = pairs.map(([before, after]): Pair => [Math.max(before, 0), Math.max(after, 0)])
  const cuts = pairs.map(([before, after]) => ({
    ...(before < 0 ? { start: -before } : {}),
    ...(after < 0 ? { stop: after } : {}),
    step: 1,
  }))
  // The mode wrap may go around more than once; reflect may not.
  const isSinglePass = mode === 'reflect'
  return withStep(withStep(input, pad('Pad', added, border, isSinglePass)), subscript(cuts))
}

function convolutionNode(
  node: Node,
  input: ArrayValue,
  kernel: ArrayValue,
  bias: string | undefined,
  isDouble: boolean,
): Value {
  const { operator, attributes } = node
  const isTransposed = operator === 'ConvTranspose'
  const auto = wordOf(
    attributes,
    'auto_pad',
    ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID'],
    'NOTSET',
  )
  return convolve(operator, input, kernel, (x, k) => {
    const rank = x.axes.length - 2
    const spatial = 'S'.repeat(Math.max(rank, 0))
    const [inputLayout, kernelLayout] = [`NC${spatial}`, `${isTransposed ? 'IO' : 'OI'}${spatial}`]
    const list = (name: string, length: number, fallback: number): number[] =>
      given(attributes, name) === undefined
        ? Array.from({ length }, () => fallback)
        : integerListOf(attributes, name, length)
    const stride = list('strides', rank, 1)
    const dilation = list('dilations', rank, 1)
    const groups = integerOf(attributes, 'group', 1)
    if (k.axes.length !== rank + 2)
      throw notRead(
        `${operator} needs weights of ${rank + 2} axes, but '${k.name}' has ${k.axes.length}`,
        'Check --input and --kernel.',
      )
    const kernels = spatialExtents(k, kernelLayout)
    const declared = given(attributes, 'kernel_shape') && integerListOf(attributes, 'kernel_shape')
    if (declared && declared.join() !== kernels.join())
      throw notRead(
        `${operator}: kernel_shape is [${declared.join(', ')}], but '${k.name}' has ` +
          `[${kernels.join(', ')}]`,
        'Check --kernel.',
      )
    const sides = list('pads', 2 * rank, 0)
    const explicit = kernels.map((_, a): Pair => [sides[a]!, sides[a + rank]!])
    const sizes = spatialExtents(x, inputLayout)
    const kind = auto === 'SAME_LOWER' ? 'lower' : 'upper'
    const isSame = auto.startsWith('SAME')
    if (isTransposed) {
      const outputs = integersIn(given(attributes, 'output_shape'))?.slice(-rank)
      const extra = list('output_padding', rank, 0)
      const padding = sizes.map((m, a): Pair => {
        const window = (kernels[a]! - 1) * dilation[a]! + 1
        const whole = (m - 1) * stride[a]! + window + extra[a]!
        const wanted = outputs?.[a] ?? (isSame ? m * stride[a]! : undefined)
        if (wanted === undefined) return auto === 'VALID' ? [0, 0] : explicit[a]!
        // ONNX puts the extra sample of the padding before, unless auto_pad is SAME_UPPER.
        const total = whole - wanted
        if (total < 0)
          throw notRead(
            `${operator} needs ${wanted} outputs along axis ${a}, more than the ${whole} without ` +
              'padding, and runtimes differ there',
            'Write output_padding and pads.',
          )
        const [smaller, larger] = [Math.floor(total / 2), Math.ceil(total / 2)]
        return auto === 'SAME_UPPER' ? [smaller, larger] : [larger, smaller]
      })
      return transposedSpec(operator, k, {
        inputLayout,
        kernelLayout,
        stride,
        dilation,
        padding,
        outputPadding: extra,
        groups,
        bias,
      })
    }
    return {
      inputLayout,
      kernelLayout,
      stride,
      dilation,
      own: isSame
        ? samePads(sizes, kernels, stride, dilation, kind)
        : auto === 'VALID'
          ? kernels.map(() => splitPads(0, kind))
          : explicit,
      groups,
      bias,
      isDouble,
    }
  })
}

/** `helper.make_graph(nodes, name, inputs, outputs, weights)`. */
const makeGraph: Reader = reader('nodes, name, inputs, outputs, initializer', (args) => {
  const items = (name: string): readonly Value[] => {
    const value = given(args, name)
    return isKind(value, 'list') ? value.items : []
  }
  const tensors: Tensors = new Map()
  let isDouble = false
  for (const item of [...items('inputs'), ...items('initializer')])
    if (isKind(item, 'object') && item.type === 'tensor') {
      tensors.set(String(item.parts.name), item.parts.array as ArrayValue)
      if (items('inputs').includes(item)) isDouble ||= item.parts.isDouble === true
    }
  const nodes = items('nodes').map(asNode)
  const known = nodes.filter((node) => node !== undefined)
  if (known.length !== nodes.length)
    throw notRead(`${args.call}: the nodes have ${described(given(args, 'nodes'))}`, 'Write them.')
  return ofNodes(known, tensors, isDouble)
})

const tensorInfo: Reader = reader('name, elem_type, shape', (args) => {
  const name = String(given(args, 'name'))
  const type = given(args, 'elem_type')
  const shape = integerListOf(args, 'shape')
  return {
    kind: 'object',
    type: 'tensor',
    parts: {
      name,
      array: { kind: 'array', source: { name, shape }, steps: [] } satisfies ArrayValue,
      isDouble: isKind(type, 'opaque') && type.text.endsWith('DOUBLE'),
    },
  }
})

const fromArray: Reader = reader('arr, name', (args) => {
  const value = given(args, 'arr')
  const array =
    typeof value === 'number'
      ? asArray(listOf([value]))
      : value === undefined
        ? undefined
        : asArray(value)
  if (array === undefined)
    throw notRead(`${args.call} has ${described(value)}`, 'Write nested lists of numbers.')
  return {
    kind: 'object',
    type: 'tensor',
    parts: { name: String(given(args, 'name')), array, isDouble: false },
  }
})

/** The convolution of a node in JSON; undefined if the text is no JSON. */
export function fromJson(text: string): Value | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const nodes = Array.isArray(json) ? json : [json]
  return ofNodes(nodes.map(nodeOfJson), new Map(), false)
}

export const onnx: Library = {
  name: 'onnx',
  title: 'ONNX',
  dialect: 'python',
  aliases: {
    ...numpyAliases,
    onnx: 'onnx',
    helper: 'onnx.helper',
    numpy_helper: 'onnx.numpy_helper',
    TensorProto: 'onnx.TensorProto',
  },
  functions: {
    ...numpyFunctions,
    Conv: nodeAsText('Conv'),
    ConvTranspose: nodeAsText('ConvTranspose'),
    'onnx.helper.make_node': makeNode,
    'onnx.helper.make_graph': makeGraph,
    'onnx.helper.make_tensor_value_info': tensorInfo,
    'onnx.numpy_helper.from_array': fromArray,
    'onnx.helper.make_model': reader(
      'graph, opset_imports',
      (args) => given(args, 'graph') ?? null,
    ),
    'onnx.helper.make_opsetid': reader('domain, version', () => null),
  },
  methods: numpyMethods,
  constants: (path) =>
    path.startsWith('onnx.TensorProto.') ? { kind: 'opaque', text: path } : numpyConstants(path),
  finish: (value) => {
    const node = asNode(value)
    const nodes = isKind(value, 'list') ? value.items.map(asNode) : [node]
    const known = nodes.filter((item) => item !== undefined)
    return known.length > 0 && known.length === nodes.length
      ? ofNodes(known, new Map(), false)
      : undefined
  },
}
