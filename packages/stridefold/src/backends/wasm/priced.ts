/**
 * The prices of programs that still exist. Planning prices a program, and its first run compiles
 * the same one: the choice of its code is not made twice. The linear forms of small matrices, such
 * as those of Winograd's tiles, serve other programs too.
 */

import type { Program } from '../../program/program.ts'
import { LinearForms } from './schedule/linear-form.ts'
import type { Registers } from './schedule/mapping.ts'
import { type PricedProgram, priceProgram } from './schedule/price-program.ts'

let pricedPrograms = new WeakMap<Program, PricedProgram>()
let linearForms = new LinearForms()

export function pricedProgram(program: Program, registers: Registers): PricedProgram {
  const known = pricedPrograms.get(program)
  if (known !== undefined && known.registers === registers) return known
  const priced = priceProgram(program, registers, linearForms)
  pricedPrograms.set(program, priced)
  return priced
}

/** Lets go of all prices and forms. */
export function forgetPrices(): void {
  pricedPrograms = new WeakMap()
  linearForms = new LinearForms()
}
