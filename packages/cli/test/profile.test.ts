/**
 * Does a profiled network give the results of PyTorch for the same file? Do its parts add up to the
 * total time? Does every invalid file give one sentence?
 *
 * scripts/onnx-fixtures.py writes fixtures/*.onnx, with the results of PyTorch.
 */

import { readFileSync } from 'node:fs'
import { type NdArray, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { writeNpy } from '../src/npy.ts'
import type { Graph } from '../src/profile/graph.ts'
import { readJsonModel } from '../src/profile/json-model.ts'
import { readOnnx } from '../src/profile/onnx.ts'
import { modelType } from '../src/profile/onnx-messages.ts'
import { profileModel, traceOf } from '../src/profile/profile.ts'
import { world } from './helpers/world.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`fixtures/${name}`, import.meta.url))
const asset = (): string => readFileSync(new URL('../assets/shapes.json', import.meta.url), 'utf8')
const quiet = (): void => {}
const of = (graph: Graph, x: NdArray): Map<string, NdArray> => new Map([[graph.inputs[0]!.name, x]])

describe('ONNX files', () => {
  test.each(['residual', 'small'])('%s gives what PyTorch gives', (name) => {
    const reference = JSON.parse(fixture(`${name}.json`).toString()) as {
      shape: number[]
      x: number[]
      y: number[]
    }
    const graph = readOnnx(fixture(`${name}.onnx`), name)
    expect(graph.inputs[0]!.shape).toEqual(reference.shape)
    const { profile } = profileModel(
      graph,
      of(graph, ndarray(Float32Array.from(reference.x), reference.shape)),
      3,
      quiet,
    )
    const { values = [] } = profile.output
    expect(values.length).toBe(reference.y.length)
    const size = Math.max(...reference.y.map(Math.abs))
    values.forEach((v, i) => expect(Math.abs(v - reference.y[i]!)).toBeLessThanOrEqual(1e-5 * size))
  })

  test('a normalisation and a relu are fused into a convolution and its name', () => {
    const graph = readOnnx(fixture('residual.onnx'), 'residual')
    const x = ndarray(new Float32Array(3 * 32 * 36), [1, 3, 32, 36])
    const { profile } = profileModel(graph, of(graph, x), 2, quiet)
    const ops = profile.rows.map(({ op }) => op)
    expect(ops).not.toContain('BatchNormalization')
    expect(profile.rows[0]!.name).toMatch(/relu/)
    expect(ops).toEqual(
      expect.arrayContaining(['Conv', 'Add', 'MaxPool', 'ConvTranspose', 'AveragePool', 'Softmax']),
    )
    expect(profile.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    for (const { parts, milliseconds } of profile.rows)
      if (parts.length > 0)
        expect(parts.reduce((sum, part) => sum + part.milliseconds, 0)).toBeGreaterThanOrEqual(
          0.99 * milliseconds,
        )
  })

  test('flops are those of the definition', () => {
    const graph = readOnnx(fixture('small.onnx'), 'small')
    const { profile } = profileModel(
      graph,
      of(graph, ndarray(new Float32Array(100), [1, 2, 50])),
      1,
      quiet,
    )
    const flops = new Map(profile.rows.map((row) => [row.op + row.outputShape[1], row.flops]))
    expect(flops.get('Conv6')).toBe(2 * 6 * 50 * 2 * 7)
    expect(flops.get('Conv4')).toBe(2 * 4 * 50 * 2 * 3)
    expect(profile.parameters).toBe(148)
  })
})

describe('the included network', () => {
  const drawn = JSON.parse(fixture('shapes.json').toString()) as {
    names: string[]
    side: number
    labels: number[]
    pixels: string
  }
  const { names, side, labels } = drawn

  test('classifies shapes that it was not trained on', () => {
    const graph = readJsonModel(asset(), 'shapes')
    expect(graph.classes).toEqual(names)
    const pixels = Float32Array.from(
      Buffer.from(drawn.pixels, 'base64'),
      (byte) => ((byte << 24) >> 24) / 100,
    )
    const right = labels.filter((label, i) => {
      const item = pixels.slice(i * side * side, (i + 1) * side * side)
      const { values = [] } = profileModel(
        graph,
        of(graph, ndarray(item, [1, 1, side, side])),
        1,
        quiet,
      ).profile.output
      return values.indexOf(Math.max(...values)) === label
    })
    expect(right.length / labels.length).toBeGreaterThanOrEqual(0.9)
  })

  test('needs no file, and writes a valid trace', async () => {
    const w = world()
    const { code, stdout } = await w.run(['profile', '--runs', '3', '--trace', 'trace.json'])
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(/predicted class: (circle|square|triangle|star)/)
    const { traceEvents } = JSON.parse(w.bytes('trace.json').toString()) as {
      traceEvents: { ph: string; ts: number; dur: number; name: string }[]
    }
    const timed = traceEvents.filter(({ ph }) => ph === 'X')
    const outer = timed.filter(
      (e) =>
        !timed.some(
          (o) => o !== e && o.ts <= e.ts && o.ts + o.dur >= e.ts + e.dur - 1e-6 && o.dur > e.dur,
        ),
    )
    expect(outer).toHaveLength(3)
    for (const item of timed) expect(item.dur).toBeGreaterThanOrEqual(0)
    expect((await w.run(['profile', '--trace', 'trace.json'])).code).toBe(1)
    const json = JSON.parse((await w.run(['profile', '--runs', '2', '--json'])).stdout.toString())
    expect(json).toMatchObject({ schemaVersion: 1, verb: 'profile', runs: 2, classes: names })
  })
})

test('a trace nests parts in their operation', () => {
  const parts = [
    { name: 'a', milliseconds: 1, flops: 1, bytes: 2 },
    { name: 'b', milliseconds: 2, flops: 1, bytes: 2 },
  ]
  const { traceEvents } = JSON.parse(
    traceOf('net', [{ name: 'conv', start: 10, milliseconds: 4, parts }]),
  ) as { traceEvents: object[] }
  expect(traceEvents.slice(2)).toMatchObject([
    { name: 'conv', ts: 0, dur: 4000 },
    { name: 'a', ts: 0, dur: 1000 },
    { name: 'b', ts: 1000, dur: 2000 },
  ])
})

describe('layers in JSON', () => {
  test('sizes without weights are enough', async () => {
    const w = world()
    const layers = [
      { type: 'conv2d', filters: 8, kernel: 3, padding: 1, activation: 'relu' },
      { type: 'maxPool', kernel: 2 },
      { type: 'convTranspose2d', filters: 4, kernel: 2, stride: 2 },
      { type: 'globalAveragePool' },
      { type: 'flatten' },
      { type: 'linear', filters: 5 },
      { type: 'softmax' },
    ]
    w.put('net.json', JSON.stringify({ input: [3, 16, 18], layers }))
    w.put('x.npy', writeNpy(new Float32Array(3 * 16 * 18).fill(1), [3, 16, 18]))
    const { code, stdout, stderr } = await w.run([
      'profile',
      'net.json',
      '--runs',
      '2',
      '--input',
      'x.npy',
      '--json',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { output, rows } = JSON.parse(stdout.toString()) as {
      output: { values: number[] }
      rows: { outputShape: number[] }[]
    }
    expect(output.values.reduce((a, b) => a + b)).toBeCloseTo(1)
    expect(rows.map(({ outputShape }) => outputShape.join('×'))).toEqual([
      '1×8×16×18',
      '1×8×8×9',
      '1×4×16×18',
      '1×4×1×1',
      '1×4',
      '1×5',
      '1×5',
    ])
  })

  test.each([
    ['{', 'is no JSON'],
    ['{"layers": []}', 'input is undefined'],
    ['{"input": [1, 4, 4], "layers": []}', 'layers is missing'],
    ['{"input": [1, 4, 4], "layers": [{"type": "lstm"}]}', 'Types: conv2d'],
    ['null', 'it is null; write'],
    ['[]', 'it is []; write'],
    ['{"input": [1, 4, 1e300], "layers": [{"type": "relu"}]}', 'write [channels, height, width]'],
    ['{"input": [1, 4, 4], "layers": [null]}', 'layer 0 is null'],
    ['{"input": [1, 4, 4], "layers": [{"type": "<constructor"}]}', 'has type "<constructor"'],
    ['{"input": [1, 4, 4], "layers": [{"type": "constructor"}]}', 'has type "constructor"'],
    ['{"input": [1, 4, 4], "layers": [{"type": "__proto__"}]}', 'has type "__proto__"'],
    ['{"input": [1, 4, 4], "layers": [{"type": "\\u001b[31m\\n"}]}', 'has type "\\u001b[31m\\n"'],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "maxPool", "kernal": 2}]}',
      'has "kernal", which maxPool does not support',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "kernel": 5}]}',
      'has a kernel 5×5 that does not fit [1,1,4,4]',
    ],
    [
      '{"input": [3, 4, 4], "layers": [{"type": "conv2d", "groups": 2, "filters": 2}]}',
      'has 2 groups for 3 channels and 2 filters',
    ],
    ['{"input": [1, 4, 4], "layers": [{"type": "linear"}]}', 'put flatten before it'],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "flatten"}, {"type": "maxPool"}]}',
      'channels, height and width are needed',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": null}]}',
      'has a weight that is null',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": ["1"]}]}',
      'lists of numbers are needed',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": [1, 2]}]}',
      'has 2 numbers; shape [1,1,1,1] takes 1',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": {"shape": [1, 1, 1, 1], ' +
        '"data": "AAAAAAA="}}]}',
      'but data has 5',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": {"shape": [1, 1], ' +
        '"data": "AAAAAA=="}}]}',
      '4 integers from 1 on',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "weight": ' +
        `${'['.repeat(3000)}${']'.repeat(3000)}}]}`,
      'has 0 numbers',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "relu"}], "classes": [1]}',
      'a list of names is needed',
    ],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "relu"}], "example": [1, 2]}',
      'example has 2 numbers',
    ],
    ['{"input": [3, 64, 64], "layers": [{"type": "conv2d", "filters": 300000000}]}', '3.35 GiB'],
    [
      '{"input": [1, 9007199254740991, 9007199254740991], "layers": [{"type": "relu"}]}',
      'may take 1.00 GiB in total',
    ],
    [
      '{"input": [8, 9, 9], "layers": [{"type": "convTranspose2d", "filters": 4, "kernel": ' +
        '701, "stride": 2}]}',
      'one run may take 2.00 T in plans',
    ],
    [
      '{"input": [3, 64, 64], "layers": [{"type": "maxPool", "kernel": 2, "padding": 50000}]}',
      'contains only padding',
    ],
    ['{"input": [1, 4, 4], "layers": [{"type": "conv2d", "kernel": 0}]}', 'an integer is needed'],
    [
      '{"input": [1, 4, 4], "layers": [{"type": "conv2d", "filters": 1, "activation": "gelu"}]}',
      'Supported: relu, sigmoid, tanh',
    ],
  ])('%s', async (text, sentence) => {
    const w = world()
    w.put('net.json', text)
    const { code, stderr } = await w.run(['profile', 'net.json'])
    expect(code).toBe(3)
    expect(stderr).toContain(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('with the same name keep separate weights', async () => {
    const w = world()
    const layer = (weight: number): object => ({ type: 'conv2d', name: 'same', weight: [weight] })
    w.put(
      'net.json',
      JSON.stringify({ input: [1, 1, 1], layers: [layer(2), layer(3)], example: [1] }),
    )
    const { stdout } = await w.run(['profile', 'net.json', '--runs', '1', '--json'])
    expect(JSON.parse(stdout.toString())).toMatchObject({
      output: { shape: [1, 1, 1, 1], values: [6] },
    })
  })

  test('of pooling have their size as default stride', async () => {
    const w = world()
    w.put(
      'net.json',
      JSON.stringify({ input: [1, 2, 2], layers: [{ type: 'maxPool' }], example: [1, 2, 3, 4] }),
    )
    const { stdout } = await w.run(['profile', 'net.json', '--runs', '1', '--json'])
    expect(JSON.parse(stdout.toString())).toMatchObject({
      output: { shape: [1, 1, 1, 1], values: [4] },
    })
  })

  test('may use as much memory as --memory-limit allows', async () => {
    const w = world()
    w.put('net.json', JSON.stringify({ input: [1, 64, 64], layers: [{ type: 'relu' }] }))
    expect(
      (await w.run(['profile', 'net.json', '--runs', '1', '--memory-limit', '32K'])).code,
    ).toBe(0)
    const { code, stderr } = await w.run([
      'profile',
      'net.json',
      '--runs',
      '1',
      '--memory-limit',
      '31K',
    ])
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        'stridefold: relu 0 has shape [1,1,64,64], 16.0 KiB, after 16.0 KiB of other arrays; ' +
        'weights, inputs and results may take 31.0 KiB in total. ' +
        'Use a smaller input, or raise --memory-limit.\n',
    })
  })
})

