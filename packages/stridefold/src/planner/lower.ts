/**
 * The program of a problem on a backend. The machine of the backend decides its blocks, and the
 * nominal machine the order of its sums: small blocks alone could lead to another order.
 */

import { type Algorithm, programWork, type TileForms } from '../algorithms/algorithm.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { Work } from '../ndarray/work.ts'
import type { BackendDescription, CompileOptions } from '../program/backend.ts'
import { nominalMachine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { type SumOrders, withOrders } from '../program/sum-order.ts'

export interface Lowered {
  readonly program: Program
  /** The orders of its sums. Computed when they are asked for. */
  readonly orders: () => Work<SumOrders>
}

export function* lowerWork(
  algorithm: Algorithm,
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  tiles: TileForms,
  backend: BackendDescription,
  options: CompileOptions,
): Work<Lowered> {
  const { machine } = backend
  const nominal = yield* programWork(algorithm, g, descriptors, { tiles })
  function* orders(): Work<SumOrders> {
    yield
    return backend.sumOrders(nominal, options)
  }
  if (machine === nominalMachine) return { program: nominal, orders }
  const program = yield* programWork(algorithm, g, descriptors, { tiles, machine })
  return { program: withOrders(program, yield* orders()), orders }
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
