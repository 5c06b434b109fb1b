/**
 * WebGPU in Node. Node has none, so this is that of the npm package `webgpu`, if the user installed
 * it: in the working folder, or where this command is installed. It is no dependency, because it
 * has 51 MB and most users have no need of it.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { messageOf, runtimeError } from './failure.ts'
import type { Io } from './io.ts'

/** What `doctor` tells of a GPU. */
export interface GpuAnswer {
  /** Its name, as far as its driver tells it. */
  readonly adapter: string
  /** Whether it computes on the processor. */
  readonly isFallback: boolean
  readonly limits: Readonly<Record<(typeof shownLimits)[number], number>>
}

const shownLimits = [
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
] as const

/** The parts of WebGPU that are used here. */
interface Adapter {
  readonly info: Readonly<Partial<Record<'vendor' | 'architecture' | 'description', string>>> & {
    readonly isFallbackAdapter?: boolean
  }
  readonly limits: GpuAnswer['limits']
}
interface Gpu {
  requestAdapter(options?: object): Promise<Adapter | null>
}
interface WebGpuPackage {
  create(flags: readonly string[]): Gpu
  readonly globals: object
}

const install =
  "Install the npm package 'webgpu' (51 MB) in this folder: npm install webgpu. Or beside the " +
  'command, if that is installed globally: npm install --global webgpu.'

/** The reason why no GPU can be used, as a whole sentence. */
class NoGpu extends Error {}

/** Loads the package and opens its GPU. Throws `NoGpu`. */
async function openPackage(io: Io): Promise<{ readonly gpu: Gpu; readonly answer: GpuAnswer }> {
  const path = packagePath(io)
  if (path === undefined) throw new NoGpu(`Node has no WebGPU of its own. ${install}`)
  const gpu = await loaded(path)
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    throw new NoGpu(
      `${path} finds no GPU. It needs a driver: for Vulkan on Linux (with libvulkan.so.1), Metal ` +
        'on macOS, Direct3D 12 on Windows.',
    )
  return { gpu, answer: answerOf(adapter) }
}

function packagePath(io: Io): string | undefined {
  const starts = [pathToFileURL(join(io.cwd, 'stridefold.js')).href, import.meta.url]
  for (const start of starts) {
    try {
      return createRequire(start).resolve('webgpu')
    } catch {
      // It is not installed there.
    }
  }
  return undefined
}

/** One for the whole process. */
let gpuOfPackage: Gpu | undefined

async function loaded(path: string): Promise<Gpu> {
  if (gpuOfPackage !== undefined) return gpuOfPackage
  try {
    const { create, globals }: WebGpuPackage = await import(pathToFileURL(path).href)
    Object.assign(globalThis, globals)
    gpuOfPackage = create([])
    return gpuOfPackage
  } catch (error) {
    const [reason] = messageOf(error).split('\n')
    throw new NoGpu(
      `${path} does not load: ${reason}. stridefold was tried with webgpu 0.6; that version is ` +
        'installed by npm install webgpu@0.6.',
    )
  }
}

function answerOf({ info, limits }: Adapter): GpuAnswer {
  const { vendor, architecture, description, isFallbackAdapter } = info
  const names = [description, vendor, architecture].filter(Boolean)
  return {
    adapter: names.length === 0 ? 'an adapter without a name' : names.join(', '),
    isFallback: isFallbackAdapter === true || names.some((name) => /swiftshader/i.test(name!)),
    // The limits of an adapter are getters, which a copy by spreading leaves out.
    limits: Object.fromEntries(
      shownLimits.map((name) => [name, limits[name]]),
    ) as unknown as GpuAnswer['limits'],
  }
}

/** The GPU of this machine, or the reason why there is none. */
export async function gpuHere(io: Io): Promise<GpuAnswer | { readonly missing: string }> {
  try {
    return (await openPackage(io)).answer
  } catch (error) {
    if (error instanceof NoGpu) return { missing: error.message }
    throw error
  }
}

/**
 * Hands the library a GPU, and does work with it. The GPU is closed afterwards: an open one keeps
 * the process alive.
 */
export async function withGpu<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const { close, configure, correlate } = await import('stridefold')
  try {
    const { gpu } = await openPackage(io)
    configure({ gpu })
    // Opens the GPU, and shows that it computes.
    const { data } = await correlate(Float32Array.of(1, 2), [1, 1], {
      ...{ backend: 'webgpu', mode: 'valid' },
    })
    if (data[0] !== 3) throw new NoGpu(`Its smallest result is wrong: 1·1 + 2·1 gave ${data[0]}.`)
  } catch (error) {
    await close()
    throw runtimeError(`--backend webgpu cannot be used. ${messageOf(error)}`, error)
  }
  try {
    return await work()
  } finally {
    await close()
  }
}
