/**
 * The prices of programs that still exist. Planning prices a program, and its first run compiles
 * the same one: the choice of its code is not made twice.
 */

import type { Program } from '../../program/program.ts'
import type { Registers } from './schedule/mapping.ts'
import { type PricedProgram, priceProgram } from './schedule/price-program.ts'

const pricedPrograms = new WeakMap<Program, PricedProgram>()

export function pricedProgram(program: Program, registers: Registers): PricedProgram {
  const known = pricedPrograms.get(program)
  if (known !== undefined && known.registers === registers) return known
  const priced = priceProgram(program, registers)
  pricedPrograms.set(program, priced)
  return priced
}
