/**
 * Are options read correctly from any kind of object? The options are inherited, getters, not
 * enumerable, or changed after the call. Some look alike but mean different things. The expected
 * results are worked out by hand from the definition.
 */

import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import { readers } from '../src/geometry/read-options.ts'
import * as asynchronous from '../src/index.ts'
import * as S from '../src/sync.ts'
import {
  conv2d,
  convolve,
  convWeightGradient,
  correlate,
  geometry,
  kernels,
  ndarray,
  outputShape,
  plan,
  planCase,
} from '../src/sync.ts'

const x = [1, 2, 3, 4, 5]
const k = [1, 1]
/**
 * Sums of neighbours. `full` has one output wherever the kernel overlaps the line; `same` has its
 * extra zero after the line.
 */
const [full, same] = [
  [1, 3, 5, 7, 9, 5],
  [3, 5, 7, 9, 5],
]
const values = (y: { readonly data: ArrayLike<number> }): number[] => Array.from(y.data)

function thrownError(run: () => unknown): OptionError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('the call did not throw')
}

class Settings {
  get mode(): 'full' {
    return 'full'
  }
}

const hidden = Object.defineProperty({}, 'mode', { value: 'full', enumerable: false })
const inProxy = new Proxy({}, { get: (_, name) => (name === 'mode' ? 'full' : undefined) })

describe('a known option is read wherever the object has it', () => {
  test.each<readonly [string, object]>([
    ['inherited', Object.create({ mode: 'full' })],
    ['inherited over two levels', Object.create(Object.create({ mode: 'full' }))],
    ['a getter of a class', new Settings()],
    ['a property that is not enumerable', hidden],
    ['a proxy', inProxy],
    ['no prototype', Object.assign(Object.create(null), { mode: 'full' })],
  ])('%s', (_, options) => {
    const [input, kernel] = [ndarray(new Float32Array(x)), ndarray(new Float32Array(k))]
    for (const [line, weights] of [
      [x, k],
      [input, kernel],
    ] as const) {
      for (let round = 0; round < 3; round++) {
        expect(values(correlate(line, weights, options))).toEqual(full)
        expect(values(correlate(line, weights))).toEqual(same)
        expect(values(correlate(line, weights, {}))).toEqual(same)
      }
    }
    expect(outputShape('correlate', [5], [2], options)).toEqual([6])
    expect(values(plan('correlate', [5], [2], options).runSync(x, k))).toEqual(full)
    expect(S.im2col(x, [2], options).shape).toEqual([2, 6])
    expect(S.toeplitz(k, [5], options).shape).toEqual([6, 5])
  })

  test('an inherited option is checked as an own one; unknown inherited names are ignored', () => {
    const invalid = Object.create({ mode: 'nonsense' })
    expect(thrownError(() => correlate(x, k, invalid)).code).toBe('OPTION_INVALID')
    expect(thrownError(() => outputShape('correlate', [5], [2], invalid)).code).toBe(
      'OPTION_INVALID',
    )
    expect(thrownError(() => planCase('5 * 2', Object.create({ backend: 'gpu' }))).code).toBe(
      'OPTION_INVALID',
    )
    expect(
      thrownError(() =>
        convWeightGradient([[x]], [[same]], [1, 1, 1], Object.create({ stride: 0 })),
      ).code,
    ).toBe('OPTION_INVALID')
    expect(values(correlate(x, k, Object.create({ note: 1, groups: 3 })))).toEqual(same)
    expect(thrownError(() => correlate(x, k, { note: 1 } as object)).code).toBe('OPTION_UNKNOWN')
  })

  test('a getter is read once per call, and its error reaches the caller', () => {
    let reads = 0
    const counted = {
      get mode(): 'full' {
        reads++
        return 'full'
      },
    }
    const [input, kernel] = [ndarray(new Float32Array(x)), ndarray(new Float32Array(k))]
    for (let call = 1; call <= 4; call++) {
      correlate(input, kernel, counted)
      expect(reads).toBe(call)
    }
    outputShape('correlate', [5], [2], counted)
    expect(reads).toBe(5)
    let size = 0
    const changing = {
      size: [3, 3] as readonly number[],
      get sigma(): number {
        return ++size
      },
    }
    expect(values(kernels.gaussian(changing))).toEqual(
      values(kernels.gaussian({ size: [3, 3], sigma: 1 })),
    )
    const failing = Object.defineProperty({}, 'stride', {
      get: () => {
        throw new RangeError('mine')
      },
    })
    expect(() => correlate(x, k, failing)).toThrow(new RangeError('mine'))
  })

  test('parameters of kernels and of shape solvers may be inherited too', () => {
    expect(kernels.box(Object.create({ size: 5 })).shape).toEqual([5, 5])
    expect(thrownError(() => kernels.box(Object.create({ size: 0 }))).code).toBe('OPTION_INVALID')
    expect(
      S.solveShape(Object.create({ input: 7, kernel: 3 }), Object.create({ dialect: 'pytorch' }))
        .solutions,
    ).toEqual([5])
    expect(
      thrownError(() =>
        S.solveShape({ input: 7, kernel: 3 }, { dialect: 'pytorch', stride: 2 } as never),
      ).code,
    ).toBe('OPTION_UNKNOWN')
    expect(
      thrownError(() => S.explain(S.parseCase('3 * 2'), { output: [0] }, { inputs: x } as object))
        .code,
    ).toBe('OPTION_UNKNOWN')
  })

  test('exactly the options with a rule are read', () => {
    const all = [
      'algorithm',
      'accuracy',
      'tune',
      'deterministic',
      'backend',
      'threads',
      'memoryLimit',
      'dtype',
      'out',
      'memory',
      'signal',
      'verify',
    ]
    const shared = [...all, 'bias', 'stride', 'padding', 'dilation', 'boundary']
    expect([...readers.convolve.names].sort()).toEqual([...shared, 'mode', 'channelAxis'].sort())
    const layer = [...shared, 'groups', 'layout', 'weightLayout', 'activation']
    expect([...readers.layer.names].sort()).toEqual([...layer].sort())
    expect([...readers.transposed.names].sort()).toEqual(
      [...layer, 'outputPadding', 'outputShape'].sort(),
    )
  })
})

