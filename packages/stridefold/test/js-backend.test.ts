/**
 * Does the interpreter compute what a program describes? The programs are written by hand. The
 * expected results are calculated by hand or with the definition.
 */

import { describe, expect, test } from 'vitest'
import { InternalError, OptionError } from '../src/errors.ts'
import { makeGeometry } from '../src/geometry/geometry.ts'
import type { DType, TypedArray } from '../src/ndarray/dtype.ts'
import { dtypes } from '../src/ndarray/dtype.ts'
import type { NdArray } from '../src/ndarray/ndarray.ts'
import { view } from '../src/ndarray/ndarray.ts'
import type { Bindings } from '../src/program/backend.ts'
import type { Program, Stage } from '../src/program/program.ts'
import type { Contraction, Epilogue, Step } from '../src/program/steps.ts'
import { referenceConv } from '../src/reference/definition.ts'
import { jsBackend } from './backends.ts'
import {
  bound,
  callerBuffer,
  contract,
  loops,
  move,
  operand,
  owned,
  paddedLayer,
  stage,
} from './programs.ts'

const float32 = (values: readonly number[]): NdArray<'float32'> =>
  view(Float32Array.from(values), [values.length])
const empty = float32([])

function run(program: Program, bindings: Partial<Bindings>): void {
  jsBackend()
    .compile(program, {})
    .run({ input: empty, kernel: empty, output: empty, ...bindings }, false)
}

/**
 * Returns the output after one stage of steps over input and kernel. The output has `length`
 * elements, all 9 before the run.
 */
function result(
  steps: readonly Step[],
  length: number,
  input: readonly number[],
  kernel: readonly number[] = [],
  more: Partial<Stage> = {},
): number[] {
  const output = float32(new Array<number>(length).fill(9))
  const buffers = [
    callerBuffer('input'),
    callerBuffer('kernel'),
    callerBuffer('output'),
    owned('local', 'local', 8),
  ]
  run(
    { dtype: 'float32', buffers, stages: [stage('only', steps, more)] },
    { input: float32(input), kernel: float32(kernel), output },
  )
  return Array.from(output.data)
}

describe('a padded layer', () => {
  const small = (n: number, from: number): Float32Array =>
    Float32Array.from({ length: n }, (_, i) => ((i * 7) % 11) + from)
  const x = view(small(60, -5), [1, 2, 5, 6])
  const k = view(small(72, -4), [4, 2, 3, 3])
  const bias = float32([1, -2, 3, -4])
  const axes = [5, 6].map((input) => ({ input, kernel: 3, before: 1, after: 1 }))
  const sums = referenceConv(makeGeometry({ channels: 2, filters: 4, axes }), x, k, bias)
  const expected = Array.from(sums, (sum) => Math.min(Math.max(sum + 0.5, 0), 6))

  test('equals the definition exactly', () => {
    const output = view(new Float32Array(120), [1, 4, 5, 6])
    run(paddedLayer, { input: x, kernel: k, bias, output })
    expect(Array.from(output.data)).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(2)
  })

  test('equals it in float64 too, with arrays that start and end inside a larger buffer', () => {
    const in64: Program = {
      ...paddedLayer,
      dtype: 'float64',
      buffers: paddedLayer.buffers.map((b) => ({ ...b, dtype: 'float64' })),
    }
    const inside = (source: TypedArray, shape: readonly number[]): NdArray => {
      const memory = new Float64Array(source.length + 10).fill(NaN)
      memory.set(source, 5)
      return view(memory, shape, { offset: 5 })
    }
    const output = inside(new Float32Array(120), [1, 4, 5, 6])
    run(in64, {
      input: inside(x.data, x.shape),
      kernel: inside(k.data, k.shape),
      bias: inside(bias.data, [4]),
      output,
    })
    expect(Array.from(output.data)).toEqual([
      ...new Array(5).fill(NaN),
      ...expected,
      ...new Array(5).fill(NaN),
    ])
  })

  test('has a workspace of exactly the buffers of the program', () => {
    expect(jsBackend().workspaceBytes(paddedLayer, {})).toBe(112 * 4)
    expect(jsBackend().unsupportedReason(paddedLayer)).toBeUndefined()
  })
})

