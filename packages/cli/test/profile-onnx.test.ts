/**
 * The meaning of ONNX operators, and the rejection of everything unsupported. References: the test
 * cases of ONNX (fixtures/onnx-nodes.jsonl, written by scripts/onnx/node-tests.py), ONNX Runtime
 * 1.30, and results computed by hand.
 */

import { readFileSync } from 'node:fs'
import { ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { writeNpy } from '../src/npy.ts'
import { readOnnx } from '../src/profile/onnx.ts'
import { modelType } from '../src/profile/onnx-messages.ts'
import { knownOperations } from '../src/profile/operations.ts'
import { profileModel } from '../src/profile/profile.ts'
import { onnxCases, outcomeOf } from './helpers/onnx-cases.ts'
import { world } from './helpers/world.ts'

const cases = onnxCases(readFileSync(new URL('fixtures/onnx-nodes.jsonl', import.meta.url), 'utf8'))

test.each(cases.map((vector) => [vector.name, vector] as const))(
  '%s gives what ONNX ships',
  (_, vector) => {
    expect(outcomeOf(vector)).toEqual({ kind: 'passed', says: '' })
  },
)

type Value = number | string | readonly number[] | { readonly f: number }

interface Node {
  readonly op: string
  readonly opset?: number
  readonly attributes?: Readonly<Record<string, Value>>
  readonly shape?: readonly number[]
  /** Further inputs: floats, or integers with `int`; undefined is an omitted input. */
  readonly more?: readonly (Tensor | undefined)[]
  readonly outputs?: readonly string[]
}

interface Tensor {
  readonly dims: readonly number[]
  readonly values: readonly number[]
  readonly int?: boolean
}

const npy = (...values: number[]): Uint8Array =>
  writeNpy(Float32Array.from(values), [values.length])
const vector = (...values: number[]): Tensor => ({ dims: [values.length], values })
const int = (...values: number[]): Tensor => ({ dims: [values.length], values, int: true })
const scalar = (value: number): Tensor => ({ dims: [], values: [value] })

function attribute(name: string, value: Value): object {
  if (typeof value === 'number') return { name, i: value, type: 2 }
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: 3 }
  return 'f' in value ? { name, f: value.f, type: 1 } : { name, ints: value, type: 7 }
}

/** A network of one operation on x. */
function modelOf({
  op,
  opset = 17,
  attributes = {},
  shape = [1, 1, 4],
  more = [],
  outputs = ['y'],
}: Node): Uint8Array {
  const initializer = more.flatMap((t, i) =>
    t === undefined
      ? []
      : [
          {
            name: `t${i}`,
            dims: t.dims,
            data_type: t.int ? 7 : 1,
            ...(t.int ? { int64_data: t.values } : { float_data: t.values }),
          },
        ],
  )
  const x = {
    name: 'x',
    type: { tensor_type: { elem_type: 1, shape: { dim: shape.map((n) => ({ dim_value: n })) } } },
  }
  const node = {
    ...{
      op_type: op,
      name: 'it',
      output: outputs,
      attribute: Object.entries(attributes).map(([name, v]) => attribute(name, v)),
    },
    input: ['x', ...more.map((t, i) => (t === undefined ? '' : `t${i}`))],
  }
  return modelType
    .encode({
      opset_import: [{ version: opset }],
      graph: { node: [node], initializer, input: [x], output: [{ name: 'y' }] },
    })
    .finish()
}

/** Its result on 1, 2, 3, … */
function result(node: Node): {
  readonly shape: readonly number[]
  readonly values: readonly number[]
} {
  const graph = readOnnx(modelOf(node), 'model')
  const { shape } = graph.inputs[0]!
  const length = shape.reduce((n, e) => n * e, 1)
  const x = ndarray(
    Float32Array.from({ length }, (_, i) => i + 1),
    [...shape],
  )
  const { output } = profileModel(graph, new Map([['x', x]]), 1, () => {}).profile
  return { shape: output.shape, values: output.values ?? [] }
}

