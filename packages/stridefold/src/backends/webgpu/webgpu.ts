/**
 * The WebGPU backend. It writes a compute shader for each step of a program, and runs them on the
 * GPU of the reader. It is asynchronous only. Before the first run a GPU must be opened: until then
 * the backend says that none is there.
 *
 * The code that writes shaders is handed over by the asynchronous entry point (register.ts): no
 * synchronous call can use it, so pages with synchronous calls alone do not load it.
 */

import { InternalError, UnavailableError } from '../../errors.ts'
import { allocateArray, setGpuMemory } from '../../ndarray/memory.ts'
import type {
  Backend,
  BackendDescription,
  BoxProgram,
  Executable,
  MissingFeature,
  Rates,
} from '../../program/backend.ts'
import type { Machine } from '../../program/machine.ts'
import type { Program } from '../../program/program.ts'
import { closeGpu, currentDevice, gpuMissing, type OpenDevice, openDevice } from './device/open.ts'
import { leastLimits, type ShaderLimits } from './shaders/limits.ts'
import type { ShaderProgram } from './shaders/lower.ts'

type Implementation = typeof import('./implementation.ts')

let implementation: Implementation | undefined

/** Takes what writes and runs shaders. */
export function useImplementation(given: Implementation): void {
  implementation = given
  setGpuMemory(given.gpuMemory)
}

/**
 * Opens a GPU, if there is one. Resolves with what it is; rejects with `UnavailableError`
 * (`NO_GPU`), which says why there is none.
 */
export async function openGpu(): Promise<OpenDevice> {
  loaded()
  return openDevice()
}

/** What this engine lacks; undefined if programs can run. */
export const missing = (): MissingFeature | undefined =>
  implementation === undefined ? notLoaded : gpuMissing()

const notLoaded: MissingFeature = {
  code: 'NO_GPU',
  why: "its code is part of 'stridefold', and only 'stridefold/sync' was imported",
}

const limitsNow = (): ShaderLimits => currentDevice()?.limits ?? leastLimits

function loaded(): Implementation {
  if (implementation !== undefined) return implementation
  throw new UnavailableError('NO_GPU', `the webgpu backend cannot run: ${notLoaded.why}.`)
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

/** Everything that can be known of programs on a GPU without one. */
export interface WrittenForGpu {
  /** The backend as it is where a GPU is open. */
  readonly description: BackendDescription
  /** The name of the GPU that is open. Undefined: its limits are those that every GPU has. */
  readonly adapter: string | undefined
  /** The shaders of a program. */
  readonly shadersFor: (program: Program) => ShaderProgram
}

/** Opens no GPU. Throws `UnavailableError` if the code that writes shaders is not loaded. */
export function writtenForGpu(): WrittenForGpu {
  const { shaderProgram } = loaded()
  const limits = limitsNow()
  return {
    description: { ...webgpuBackend, missing: () => undefined },
    adapter: currentDevice()?.adapter.name,
    shadersFor: (program) => shaderProgram(program, limits),
  }
}

/**
 * Why the GPU computes a program, or why not, in one line. `isTaken`: whether the GPU was chosen.
 */
export function gpuText(isTaken: boolean, program: Program): string {
  const opened = currentDevice()
  const unsupported = implementation?.unsupportedOn(program, limitsNow())
  if (isTaken && opened !== undefined) {
    const slow = opened.adapter.isFallback ? ', a fallback that computes on the processor' : ''
    return `on ${opened.adapter.name}${slow}`
  }
  if (unsupported !== undefined) return `cannot run: ${unsupported}`
  return (
    "not asked for; backend: 'webgpu' or arrays on the GPU take it" +
    (opened === undefined ? '' : ` (${opened.adapter.name} is open)`)
  )
}
