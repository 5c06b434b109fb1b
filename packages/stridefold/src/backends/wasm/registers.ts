/**
 * How many vector registers does the compiler of this engine use, and how long may a function body
 * be?
 *
 * Older compilers (Node 20 and 22) move every load of a straight run of code to its start. They
 * spill what does not fit the registers. So they get one sum step at a time, and tiles whose loads
 * all fit beside the sums. Newer compilers leave
 * loads in place, and gain 1 to 6 % from eight steps (docs/decisions/0007).
 */

import { nominalMachine } from '../../program/machine.ts'
import { wasmFeatures } from './features.ts'
import type { Registers } from './schedule/mapping.ts'

/** Products in one body: a full tile has one sum step, or eight. */
const bodyProducts = { hoisting: 12, inPlace: 96 }
/**
 * If rows share loads, a body is a whole line of the sum. Compilers without fused multiply-add
 * spill in long bodies.
 */
const sharedProducts = { fused: 220, unfused: 32 }

/**
 * For results with the same bits on every machine: separate multiply and add, and a tile that suits
 * every engine.
 */
const deterministicRegisters: Registers = {
  count: 15,
  fused: false,
  hoistsLoads: true,
  body: bodyProducts.hoisting,
  shared: sharedProducts.unfused,
  machine: nominalMachine,
}

/** One object for all programs: priced.ts finds prices again by it. */
let anyRegisters: Registers | undefined

/** The registers for `deterministic` results, or for any results. */
export function registersFor(deterministic: boolean): Registers {
  if (deterministic) return deterministicRegisters
  anyRegisters ??= registersOfEngine(wasmFeatures().relaxed)
  return anyRegisters
}

function registersOfEngine(fused: boolean): Registers {
  const hoistsLoads = !leavesLoadsInPlace()
  return {
    ...{ count: 15, fused, hoistsLoads },
    body: hoistsLoads ? bodyProducts.hoisting : bodyProducts.inPlace,
    shared: fused ? sharedProducts.fused : sharedProducts.unfused,
    machine: nominalMachine,
  }
}

/**
 * Whether the compiler leaves loads in place. A test module would have to run long enough to be
 * optimised. Instead, the engine is recognised by a feature that appeared with that compiler: half
 * precision numbers (Node 24, Chrome 135, and Firefox and Safari of the same months). A wrong guess
 * makes the code slower, never the result wrong.
 */
const leavesLoadsInPlace = (): boolean => 'f16round' in Math
