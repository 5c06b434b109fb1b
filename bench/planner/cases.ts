/**
 * The problems on which the planner is graded, in case notation. They come from a seed: the same on
 * every machine.
 *
 * The prices of the planner were fitted on the cases of `fitSeed`, and on every second layer of the
 * networks. The graded cases are drawn from another seed, and are the other layers.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniform, type Weights } from '@stridefold/measure'
import { formatCase, parseCase } from 'stridefold/sync'

export const kinds = ['network', 'filter', 'signal', 'volume', 'random'] as const
export type Kind = (typeof kinds)[number]

export interface GradedCase {
  readonly kind: Kind
  readonly text: string
  readonly weights: Weights
}

/** How many cases of each kind there are. Layers of networks: as many as the suite has. */
const counts: Readonly<Record<Exclude<Kind, 'network'>, number>> = {
  filter: 125,
  signal: 115,
  volume: 45,
  random: 135,
}

export const gradedSeed = 20261129
/** Never graded. */
export const fitSeed = 7

/** The cases of a seed. Those of `fitSeed` and of `gradedSeed` have none in common. */
export function casesOf(seed: number): GradedCase[] {
  const layers = networkLayers().filter((_, i) => i % 2 === (seed === fitSeed ? 0 : 1))
  const drawn = kinds.flatMap((kind, k) => {
    if (kind === 'network') return []
    const next = uniform(seed + 1000 * k)
    return draw(kind, next, counts[kind])
  })
  const all = [...layers, ...drawn]
  // Mixed, so that a part of the cases has all kinds.
  const next = uniform(seed)
  return all
    .map((c) => ({ c, place: next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ c }) => c)
}

/** Different cases of one kind. Problems of more than this many products take too long. */
function draw(kind: Exclude<Kind, 'network'>, next: () => number, count: number): GradedCase[] {
  const cases = new Map<string, GradedCase>()
  while (cases.size < count) {
    const drawn = generators[kind](new Draw(next))
    if (drawn === undefined) continue
    const geometry = parseCase(drawn.text)
    const { batch, filters, channels, groups, axes } = geometry
    const outputs = axes.reduce((n, { output }) => n * output, batch * filters)
    const taps = axes.reduce((n, { kernel }) => n * kernel, channels / groups)
    if (outputs < 1 || outputs * taps > maxProducts || outputs > maxOutputs) continue
    const text = formatCase(geometry)
    cases.set(text, { kind, weights: drawn.weights, text })
  }
  return [...cases.values()]
}

const maxProducts = 1.5e9
const maxOutputs = 4e6

const networkLayers = (): GradedCase[] =>
  readFileSync(join(import.meta.dirname, '../suites/networks.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({
      ...{ kind: 'network', weights: 'random' },
      text: line.split(';')[0]!.trim(),
    }))

