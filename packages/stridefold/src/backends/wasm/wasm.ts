/**
 * The WebAssembly backend. Programs become modules that run in a memory (executable.ts). Arrays
 * outside that memory are copied in and out.
 */

import type { Backend } from '../../program/backend.ts'
import { positionsBeyond } from '../../program/positions.ts'
import { byteLength } from '../../program/program.ts'
import { WasmExecutable } from './executable.ts'
import { wasmFeatures } from './features.ts'
import { StagingArray } from './memories.ts'
import { registersFor } from './registers.ts'
import { unsupportedPointsReason } from './schedule/fft-code.ts'
import { priceProgram } from './schedule/price-program.ts'

export interface WasmBackendOptions {
  /**
   * If true, the bits of a result are the same on every machine and engine: no relaxed SIMD, and
   * register tiles from a fixed table.
   */
  readonly deterministic: boolean
}

/** Addresses and counters are 32-bit integers. Counters are compared as signed numbers. */
const limits = { bytes: 2 ** 32, count: 2 ** 31 - 1 }

export function wasmBackend(options: WasmBackendOptions): Backend {
  return {
    name: 'wasm',
    unsupportedReason(program) {
      const { missing } = wasmFeatures()
      if (missing !== undefined) return missing.why
      for (const step of program.stages.flatMap((stage) => stage.steps)) {
        const reason = step.kind === 'fft' ? unsupportedPointsReason(step.points) : undefined
        if (reason !== undefined) return reason
      }
      const bytes = program.buffers.reduce((sum, buffer) => sum + byteLength(buffer), 0)
      if (!(bytes < 2 ** 32 - 2 ** 20))
        return `its buffers need ${bytes} bytes, but a 32-bit memory holds only 4 GiB`
      return positionsBeyond(program, limits)
    },
    cycles: (program) => priceProgram(program, registersFor(options.deterministic)).cycles,
    compile: (program, externals) =>
      new WasmExecutable(program, externals, registersFor(options.deterministic)),
    scratch: (length, dtype) => new StagingArray(length, dtype),
    close() {},
  }
}