test('a 2-D convolution in place, with a flipped kernel and rows in reverse order', () => {
  // x = [[3,9,0],[2,8,1],[1,4,8]], stored with its bottom row first. k = [[8,9],[4,4]], read
  // backwards from its last weight.
  const x = view(Float32Array.from([1, 4, 8, 2, 8, 1, 3, 9, 0]), [3, 3], {
    strides: [-3, 1],
    offset: 6,
  })
  const output = float32([0, 0, 0, 0])
  const step = contract({ y: 2, x: 2 }, { ty: 2, tx: 2 }, [
    operand('output', 0, 2, 1),
    operand('input', 0, -3, 1, -3, 1),
    operand('kernel', 3, 0, 0, -2, -1),
  ])
  run(
    {
      dtype: 'float32',
      buffers: [callerBuffer('input'), callerBuffer('kernel'), callerBuffer('output')],
      stages: [stage('only', [step])],
    },
    { input: x, kernel: view(Float32Array.from([8, 9, 4, 4]), [2, 2]), output },
  )
  // 3·4 + 9·4 + 2·9 + 8·8 = 130, and so on. scipy.signal.convolve2d gives the same.
  expect(Array.from(output.data)).toEqual([130, 116, 81, 136])
})

describe('Move', () => {
  test('fills elements outside its bounds, or leaves them unchanged', () => {
    const over = { y: 2, x: 5 }
    const both = [bound(1, -1, 1, 0), bound(3, -1, 0, 1)]
    const [to, from] = [operand('output', 0, 5, 1), operand('input', -4, 3, 1)]
    expect(result([move(over, to, from, { bounds: both, outside: 7 })], 10, [1, 2, 3])).toEqual([
      7, 7, 7, 7, 7, 7, 1, 2, 3, 7,
    ])
    expect(result([move(over, to, from, { bounds: both })], 10, [1, 2, 3])).toEqual([
      9, 9, 9, 9, 9, 9, 1, 2, 3, 9,
    ])
  })

  test('bounds with step −1, 2, −4 and 0', () => {
    const go = (b: ReturnType<typeof bound>): number[] =>
      result(
        [
          move({ x: 5 }, operand('output', 0, 1), operand('input', 0, 1), {
            bounds: [b],
            outside: 0,
          }),
        ],
        5,
        [1, 2, 3, 4, 5],
      )
    expect(go(bound(3, 3, -1))).toEqual([0, 2, 3, 4, 0])
    expect(go(bound(4, -3, 2))).toEqual([0, 0, 3, 4, 0])
    expect(go(bound(4, 9, -4))).toEqual([0, 0, 3, 0, 0])
    expect(go(bound(4, 3, 0))).toEqual([1, 2, 3, 4, 5])
    expect(go(bound(4, 4, 0))).toEqual([0, 0, 0, 0, 0])
    expect(go(bound(4, 9, 1))).toEqual([0, 0, 0, 0, 0])
    expect(go(bound(4, -9, 1))).toEqual([0, 0, 0, 0, 0])
  })

  test('copies with strides of 0 and −1 (edge and reflect), and fills with one number', () => {
    expect(
      result([move({ i: 3 }, operand('output', 0, 1), operand('input', 1, 0))], 4, [1, 2]),
    ).toEqual([2, 2, 2, 9])
    expect(
      result([move({ i: 3 }, operand('output', 3, -1), operand('input', 0, 1))], 4, [1, 2, 3]),
    ).toEqual([9, 3, 2, 1])
    expect(result([move({ i: 2 }, operand('output', 1, 2), 5)], 4, [])).toEqual([9, 5, 9, 5])
    expect(result([move({}, operand('output', 2), operand('input', 1))], 4, [1, 2])).toEqual([
      9, 9, 2, 9,
    ])
    expect(result([move({ i: 0, j: 3 }, operand('output', 0, 1, 1), 5)], 2, [])).toEqual([9, 9])
  })

  const converted = (from: DType, to: DType, values: readonly number[], step = 1): number[] => {
    const n = values.length
    const data = dtypes[to].create(n * step)
    const output = view(data, [n], { strides: [step] })
    const input = dtypes[from].create(n)
    input.set(values)
    const buffers = [callerBuffer('input', from), callerBuffer('output', to)]
    const steps = [move({ i: n }, operand('output', 0, step), operand('input', 0, 1))]
    run(
      { dtype: 'float32', buffers, stages: [stage('convert', steps)] },
      { input: view(input, [n]), output },
    )
    return Array.from({ length: n }, (_, i) => data[i * step]!)
  }

  const odd = [
    -0.5,
    0.5,
    1.5,
    2.5,
    -1.5,
    126.5,
    127.5,
    254.5,
    255.5,
    300,
    -300,
    NaN,
    Infinity,
    -Infinity,
  ]
  test.each<[DType, DType, readonly number[], readonly number[]]>([
    ['float32', 'uint8', odd, [0, 0, 2, 2, 0, 126, 128, 254, 255, 255, 0, 0, 255, 0]],
    ['float64', 'uint8c', odd, [0, 0, 2, 2, 0, 126, 128, 254, 255, 255, 0, 0, 255, 0]],
    ['float32', 'int8', odd, [0, 0, 2, 2, -2, 126, 127, 127, 127, 127, -128, 0, 127, -128]],
    [
      'float64',
      'int16',
      [32767.5, -32768.5, 40000, 0.49999999999999994],
      [32767, -32768, 32767, 0],
    ],
    ['float64', 'uint16', [65534.5, 65535.5, -1, 7], [65534, 65535, 0, 7]],
    ['float64', 'int32', [2147483646.5, 3e9, -3e9, NaN], [2147483646, 2147483647, -2147483648, 0]],
    ['float64', 'float32', [0.1, 1e40, NaN], [Math.fround(0.1), Infinity, NaN]],
    ['int16', 'uint8', [-5, 256, 255, 77], [0, 255, 255, 77]],
    ['uint8', 'int8', [127, 128, 255], [127, 127, 127]],
    ['uint8', 'int16', [0, 128, 255], [0, 128, 255]],
    ['uint16', 'float32', [0, 65535], [0, 65535]],
    ['int32', 'float64', [-2147483648, 2147483647], [-2147483648, 2147483647]],
  ])('turns %s into %s, half to even and saturating', (from, to, values, expected) => {
    expect(converted(from, to, values).map((value) => value + 0)).toEqual(expected)
    expect(converted(from, to, values, 3).map((value) => value + 0)).toEqual(expected)
  })

  test('the fill value outside the bounds and a single number are converted too', () => {
    const output = view(new Uint8Array(4), [4])
    const steps = [
      move({ i: 2 }, operand('output', 0, 1), 300),
      move({ i: 2 }, operand('output', 2, 1), 1, { bounds: [bound(1, 0, 1)], outside: 2.5 }),
    ]
    run(
      {
        dtype: 'float32',
        buffers: [callerBuffer('output', 'uint8')],
        stages: [stage('fill', steps)],
      },
      { output },
    )
    expect(Array.from(output.data)).toEqual([255, 255, 1, 2])
  })
})