describe('the meaning of an operation', () => {
  test.each<[string, Node, number[], number[]]>([
    // Windows of 2 and stride 2 on (pad) 1 2 3 4 (pad): −∞ 1 | 2 3 | 4 −∞. Rounding up adds no
    // window that starts in the padding.
    [
      'MaxPool, ceil_mode with pads',
      {
        op: 'MaxPool',
        attributes: { kernel_shape: [2], strides: [2], pads: [1, 1], ceil_mode: 1 },
      },
      [1, 1, 3],
      [1, 3, 4],
    ],
    // On 1 2 3 4 5: (1 2 3), (3 4 5). A third window would start at 5.
    [
      'MaxPool, stride 3',
      {
        op: 'MaxPool',
        shape: [1, 1, 5],
        attributes: { kernel_shape: [2], strides: [3], ceil_mode: 1 },
      },
      [1, 1, 2],
      [2, 5],
    ],
    // 0 1 2 | 2 3 4 | 4 0, and one sample from rounding up, which does not count.
    [
      'AveragePool, ceil_mode with count_include_pad',
      {
        op: 'AveragePool',
        attributes: {
          kernel_shape: [3],
          strides: [2],
          pads: [1, 1],
          ceil_mode: 1,
          count_include_pad: 1,
        },
      },
      [1, 1, 3],
      [1, 3, 2],
    ],
    [
      'Clip with a maximum alone',
      { op: 'Clip', more: [undefined, scalar(2)] },
      [1, 1, 4],
      [1, 2, 2, 2],
    ],
    [
      'Clip of opset 7',
      { op: 'Clip', opset: 7, attributes: { min: { f: 2 }, max: { f: 3 } } },
      [1, 1, 4],
      [2, 2, 3, 3],
    ],
    // Up to opset 12, axis 1 and all later axes count as one. Otherwise all shares would be equal.
    [
      'Softmax of opset 12',
      { op: 'Softmax', opset: 12, shape: [1, 2, 1] },
      [1, 2, 1],
      [1 / (1 + Math.E), Math.E / (1 + Math.E)],
    ],
    ['Softmax of opset 13', { op: 'Softmax', opset: 13, shape: [1, 2, 1] }, [1, 2, 1], [1, 1]],
    [
      'Pad, reflect, more than there is',
      { op: 'Pad', shape: [3], attributes: { mode: 'reflect' }, more: [int(4, 3)] },
      [10],
      [1, 2, 3, 2, 1, 2, 3, 2, 1, 2],
    ],
    [
      'Pad with negative pads',
      { op: 'Pad', shape: [4], more: [int(-1, 1), scalar(9)] },
      [4],
      [2, 3, 4, 9],
    ],
    [
      'Pad of opset 2 to 10',
      { op: 'Pad', opset: 10, shape: [2], attributes: { pads: [1, 0], value: { f: 7 } } },
      [3],
      [7, 1, 2],
    ],
    [
      'Reshape with 0 and −1',
      { op: 'Reshape', shape: [2, 3, 4], more: [int(0, -1)] },
      [2, 12],
      Array.from({ length: 24 }, (_, i) => i + 1),
    ],
    // A column of two, not a row.
    [
      'Gemm with a column',
      {
        op: 'Gemm',
        shape: [2, 2],
        more: [
          { dims: [2, 2], values: [1, 0, 0, 1] },
          { dims: [2, 1], values: [10, 20] },
        ],
      },
      [2, 2],
      [11, 12, 23, 24],
    ],
    [
      'Gemm, transA',
      {
        op: 'Gemm',
        shape: [2, 3],
        attributes: { transA: 1 },
        more: [{ dims: [2, 1], values: [1, 10] }],
      },
      [3, 1],
      [41, 52, 63],
    ],
    [
      'MatMul of three axes',
      { op: 'MatMul', shape: [2, 1, 2], more: [{ dims: [2, 1], values: [1, 10] }] },
      [2, 1, 1],
      [21, 43],
    ],
    // 3 samples at stride 2 with 3 taps of 1: 1 1 3 2 5 3 3. These are seven, six are requested, so
    // the last one is dropped.
    [
      'ConvTranspose, SAME_UPPER',
      {
        op: 'ConvTranspose',
        shape: [1, 1, 3],
        attributes: { strides: [2], auto_pad: 'SAME_UPPER' },
        more: [{ dims: [1, 1, 3], values: [1, 1, 1] }],
      },
      [1, 1, 6],
      [1, 1, 3, 2, 5, 3],
    ],
    [
      'ConvTranspose, output_shape',
      {
        op: 'ConvTranspose',
        shape: [1, 1, 3],
        attributes: { strides: [2], output_shape: [6] },
        more: [{ dims: [1, 1, 3], values: [1, 1, 1] }],
      },
      [1, 1, 6],
      [1, 3, 2, 5, 3, 3],
    ],
  ])('%s', (_, node, shape, values) => {
    const actual = result(node)
    expect(actual.shape).toEqual(shape)
    actual.values.forEach((v, i) => expect(v).toBeCloseTo(values[i]!, 6))
    expect(actual.values).toHaveLength(values.length)
  })

  test('a product with relu: the column is added before the relu', () => {
    const gemm = result({
      op: 'Gemm',
      shape: [2, 1],
      more: [
        { dims: [1, 1], values: [1] },
        { dims: [2, 1], values: [-5, 5] },
      ],
    })
    expect(gemm.values).toEqual([-4, 7])
  })
})

