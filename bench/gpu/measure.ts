/**
 * Measures the library on a GPU, in Node or in a page. Each case is first compared with the same
 * call on the processor. Arrays stay on the GPU; a measurement is many runs and one wait.
 *
 * On a fallback adapter, which computes on the processor, tiny cases run once: that shows that the
 * benchmark works, and gives no time.
 */

import { close, configure, correlate, type NdArray, ndarray, plan, read } from 'stridefold'
import { casesOf, type GpuCase, withBatch } from './cases.ts'
import { copyBytes, peakFlops } from './rates.ts'

export interface GpuResult {
  readonly name: string
  /** 'stridefold', or the name and version of another library. */
  readonly library: string
  readonly algorithm?: string
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  /** The shortest and the median time of a run; undefined on a fallback adapter. */
  readonly milliseconds?: { readonly min: number; readonly median: number }
  /** Of the definition, in 10¹² multiplications and additions per second. */
  readonly teraflops?: number
  /** Of the peak, or of the memory speed. */
  readonly share?: { readonly of: 'peak' | 'memory'; readonly value: number }
  /** How it was compared, or why there is no result. */
  readonly note: string
}

export interface GpuReport {
  readonly adapter: string
  readonly isFallback: boolean
  readonly peakTeraflops?: number
  readonly memoryGBs?: number
  readonly results: readonly GpuResult[]
}

/** What another library computes of a case on the same GPU. */
export interface GpuRival {
  readonly name: string
  /** Undefined: it has no such operation. */
  prepare(
    item: GpuCase,
    x: Float32Array,
    k: Float32Array,
    outputShape: readonly number[],
  ): Promise<PreparedRival | string>
}

export interface PreparedRival {
  /** Starts a run. The promise of the last one resolves when all are done. */
  run(times: number): Promise<void>
  result(): Promise<Float32Array>
  dispose(): void
}

export interface GpuMeasurement {
  readonly rivals: readonly GpuRival[]
  /** Only cases whose names contain it. */
  readonly only: string
  readonly seconds: number
  readonly report: (line: string) => void
}

type Run = (times: number) => Promise<void>

export async function measureGpu(
  gpu: GPU,
  { rivals, only, seconds, report }: GpuMeasurement,
): Promise<GpuReport> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) throw new Error('WebGPU offers no adapter here')
  const { vendor, architecture, description } = adapter.info
  const name = [description, vendor, architecture].filter(Boolean).join(', ')
  const isFallback = adapter.info.isFallbackAdapter === true || /swiftshader/i.test(name)
  const device = await adapter.requestDevice({ requiredLimits: largest(adapter.limits) })
  report(`adapter: ${name}${isFallback ? ' (a fallback: tiny cases run once, untimed)' : ''}`)
  configure({ device })
  // A plan needs an open GPU; the first call opens it.
  const first = await toGpu(Float32Array.of(1), [1])
  first.release()
  const ends = performance.now() + 1000 * seconds
  const [peak, memory] = [await peakFlops(device, isFallback), await copyBytes(device, isFallback)]
  const rates = { peak, memory }
  if (!isFallback)
    report(`peak ${(peak / 1e12).toFixed(2)} TFLOP/s, memory ${(memory / 1e9).toFixed(0)} GB/s`)
  const results: GpuResult[] = []
  for (const item of casesOf(isFallback ? 'tiny' : 'full')) {
    if (!item.name.includes(only)) continue
    if (performance.now() > ends) {
      report(`${item.name}: left out, because ${seconds} s are over`)
      continue
    }
    for (const result of await measureCase(item, device, rates, isFallback, rivals)) {
      results.push(result)
      report(lineOf(result))
    }
  }
  await close()
  device.destroy()
  return {
    ...{ adapter: name, isFallback, results },
    ...(!isFallback && { peakTeraflops: peak / 1e12, memoryGBs: memory / 1e9 }),
  }
}

const largest = (limits: GPUSupportedLimits): Record<string, number> => ({
  maxBufferSize: limits.maxBufferSize,
  maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
  maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
  maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
})

