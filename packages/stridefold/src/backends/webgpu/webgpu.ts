/**
 * The WebGPU backend. It writes a compute shader for each step of a program, and runs them on the
 * GPU of the reader. It is asynchronous only. Before the first run a GPU must be opened: until then
 * the backend says that none is there.
 *
 * The code that writes shaders is loaded when a GPU is opened, so that pages without one never load
 * it.
 */

import { InternalError, UnavailableError } from '../../errors.ts'
import { allocateArray, type GpuMemory } from '../../ndarray/memory.ts'
import type {
  Backend,
  BoxProgram,
  Executable,
  MissingFeature,
  Rates,
} from '../../program/backend.ts'
import type { Machine } from '../../program/machine.ts'
import { closeGpu, currentDevice, gpuMissing, type OpenDevice, openDevice } from './device/open.ts'
import { leastLimits, type ShaderLimits } from './shaders/limits.ts'

type Implementation = typeof import('./implementation.ts')

let implementation: Implementation | undefined

/**
 * Opens a GPU, if there is one. Resolves with what it is; rejects with `UnavailableError`
 * (`NO_GPU`), which says why there is none.
 */
export async function openGpu(): Promise<OpenDevice> {
  const [loaded, opened] = await Promise.all([import('./implementation.ts'), openDevice()])
  implementation = loaded
  return opened
}

function memoryThere(): GpuMemory {
  if (implementation !== undefined) return implementation.gpuMemory
  const { code, why } = missing()!
  throw new UnavailableError(code, `no array can lie on the GPU: ${why}.`)
}

/** Memory for arrays of callers. Throws `UnavailableError` before a GPU was opened. */
export const gpuMemory: GpuMemory = {
  allocate: (length, dtype) => memoryThere().allocate(length, dtype),
  write: (block, data) => memoryThere().write(block, data),
  read: (block, dtype) => memoryThere().read(block, dtype),
  wrap: (buffer, dtype, name) => memoryThere().wrap(buffer, dtype, name),
  isOpen: (block) => memoryThere().isOpen(block),
}

/** What this engine lacks; undefined if programs can run. */
const missing = (): MissingFeature | undefined =>
  gpuMissing() ?? (implementation === undefined ? notLoaded : undefined)

const notLoaded: MissingFeature = {
  code: 'GPU_NOT_OPEN',
  why: 'its code is not loaded yet; await capabilities.gpu() first',
}

const limitsNow = (): ShaderLimits => currentDevice()?.limits ?? leastLimits

function loaded(): Implementation {
  if (implementation !== undefined) return implementation
  throw new UnavailableError('GPU_NOT_OPEN', `the webgpu backend cannot run: ${notLoaded.why}.`)
}

/**
 * Assumed, not measured: half of what an integrated GPU of 2022 does. Predictions only need the
 * right order of the algorithms.
 */
const rates: Rates = {
  best: 500,
  scalar: 60,
  fft: 150,
  ...{ sums: 0, matrices: 0, spectra: 0, transforms: 0, moves: 0 },
  stream: 50,
  cached: 50,
  scattered: 50,
  elements: 5,
  move: 40,
  copy: 3,
  cachedCopy: 3,
  sharedCopy: 3,
  piece: 0,
  wake: 0,
  // Submission and reading back.
  run: 2000,
  stage: 10,
}

/**
 * Blocks need not fit in a cache: a GPU is faster with few large ones. A problem is cut into boxes
 * only if its arrays exceed the buffers of a shader.
 */
export const machineOf = ({ bindingBytes }: ShaderLimits): Machine => ({
  ...{ l1Bytes: 2 ** 14, l2Bytes: bindingBytes / 2, l3Bytes: bindingBytes },
})

/** The machine of the limits that a device had at last: equal limits give the same object. */
let machine: { readonly bindingBytes: number; readonly machine: Machine } | undefined

function machineNow(): Machine {
  const limits = limitsNow()
  const { bindingBytes } = limits
  if (machine?.bindingBytes !== bindingBytes) machine = { bindingBytes, machine: machineOf(limits) }
  return machine.machine
}

const noBoxes = (): BoxProgram => {
  throw new InternalError('BOXES_UNEXPECTED', 'the webgpu backend has no workers for boxes.')
}

export const webgpuBackend: Backend = {
  name: 'webgpu',
  places: ['gpu'],
  synchronous: false,
  reproducible: false,
  forOwnArrays: true,
  missing,
  unsupportedReason: (program) => loaded().unsupportedOn(program, limitsNow()),
  rates: () => rates,
  get machine() {
    return machineNow()
  },
  seconds: (program) =>
    loaded().arithmeticSeconds(program, limitsNow(), { products: 250, transforms: rates.fft }),
  sumOrders: () => ({}),
  workspaceBytes: (program, externals) => loaded().deviceBytes(program, externals, limitsNow()),
  workspaceParts: (program, externals) => ({
    shared: 0,
    own: loaded().deviceBytes(program, externals, limitsNow()),
  }),
  compile: (program, externals): Executable =>
    new (loaded().WebGpuExecutable)(program, externals, limitsNow()),
  compileRemote: (program, externals): Executable =>
    new (loaded().WebGpuExecutable)(program, externals, limitsNow()),
  compileBoxes: noBoxes,
  runTogether: (runs, signal) => loaded().WebGpuExecutable.runTogether(runs, signal),
  module: () => undefined,
  scratch(length, dtype) {
    const array = allocateArray([length], dtype)
    return { array, bytes: array.data.byteLength, isSeparate: true, release() {} }
  },
  threadLimit: () => ({
    ...{ count: 1, why: 'the GPU has its own threads', remote: 'none', workers: 0 },
  }),
  limitMemory() {},
  configureThreads() {},
  async close() {
    closeGpu()
  },
}
