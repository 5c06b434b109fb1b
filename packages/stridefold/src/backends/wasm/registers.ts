/**
 * How many vector registers this engine's compiler really uses, and how much code it can be given
 * at once.
 *
 * Older compilers (Node 20 and 22) hoist every load of a straight run of code and spill what does
 * not fit: for them one step of a sum at a time. Newer ones leave loads where they stand and gain 1
 * to 6 % by eight steps (docs/decisions/0007).
 */

import { wasmFeatures } from './features.ts'
import type { Registers } from './microkernels/mapping.ts'

/** Products in one body: a full tile takes one sum step, or eight. */
const body = { hoisting: 12, orderly: 96 }
/**
 * Where rows share their reads a body is a whole line of the sum: compilers without fused
 * multiply-add are those that spill in long ones.
 */
const shared = { fused: 220, apart: 32 }

/**
 * For results that must have the same bits everywhere: separate multiply and add, a tile that suits
 * every engine.
 */
const deterministicRegisters: Registers = {
  count: 15,
  fused: false,
  body: body.hoisting,
  shared: shared.apart,
}

let known: Registers | undefined

/** For any results, or for those that have the same bits everywhere. */
export function registersFor(deterministic: boolean): Registers {
  if (deterministic) return deterministicRegisters
  const fused = wasmFeatures().relaxed
  known ??= {
    count: 15,
    fused,
    body: isOrderly() ? body.orderly : body.hoisting,
    shared: fused ? shared.fused : shared.apart,
  }
  return known
}

/**
 * Whether the compiler leaves loads where they stand. No module tells without running long enough
 * to be optimised, so the engine is known by what came to it with that compiler: half precision
 * numbers (Node 24, Chrome 135, and Firefox and Safari of those months). A wrong guess costs time,
 * never a result.
 */
const isOrderly = (): boolean => 'f16round' in Math
