/**
 * Does an Fft step compute a Fourier transform, on both backends, for every number of points and
 * every layout in memory?
 *
 * The interpreter returns frequencies in order, so they are compared with the definition. Another
 * backend may use any order. It is tested with two laws that do not depend on the order: a
 * transform and its inverse give n times the points, and a product of spectra is a circular
 * convolution.
 */

import { describe, expect, test } from 'vitest'
import { radicesOf } from '../src/backends/wasm/schedule/fft-passes.ts'
import { type ComputeDType, dtypes, epsilon, type TypedArray } from '../src/ndarray/dtype.ts'
import { view } from '../src/ndarray/ndarray.ts'
import type { Program } from '../src/program/program.ts'
import type { Fft, Step } from '../src/program/steps.ts'
import { jsBackend, type TestBackend, wasmBackend } from './backends.ts'
import { callerBuffer, contract, loops, move, operand, owned, stage } from './programs.ts'
import { random } from './random-geometry.ts'

const backends: readonly (readonly [string, TestBackend])[] = [
  ['js', jsBackend()],
  ['wasm', wasmBackend({ deterministic: false })],
  ['wasm, deterministic', wasmBackend({ deterministic: true })],
]

/**
 * Runs steps on two buffers with the initial values `x` and `k`. Returns the final values of the
 * first.
 */
function resultOfSteps(
  backend: TestBackend,
  dtype: ComputeDType,
  x: readonly number[],
  k: readonly number[],
  steps: readonly Step[],
): TypedArray {
  const n = x.length
  const program: Program = {
    dtype,
    buffers: [
      callerBuffer('input', dtype),
      callerBuffer('kernel', dtype),
      callerBuffer('output', dtype),
      ...['x', 'k', 'y', 'k2'].map((b) => owned(b, 'scratch', n, dtype)),
      { ...owned('minus', 'constant', 1, dtype), values: [-1] },
    ],
    stages: [
      stage('in', [
        move({ i: n }, operand('x', 0, 1), operand('input', 0, 1)),
        move({ i: n }, operand('k', 0, 1), operand('kernel', 0, 1)),
      ]),
      stage('work', steps),
      stage('out', [move({ i: n }, operand('output', 0, 1), operand('x', 0, 1))]),
    ],
  }
  const layout = { span: n, lowest: 0, inBackendMemory: false }
  const executable = backend.compile(program, { input: layout, kernel: layout, output: layout })
  const output = view(dtypes[dtype].create(n), [n])
  const array = (values: readonly number[]): TypedArray => {
    const data = dtypes[dtype].create(n)
    data.set(values)
    return data
  }
  executable.run({ input: view(array(x), [n]), kernel: view(array(k), [n]), output }, false)
  executable.dispose()
  return output.data
}

/**
 * The layout of `count` transforms in memory, with `points` points each. All real parts precede the
 * imaginary parts.
 */
interface Arrangement {
  readonly name: string
  readonly count: number
  readonly stride: (points: number) => number
  readonly loop: (points: number) => number
}

const arrangements: readonly Arrangement[] = [
  { name: 'neighbours', count: 3, stride: () => 1, loop: (points) => points },
  { name: '4 side by side', count: 4, stride: () => 4, loop: () => 1 },
  { name: '23 side by side', count: 23, stride: () => 23, loop: () => 1 },
  { name: '70 side by side with gaps', count: 70, stride: () => 75, loop: () => 1 },
  { name: 'every second element', count: 2, stride: () => 2, loop: (points) => 2 * points },
]

const lengthOf = ({ count, stride, loop }: Arrangement, points: number): number =>
  (points - 1) * stride(points) + (count - 1) * loop(points) + 1

function step(buffer: string, direction: Fft['direction'], points: number, at: Arrangement): Fft {
  const length = lengthOf(at, points)
  const strides = [at.loop(points), at.stride(points)]
  return {
    kind: 'fft',
    loops: loops({ t: at.count }),
    points,
    re: operand(buffer, 0, ...strides),
    im: operand(buffer, length, ...strides),
    direction,
  }
}

const smooth = [
  1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 24, 25, 27, 30, 32, 36, 40, 45, 48, 60, 64, 80, 96,
  100, 112, 128, 144, 160, 192, 240, 256, 320, 384, 512,
]
const primes = [7, 11, 13, 17, 19, 23, 29, 31, 62, 77, 176]
const large = [1024, 1536, 2048, 4096, 8192, 16384]

const values = (n: number, seed: number): number[] => {
  const next = random(seed)
  return Array.from({ length: n }, () => (next(2001) - 1000) / 1000)
}

