/**
 * How many vector registers this engine's compiler really uses.
 */

import { wasmFeatures } from './features.ts'
import type { Registers } from './microkernels/schedule.ts'

/** For results that must have the same bits everywhere: separate multiply and add, a tile that suits every engine. */
export const deterministicRegisters: Registers = { count: 15, fused: false, body: 96 }

export function probedRegisters(): Registers {
  return { count: 15, fused: wasmFeatures().relaxed, body: 96 }
}
