/** Random calls of the filters with names: arrays of rank 1 to 4, and options. */

import { type Boundary, count, type Next, numbers, type Packed, pickFrom } from './random-case.ts'

export interface FilterCase {
  readonly call: string
  readonly options: Readonly<Record<string, unknown>>
  readonly arrays: readonly Packed[]
  readonly dtype: 'float32' | 'float64' | 'uint8' | 'uint16' | 'int16' | 'int32'
  readonly isView: boolean
  readonly entryPoint: 'sync' | 'promise'
}

const calls = [
  'gaussianFilter',
  'gaussianFilter',
  'gaussianFilter',
  'uniformFilter',
  'uniformFilter',
  'gaussianLaplace',
  'gaussianGradientMagnitude',
  'sobel',
  'prewitt',
  'scharr',
  'laplace',
  'gradientMagnitude',
  'savitzkyGolay',
  'savitzkyGolay',
  'correlateNormalized',
  'autocorrelate',
]
const longest = [60, 24, 10, 6]

export function randomFilter(seed: number): FilterCase {
  const next = numbers(seed)
  const pick = pickFrom(next)
  const call = pick(calls)
  const rank = 1 + next(4)
  const shape = Array.from({ length: rank }, () => 1 + next(longest[rank - 1]!))
  const dtype = pick([
    'float32',
    'float32',
    'float64',
    'uint8',
    'uint16',
    'int16',
    'int32',
  ] as const)
  const style = {
    ...{ call, dtype, isView: next(3) === 0 },
    entryPoint: pick(['sync', 'promise'] as const),
  }
  const x = randomArray(next, shape, dtype)
  if (call === 'correlateNormalized') {
    const template = shape.map((extent) => 1 + next(Math.min(extent, 6)))
    const arrays = [x, randomArray(next, template, dtype)]
    return { ...style, arrays, options: {} }
  }
  return { ...style, arrays: [x], options: optionsOf(call, next, shape) }
}

/** Values that float32 stores exactly, so that both sides get the same. */
function randomArray(next: Next, shape: readonly number[], dtype: FilterCase['dtype']): Packed {
  const isFraction = dtype.startsWith('float') && next(3) > 0
  const [low, span] = dtype.startsWith('u') ? [0, next(4) === 0 ? 3 : 256] : [-100, 200]
  const data = Float64Array.from({ length: count(shape) }, () =>
    isFraction ? Math.fround((next(2 ** 20) / 2 ** 20) * 2 - 1) : low + next(span),
  )
  return { shape, data }
}

function optionsOf(call: string, next: Next, shape: readonly number[]): Record<string, unknown> {
  const pick = pickFrom(next)
  const rank = shape.length
  if (call === 'autocorrelate') return maybe(next, 'mode', () => pick(['full', 'same']))
  if (call === 'savitzkyGolay') return polynomialOptions(next, shape)
  if (['sobel', 'prewitt', 'scharr'].includes(call))
    return {
      ...maybe(next, 'axis', () => next(2 * rank) - rank),
      ...boundary(next, rank),
    }
  const axes = next(3) === 0 ? someAxes(next, rank) : undefined
  const filtered = axes?.length ?? rank
  const perAxis = (value: () => number): number | number[] =>
    next(2) === 0 ? value() : Array.from({ length: filtered }, value)
  const common = { ...(axes && { axes }), ...boundary(next, filtered) }
  const widest = [4, 2.5, 1.5, 1][rank - 1]!
  switch (call) {
    case 'uniformFilter': {
      const largest = [25, 12, 6, 4][rank - 1]!
      const size = perAxis(() => 1 + next(largest))
      const smallest = Math.min(...[size].flat())
      const half = Math.floor(smallest / 2)
      // Half of an even window lies before the output, so its origin may be less far to the right.
      const origin = (): number => next(smallest) - half
      return { ...common, size, ...(next(3) === 0 && { origin: perAxis(origin) }) }
    }
    case 'laplace':
      return common
    case 'gradientMagnitude':
      return { ...common, ...maybe(next, 'operator', () => pick(['sobel', 'prewitt', 'scharr'])) }
    default:
      return {
        ...common,
        sigma: perAxis(() => (next(8) === 0 ? 0 : 0.3 + (next(1000) / 1000) * widest)),
        ...(call === 'gaussianFilter' && maybe(next, 'order', () => perAxis(() => next(4)))),
        ...maybe(next, 'truncate', () => 1 + next(8) / 2),
        ...(next(4) === 0 && { radius: perAxis(() => next(6)) }),
      }
  }
}

/** An option that half of the cases leave out. */
const maybe = (next: Next, name: string, value: () => unknown): Record<string, unknown> =>
  next(2) === 0 ? {} : { [name]: value() }

function someAxes(next: Next, rank: number): number[] {
  const chosen = Array.from({ length: rank }, (_, axis) => axis).filter(() => next(2) === 0)
  const axes = chosen.length > 0 ? chosen : [next(rank)]
  return axes.map((axis) => (next(3) === 0 ? axis - rank : axis))
}

/** A border for all axes or one per axis. SciPy has one constant for all axes. */
function boundary(next: Next, rank: number): Record<string, unknown> {
  const pick = pickFrom(next)
  const constant: Boundary = pick(['zero', { constant: 3 }])
  const border = (): Boundary => pick<Boundary>([constant, 'edge', 'reflect', 'symmetric', 'wrap'])
  return maybe(next, 'boundary', () =>
    next(2) === 0 ? border() : Array.from({ length: rank }, border),
  )
}

function polynomialOptions(next: Next, shape: readonly number[]): Record<string, unknown> {
  const axis = next(shape.length)
  const isFitted = next(2) === 0
  const window = 1 + next(isFitted ? Math.min(shape[axis]!, 15) : 15)
  return {
    ...{
      window,
      order: next(Math.min(window, 6)),
      axis: next(2) === 0 ? axis : axis - shape.length,
    },
    ...maybe(next, 'derivative', () => next(4)),
    ...maybe(next, 'spacing', () => pickFrom(next)([0.5, 2, -1])),
    ...(isFitted
      ? {}
      : {
          boundary: pickFrom(next)([
            'zero',
            { constant: 3 },
            'edge',
            'reflect',
            'symmetric',
            'wrap',
          ]),
        }),
  }
}