describe('the interpreter follows the definition', () => {
  test.each([...smooth.filter((n) => n <= 64), ...primes])('%i points, both directions', (n) => {
    const [re, im] = [values(n, n), values(n, n + 1)]
    const at: Arrangement = { name: '', count: 1, stride: () => 1, loop: () => 0 }
    for (const direction of ['forward', 'inverse'] as const) {
      const sign = direction === 'forward' ? -1 : 1
      const result = resultOfSteps(
        jsBackend(),
        'float64',
        [...re, ...im],
        [...re, ...im],
        [step('x', direction, n, at)],
      )
      for (let f = 0; f < n; f++) {
        let [x, y] = [0, 0]
        for (let j = 0; j < n; j++) {
          const angle = (sign * 2 * Math.PI * ((j * f) % n)) / n
          x += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle)
          y += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle)
        }
        expect(Math.abs(result[f]! - x)).toBeLessThanOrEqual(8 * n * epsilon.float64)
        expect(Math.abs(result[n + f]! - y)).toBeLessThanOrEqual(8 * n * epsilon.float64)
      }
    }
  })
})

/**
 * The largest error allowed. The rounding errors of a transform and its inverse are independent, so
 * their sum grows with the square root of their number. The factor leaves a margin.
 */
const tolerance = (n: number, dtype: ComputeDType): number =>
  4 * (1 + Math.log2(n)) * Math.max(1, ...radicesOf(n)!.map((r) => r / 4)) * epsilon[dtype]

describe.each(backends)('%s', (_, backend) => {
  describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
    test.each(arrangements)('a transform and its inverse give n times the points, $name', (at) => {
      const sizes =
        at.count > 20
          ? smooth.filter((n) => n <= 128)
          : [...smooth, ...primes, ...(at.name === 'neighbours' ? large : [])]
      for (const n of sizes) {
        const x = values(2 * lengthOf(at, n), n)
        const result = resultOfSteps(backend, dtype, x, x, [
          step('x', 'forward', n, at),
          step('x', 'inverse', n, at),
        ])
        const touched = new Set<number>()
        for (let t = 0; t < at.count; t++)
          for (let j = 0; j < n; j++)
            for (const part of [0, lengthOf(at, n)])
              touched.add(part + t * at.loop(n) + j * at.stride(n))
        for (let i = 0; i < x.length; i++) {
          const expected = touched.has(i) ? n * x[i]! : dtypes[dtype].create(1).fill(x[i]!)[0]!
          const allowed = touched.has(i) ? n * tolerance(n, dtype) : 0
          if (!(Math.abs(result[i]! - expected) <= allowed))
            expect.fail(`${n} points, element ${i}: ${result[i]} for ${expected}`)
        }
      }
    })

    test.each(arrangements)('a product of spectra is a circular convolution, $name', (at) => {
      for (const n of [2, 5, 8, 12, 16, 30, 32, 48, 64, 80, 128]) {
        const length = lengthOf(at, n)
        const [x, k] = [values(2 * length, n), values(2 * length, n + 7)]
        const spectra = [step('x', 'forward', n, at), step('k', 'forward', n, at)]
        const part = (buffer: string, i: number) => operand(buffer, i * length, 1)
        const product = (to: number, a: number, b: number, more: object) =>
          contract({ i: length }, {}, [part('y', to), part('x', a), part('k', b)], more)
        const minus = contract({ i: length }, {}, [
          part('y', 0),
          part('k', 1),
          operand('minus', 0, 0),
        ])
        // re = x.re·k.re − x.im·k.im: k2 holds the negated imaginary part of k.
        const steps: Step[] = [
          ...spectra,
          minus,
          move({ i: length }, operand('k2', 0, 1), operand('y', 0, 1)),
          product(0, 0, 0, {}),
          contract({ i: length }, {}, [part('y', 0), part('x', 1), operand('k2', 0, 1)], {
            start: 'accumulate',
          }),
          product(1, 0, 1, {}),
          product(1, 1, 0, { start: 'accumulate' }),
          move({ i: 2 * length }, operand('x', 0, 1), operand('y', 0, 1)),
          step('x', 'inverse', n, at),
        ]
        const result = resultOfSteps(backend, dtype, x, k, steps)
        for (let t = 0; t < Math.min(at.count, 3); t++) {
          const place = (j: number): number => t * at.loop(n) + j * at.stride(n)
          for (let o = 0; o < n; o++) {
            let [re, im] = [0, 0]
            for (let j = 0; j < n; j++) {
              const [a, b] = [place(j), place((o - j + n) % n)]
              re += x[a]! * k[b]! - x[length + a]! * k[length + b]!
              im += x[a]! * k[length + b]! + x[length + a]! * k[b]!
            }
            const allowed = n * n * tolerance(n, dtype)
            if (!(Math.abs(result[place(o)]! - n * re) <= allowed))
              expect.fail(`${n} points, ${o}: ${result[place(o)]} for ${n * re}`)
            if (!(Math.abs(result[length + place(o)]! - n * im) <= allowed))
              expect.fail(`${n} points, imaginary part of ${o}`)
          }
        }
      }
    })
  })
})

test('a backend without code for a prime factor gives the reason', () => {
  const program: Program = {
    dtype: 'float32',
    buffers: [owned('x', 'scratch', 74)],
    stages: [
      stage('work', [
        step('x', 'forward', 37, { name: '', count: 1, stride: () => 1, loop: () => 0 }),
      ]),
    ],
  }
  expect(wasmBackend({ deterministic: false }).unsupportedReason(program)).toContain('37 points')
  expect(jsBackend().unsupportedReason(program)).toBeUndefined()
})