describe('unsupported properties are rejected', () => {
  const kernel: Tensor = { dims: [1, 1, 3], values: [1, 1, 1] }
  test.each<[string, Node]>([
    ['uses ONNX opset 6', { op: 'Relu', opset: 6 }],
    ['uses ONNX opset 99', { op: 'Relu', opset: 99 }],
    [
      'the attribute fancy, which is not supported for Relu',
      { op: 'Relu', attributes: { fancy: 1 } },
    ],
    [
      'the attribute activation, which is not supported for Conv',
      { op: 'Conv', attributes: { activation: 'relu' }, more: [kernel] },
    ],
    [
      'auto_pad "constructor"; one of NOTSET',
      { op: 'Conv', attributes: { auto_pad: 'constructor' }, more: [kernel] },
    ],
    [
      'pads [1,1] and auto_pad VALID',
      { op: 'Conv', attributes: { auto_pad: 'VALID', pads: [1, 1] }, more: [kernel] },
    ],
    ['pads [-1,0]', { op: 'Conv', attributes: { pads: [-1, 0] }, more: [kernel] }],
    ['kernel_shape [2]', { op: 'Conv', attributes: { kernel_shape: [2] }, more: [kernel] }],
    ['windows of 5 samples', { op: 'Conv', attributes: { dilations: [2] }, more: [kernel] }],
    ['in 2 groups', { op: 'Conv', attributes: { group: 2 }, more: [kernel] }],
    ['a bias of shape [2]', { op: 'Conv', more: [kernel, vector(1, 2)] }],
    ['strides [0]', { op: 'MaxPool', attributes: { kernel_shape: [2], strides: [0] } }],
    ['no kernel_shape', { op: 'MaxPool' }],
    [
      'contains only padding',
      { op: 'MaxPool', attributes: { kernel_shape: [2], pads: [50_000, 50_000] } },
    ],
    [
      'VALID and ceil_mode',
      {
        op: 'MaxPool',
        attributes: { kernel_shape: [3], strides: [2], auto_pad: 'VALID', ceil_mode: 1 },
      },
    ],
    [
      'has dilations, which AveragePool does not have in opset 18',
      { op: 'AveragePool', opset: 18, attributes: { kernel_shape: [2], dilations: [1] } },
    ],
    [
      'result 1 of it, and only result 0',
      { op: 'MaxPool', attributes: { kernel_shape: [2] }, outputs: ['z', 'y'] },
    ],
    ['has 2 inputs; Relu takes 1', { op: 'Relu', more: [vector(1)] }],
    ['has no input 1', { op: 'Add', more: [undefined] }],
    ['combines shapes [1,1,4] and [3]', { op: 'Add', more: [vector(1, 2, 3)] }],
    ['takes float32 as input 1', { op: 'Add', more: [int(1)] }],
    [
      'in training mode',
      {
        op: 'BatchNormalization',
        attributes: { training_mode: 1 },
        more: [vector(1), vector(1), vector(1), vector(1)],
      },
    ],
    [
      'in training mode',
      {
        op: 'BatchNormalization',
        opset: 9,
        outputs: ['y', 'mean'],
        more: [vector(1), vector(1), vector(1), vector(1)],
      },
    ],
    [
      'in training mode',
      { op: 'Dropout', more: [scalar(0.5), { dims: [], values: [1], int: true }] },
    ],
    ['a maximum of shape [2]', { op: 'Clip', more: [undefined, vector(1, 2)] }],
    ['axis 3; an array of 3 axes', { op: 'Softmax', attributes: { axis: 3 } }],
    ['axis -4; an array of 3 axes', { op: 'Flatten', attributes: { axis: -4 } }],
    [
      'negative pads with mode',
      { op: 'Pad', shape: [4], attributes: { mode: 'edge' }, more: [int(-1, 1)] },
    ],
    [
      'mode "symmetric"',
      { op: 'Pad', shape: [4], attributes: { mode: 'symmetric' }, more: [int(1, 1)] },
    ],
    [
      'needs opset 19',
      { op: 'Pad', opset: 18, shape: [4], attributes: { mode: 'wrap' }, more: [int(1, 1)] },
    ],
    ['leaves no samples', { op: 'Pad', shape: [4], more: [int(-3, -3)] }],
    [
      'has pads 1,1 for axes [0,0]',
      { op: 'Pad', opset: 18, shape: [4], more: [int(1, 1), undefined, int(0, 0)] },
    ],
    ['has a different number', { op: 'Reshape', more: [int(3, -1)] }],
    ['has a different number', { op: 'Reshape', more: [int(-1, -1)] }],
    ['has a different number', { op: 'Reshape', more: [int(-2, -2)] }],
    ['has a different number', { op: 'Reshape', more: [int(1, 1, 1, 0)] }],
    ['has a different number', { op: 'Reshape', attributes: { allowzero: 1 }, more: [int(0, 4)] }],
    [
      'adds an array of shape [3]',
      { op: 'Gemm', shape: [1, 2], more: [{ dims: [2, 1], values: [1, 1] }, vector(1, 2, 3)] },
    ],
    ['has type constructor, which is not supported', { op: 'constructor' }],
    ['has type __proto__, which is not supported', { op: '__proto__' }],
    ['[1,1,-5]', { op: 'Relu', shape: [1, 1, -5] }],
    ['may take 1.00 GiB in total', { op: 'Relu', shape: [1, 2 ** 20, 2 ** 20] }],
    ['may take 1.00 GiB in total', { op: 'Pad', shape: [4], more: [int(0, 2 ** 40)] }],
    [
      'may take 1.00 GiB in total',
      { op: 'Conv', attributes: { pads: [2 ** 40, 2 ** 40] }, more: [kernel] },
    ],
    [
      'one run may take',
      { op: 'MaxPool', shape: [1, 1, 2 ** 22], attributes: { kernel_shape: [2 ** 21] } },
    ],
  ])('%s', async (sentence, node) => {
    const w = world()
    w.put('it.onnx', modelOf(node))
    const { code, stderr } = await w.run(['profile', 'it.onnx', '--runs', '1'])
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 3, lines: 1 })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('fault')
  })

  test('the documentation lists every supported operation', () => {
    const docs = readFileSync(new URL('../../../docs/profile.md', import.meta.url), 'utf8')
    for (const name of knownOperations) expect(docs).toContain(name)
  })
})