describe('Contract', () => {
  const dot = (
    more: Partial<Contraction>,
    sum: Readonly<Record<string, number>> = { t: 3 },
  ): Step =>
    contract(
      { i: 2 },
      sum,
      [operand('output', 0, 1), operand('input', 0, 1, 1), operand('kernel', 0, 0, 1)],
      more,
    )

  test('starts at zero, or adds to the old output', () => {
    expect(result([dot({})], 3, [1, 2, 3, 4], [1, 10, 100])).toEqual([321, 432, 9])
    expect(result([dot({ start: 'accumulate' })], 3, [1, 2, 3, 4], [1, 10, 100])).toEqual([
      330, 441, 9,
    ])
    expect(
      result([dot({ start: 'accumulate', tile: 'scalar' })], 3, [1, 2, 3, 4], [1, 10, 100]),
    ).toEqual([330, 441, 9])
  })

  test('an empty sum still writes its start value and its epilogue', () => {
    expect(result([dot({}, { t: 0 })], 3, [], [])).toEqual([0, 0, 9])
    expect(
      result([dot({ start: 'accumulate', epilogue: { offset: 2 } }, { t: 0 })], 3, [], []),
    ).toEqual([11, 11, 9])
  })

  test('a product without a sum', () => {
    const step = contract({ i: 2, j: 2 }, {}, [
      operand('output', 0, 2, 1),
      operand('input', 0, 1, 0),
      operand('kernel', 0, 0, 1),
    ])
    expect(result([step], 4, [2, 3], [10, 100])).toEqual([20, 200, 30, 300])
  })

  test('adds in float64 and rounds once', () => {
    expect(result([dot({})], 2, [1e8, 1, -1e8, 1], [1, 1, 1])).toEqual([1, Math.fround(2 - 1e8)])
    const long = new Array<number>(3000).fill(0.1)
    const sum = contract({ i: 1 }, { t: 3000 }, [
      operand('output', 0, 1),
      operand('input', 0, 0, 1),
      operand('kernel', 0, 0, 0),
    ])
    const exact = 3000 * Math.fround(0.1)
    expect(result([sum], 1, long, [1])).toEqual([Math.fround(exact)])
  })

  const values = [-Infinity, -3, -1, 0, 0.5, 2, Infinity, NaN]
  test.each<[string, Epilogue, number[]]>([
    [
      'clamp',
      { activation: { kind: 'clamp', min: -1, max: 0.5 } },
      [-1, -1, -1, 0, 0.5, 0.5, 0.5, NaN],
    ],
    [
      'relu',
      { activation: { kind: 'clamp', min: 0, max: Infinity } },
      [0, 0, 0, 0, 0.5, 2, Infinity, NaN],
    ],
    [
      'leaky',
      { activation: { kind: 'leaky', slope: 0.25 } },
      [-Infinity, -0.75, -0.25, 0, 0.5, 2, Infinity, NaN],
    ],
    ['offset', { offset: 1 }, [-Infinity, -2, 0, 1, 1.5, 3, Infinity, NaN]],
    [
      'offset, then clamp',
      { offset: 1, activation: { kind: 'clamp', min: -1, max: 2 } },
      [-1, -1, 0, 1, 1.5, 2, 2, NaN],
    ],
    [
      'bias, then leaky',
      { bias: operand('kernel', 1, 0), activation: { kind: 'leaky', slope: 0.5 } },
      [-Infinity, -0.5, 1, 2, 2.5, 4, Infinity, NaN],
    ],
    // scipy.special.expit, numpy.tanh
    [
      'sigmoid',
      { activation: { kind: 'sigmoid' } },
      [
        0,
        0.04742587317756678,
        0.2689414213699951,
        0.5,
        0.6224593312018546,
        0.8807970779778823,
        1,
        NaN,
      ],
    ],
    [
      'tanh',
      { activation: { kind: 'tanh' } },
      [
        -1,
        -0.9950547536867305,
        -0.7615941559557649,
        0,
        0.46211715726000974,
        0.964027580075817,
        1,
        NaN,
      ],
    ],
  ])('%s, and NaN stays NaN', (_, epilogue, expected) => {
    const step = contract(
      { i: 8 },
      {},
      [operand('output', 0, 1), operand('input', 0, 1), operand('kernel', 0, 0)],
      { epilogue: epilogue },
    )
    expect(result([step], 8, values, [1, 2])).toEqual(expected.map(Math.fround))
  })

  test('a bias per row of results, with rows longer than one block of sums', () => {
    const n = 5000
    const input = Array.from({ length: n }, (_, i) => i % 7)
    const epilogue = { bias: operand('input', 0, 0, 1) }
    const step = contract(
      { f: 2, i: n },
      {},
      [operand('output', 0, n, 1), operand('input', 0, 0, 1), operand('kernel', 0, 1, 0)],
      {
        epilogue,
      },
    )
    expect(result([step], 2 * n, input, [10, 100])).toEqual([
      ...input.map((v) => v * 11),
      ...input.map((v) => v * 101),
    ])
  })
})

