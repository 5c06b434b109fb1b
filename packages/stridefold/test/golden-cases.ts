/**
 * The programs of 300 geometries, and the bits that they compute: one line of text per geometry and
 * algorithm. `npm run golden` writes them to fixtures/golden.txt, `golden.test.ts` compares.
 *
 * A change of the code that should change no program keeps every line. After a change that should,
 * run `npm run golden`, and say in the commit which lines changed and why.
 */

import { algorithms, ndarray, parseCase, planCase } from 'stridefold/sync'

/** Numbers that are the same on every machine: a linear congruential generator. */
function generator(seed: number): (low: number, high: number) => number {
  let state = seed
  return (low, high) => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return low + ((state >> 8) % (high - low + 1))
  }
}

const geometryCount = 300

/** The geometries, in case notation. */
function geometryCases(): string[] {
  const next = generator(12345)
  const pick = <T>(list: readonly T[]): T => list[next(0, list.length - 1)]!
  return Array.from({ length: geometryCount }, () => {
    const [rank, groups] = [next(1, 3), next(1, 2)]
    const [channels, filters] = [pick([1, 1, 2, 8, 16]), pick([1, 1, 3, 8, 16])]
    const largest = rank === 1 ? 200 : rank === 2 ? 40 : 10
    const list = (length: number, number: () => number): number[] => Array.from({ length }, number)
    const inputs = list(rank, () => next(3, largest))
    const taps = list(rank, () => next(1, Math.min(7, largest)))
    const tokens = [
      `${next(1, 2)}x${groups * channels}x${inputs.join('x')}`,
      '*',
      `${groups * filters}x${channels}x${taps.join('x')}`,
      `s${list(rank, () => next(1, 3))}`,
      `d${list(rank, () => next(1, 2))}`,
      `i${list(rank, () => pick([1, 1, 2, 3]))}`,
      `p${list(rank, () => next(0, 4))}`,
      `g${groups}`,
      pick(['', 'edge', 'reflect', 'symmetric', 'wrap', 'constant=2']),
      pick(['', 'flip']),
    ]
    return tokens.filter((token) => token !== '').join(' ')
  })
}

/** One line per geometry: the choice of auto, and two hashes for each algorithm. */
export function goldenLines(cases: readonly string[] = geometryCases()): string[] {
  const names = algorithms().map((algorithm) => algorithm.name)
  return cases.map((text) => {
    const results = ['auto', ...names].map((algorithm) => resultOf(text, algorithm))
    return `${text} | ${results.join(' ')}`
  })
}

/** The name of the algorithm that ran, a hash of its program, and one of its result. */
function resultOf(text: string, algorithm: string): string {
  try {
    const { batch, groups, channels, filters, axes } = parseCase(text)
    const kernelShape = [filters, channels / groups, ...axes.map((axis) => axis.kernel)]
    const inputShape = [batch, channels, ...axes.map((axis) => axis.input)]
    const kernel = filled(kernelShape, (i) => ((i * 7) % 11) - 5)
    const plan = planCase(text, { algorithm, kernel, deterministic: true })
    const result = plan.runSync(
      filled(inputShape, (i) => ((i * 13) % 17) / 3),
      kernel,
    )
    const { buffer, byteOffset, length } = result.data
    const bits = new Uint32Array(buffer, byteOffset, length)
    const codes = Array.from(plan.program, (letter) => letter.charCodeAt(0))
    return `${plan.algorithm}:${hashOf(codes)}:${hashOf(bits)}`
  } catch (error) {
    return (error as { readonly code?: string }).code ?? String(error)
  }
}

function filled(
  shape: readonly number[],
  value: (i: number) => number,
): ReturnType<typeof ndarray> {
  const length = shape.reduce((n, extent) => n * extent, 1)
  return ndarray(
    Float32Array.from({ length }, (_, i) => value(i)),
    shape,
  )
}

/** FNV-1a over 32-bit words, as eight hexadecimal digits. */
function hashOf(words: Iterable<number>): string {
  let hash = 0x811c9dc5
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