/** Random whole numbers. */
class Draw {
  readonly #next: () => number
  constructor(next: () => number) {
    this.#next = next
  }
  /** From `low` to `high`, small numbers as likely as large ones. */
  size(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.#next())
  }
  of<T>(...values: readonly T[]): T {
    return values[Math.floor(this.#next() * values.length)]!
  }
  chance(probability: number): boolean {
    return this.#next() < probability
  }
}

type Drawn = { readonly text: string; readonly weights: Weights } | undefined

const borders = ['zero', 'zero', 'reflect', 'edge', 'symmetric', 'wrap'] as const
const modes = ['same', 'same', 'valid', 'full'] as const

const generators: Readonly<Record<Exclude<Kind, 'network'>, (draw: Draw) => Drawn>> = {
  /** Images of one channel, and of several that are filtered alike. */
  filter(draw) {
    const [height, width] = [draw.size(40, 2000), draw.size(40, 2000)]
    const k = draw.size(2, 63)
    const [rows, columns] = draw.of([k, k], [k, k], [k, k], [1, k], [k, 1], [k, draw.size(1, 63)])
    const options: string[] = [draw.of(...modes), draw.of(...borders)]
    if (draw.chance(0.12)) options.push(`s${draw.of(2, 2, 3, 4)}`)
    if (draw.chance(0.1)) options.push(`d${draw.of(2, 3)}`)
    const weights = draw.of('random', 'random', 'gaussian', 'box')
    const images = draw.of(1, 1, 1, 1, 3)
    const text = `${images}x1x${height}x${width} * 1x1x${rows}x${columns} ${options.join(' ')}`
    return { text, weights }
  },
  /** Signals of one channel, and layers of one axis. */
  signal(draw) {
    const length = draw.size(60, 1_000_000)
    const options: string[] = [draw.of(...modes), draw.of(...borders)]
    if (draw.chance(0.1)) options.push(`s${draw.of(2, 3, 4)}`)
    if (draw.chance(0.1)) options.push(`d${draw.of(2, 3, 5)}`)
    if (draw.chance(0.55)) {
      const taps = draw.size(2, Math.min(20_000, length))
      const weights = draw.of('random', 'random', 'gaussian')
      return { text: `${length} * ${taps} ${options.join(' ')}`, weights }
    }
    const taps = draw.size(1, 65)
    if (taps > length) return undefined
    const [channels, filters, batch] = [draw.size(1, 128), draw.size(1, 128), draw.of(1, 1, 4)]
    const isDepthwise = draw.chance(0.2)
    const kernel = isDepthwise ? `${channels}x1x${taps}` : `${filters}x${channels}x${taps}`
    if (isDepthwise) options.push(`g${channels}`)
    const text = `${batch}x${channels}x${draw.size(60, 30_000)} * ${kernel} ${options.join(' ')}`
    return { text, weights: 'random' }
  },
  /** Volumes of one channel, and layers of three axes. */
  volume(draw) {
    const extents = [draw.size(8, 100), draw.size(8, 100), draw.size(8, 100)]
    const k = draw.size(2, 11)
    const kernel = draw.of([k, k, k], [k, k, k], [draw.size(1, 7), k, k], [k, 1, 1])
    const [channels, filters] = draw.chance(0.6) ? [1, 1] : [draw.size(1, 24), draw.size(1, 24)]
    const options: string[] = [draw.of('same', 'valid'), draw.of(...borders)]
    if (draw.chance(0.15)) options.push('s2')
    const weights = channels === 1 ? draw.of('random', 'random', 'gaussian') : 'random'
    const text = `1x${channels}x${extents.join('x')} * ${filters}x${channels}x${kernel.join('x')}`
    return { text: `${text} ${options.join(' ')}`, weights }
  },
  /** Layers of one to three axes with any stride, dilation, groups and padding. */
  random(draw) {
    const rank = draw.of(1, 2, 2, 2, 3)
    const groups = draw.chance(0.25) ? draw.size(2, 32) : 1
    const most = rank === 3 ? 16 : Math.max(2, 128 / groups)
    const [channels, filters] = [draw.size(1, most), draw.size(1, most)]
    const largest = rank === 1 ? 33 : rank === 2 ? 11 : 5
    const square = draw.size(1, largest)
    const kernel = Array.from({ length: rank }, () =>
      draw.chance(0.7) ? square : draw.size(1, largest),
    )
    const extents = Array.from({ length: rank }, (_, a) =>
      draw.size(kernel[a]! + 2, rank === 1 ? 4000 : rank === 2 ? 160 : 32),
    )
    const padding = kernel.map((k) => draw.of(0, Math.floor(k / 2), Math.floor(k / 2), k - 1))
    const options = [`p${padding}`, draw.of(...borders)]
    const isTransposed = draw.chance(0.15)
    if (isTransposed) options.push(`i${draw.of(2, 2, 3)}`, 'zero')
    else if (draw.chance(0.3)) options.push(`s${draw.of(2, 2, 3)}`)
    if (!isTransposed && draw.chance(0.2)) {
      options.push(`d${draw.of(2, 2, 3)}`)
    }
    if (groups > 1) options.push(`g${groups}`)
    if (isTransposed) options.splice(1, 1)
    const [c, f] = [channels * groups, filters * groups]
    const text = `${draw.of(1, 1, 1, 2, 8)}x${c}x${extents.join('x')}`
    const fits = extents.every((n, a) => n + 2 * padding[a]! >= 3 * (kernel[a]! - 1) + 1)
    if (!fits) return undefined
    return {
      text: `${text} * ${f}x${channels}x${kernel.join('x')} ${options.join(' ')}`,
      weights: 'random',
    }
  },
}