describe('options that look alike', () => {
  test('constant borders that are infinite or NaN', () => {
    // Padding of one sample before the line: the first sum includes the border.
    const ends = [Infinity, -Infinity, Number.NaN, 7, -7, 0, Infinity, -Infinity, Number.NaN]
    for (const constant of ends) {
      const y = values(correlate(x, k, { padding: [[1, 0]], boundary: { constant } }))
      expect(y).toEqual([constant + 1, 3, 5, 7, 9])
    }
  })

  test('clamps at infinity', () => {
    const [image, weight] = [[[[-3, 3]]], [[[[1]]]]]
    const clamped = (min: number, max: number): number[] =>
      values(conv2d([image], weight, { activation: { name: 'clamp', min, max } }))
    expect(clamped(-Infinity, 1)).toEqual([-3, 1])
    expect(clamped(-1, Infinity)).toEqual([-1, 3])
    expect(clamped(-Infinity, Infinity)).toEqual([-3, 3])
    expect(clamped(Infinity, Infinity)).toEqual([Infinity, Infinity])
    expect(clamped(-1, 1)).toEqual([-1, 1])
    expect(clamped(-Infinity, 1)).toEqual([-3, 1])
  })

  test('a cached plan does not skip the check of options', () => {
    correlate(x, k, { stride: 2 })
    correlate(x, k, { stride: [2] })
    for (const stride of ['2', [2, 'x'], ['2'], 2n, new Array(1), null, Object(2)]) {
      expect(thrownError(() => correlate(x, k, { stride } as object)).code).toBe('OPTION_INVALID')
    }
    correlate(x, k, { verify: false, memoryLimit: Infinity })
    expect(thrownError(() => correlate(x, k, { memoryLimit: 'Infinity' } as object)).code).toBe(
      'OPTION_INVALID',
    )
  })

  test('a value that JSON cannot express throws OptionError', () => {
    const cyclic: unknown[] = [1]
    cyclic.push(cyclic)
    const deep = [[[Object.create(null)]]]
    for (const invalid of [
      { boundary: { constant: 1n } },
      { boundary: cyclic },
      { padding: cyclic },
      { padding: deep },
      { stride: cyclic },
    ]) {
      expect(thrownError(() => correlate(x, k, invalid as object)).code).toBe('OPTION_INVALID')
    }
    expect(
      thrownError(() => correlate(x, k, { boundary: { constant: 1n } } as object)).message,
    ).toContain('{ constant: 1n }')
    const self: Record<string, unknown> = { name: 'clamp', min: 0 }
    self.max = self
    expect(
      thrownError(() => conv2d([[[[1]]]], [[[[1]]]], { activation: self } as object)).code,
    ).toBe('OPTION_INVALID')
  })

  test('each call reads the options again; a plan keeps a copy', () => {
    const boundary = { constant: 2 }
    const options = { padding: [[1, 0]] as [number, number][], boundary: [boundary] }
    expect(values(correlate(x, k, options))[0]).toBe(3)
    boundary.constant = 5
    expect(values(correlate(x, k, options))[0]).toBe(6)
    const p = plan('correlate', [5], [2], options)
    boundary.constant = 9
    options.padding[0]![0] = 2
    expect(values(p.runSync(x, k))).toEqual([6, 3, 5, 7, 9])
  })
})