/** The library, then the others, on one case. */
async function measureCase(
  item: GpuCase,
  device: GPUDevice,
  rates: Readonly<Record<'peak' | 'memory', number>>,
  isFallback: boolean,
  rivals: readonly GpuRival[],
): Promise<GpuResult[]> {
  const { input, kernel } = withBatch(item, isFallback ? 1 : batchFor(item, rates.peak))
  const sized: GpuCase = { ...item, input, kernel }
  const k = integers(product(kernel), 2)
  const x = integers(product(input), 3)
  const checked = await verified(item, k)
  const { outputShape, flops, bytes } = workOf(sized)
  const answer = async (
    library: string,
    note: string,
    run: Run | undefined,
    algorithm?: string,
  ): Promise<GpuResult> => {
    const known = { name: item.name, library, input, kernel, note, ...(algorithm && { algorithm }) }
    if (run === undefined) return known
    if (isFallback) {
      await run(1)
      return known
    }
    const milliseconds = await timesOf(run)
    const perSecond = (amount: number): number => (1000 * amount) / milliseconds.min
    const value = perSecond(item.share === 'peak' ? flops : bytes) / rates[item.share]
    return {
      ...{ ...known, milliseconds, teraflops: perSecond(flops) / 1e12 },
      share: { of: item.share, value },
    }
  }
  const ours = await onGpu(sized, x, k, device)
  const results = [await answer('stridefold', checked, ours.run, ours.algorithm)]
  const expected = await ours.result()
  // They choose their own algorithm, so each layer is measured once.
  const isRepeated = item.algorithm === 'winograd'
  for (const rival of isRepeated ? [] : rivals) results.push(await rivalResult(rival))
  ours.dispose()
  return results

  async function rivalResult(rival: GpuRival): Promise<GpuResult> {
    try {
      const prepared = await rival.prepare(sized, x, k, outputShape)
      if (typeof prepared === 'string') return await answer(rival.name, prepared, undefined)
      try {
        const difference = largestDifference(await prepared.result(), expected)
        // Sums of small integers. Another library may use Winograd or half the digits of a product.
        if (!(difference <= 1e-3 * largestOf(expected)))
          return await answer(rival.name, `differs by ${difference}: not timed`, undefined)
        return await answer(rival.name, `differs by ${difference}`, prepared.run)
      } finally {
        prepared.dispose()
      }
    } catch (error) {
      return answer(rival.name, `failed: ${messageOf(error)}`, undefined)
    }
  }
}

/** So many that the peak needs a millisecond. Arrays stay below 128 MiB. */
function batchFor(item: GpuCase, peak: number): number {
  const { flops, largestBytes } = workOf(item)
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, (peak * 1e-3) / flops)))
  const most = 2 ** Math.floor(Math.log2(2 ** 27 / largestBytes))
  return Math.max(1, Math.min(wanted, most))
}

interface CaseWork {
  readonly outputShape: readonly number[]
  readonly flops: number
  readonly bytes: number
  readonly largestBytes: number
}

function workOf(item: GpuCase): CaseWork {
  const { geometry } = planOf(item, 'wasm')
  const { batch, filters, channels, groups, axes } = geometry
  const products = axes.reduce(
    (n, axis) => (n * axis.output * axis.kernel) / axis.inputDilation,
    (batch * filters * channels) / groups,
  )
  const outputs = axes.map((axis) => axis.output)
  const outputShape = item.call === 'correlate' ? outputs : [batch, filters, ...outputs]
  const [from, to] = [4 * product(item.input), 4 * product(outputShape)]
  return {
    ...{ outputShape, flops: 2 * products, bytes: from + to },
    largestBytes: Math.max(from, to),
  }
}

/** The types of a call follow its name, which is not known here: all layers take these options. */
const planOf = ({ call, input, kernel, options, algorithm }: GpuCase, backend: 'wasm' | 'webgpu') =>
  plan(call as 'conv2d', input, kernel, {
    ...{ ...options, backend, algorithm: backend === 'wasm' ? 'strided' : algorithm },
    ...(backend === 'webgpu' && { memory: 'gpu' as const }),
  })

