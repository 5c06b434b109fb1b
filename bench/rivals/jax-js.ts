/**
 * jax-js: lax.convGeneralDilated on its WebAssembly device; channels first, as its arrays are. It
 * has one thread in Node, because its workers want the browser's Worker.
 *
 * It can run a call at once or as jit() recorded it, and neither is always the faster: both are
 * tried, and the better one is timed.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { elements } from '@stridefold/cli/measure'
import { asyncRounds, type Baseline } from '../baseline.ts'
import type { Problem } from '../problem.ts'

interface JaxArray {
  /** The array once more: every function consumes one reference to what it is given. */
  readonly ref: JaxArray
  data(): Promise<Float32Array>
  blockUntilReady(): Promise<JaxArray>
  dispose(): void
}
type Conv = (x: JaxArray, k: JaxArray) => JaxArray
interface Jax {
  init(device: 'wasm'): Promise<readonly string[]>
  defaultDevice(device: 'wasm'): string
  jit(f: Conv): Conv & { dispose(): void }
  readonly numpy: {
    array(values: Float32Array, options: { readonly shape: readonly number[] }): JaxArray
  }
  readonly lax: {
    convGeneralDilated(
      x: JaxArray,
      k: JaxArray,
      strides: readonly number[],
      padding: readonly (readonly number[])[],
      options: object,
    ): JaxArray
  }
}

/** 0.4 to 3.7 GFLOP/s were seen: a call of so many operations takes up to ten seconds. */
const MOST_FLOPS = 4e9
/** Where a call at once takes longer than this, jit was never faster; it is not tried. */
const LONG_MS = 500

/**
 * It writes code for shared memory as soon as there is a global Worker; another rival puts one
 * there, after this one made its memory.
 */
async function withoutWorker<T>(work: () => Promise<T>): Promise<T> {
  const scope = globalThis as { Worker?: unknown }
  const { Worker } = scope
  delete scope.Worker
  try {
    return await work()
  } finally {
    if (Worker !== undefined) scope.Worker = Worker
  }
}

/** What it cannot do, or not within reason. */
export function refusal({ bytes, flops }: Pick<Problem, 'bytes' | 'flops'>): string | undefined {
  if (bytes) return 'float32 only'
  return flops > MOST_FLOPS ? 'a call would take up to ten seconds or more' : undefined
}

export async function jaxJs(): Promise<Baseline> {
  const require = createRequire(import.meta.url)
  const jax = require('@jax-js/jax') as Jax
  const folder = require.resolve('@jax-js/jax').replace(/dist.*$/, '')
  const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as {
    version: string
  }
  // Asked for all devices, it looks for a browser's navigator and fails in Node 20.
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  return {
    name: 'jax-js',
    version: `jax-js ${version}, wasm device, SIMD, one thread`,
    refuse: refusal,
    prepare: async (p) => {
      const { axes, groups } = p.geometry
      const [strides, rhsDilation] = [
        axes.map((axis) => axis.stride),
        axes.map((axis) => axis.dilation),
      ]
      const padding = axes.map((axis) => [axis.before, axis.after])
      const x = jax.numpy.array(p.x, { shape: p.inputShape })
      const k = jax.numpy.array(p.k, { shape: p.kernelShape })
      const atOnce: Conv = (a, b) =>
        jax.lax.convGeneralDilated(a, b, strides, padding, {
          rhsDilation,
          featureGroupCount: groups,
        })
      const recorded = jax.jit(atOnce)
      const timed = (conv: Conv): Promise<number> =>
        withoutWorker(async () => {
          const start = performance.now()
          const y = await conv(x.ref, k.ref).blockUntilReady()
          const took = performance.now() - start
          y.dispose()
          return took
        })
      const best = async (conv: Conv): Promise<number> => {
        await timed(conv)
        return Math.min(await timed(conv), await timed(conv))
      }
      const ms = await best(atOnce)
      const isRecorded = ms < LONG_MS && (await best(recorded)) < ms
      const conv = isRecorded ? recorded : atOnce
      return {
        call:
          `${isRecorded ? 'jit(lax.convGeneralDilated)' : 'lax.convGeneralDilated'}(x.ref, ` +
          'k.ref, …).blockUntilReady() and dispose()',
        output: async () => {
          const values = await withoutWorker(() => conv(x.ref, k.ref).data())
          return { values: values.subarray(0, elements(p.outputShape)), layout: 'channels-first' }
        },
        round: asyncRounds(() => timed(conv)),
        close: () => {
          recorded.dispose()
          for (const array of [x, k]) array.dispose()
        },
      }
    },
    close: () => {},
  }
}
