/**
 * The program of a problem on a backend. The machine of the backend decides its blocks, and the
 * nominal machine the order of its sums: small blocks alone could lead to another order.
 */

import type { Algorithm } from '../algorithms/algorithm.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { BackendDescription, CompileOptions } from '../program/backend.ts'
import { nominalMachine } from '../program/machine.ts'
import type { Program } from '../program/program.ts'
import { withOrders } from '../program/sum-order.ts'

export function lower(
  algorithm: Algorithm,
  g: ConvGeometry,
  descriptors: OperandDescriptors,
  backend: BackendDescription,
  options: CompileOptions,
): Program {
  const { machine } = backend
  const program = algorithm.program(g, descriptors, { machine })
  if (machine === nominalMachine) return program
  return withOrders(program, backend.sumOrders(algorithm.program(g, descriptors), options))
}