describe('several inputs', () => {
  const two = (kind = 1): Uint8Array => {
    const value = (name: string, type: number) => ({
      name,
      type: { tensor_type: { elem_type: type, shape: { dim: [{ dim_value: 2 }] } } },
    })
    const node = [
      { op_type: kind === 1 ? 'Sub' : 'Reshape', name: 'it', input: ['a', 'b'], output: ['y'] },
    ]
    return modelType
      .encode({
        opset_import: [{ version: 17 }],
        graph: { node, input: [value('a', 1), value('b', kind)], output: [{ name: 'y' }] },
      })
      .finish()
  }

  test('are random, or given by name or in order', async () => {
    const w = world()
    w.put('two.onnx', two())
    w.put('a.npy', npy(5, 7))
    w.put('b.npy', npy(1, 2))
    const values = async (...more: string[]) => {
      const { code, stdout, stderr } = await w.run([
        'profile',
        'two.onnx',
        '--runs',
        '1',
        '--json',
        ...more.flatMap((word) => ['--input', word]),
      ])
      return code === 0
        ? (JSON.parse(stdout.toString()) as { output: { values: number[] } }).output.values
        : stderr
    }
    expect(await values()).toHaveLength(2)
    expect(await values('a.npy', 'b.npy')).toEqual([4, 5])
    expect(await values('b=a.npy', 'b.npy')).toEqual([-4, -5])
    expect(await values('a.npy', 'b.npy', 'b.npy')).toContain(
      'takes 2 inputs, but more --input options were given',
    )
    expect(await values('a=a.npy', 'a=b.npy')).toContain("has no free input 'a'")
  })

  test('of integers are required', async () => {
    const w = world()
    w.put('two.onnx', two(7))
    w.put('shape.npy', npy(2, 1))
    expect((await w.run(['profile', 'two.onnx'])).stderr).toContain('--input b=FILE.npy')
    expect(
      (await w.run(['profile', 'two.onnx', '--runs', '1', '--input', 'b=shape.npy'])).code,
    ).toBe(0)
  })
})

test('control characters in names are escaped', async () => {
  const w = world()
  const evil = '\x1b]0;title\x07\nx\x9b31m'
  const node = [{ op_type: 'Relu', name: evil, input: ['x'], output: ['y'] }]
  const x = {
    name: 'x',
    type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 2 }] } } },
  }
  const encodeModel = (op: string) =>
    modelType
      .encode({
        opset_import: [{ version: 17 }],
        graph: {
          name: evil,
          node: [{ ...node[0], op_type: op }],
          input: [x],
          output: [{ name: 'y' }],
        },
      })
      .finish()
  w.put('good.onnx', encodeModel('Relu'))
  w.put('bad.onnx', encodeModel(evil))
  const good = await w.run(['profile', 'good.onnx', '--runs', '1'])
  const bad = await w.run(['profile', 'bad.onnx'])
  expect([good.code, bad.code]).toEqual([0, 3])
  for (const text of [good.stdout.toString(), bad.stderr]) {
    expect(text).toContain('\\x1b]0;title\\x07\\x0ax\\x9b31m')
    for (const control of ['\x1b', '\x07', '\x9b']) expect(text).not.toContain(control)
  }
})
