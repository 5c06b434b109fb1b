/**
 * Random small networks: branches, sums, poolings, layers of any kind with groups and strides, in
 * one to three dimensions. All numbers are small integers, so direct sums are exact.
 */

import { type NdArray, ndarray, type PipelineStep, pipeline } from '../src/sync.ts'

/** Random numbers from a seed (Lehmer's generator). */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = (seed * 2654435761) % 2147483647 || 1
  }

  integer(min: number, max: number): number {
    this.#state = (this.#state * 48271) % 2147483647
    return min + (this.#state % (max - min + 1))
  }

  /** No number is 0, so that a test can tell a bias from other memory. */
  bias(count: number): number[] {
    return Array.from({ length: count }, () => this.integer(1, 3) * (this.integer(0, 1) * 2 - 1))
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!
  }

  array(shape: readonly number[], max: number): NdArray<'float32'> {
    const count = shape.reduce((n, extent) => n * extent, 1)
    return ndarray(
      Float32Array.from({ length: count }, () => this.integer(-max, max)),
      shape,
    )
  }
}

/** Padding before and after an axis, less than a window of `size`. */
const sides = (random: Random, size: number): readonly [number, number] => [
  random.integer(0, size - 1),
  random.integer(0, size - 1),
]

export interface RandomPipeline {
  readonly steps: readonly PipelineStep[]
  readonly inputShape: readonly number[]
}

/** `algorithm`: of every layer. */
export function randomPipeline(seed: number, algorithm: 'auto' | 'strided'): RandomPipeline {
  const random = new Random(seed)
  const rank = random.integer(1, 3) as 1 | 2 | 3
  const most = [40, 14, 7][rank - 1]!
  const inputShape = [
    random.integer(1, 2),
    random.pick([1, 2, 3, 4, 6, 8]),
    ...Array.from({ length: rank }, () => random.integer(4, most)),
  ]
  const steps: PipelineStep[] = []
  const shapes: (readonly number[])[] = []
  const count = random.integer(1, 7)
  while (steps.length < count) {
    const sources = ['input', ...steps.keys()] as const
    const from =
      random.integer(0, 2) > 0 || steps.length === 0 ? sources.at(-1)! : random.pick(sources)
    const shape = from === 'input' ? inputShape : shapes[from]!
    const step = randomStep(random, rank, shape, { sources, shapes, inputShape, algorithm })
    if (step === undefined) continue
    const withSource = (from === sources.at(-1) ? step : { ...step, from }) as PipelineStep
    steps.push(withSource)
    try {
      const made = pipeline(steps, { inputShape, backend: 'js' })
      shapes.push(made.outputShape)
      made.dispose()
    } catch {
      // A window does not fit.
      steps.pop()
    }
  }
  return { steps, inputShape }
}

interface Context {
  readonly sources: readonly ('input' | number)[]
  readonly shapes: readonly (readonly number[])[]
  readonly inputShape: readonly number[]
  readonly algorithm: 'auto' | 'strided'
}

function randomStep(
  random: Random,
  rank: 1 | 2 | 3,
  shape: readonly number[],
  { sources, shapes, inputShape, algorithm }: Context,
): PipelineStep | undefined {
  const channels = shape[1]!
  const perAxis = (min: number, max: number): number[] =>
    Array.from({ length: rank }, () => random.integer(min, max))
  switch (random.integer(0, 6)) {
    case 0:
    case 1:
    case 2: {
      const groups = random.pick([1, 1, channels, ...(channels % 2 === 0 ? [2] : [])])
      const filters = groups * random.integer(1, 4)
      const kernel = perAxis(1, 3)
      const bias = random.integer(0, 1) === 0 ? {} : { bias: random.bias(filters) }
      const activation = random.integer(0, 4) === 0 ? ({ activation: 'relu' } as const) : {}
      const common = { groups, ...bias, ...activation, algorithm }
      if (random.integer(0, 4) === 0) {
        const weight = random.array([channels, filters / groups, ...kernel], 2)
        const options = { ...common, stride: perAxis(1, 2) }
        return { call: `convTranspose${rank}d`, weight, options } as PipelineStep
      }
      const weight = random.array([filters, channels / groups, ...kernel], 2)
      const padding = kernel.map((k) => sides(random, k))
      const boundary = random.pick(['zero', 'zero', 'edge', 'wrap'] as const)
      const options = { ...common, stride: perAxis(1, 2), padding, boundary }
      return { call: `conv${rank}d`, weight, options } as PipelineStep
    }
    case 3:
    case 4: {
      const size = perAxis(1, 3)
      const padding = size.map((s) => sides(random, s))
      const pooling = { size, stride: perAxis(1, 3), padding }
      // A mean of integers is no integer: its window has 1, 2 or 4 samples.
      const even = { ...pooling, size: size.map((s) => Math.min(s, 2)) }
      return random.integer(0, 1) === 0
        ? ({ call: `maxPool${rank}d`, ...pooling } as PipelineStep)
        : ({
            call: `averagePool${rank}d`,
            ...even,
            padding: even.size.map((s) => sides(random, s)),
            includePadding: random.integer(0, 1) === 0,
          } as PipelineStep)
    }
    case 5: {
      const same = sources.filter((source) => {
        const other = source === 'input' ? inputShape : shapes[source]!
        return `${other}` === `${shape}`
      })
      return same.length === 0 ? undefined : { call: 'add', with: random.pick(same) }
    }
    default:
      return {
        call: 'activation',
        activation: random.pick([
          'relu',
          'relu6',
          { name: 'leaky-relu', slope: 0.5 },
          { name: 'clamp', min: -3, max: 5 },
        ] as const),
      }
  }
}
