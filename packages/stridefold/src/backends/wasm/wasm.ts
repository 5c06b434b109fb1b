/**
 * The WebAssembly backend. Programs become modules that run in a memory (executable.ts). Arrays
 * outside that memory are copied in and out.
 */

import { allocateInBackend } from '../../ndarray/memory.ts'
import { finish, type Work } from '../../ndarray/work.ts'
import type { CodeOptions, SynchronousBackend } from '../../program/backend.ts'
import { nominalMachine } from '../../program/machine.ts'
import { positionsWork } from '../../program/positions.ts'
import { byteLength, type Program } from '../../program/program.ts'
import { BoundProgram } from './bound-program.ts'
import { WasmBoxProgram } from './box-program.ts'
import { ensureValidWork } from './checked.ts'
import { WasmExecutable } from './executable.ts'
import { wasmFeatures } from './features.ts'
import { closeMemories, limitMemories, StagingArray } from './memories.ts'
import {
  forgetPrices,
  loweredProgram,
  loweredProgramWork,
  pricedProgram,
  pricedProgramWork,
  sumOrdersFor,
} from './priced.ts'
import { moduleOf } from './program-module.ts'
import { ratesFor } from './rates.ts'
import { registersFor } from './registers.ts'
import { RemoteExecutable } from './remote-executable.ts'
import { unsupportedPointsReason } from './schedule/fft-code.ts'
import { seconds } from './schedule/price-program.ts'
import { closePool, configureThreads, threadLimit } from './threads/shared-pool.ts'
import { workspaceBytes, workspaceOf } from './workspace.ts'

/** Addresses and counters are 32-bit integers. Counters are compared as signed numbers. */
const limits = { bytes: 2 ** 32, count: 2 ** 31 - 1 }

/**
 * With `deterministic`, the bits of a result are the same on every machine and engine: no relaxed
 * SIMD, and register tiles from a fixed table.
 */
export const wasmBackend: SynchronousBackend = {
  name: 'wasm',
  places: ['backend'],
  synchronous: true,
  reproducible: true,
  missing: () => wasmFeatures().missing,
  unsupportedReason: (program) => finish(unsupportedWork(program)),
  unsupportedWork,
  rates: ratesFor,
  machine: nominalMachine,
  seconds: (program, options, rates) => seconds(pricedProgram(program, registers(options)), rates),
  *secondsAhead(program, options) {
    yield* pricedProgramWork(program, registers(options))
  },
  sumOrders: (program, options) => sumOrdersFor(program, registers(options)),
  threadLimit,
  workspaceBytes: (program, externals, options) =>
    workspaceBytes(
      loweredProgram(program, registers(options)).buffers,
      externals,
      options.threadCount,
    ),
  workspaceParts(program, externals, options) {
    const { buffers } = loweredProgram(program, registers(options))
    const { arenaBytes, privateBytes } = workspaceOf(buffers, externals, options.threadCount)
    return { shared: arenaBytes, own: privateBytes }
  },
  *compileAhead(program, externals, options) {
    yield* ensureValidWork(program, externals)
    yield* loweredProgramWork(program, registers(options))
  },
  compile(program, externals, options) {
    const runners = {
      threads: options.threadCount ?? 1,
      isRemote: options.forWorkers === true,
    }
    const bound = new BoundProgram(program, externals, registers(options), runners)
    return new WasmExecutable(bound, runners.threads)
  },
  compileRemote(program, externals, options) {
    const runners = { threads: options.threadCount ?? 1, isRemote: true }
    const bound = new BoundProgram(program, externals, registers(options), runners)
    return new RemoteExecutable(bound, runners.threads)
  },
  compileBoxes: (program, externals, options, workers) =>
    new WasmBoxProgram(program, externals, registers(options), workers),
  module(program, externals, options) {
    const runners = { threads: options.threadCount ?? 1, isRemote: false }
    return moduleOf(program, externals, registers(options), runners)
  },
  scratch(length, dtype, besideCallersArrays) {
    if (!besideCallersArrays) return new StagingArray(length, dtype)
    const array = allocateInBackend([length], dtype)
    const release = (): void => array.release()
    return { array, bytes: array.data.byteLength, isSeparate: false, release }
  },
  limitMemory: limitMemories,
  configureThreads,
  async close() {
    closeMemories()
    forgetPrices()
    await closePool()
  },
}

const registers = ({ deterministic }: CodeOptions): ReturnType<typeof registersFor> =>
  registersFor(deterministic)

function* unsupportedWork(program: Program): Work<string | undefined> {
  const { missing } = wasmFeatures()
  if (missing !== undefined) return missing.why
  for (const step of program.stages.flatMap((stage) => stage.steps)) {
    const reason = step.kind === 'fft' ? unsupportedPointsReason(step.points) : undefined
    if (reason !== undefined) return reason
  }
  const bytes = program.buffers.reduce((sum, buffer) => sum + byteLength(buffer), 0)
  if (!(bytes < 2 ** 32 - 2 ** 20))
    return `its buffers need ${bytes} bytes, but a 32-bit memory holds only 4 GiB`
  return yield* positionsWork(program, limits)
}