test('files that are not networks, inputs that do not fit', async () => {
  const w = world()
  w.put('no.onnx', 'not a model at all')
  expect(await w.run(['profile', 'no.onnx'])).toMatchObject({ code: 3 })
  expect(await w.run(['profile', 'missing.onnx'])).toMatchObject({ code: 3 })
  w.put('small.onnx', fixture('small.onnx'))
  w.put('one.npy', writeNpy(new Float32Array(100), [2, 50]))
  expect((await w.run(['profile', 'small.onnx', '--runs', '1', '--input', 'one.npy'])).code).toBe(0)
  w.put('whole.npy', writeNpy(new Float32Array(100), [1, 2, 50]))
  expect((await w.run(['profile', 'small.onnx', '--runs', '1', '--input', 'whole.npy'])).code).toBe(
    0,
  )
  w.put('x.npy', writeNpy(new Float32Array(12), [1, 3, 4]))
  const { code, stderr } = await w.run(['profile', 'small.onnx', '--input', 'x.npy'])
  expect(code).not.toBe(0)
  expect(stderr).not.toBe('')
  const node = { op_type: 'LSTM', name: 'memory', input: ['x'], output: ['y'] }
  const value = (name: string) => ({
    name,
    type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 1 }, { dim_value: 4 }] } } },
  })
  const model = modelType
    .encode({
      opset_import: [{ version: 17 }],
      graph: { node: [node], input: [value('x')], output: [value('y')] },
    })
    .finish()
  w.put('lstm.onnx', model)
  const lstm = await w.run(['profile', 'lstm.onnx'])
  expect(lstm).toMatchObject({ code: 3 })
  expect(lstm.stderr).toContain('memory has type LSTM')
  for (const runs of ['0', '100001', '1e9'])
    expect((await w.run(['profile', '--runs', runs])).code).toBe(2)
})
