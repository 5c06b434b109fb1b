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
