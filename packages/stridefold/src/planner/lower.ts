/**
 * The program of a problem on a backend. The machine of the backend decides its blocks, and the
 * nominal machine the order of its sums: small blocks alone could lead to another order.
 */

import type { Algorithm, TileForms } from '../algorithms/algorithm.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { BackendDescription, CompileOptions } from '../program/backend.ts'
import { nominalMachine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { type SumOrders, withOrders } from '../program/sum-order.ts'

export interface Lowered {
  readonly program: Program
  /** The orders of its sums. Computed when they are asked for. */
  readonly orders: () => SumOrders
}

export function lower(
  algorithm: Algorithm,
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tiles: TileForms,
  backend: BackendDescription,
  options: CompileOptions,
): Lowered {
  const { machine } = backend
  const nominal = algorithm.program(g, descriptors, { tiles })
  const orders = (): SumOrders => backend.sumOrders(nominal, options)
  if (machine === nominalMachine) return { program: nominal, orders }
  const program = algorithm.program(g, descriptors, { tiles, machine })
  return { program: withOrders(program, orders()), orders }
}

/**
 * The program with these orders. Sums that the backend adds in their order anyway stay free: then
 * nothing constrains the choice of their code.
 */
export function withOrdersOf(
  program: Program,
  orders: SumOrders,
  backend: BackendDescription,
  options: CompileOptions,
): Program {
  const own = backend.sumOrders(program, options)
  const other = Object.entries(orders).filter(
    ([key, order]) => own[key] === undefined || JSON.stringify(own[key]) !== JSON.stringify(order),
  )
  return other.length === 0 ? program : withOrders(program, Object.fromEntries(other))
}