describe('stages', () => {
  test('every item of a grid has its own contents of a local buffer', () => {
    // Each tile copies 3 samples and computes 2 results: y[tile, i] = x[2·tile + i] + 10·x[2·tile +
    // i + 1].
    const steps = [
      move({ i: 3 }, operand('local', 0, 0, 1), operand('input', 0, 2, 1)),
      contract({ i: 2 }, { t: 2 }, [
        operand('output', 0, 2, 1),
        operand('local', 0, 0, 1, 1),
        operand('kernel', 0, 0, 0, 1),
      ]),
    ]
    expect(result(steps, 6, [1, 2, 3, 4, 5, 6, 7], [1, 10], { grid: loops({ tile: 3 }) })).toEqual([
      21, 32, 43, 54, 65, 76,
    ])
  })

  test('bounds move with the grid; an empty grid writes nothing', () => {
    const tile = move({ i: 3 }, operand('output', 0, 3, 1), operand('input', -1, 3, 1), {
      bounds: [bound(4, -1, 3, 1)],
      outside: 0,
    })
    expect(result([tile], 6, [1, 2, 3, 4], [], { grid: loops({ tile: 2 }) })).toEqual([
      0, 1, 2, 3, 4, 0,
    ])
    expect(result([tile], 6, [1, 2, 3, 4], [], { grid: loops({ tile: 0 }) })).toEqual([
      9, 9, 9, 9, 9, 9,
    ])
  })

  const twiceTheKernel: Program = {
    dtype: 'float32',
    buffers: [
      callerBuffer('input'),
      callerBuffer('kernel'),
      callerBuffer('output'),
      owned('weights', 'prepared', 1),
      { ...owned('two', 'constant', 1), values: [2] },
    ],
    stages: [
      stage('multiply', [
        contract({}, {}, [operand('output', 0), operand('input', 0), operand('weights', 0)]),
      ]),
      stage(
        'prepare',
        [contract({}, {}, [operand('weights', 0), operand('kernel', 0), operand('two', 0)])],
        { prepare: true },
      ),
    ],
  }

  test('weights prepared for one kernel stay until prepare() gets another kernel', () => {
    const executable = jsBackend().compile(twiceTheKernel, {})
    const output = float32([0])
    const go = (kernel: number, prepared: boolean): number => {
      executable.run({ input: float32([5]), kernel: float32([kernel]), output }, prepared)
      return output.data[0]!
    }
    expect(go(3, false)).toBe(30)
    expect(go(4, true)).toBe(30)
    executable.prepare(float32([7]))
    expect(go(4, true)).toBe(70)
    expect(go(4, false)).toBe(40)
    expect(jsBackend().workspaceBytes(twiceTheKernel, {})).toBe(8)
  })

  test('throws after dispose, for another dtype, without bias, for an invalid program', () => {
    const code = (
      error: typeof OptionError | typeof InternalError,
      expected: string,
      action: () => void,
    ): void => {
      expect(action).toThrow(error)
      expect(action).toThrow(expect.objectContaining({ code: expected }))
    }
    const executable = jsBackend().compile(twiceTheKernel, {})
    const bindings = { input: float32([5]), kernel: float32([3]), output: float32([0]) }
    const wrong = { ...bindings, output: view(new Float64Array(1), [1]) }
    code(InternalError, 'BINDING_MISMATCH', () => executable.run(wrong, false))
    executable.dispose()
    code(OptionError, 'PLAN_DISPOSED', () => executable.run(bindings, false))
    code(OptionError, 'PLAN_DISPOSED', () => executable.prepare(bindings.kernel))
    code(InternalError, 'BINDING_MISSING', () =>
      jsBackend().compile(paddedLayer, {}).run(bindings, false),
    )
    const tooFar = move({ i: 3 }, operand('input', 0, 1), 0)
    code(InternalError, 'PROGRAM_INVALID', () =>
      jsBackend().compile({ ...twiceTheKernel, stages: [stage('x', [tooFar])] }, {}),
    )
  })
})
