/**
 * How many vector registers this engine's compiler really uses.
 *
 * One sum step at a time: the compilers of Node 20 and 22 hoist every load of a straight run of code and spill, while newer ones lose nothing
 * by the shorter body (docs/decisions/0007).
 */

import { wasmFeatures } from './features.ts'
import type { Registers } from './microkernels/form.ts'

/** Products in one body: a full tile takes one sum step, a small one a few. */
const body = 12
/** Where rows share their reads a body is a whole line of the sum: compilers without fused multiply-add are those that spill in long ones. */
const shared = { fused: 220, apart: 32 }

/** For results that must have the same bits everywhere: separate multiply and add, a tile that suits every engine. */
export const deterministicRegisters: Registers = { count: 15, fused: false, body, shared: shared.apart }

let known: Registers | undefined

export function engineRegisters(): Registers {
  const fused = wasmFeatures().relaxed
  known ??= { count: 15, fused, body, shared: fused ? shared.fused : shared.apart }
  return known
}
