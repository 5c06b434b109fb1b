/**
 * The prices of programs that still exist, and their lowered form. Planning prices a program, and
 * its first run compiles the same one: the choice of its code is not made twice. The linear forms
 * of small matrices, such as those of Winograd's tiles, serve other programs too.
 */

import { finish, type Work } from '../../ndarray/work.ts'
import type { Program } from '../../program/program.ts'
import { type SumOrders, sumOrdersOf } from '../../program/sum-order.ts'
import { LinearForms } from './schedule/linear-form.ts'
import { type LoweredProgram, lowerProgramWork } from './schedule/lower.ts'
import type { Registers } from './schedule/mapping.ts'
import {
  orderChooser,
  type PricedProgram,
  priceProgramWork,
  sumOrdersOfPriced,
} from './schedule/price-program.ts'

let pricedPrograms = new WeakMap<Program, PricedProgram>()
let loweredPrograms = new WeakMap<PricedProgram, LoweredProgram>()
let linearForms = new LinearForms()

export const pricedProgram = (program: Program, registers: Registers): PricedProgram =>
  knownPrice(program, registers) ?? finish(pricedProgramWork(program, registers))

function knownPrice(program: Program, registers: Registers): PricedProgram | undefined {
  const known = pricedPrograms.get(program)
  return known?.registers === registers ? known : undefined
}

/** The work of `pricedProgram`. */
export function* pricedProgramWork(program: Program, registers: Registers): Work<PricedProgram> {
  const known = knownPrice(program, registers)
  if (known !== undefined) return known
  const priced = yield* priceProgramWork(program, registers, linearForms)
  pricedPrograms.set(program, priced)
  return priced
}

/** The lowered form of a program, at its price. */
export const loweredProgram = (program: Program, registers: Registers): LoweredProgram =>
  finish(loweredProgramWork(program, registers))

/** The work of `loweredProgram`. */
export function* loweredProgramWork(program: Program, registers: Registers): Work<LoweredProgram> {
  const priced = yield* pricedProgramWork(program, registers)
  const known = loweredPrograms.get(priced)
  if (known !== undefined) return known
  const lowered = yield* lowerProgramWork(priced)
  loweredPrograms.set(priced, lowered)
  return lowered
}

/** The orders of the sums of a program. Only those are chosen if it has no price yet. */
export function sumOrdersFor(program: Program, registers: Registers): SumOrders {
  const known = knownPrice(program, registers)
  return known !== undefined
    ? sumOrdersOfPriced(known)
    : sumOrdersOf(program, orderChooser(program, registers, linearForms))
}

/** Lets go of all prices and forms. */
export function forgetPrices(): void {
  pricedPrograms = new WeakMap()
  loweredPrograms = new WeakMap()
  linearForms = new LinearForms()
}