describe('no argument is ignored', () => {
  test('outputShape and geometry check their options as the call does', () => {
    for (const inspect of [outputShape, geometry]) {
      const shapes = [
        [1, 4, 9, 9],
        [6, 4, 3, 3],
      ] as const
      expect(thrownError(() => inspect('conv2d', ...shapes, { algorithm: 'fastest' })).code).toBe(
        'ALGORITHM_UNKNOWN',
      )
      expect(
        thrownError(() => inspect('convolve', [9], [3], { algorithm: 'ftt' })).message,
      ).toContain("Did you mean 'fft'?")
      for (const bias of [[1, 2], [[1]], 5]) {
        const { code } = thrownError(() => inspect('conv2d', ...shapes, { bias } as object))
        expect(code).toBe(bias === 5 ? 'OPTION_INVALID' : 'BIAS_MISMATCH')
      }
      expect(
        thrownError(() => inspect('conv2d', ...shapes, { out: new Float32Array(4) })).code,
      ).toBe('SHAPE_MISMATCH')
      expect(() =>
        inspect('conv2d', ...shapes, { bias: [1, 2, 3, 4, 5, 6], algorithm: 'fft' }),
      ).not.toThrow()
    }
  })

  test('out is written, or the call throws', () => {
    const tensor = {
      shape: [5],
      dtype: 'float32',
      data: [0, 0, 0, 0, 0],
      dataSync: () => new Float32Array(5),
    }
    for (const out of [[0, 0, 0, 0, 0], { data: [0, 0, 0, 0, 0], shape: [5] }, tensor]) {
      expect(thrownError(() => correlate(x, k, { out })).code).toBe('OPTION_INVALID')
    }
    const p = plan('correlate', [5], [2])
    expect(thrownError(() => p.runSync(x, k, [0, 0, 0, 0, 0])).code).toBe('OUT_READ_ONLY')
    expect(thrownError(() => p.timeSync(x, k, [0, 0, 0, 0, 0])).code).toBe('OUT_READ_ONLY')
    const plain = { data: new Float32Array(5), shape: [5] }
    const typed = new Float32Array(5)
    correlate(x, k, { out: plain })
    p.runSync(x, k, typed)
    expect([values(plain), Array.from(typed)]).toEqual([same, same])
    const gradient = new Float32Array(1)
    // dw = Σ_q dy[q]·x[q], by hand: 1·3 + 2·5 + 3·7 + 4·9 + 5·5 = 95.
    expect(
      values(
        convWeightGradient([[x]], [[same]], [1, 1, 1], {
          out: { data: gradient, shape: [1, 1, 1] },
        }),
      ),
    ).toEqual([95])
    expect(gradient[0]).toBe(95)
  })

  test('a plan rejects out and signal, and its message names where they belong', () => {
    const { signal } = new AbortController()
    for (const misplaced of [{ out: new Float32Array(5) }, { signal }]) {
      expect(thrownError(() => plan('correlate', [5], [2], misplaced as object)).code).toBe(
        'OPTION_UNKNOWN',
      )
      expect(thrownError(() => planCase('5 * 2', misplaced as object)).code).toBe('OPTION_UNKNOWN')
    }
    expect(
      thrownError(() => plan('correlate', [5], [2], { out: new Float32Array(5) } as object))
        .message,
    ).toContain('run(x, kernel, out)')
    expect(() => plan('correlate', [5], [2], { out: undefined } as object)).not.toThrow()
    expect(
      thrownError(() => plan('conv2d', [1, 1, 5, 5], [1, 1, 2, 2], { mode: 'full' } as object))
        .code,
    ).toBe('OPTION_UNKNOWN')
  })

  test('kernels without parameters reject unknown options', () => {
    const names = [
      'articleEmboss',
      'sobelX',
      'sobelY',
      'scharrX',
      'scharrY',
      'prewittX',
      'prewittY',
      'laplacian',
      'laplacian8',
    ] as const
    for (const name of names) {
      const make = kernels[name] as (options?: object) => unknown
      expect(thrownError(() => make({ rank: 3 })).code).toBe('OPTION_UNKNOWN')
      expect(make({})).toEqual(make())
    }
  })

  test('arrays, views and lint reject unknown options', () => {
    const data = new Float32Array(6)
    for (const make of [
      () => S.ndarray(data, [2, 3], { stride: [3, 1] } as object),
      () => S.zeros([2], 'float32', { dtype: 'uint8' } as object),
      () => S.asStrided(data, { shapes: [2] } as object),
      () => S.slidingWindows(data, 2, { stride: 2 } as object),
      () => S.lint([[1]], { borders: 'edge' } as object),
    ]) {
      expect(thrownError(make).code).toBe('OPTION_UNKNOWN')
    }
    expect(S.ndarray(data, [2], Object.create({ strides: [3], offset: 1 })).strides).toEqual([3])
    expect(S.asStrided(data, Object.create({ shape: [2], strides: [2] })).shape).toEqual([2])
  })

  test('an invalid signal throws, and an aborted one stops the call', async () => {
    for (const signal of [5, {}, 'stop', { aborted: true }]) {
      expect(thrownError(() => correlate(x, k, { signal } as object)).code).toBe('OPTION_INVALID')
      await expect(asynchronous.correlate(x, k, { signal } as object)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      })
      await expect(
        asynchronous.convBiasGradient([[x]], { signal } as object),
      ).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      })
    }
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    expect(() => convolve(x, k, { signal })).toThrow(reason)
    const { signal: open } = new AbortController()
    expect(values(correlate(x, k, { signal: open }))).toEqual(same)
  })
})

test('an unknown own option throws, enumerable or not', () => {
  const hidden = Object.defineProperty({}, 'strides', { value: 2 })
  expect(() => S.correlate([1, 2], [1], hidden)).toThrow(/no option 'strides'/)
  expect(() => S.conv1d([[[1, 2]]], [[[1]]], hidden)).toThrow(/no option 'strides'/)
})
