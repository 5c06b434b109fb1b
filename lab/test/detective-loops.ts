/**
 * A layer as plain loops, for the tests of the detective: it shares no code with the library. And
 * random cases, and arrays in other orders of axes.
 */

import type { Pasted } from '../src/detective/readings.ts'

export interface Layer {
  readonly batch?: number
  readonly channels?: number
  readonly filters?: number
  readonly groups?: number
  readonly input: readonly [rows: number, columns: number]
  readonly kernel: readonly [rows: number, columns: number]
  readonly stride?: readonly [number, number]
  readonly dilation?: readonly [number, number]
  readonly before?: readonly [number, number]
  readonly after?: readonly [number, number]
  readonly border?: 'zero' | 'edge' | 'reflect' | 'symmetric' | 'wrap'
  readonly flip?: boolean
}

export interface Case {
  /** N C H W */
  readonly x: Pasted
  /** O I H W */
  readonly k: Pasted
  /** N O H W */
  readonly y: Pasted
}

/** Returns a generator of whole numbers from low to high (an LCG of Knuth). */
export function wholeNumbers(seed: number): (low: number, high: number) => number {
  let state = BigInt(seed) + 88172645463325252n
  return (low, high) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n
    return low + Number((state >> 33n) % BigInt(high - low + 1))
  }
}

const drawn = (shape: readonly number[], draw: () => number): Pasted => ({
  shape,
  values: Array.from({ length: shape.reduce((n, extent) => n * extent, 1) }, draw),
})

/** A layer with random numbers: samples from 0 to 9, weights from −4 to 5. */
export function randomCase(seed: number, layer: Layer): Case {
  const next = wholeNumbers(seed)
  const { batch = 1, channels = 1, filters = 1, groups = 1, input, kernel } = layer
  const x = drawn([batch, channels, ...input], () => next(0, 9))
  const k = drawn([filters, channels / groups, ...kernel], () => next(-4, 5))
  return { x, k, y: outputOf(x, k, layer) }
}

/** The sample that a place outside the input shows; undefined: 0. */
function inside(at: number, n: number, border: Layer['border']): number | undefined {
  if (at >= 0 && at < n) return at
  if (border === 'edge') return at < 0 ? 0 : n - 1
  if (border === 'wrap') return ((at % n) + n) % n
  if (border === 'reflect') return at < 0 ? -at : 2 * n - 2 - at
  if (border === 'symmetric') return at < 0 ? -1 - at : 2 * n - 1 - at
  return undefined
}

export function outputOf(x: Pasted, k: Pasted, layer: Layer): Pasted {
  const { groups = 1, stride = [1, 1], dilation = [1, 1], before = [0, 0] } = layer
  const { after = before, border = 'zero', flip = false } = layer
  const [N, C, H, W] = x.shape as [number, number, number, number]
  const [O, I, kh, kw] = k.shape as [number, number, number, number]
  const count = (n: number, taps: number, a: 0 | 1): number =>
    Math.floor((n + before[a] + after[a] - (taps - 1) * dilation[a] - 1) / stride[a]) + 1
  const [rows, columns] = [count(H, kh, 0), count(W, kw, 1)]
  const values: number[] = []
  for (let n = 0; n < N; n++)
    for (let o = 0; o < O; o++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let sum = 0
          const first = Math.floor(o / (O / groups)) * I
          for (let c = 0; c < I; c++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const y = inside(row * stride[0] - before[0] + i * dilation[0], H, border)
                const z = inside(column * stride[1] - before[1] + j * dilation[1], W, border)
                if (y === undefined || z === undefined) continue
                const [ki, kj] = flip ? [kh - 1 - i, kw - 1 - j] : [i, j]
                sum +=
                  x.values[((n * C + first + c) * H + y) * W + z]! *
                  k.values[((o * I + c) * kh + ki) * kw + kj]!
              }
          values.push(sum)
        }
  return { shape: [N, O, rows, columns], values }
}

/** The same array with its axes in another order. */
export function permuted({ shape, values }: Pasted, order: readonly number[]): Pasted {
  const strides = shape.map((_, a) => shape.slice(a + 1).reduce((n, extent) => n * extent, 1))
  const to = order.map((a) => shape[a]!)
  const moved: number[] = []
  const visit = (depth: number, at: number): void => {
    if (depth === order.length) moved.push(values[at]!)
    else for (let i = 0; i < to[depth]!; i++) visit(depth + 1, at + i * strides[order[depth]!]!)
  }
  visit(0, 0)
  return { shape: to, values: moved }
}

/** The array without its axes of extent 1 at the start. */
export const plane = ({ shape, values }: Pasted): Pasted => ({ shape: shape.slice(-2), values })

export const planes = ({ x, k, y }: Case): Case => ({ x: plane(x), k: plane(k), y: plane(y) })

export const mapped = ({ shape, values }: Pasted, of: (value: number) => number): Pasted => ({
  shape,
  values: values.map(of),
})