/** Compares a case with batch 1 with the processor. Throws if the GPU computes something else. */
async function verified(item: GpuCase, k: Float32Array): Promise<string> {
  const x = integers(product(item.input), 5)
  const cpu = planOf(item, 'wasm')
  const gpu = planOf(item, 'webgpu')
  const [expected, onGpuResult] = [await cpu.run(x, k), await gpu.run(x, k)]
  const result = await read(onGpuResult)
  const difference = largestDifference(result.data as Float32Array, expected.data as Float32Array)
  const boundOf = ({ candidates, algorithm }: typeof cpu): number =>
    candidates.find((candidate) => candidate.algorithm === algorithm)!.errorBound
  // Sums of small integers: exact, but for algorithms that transform.
  const isExact = !['winograd', 'fft'].includes(gpu.algorithm)
  const bound = isExact
    ? 0
    : (boundOf(cpu) + boundOf(gpu)) * largestOf(x) * largestSum(k, item.kernel)
  const { algorithm } = gpu
  for (const p of [cpu, gpu]) p.dispose()
  onGpuResult.release()
  if (!(difference <= bound))
    throw new Error(
      `${item.name} by ${algorithm}: the GPU differs by ${difference}, and ${bound} is allowed`,
    )
  return isExact ? 'equal to the processor' : `differs by ${difference}, allowed ${bound}`
}

/** The case on arrays that stay on the GPU. */
async function onGpu(item: GpuCase, x: Float32Array, k: Float32Array, device: GPUDevice) {
  const planned = planOf(item, 'webgpu')
  const prepared = planned.prepare(k)
  const input = await toGpu(x, item.input)
  const out = await prepared.run(input)
  return {
    algorithm: prepared.algorithm,
    run: async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await prepared.run(input, undefined, out)
      await device.queue.onSubmittedWorkDone()
    },
    result: async (): Promise<Float32Array> => (await read(out)).data as Float32Array,
    dispose: (): void => {
      for (const array of [input, out]) array.release()
      for (const p of [prepared, planned]) p.dispose()
    },
  }
}

/** The array on the GPU: the result of a kernel with a single 1. */
const toGpu = (x: Float32Array, shape: readonly number[]): Promise<NdArray> => {
  const one = ndarray(
    Float32Array.of(1),
    shape.map(() => 1),
  )
  return correlate(ndarray(x, shape), one, { backend: 'webgpu', memory: 'gpu' })
}

/** Times of a run, among measurements of at least 60 ms. */
async function timesOf(run: Run): Promise<{ readonly min: number; readonly median: number }> {
  const timed = async (times: number): Promise<number> => {
    const start = performance.now()
    await run(times)
    return (performance.now() - start) / times
  }
  await timed(2)
  const times = Math.max(1, Math.min(500, Math.ceil(60 / (await timed(3)))))
  const all: number[] = []
  for (let i = 0; i < 7; i++) all.push(await timed(times))
  all.sort((a, b) => a - b)
  return { min: all[0]!, median: all[3]! }
}

const product = (extents: readonly number[]): number => extents.reduce((n, e) => n * e, 1)

/** Whole numbers from −most to most, the same in every run. */
function integers(count: number, most: number): Float32Array {
  let state = most
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * (2 * most + 1)) - most
  })
}

const largestOf = (x: Float32Array): number => x.reduce((m, v) => Math.max(m, Math.abs(v)), 0)

function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity
  let most = 0
  // A comparison with NaN is false: it must not count as equal.
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference
  }
  return most
}

/** The largest Σ|k| of a filter: of all weights, where they may be summed in another order. */
function largestSum(k: Float32Array, shape: readonly number[]): number {
  const filters = shape.length > 2 ? shape[0]! : 1
  const size = k.length / filters
  const sums = Array.from({ length: filters }, (_, f) =>
    k.subarray(f * size, (f + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0),
  )
  return Math.max(...sums)
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!

export function lineOf({ name, library, algorithm, milliseconds, ...result }: GpuResult): string {
  const head = `${name}: ${library}${algorithm === undefined ? '' : ` (${algorithm})`}`
  if (milliseconds === undefined) return `${head}: ${result.note}`
  const { of, value } = result.share!
  return (
    `${head}: ${milliseconds.min.toFixed(3)} ms (median ${milliseconds.median.toFixed(3)}), ` +
    `${result.teraflops!.toFixed(3)} TFLOP/s, ${(100 * value).toFixed(1)} % of ` +
    `${of === 'peak' ? 'the peak' : 'the memory speed'}; batch ${result.input[0]}; ${result.note}`
  )
}
