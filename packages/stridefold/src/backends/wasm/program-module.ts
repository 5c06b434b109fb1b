/** In which memory does a program run, and what is its module there? */

import type { ExternalLayouts } from '../../program/backend.ts'
import type { Program } from '../../program/program.ts'
import type { MemoryImport } from './assembler/module.ts'
import { emitProgram } from './emit/program.ts'
import { stagingMemory, userMemory } from './memories.ts'
import type { WasmMemory } from './memory.ts'
import { loweredProgram } from './priced.ts'
import type { LoweredProgram } from './schedule/lower.ts'
import type { Registers } from './schedule/mapping.ts'

/** Who runs a program. */
export interface Runners {
  /** The most threads that share a run. */
  readonly threads: number
  /** Whether workers run it alone, while the caller goes on. The caller may run it, too. */
  readonly isRemote: boolean
}

/** Whether a program needs memory that workers can share. */
export const isShared = ({ threads, isRemote }: Runners): boolean => threads > 1 || isRemote

/** The memory in which a program for these arrays runs. Threads need one that they can share. */
export function memoryFor(externals: ExternalLayouts, runners: Runners): WasmMemory {
  const inUserMemory = Object.values(externals).some(
    ({ inBackendMemory, scratch }) => inBackendMemory && scratch !== true,
  )
  return inUserMemory || isShared(runners) ? userMemory() : stagingMemory()
}

/** Writes the module of a program that runs in this memory. */
export const moduleIn = (memory: WasmMemory, lowered: LoweredProgram): Uint8Array<ArrayBuffer> =>
  emitProgram(lowered, memoryImport(memory))

export const memoryImport = ({ maximum, shared }: WasmMemory): MemoryImport => ({
  ...{ initial: 1, maximum, shared },
})

/** The bytes of the module of a program for these arrays. */
export const moduleOf = (
  program: Program,
  externals: ExternalLayouts,
  registers: Registers,
  runners: Runners,
): Uint8Array => moduleIn(memoryFor(externals, runners), loweredProgram(program, registers))
