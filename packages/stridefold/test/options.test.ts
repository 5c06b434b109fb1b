/**
 * Options as objects of any kind: inherited, getters, hidden, changed afterwards, or such that they
 * look alike without being so. The results are compared with the definition, computed by hand.
 */

import { describe, expect, test } from 'vitest'
import { OptionError } from '../src/errors.ts'
import { readers } from '../src/geometry/read-options.ts'
import * as later from '../src/index.ts'
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
 * Sums of neighbours: every place where the kernel touches the line, and those with the odd zero
 * behind.
 */
const [full, same] = [
  [1, 3, 5, 7, 9, 5],
  [3, 5, 7, 9, 5],
]
const values = (y: { readonly data: ArrayLike<number> }): number[] => Array.from(y.data)

function refusal(run: () => unknown): OptionError {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('nothing was refused')
}

class Settings {
  get mode(): 'full' {
    return 'full'
  }
}

const hidden = Object.defineProperty({}, 'mode', { value: 'full', enumerable: false })
const inProxy = new Proxy({}, { get: (_, name) => (name === 'mode' ? 'full' : undefined) })

describe('a known option counts wherever the object has it', () => {
  test.each<readonly [string, object]>([
    ['inherited', Object.create({ mode: 'full' })],
    ['inherited from far', Object.create(Object.create({ mode: 'full' }))],
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

  test('it is checked as an own one, and others that are inherited are not looked at', () => {
    const wrong = Object.create({ mode: 'nonsense' })
    expect(refusal(() => correlate(x, k, wrong)).code).toBe('OPTION_INVALID')
    expect(refusal(() => outputShape('correlate', [5], [2], wrong)).code).toBe('OPTION_INVALID')
    expect(refusal(() => planCase('5 * 2', Object.create({ backend: 'gpu' }))).code).toBe(
      'OPTION_INVALID',
    )
    expect(
      refusal(() => convWeightGradient([[x]], [[same]], [1, 1, 1], Object.create({ stride: 0 })))
        .code,
    ).toBe('OPTION_INVALID')
    expect(values(correlate(x, k, Object.create({ note: 1, groups: 3 })))).toEqual(same)
    expect(refusal(() => correlate(x, k, { note: 1 } as object)).code).toBe('OPTION_UNKNOWN')
  })

  test('it is read once a call, and an error of its own passes', () => {
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
    const growing = {
      size: [3, 3] as readonly number[],
      get sigma(): number {
        return ++size
      },
    }
    expect(values(kernels.gaussian(growing))).toEqual(
      values(kernels.gaussian({ size: [3, 3], sigma: 1 })),
    )
    const failing = Object.defineProperty({}, 'stride', {
      get: () => {
        throw new RangeError('mine')
      },
    })
    expect(() => correlate(x, k, failing)).toThrow(new RangeError('mine'))
  })

  test('of parameters of kernels and numbers of shapes as well', () => {
    expect(kernels.box(Object.create({ size: 5 })).shape).toEqual([5, 5])
    expect(refusal(() => kernels.box(Object.create({ size: 0 }))).code).toBe('OPTION_INVALID')
    expect(
      S.solveShape(Object.create({ input: 7, kernel: 3 }), Object.create({ dialect: 'pytorch' }))
        .solutions,
    ).toEqual([5])
    expect(
      refusal(() =>
        S.solveShape({ input: 7, kernel: 3 }, { dialect: 'pytorch', stride: 2 } as never),
      ).code,
    ).toBe('OPTION_UNKNOWN')
    expect(
      refusal(() => S.explain(S.parseCase('3 * 2'), { output: [0] }, { inputs: x } as object)).code,
    ).toBe('OPTION_UNKNOWN')
  })

  test('every option that has a rule is read, and no other', () => {
    const all = [
      'algorithm',
      'accuracy',
      'deterministic',
      'backend',
      'threads',
      'memoryLimit',
      'dtype',
      'out',
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
  test('borders that are not finite, and NaN', () => {
    // The first sum has the border on its left, in kernels of two taps with padding before.
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

  test('a plan that is kept lets nothing unchecked pass', () => {
    correlate(x, k, { stride: 2 })
    correlate(x, k, { stride: [2] })
    for (const stride of ['2', [2, 'x'], ['2'], 2n, new Array(1), null, Object(2)]) {
      expect(refusal(() => correlate(x, k, { stride } as object)).code).toBe('OPTION_INVALID')
    }
    correlate(x, k, { verify: false, memoryLimit: Infinity })
    expect(refusal(() => correlate(x, k, { memoryLimit: 'Infinity' } as object)).code).toBe(
      'OPTION_INVALID',
    )
  })

  test('what JSON cannot say is refused in our words', () => {
    const circle: unknown[] = [1]
    circle.push(circle)
    const deep = [[[Object.create(null)]]]
    for (const wrong of [
      { boundary: { constant: 1n } },
      { boundary: circle },
      { padding: circle },
      { padding: deep },
      { stride: circle },
    ]) {
      expect(refusal(() => correlate(x, k, wrong as object)).code).toBe('OPTION_INVALID')
    }
    expect(
      refusal(() => correlate(x, k, { boundary: { constant: 1n } } as object)).message,
    ).toContain('{ constant: 1n }')
    const self: Record<string, unknown> = { name: 'clamp', min: 0 }
    self.max = self
    expect(refusal(() => conv2d([[[[1]]]], [[[[1]]]], { activation: self } as object)).code).toBe(
      'OPTION_INVALID',
    )
  })

  test('what changes afterwards changes nothing', () => {
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

describe('nothing that is given is ignored', () => {
  test('shapes are asked with options that the call would take', () => {
    for (const ask of [outputShape, geometry]) {
      const shapes = [
        [1, 4, 9, 9],
        [6, 4, 3, 3],
      ] as const
      expect(refusal(() => ask('conv2d', ...shapes, { algorithm: 'fastest' })).code).toBe(
        'ALGORITHM_UNKNOWN',
      )
      expect(refusal(() => ask('convolve', [9], [3], { algorithm: 'ftt' })).message).toContain(
        "Did you mean 'fft'?",
      )
      for (const bias of [[1, 2], [[1]], 5]) {
        const { code } = refusal(() => ask('conv2d', ...shapes, { bias } as object))
        expect(code).toBe(bias === 5 ? 'OPTION_INVALID' : 'BIAS_MISMATCH')
      }
      expect(refusal(() => ask('conv2d', ...shapes, { out: new Float32Array(4) })).code).toBe(
        'SHAPE_MISMATCH',
      )
      expect(() =>
        ask('conv2d', ...shapes, { bias: [1, 2, 3, 4, 5, 6], algorithm: 'fft' }),
      ).not.toThrow()
    }
  })

  test('out is written or refused', () => {
    const tensor = {
      shape: [5],
      dtype: 'float32',
      data: [0, 0, 0, 0, 0],
      dataSync: () => new Float32Array(5),
    }
    for (const out of [[0, 0, 0, 0, 0], { data: [0, 0, 0, 0, 0], shape: [5] }, tensor]) {
      expect(refusal(() => correlate(x, k, { out })).code).toBe('OPTION_INVALID')
    }
    const p = plan('correlate', [5], [2])
    expect(refusal(() => p.runSync(x, k, [0, 0, 0, 0, 0])).code).toBe('OUT_READ_ONLY')
    expect(refusal(() => p.timeSync(x, k, [0, 0, 0, 0, 0])).code).toBe('OUT_READ_ONLY')
    const plain = { data: new Float32Array(5), shape: [5] }
    const typed = new Float32Array(5)
    correlate(x, k, { out: plain })
    p.runSync(x, k, typed)
    expect([values(plain), Array.from(typed)]).toEqual([same, same])
    const gradient = new Float32Array(1)
    // Σ of squares, less what the last sample's pair lacks: dw = Σ_q dy[q]·x[q], by hand
    // 1·3+2·5+3·7+4·9+5·5.
    expect(
      values(
        convWeightGradient([[x]], [[same]], [1, 1, 1], {
          out: { data: gradient, shape: [1, 1, 1] },
        }),
      ),
    ).toEqual([95])
    expect(gradient[0]).toBe(95)
  })

  test('a plan says where out and signal belong', () => {
    const { signal } = new AbortController()
    for (const given of [{ out: new Float32Array(5) }, { signal }]) {
      expect(refusal(() => plan('correlate', [5], [2], given as object)).code).toBe(
        'OPTION_UNKNOWN',
      )
      expect(refusal(() => planCase('5 * 2', given as object)).code).toBe('OPTION_UNKNOWN')
    }
    expect(
      refusal(() => plan('correlate', [5], [2], { out: new Float32Array(5) } as object)).message,
    ).toContain('run(x, kernel, out)')
    expect(() => plan('correlate', [5], [2], { out: undefined } as object)).not.toThrow()
    expect(
      refusal(() => plan('conv2d', [1, 1, 5, 5], [1, 1, 2, 2], { mode: 'full' } as object)).code,
    ).toBe('OPTION_UNKNOWN')
  })

  test('kernels without parameters look at what they get', () => {
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
      expect(refusal(() => make({ rank: 3 })).code).toBe('OPTION_UNKNOWN')
      expect(make({})).toEqual(make())
    }
  })

  test('arrays, views and warnings look at what they get', () => {
    const data = new Float32Array(6)
    for (const make of [
      () => S.ndarray(data, [2, 3], { stride: [3, 1] } as object),
      () => S.zeros([2], 'float32', { dtype: 'uint8' } as object),
      () => S.asStrided(data, { shapes: [2] } as object),
      () => S.slidingWindows(data, 2, { stride: 2 } as object),
      () => S.lint([[1]], { borders: 'edge' } as object),
    ]) {
      expect(refusal(make).code).toBe('OPTION_UNKNOWN')
    }
    expect(S.ndarray(data, [2], Object.create({ strides: [3], offset: 1 })).strides).toEqual([3])
    expect(S.asStrided(data, Object.create({ shape: [2], strides: [2] })).shape).toEqual([2])
  })

  test('a signal', async () => {
    for (const signal of [5, {}, 'stop', { aborted: true }]) {
      expect(refusal(() => correlate(x, k, { signal } as object)).code).toBe('OPTION_INVALID')
      await expect(later.correlate(x, k, { signal } as object)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      })
      await expect(later.convBiasGradient([[x]], { signal } as object)).rejects.toMatchObject({
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

test('an unknown own name is refused, enumerable or not', () => {
  const hidden = Object.defineProperty({}, 'strides', { value: 2 })
  expect(() => S.correlate([1, 2], [1], hidden)).toThrow(/no option 'strides'/)
  expect(() => S.conv1d([[[1, 2]]], [[[1]]], hidden)).toThrow(/no option 'strides'/)
})
