/**
 * jax-js: lax.convGeneralDilated on its WebAssembly device, with its own layout, channels first. It
 * has one thread in Node, because its workers need the browser's Worker.
 *
 * It runs a call directly or through jit(), and neither is always faster. Both are tried, and the
 * faster one is timed.
 */

import { readFileSync } from 'node:fs'
import { timeCalls } from '../interleaved.ts'
import type { Problem } from '../problem.ts'
import { elements } from '../shapes.ts'
import { floats, type Rival, type RivalPlace } from './rival.ts'

interface JaxArray {
  /** Another reference to the array: every function releases one reference of each argument. */
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

/** It reaches 0.4 to 3.7 GFLOP/s, so a call of this many operations takes up to ten seconds. */
const maxFlops = 4e9
/** In milliseconds. For longer direct calls jit() was never faster, so it is not tried. */
const maxJitMs = 500

/**
 * Hides the global Worker during `work`. If it exists, jax-js generates code for shared memory; but
 * its memory is not shared, because another baseline defines Worker only after jax-js has started.
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

/** Returns why a problem is not measured: not supported, or far too slow. */
export function unsupportedReason({
  isBytes,
  flops,
}: Pick<Problem, 'isBytes' | 'flops'>): string | undefined {
  if (isBytes) return 'float32 only'
  return flops > maxFlops ? 'a call would take up to ten seconds or more' : undefined
}

export async function jaxJs({ require }: RivalPlace): Promise<Rival> {
  const jax = require('@jax-js/jax') as Jax
  const folder = require.resolve('@jax-js/jax').replace(/dist.*$/, '')
  const { version } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8')) as {
    version: string
  }
  // Without a device name it reads the browser's navigator, which fails in Node 20.
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  return {
    name: 'jax-js',
    version,
    about: `jax-js ${version}, wasm device, SIMD, one thread`,
    unsupportedReason,
    prepare: async (p) => {
      const { axes, groups } = p.geometry
      const [strides, rhsDilation] = [
        axes.map((axis) => axis.stride),
        axes.map((axis) => axis.dilation),
      ]
      const padding = axes.map((axis) => [axis.before, axis.after])
      const x = jax.numpy.array(floats(p.x), { shape: p.inputShape })
      const k = jax.numpy.array(floats(p.k), { shape: p.kernelShape })
      const direct: Conv = (a, b) =>
        jax.lax.convGeneralDilated(a, b, strides, padding, {
          rhsDilation,
          featureGroupCount: groups,
        })
      const jitted = jax.jit(direct)
      const call = (conv: Conv): Promise<void> =>
        withoutWorker(async () => (await conv(x.ref, k.ref).blockUntilReady()).dispose())
      const bestTime = async (conv: Conv): Promise<number> => {
        await call(conv)
        const times = [await timeCalls(() => call(conv)), await timeCalls(() => call(conv))]
        return Math.min(...times)
      }
      const ms = await bestTime(direct)
      const usesJit = ms < maxJitMs && (await bestTime(jitted)) < ms
      const conv = usesJit ? jitted : direct
      return {
        call:
          `${usesJit ? 'jit(lax.convGeneralDilated)' : 'lax.convGeneralDilated'}(x.ref, ` +
          'k.ref, …).blockUntilReady() and dispose()',
        output: async () => {
          const values = await withoutWorker(() => conv(x.ref, k.ref).data())
          return { values: values.subarray(0, elements(p.outputShape)) }
        },
        run: () => call(conv),
        close: () => {
          jitted.dispose()
          for (const array of [x, k]) array.dispose()
        },
      }
    },
    close: () => {},
  }
}
