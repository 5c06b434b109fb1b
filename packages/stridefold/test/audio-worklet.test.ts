/**
 * Does the module for AudioWorklets convolve sound in a real browser, fast enough, and does it
 * exchange its kernel there without a call that takes long?
 */

import { fileURLToPath } from 'node:url'
import { type RolldownOptions, rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, openSite, type Site } from './site.ts'
import { apart, bound, definition, farthest, noise } from './stream-cases.ts'

/** Measures each call of the processor that is registered after it. */
const clock = `
const register = registerProcessor
globalThis.registerProcessor = (name, Processor) => register(name, class extends Processor {
  #times = []
  process(...given) {
    const now = () => globalThis.performance?.now() ?? Date.now()
    const start = now()
    const result = super.process(...given)
    this.#times.push(now() - start)
    if (this.#times.length % 1000 === 0) this.port.postMessage({ times: this.#times })
    return result
  }
})`

const page = `<!doctype html><script type="module">
const numbers = (length, seed) => {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}
globalThis.render = async ({ samples, taps, shape, seeds, exchange }) => {
  const context = new OfflineAudioContext(2, samples, 48000)
  await context.audioWorklet.addModule('/clock.js')
  await context.audioWorklet.addModule('/audio-worklet.js')
  const sound = context.createBuffer(2, samples, 48000)
  for (const c of [0, 1]) sound.copyToChannel(numbers(samples, seeds[c]), c)
  const source = new AudioBufferSourceNode(context, { buffer: sound })
  const kernel = (seed) => ({ data: numbers(shape.reduce((n, e) => n * e, 1), seed), shape })
  const node = new AudioWorkletNode(context, 'stridefold-convolver', {
    outputChannelCount: [2],
    processorOptions: { kernel: kernel(seeds[2]), channels: 2 },
  })
  let [times, errors] = [[], []]
  node.port.onmessage = ({ data }) => data.times ? (times = data.times) : errors.push(data)
  if (exchange > 0)
    context.suspend(exchange / 48000).then(() => {
      node.port.postMessage({ kernel: kernel(seeds[3]), crossfade: 500 })
      node.port.postMessage({ kernel: [[1], [2], [3]] })
      setTimeout(() => context.resume(), 200)
    })
  source.connect(node).connect(context.destination)
  source.start()
  const start = performance.now()
  const buffer = await context.startRendering()
  const milliseconds = performance.now() - start
  // The last message may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 200))
  const channels = [0, 1].map((c) => Array.from(buffer.getChannelData(c).subarray(0, 20_000)))
  return { channels, times, errors, milliseconds }
}
document.title = 'ready'
</script>`

interface Rendering {
  readonly channels: readonly number[][]
  readonly times: readonly number[]
  readonly errors: readonly { readonly code: string }[]
  readonly milliseconds: number
}

interface Global {
  render(job: object): Promise<Rendering>
}

describe.skipIf(!hasBrowser)('in an AudioWorklet', () => {
  let site: Site

  beforeAll(async () => {
    const configuration = new URL('../rolldown.config.js', import.meta.url).href
    const builds = (await import(configuration)) as { readonly default: readonly RolldownOptions[] }
    const options = builds.default.find(({ input }) =>
      Object.hasOwn(input as object, 'audio-worklet'),
    )
    const cwd = fileURLToPath(new URL('..', import.meta.url))
    const bundle = await rolldown({ ...options, cwd, logLevel: 'silent' })
    const { output } = await bundle.generate(options!.output as object)
    expect(output).toHaveLength(1)
    expect(output[0].imports).toEqual([])
    const scripts: Readonly<Record<string, string>> = {
      '/audio-worklet.js': output[0].code,
      '/clock.js': clock,
    }
    site = await openSite((path) => {
      const body = scripts[path]
      return body === undefined
        ? { type: 'text/html', body: page }
        : { type: 'text/javascript', body }
    })
  }, 60_000)
  afterAll(() => site?.close(), 60_000)

  test('sound comes out as by the definition', async () => {
    const { channels } = await site.runInPage('/', () =>
      (globalThis as unknown as Global).render({
        ...{ samples: 8192, shape: [2000], seeds: [1, 2, 3, 4], exchange: 0 },
      }),
    )
    const [signal, kernel] = [[noise(8192, 1), noise(8192, 2)], noise(2000, 3)]
    const expected = definition(signal, apart([kernel, kernel]))
    for (const c of [0, 1])
      expect(farthest(channels[c]!, expected[c]!.subarray(0, 8192))).toBeLessThanOrEqual(
        bound(signal, [kernel]),
      )
  })

  test('a new kernel takes over, and a wrong one is reported', async () => {
    const { channels, errors } = await site.runInPage('/', () =>
      (globalThis as unknown as Global).render({
        ...{ samples: 16384, shape: [1500], seeds: [1, 2, 3, 4], exchange: 2560 },
      }),
    )
    const [signal, old, next] = [[noise(16384, 1), noise(16384, 2)], noise(1500, 3), noise(1500, 4)]
    const before = definition(signal, apart([old, old]))
    const after = definition(signal, apart([next, next]))
    const [first, last] = [channels[0]!.slice(0, 2560), channels[0]!.slice(12_000)]
    const most = bound(signal, [old]) + bound(signal, [next])
    expect(farthest(first, before[0]!.subarray(0, 2560))).toBeLessThanOrEqual(most)
    expect(farthest(last, after[0]!.subarray(12_000, 16384))).toBeLessThanOrEqual(most)
    expect(errors).toEqual([expect.objectContaining({ code: 'CHANNELS_MISMATCH' })])
  })

  test('10 s of reverberation in stereo: what a call needs is far below its 2.67 ms', async () => {
    const { times, milliseconds } = await site.runInPage('/', () =>
      (globalThis as unknown as Global).render({
        ...{ samples: 128 * 5000, shape: [2, 480_000], seeds: [1, 2, 3, 4], exchange: 0 },
      }),
    )
    // The work repeats after 128 calls. Other processes cannot shorten a call, so the shortest of
    // many counts. A worklet may have no clock but that of whole milliseconds: 0 is less than 1.
    const period = 128
    const shortest = new Array<number>(period).fill(Infinity)
    times.slice(2048).forEach((time, call) => {
      shortest[call % period] = Math.min(shortest[call % period]!, time)
    })
    console.log(
      `AudioWorklet: longest call ${Math.max(...shortest)} ms of ${times.length} calls, ` +
        `rendering took ${((milliseconds / (5000 * (128 / 48))) * 100).toFixed(1)} % of the time`,
    )
    expect(times.length).toBe(5000)
    expect(Math.max(...shortest)).toBeLessThan(1)
  }, 180_000)
})
