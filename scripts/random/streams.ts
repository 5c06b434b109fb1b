/**
 * Compares streams with the definition in float64 on new random cases.
 *
 *     npm run random -- streams [--cases 2000] [--seed N]
 *
 * A case has a kernel of any shape, a latency, a length of blocks, and a signal that is cut at
 * random places, empty pieces included. After `reset()` another cut must give the same bits. A
 * failed case is printed with its seed; `--seed N --cases 1` repeats it.
 */

import process from 'node:process'
import { createStream } from 'stridefold/sync'
import {
  apart,
  bound,
  definition,
  farthest,
  joined,
  noise,
  type Taps,
} from '../../packages/stridefold/test/stream-cases.ts'
import { type Next, numbers, pickFrom } from './random-case.ts'

interface StreamCase {
  readonly shape: string
  readonly kernel: Parameters<typeof createStream>[0]
  readonly options: {
    readonly channels?: number
    readonly latency: number
    readonly blockSize: number
  }
  readonly taps: Taps
  readonly signal: readonly Float32Array[]
}

/** Multiplications of the definition that a case may have. */
const mostProducts = 2e7

/** A whole number from 1 to 2^bits, small ones as often as large ones. */
const sizeOf = (next: Next, bits: number): number => 1 + next(2 ** next(bits + 1))

function streamCase(seed: number): StreamCase {
  const next = numbers(seed)
  const pick = pickFrom(next)
  const taps = sizeOf(next, 15)
  const weights = (): Float32Array => noise(taps, 1 + next(1e6))
  const lists = (kernels: readonly Float32Array[]): number[][] => kernels.map((k) => [...k])
  const shape = pick(['[taps]', '[taps] for each channel', '[channels, taps]', '[out, in, taps]'])
  const [outputs, inputs] = [1 + next(3), 1 + next(3)]
  const kernels = Array.from({ length: outputs }, () => Array.from({ length: inputs }, weights))
  const first = kernels[0]![0]!
  const [kernel, applied, channels] = {
    '[taps]': [first, [[first]], undefined],
    '[taps] for each channel': [first, apart(new Array(inputs).fill(first)), inputs],
    '[channels, taps]': [lists(kernels[0]!), apart(kernels[0]!), undefined],
    '[out, in, taps]': [kernels.map(lists), kernels, undefined],
  }[shape] as [StreamCase['kernel'], Taps, number | undefined]
  const pairs = applied.flat().filter((k) => k.length > 0).length
  const samples = Math.min(sizeOf(next, 15), Math.ceil(mostProducts / (taps * pairs)))
  return {
    shape,
    kernel,
    options: {
      ...(channels !== undefined && { channels }),
      latency: pick([0, 0, sizeOf(next, 12)]),
      blockSize: pick([128, 128, sizeOf(next, 11)]),
    },
    taps: applied,
    signal: applied[0]!.map(() => noise(samples, 1 + next(1e6))),
  }
}

/** Lengths whose sum is that of the signal. */
function cuts(next: Next, samples: number): number[] {
  const lengths: number[] = []
  for (let left = samples; left > 0; ) {
    const length = Math.min(left, next(4) === 0 ? 0 : sizeOf(next, 11))
    lengths.push(length)
    left -= length
  }
  return lengths
}

/** All results of a stream for this signal, the last ones included. */
function runStream(
  stream: ReturnType<typeof createStream>,
  signal: readonly Float32Array[],
  lengths: readonly number[],
): Float32Array[] {
  const parts: Float32Array[][] = []
  const keep = (results: readonly Float32Array[]): void => {
    parts.push(results.map((result) => result.slice()))
  }
  let at = 0
  for (const length of lengths) {
    keep(stream.process(signal.map((x) => x.subarray(at, at + length))))
    at += length
  }
  // The latest samples came in a list, so the last results do, too.
  keep(stream.flush() as readonly Float32Array[])
  return parts[0]!.map((_, o) => joined(parts.map((part) => part[o]!)))
}

/** What is wrong with the case of a seed; undefined if nothing is. */
function faultOf({ kernel, options, taps, signal }: StreamCase, next: Next): string | undefined {
  const stream = createStream(kernel, options)
  const samples = signal[0]!.length
  const first = runStream(stream, signal, cuts(next, samples))
  stream.reset()
  const second = runStream(stream, signal, cuts(next, samples))
  stream.dispose()
  const expected = definition(signal, taps, options.latency)
  for (const [o, result] of first.entries()) {
    const [distance, most] = [farthest(result, expected[o]!), bound(signal, taps[o]!)]
    if (!(distance <= most)) return `output ${o} is off by ${distance}, the bound is ${most}`
    const other = second[o]!
    if (other.length !== result.length || other.some((value, i) => value !== result[i]))
      return `output ${o} differs after reset() with another cut`
  }
  return undefined
}

/** Runs these cases and prints the failed ones. Returns whether all passed. */
export function runStreams(cases: number, firstSeed: number): boolean {
  process.stdout.write(`${cases} cases from seed ${firstSeed}, against the definition in float64\n`)
  const perShape = new Map<string, number>()
  let failed = 0
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const made = streamCase(seed)
    perShape.set(made.shape, (perShape.get(made.shape) ?? 0) + 1)
    let fault: string | undefined
    try {
      fault = faultOf(made, numbers(~seed))
    } catch (error) {
      fault = String(error)
    }
    if (fault === undefined) continue
    failed++
    const { shape, options, taps, signal } = made
    const sizes = `${taps[0]!.find((k) => k.length > 0)!.length} taps, ${signal[0]!.length} samples`
    process.stdout.write(`seed ${seed}: ${shape}, ${sizes}, ${JSON.stringify(options)}: ${fault}\n`)
  }
  const shapes = [...perShape].map(([shape, n]) => `${shape} ${n}`).join(', ')
  process.stdout.write(`kernels: ${shapes}\n${cases - failed} passed, ${failed} failed\n`)
  return failed === 0
}
