/**
 * PFFFT, compiled to WebAssembly with SIMD, in an overlap-save loop of this file. It is the fastest
 * FFT in npm that we found, so this is the fastest filter for long signals that can be built from
 * packages.
 *
 *   y = F⁻¹( F(x_block) · F(k) )
 *
 * A block of n samples gives n − taps + 1 outputs. Three values of n are tried; the fastest is
 * timed.
 */

import { readFileSync } from 'node:fs'
import { interleaved } from '../interleaved.ts'
import type { Problem } from '../problem.ts'
import { median } from '../statistics.ts'
import { floats, type ReadyRival, type Rival, type RivalPlace } from './rival.ts'

interface Pffft {
  readonly HEAPF32: Float32Array
  _malloc(bytes: number): number
  _free(at: number): void
  _pffft_new_setup(n: number, kind: number): number
  _pffft_destroy_setup(setup: number): void
  _pffft_aligned_malloc(bytes: number): number
  _pffft_aligned_free(at: number): void
  _pffft_transform(setup: number, from: number, to: number, work: number, direction: number): void
  _pffft_zconvolve_accumulate(setup: number, a: number, b: number, ab: number, scale: number): void
}

const [real, forward, backward] = [0, 0, 1]

export async function pffft({ require }: RivalPlace): Promise<Rival> {
  const path = require.resolve('@echogarden/pffft-wasm/simd')
  const { default: open } = (await import(path)) as { default: (options: object) => Promise<Pffft> }
  const wasmBinary = readFileSync(path.replace(/\.js$/, '.wasm'))
  const m = await open({ wasmBinary })
  const { version } = JSON.parse(
    readFileSync(path.replace(/dist\/.*$/, 'package.json'), 'utf8'),
  ) as { version: string }
  return {
    name: 'pffft',
    version,
    about:
      `PFFFT in WebAssembly, SIMD, one thread (@echogarden/pffft-wasm ${version}), ` +
      'overlap-save by the benchmark',
    unsupportedReason: ({ geometry: g, isBytes }) => {
      if (isBytes) return 'float32 only'
      const [axis] = g.axes
      const isSupported =
        g.axes.length === 1 &&
        g.batch * g.channels * g.filters === 1 &&
        axis!.stride * axis!.dilation === 1
      return isSupported ? undefined : 'one channel, stride 1 and dilation 1 only'
    },
    prepare: async (p) => {
      const minLength = 2 ** Math.ceil(Math.log2(2 * p.k.data.length))
      const lengths = [1, 2, 4].map((factor) => Math.max(factor * minLength, 512))
      const all = lengths.map((n) => filter(m, p, n))
      const contenders = all.map(({ run, call }) => ({ name: call, run }))
      const sampled = await interleaved(contenders, { samples: 3, minMs: 5 })
      const times = sampled.map(({ samples }) => median(samples))
      const best = all[times.indexOf(Math.min(...times))]!
      for (const other of all) if (other !== best) other.close()
      return best
    },
    close: () => {},
  }
}

function filter(m: Pffft, p: Problem, n: number): ReadyRival {
  const [x, k] = [floats(p.x), floats(p.k)]
  const [taps, axis] = [k.length, p.geometry.axes[0]!]
  const [outputsPerBlock, length] = [n - taps + 1, axis.output]
  const setup = m._pffft_new_setup(n, real)
  const [spectrum, block, product, work] = Array.from({ length: 4 }, () =>
    m._pffft_aligned_malloc(n * 4),
  ) as [number, number, number, number]
  const at = (address: number): Float32Array => m.HEAPF32.subarray(address / 4, address / 4 + n)
  // The kernel is flipped, because the case is a correlation.
  at(block).fill(0).set(k.toReversed())
  m._pffft_transform(setup, block, spectrum, work, forward)
  const y = new Float32Array(length)
  const run = (): void => {
    for (let start = 0; start < length; start += outputsPerBlock) {
      const first = start - axis.before
      const [from, to] = [Math.max(first, 0), Math.min(first + n, x.length)]
      const samples = at(block)
      if (first < 0) samples.fill(0, 0, -first)
      if (first + n > to) samples.fill(0, Math.max(to - first, 0))
      if (to > from) samples.set(x.subarray(from, to), from - first)
      m._pffft_transform(setup, block, block, work, forward)
      at(product).fill(0)
      m._pffft_zconvolve_accumulate(setup, block, spectrum, product, 1 / n)
      m._pffft_transform(setup, product, product, work, backward)
      y.set(
        at(product).subarray(taps - 1, taps - 1 + Math.min(outputsPerBlock, length - start)),
        start,
      )
    }
  }
  return {
    call: `pffft_transform, zconvolve_accumulate, pffft_transform for blocks of ${n}`,
    output: async () => {
      run()
      return { values: y }
    },
    run,
    close: () => {
      for (const address of [spectrum, block, product, work]) m._pffft_aligned_free(address)
      m._pffft_destroy_setup(setup)
    },
  }
}
