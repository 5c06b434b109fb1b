/** Programs that compute something else than they should, for tests of `verify`. */

import { vi } from 'vitest'
import type { Algorithm } from '../src/algorithms/algorithm.ts'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors } from '../src/geometry/operands.ts'
import { finish } from '../src/ndarray/work.ts'

type Change = (g: ConvGeometry, descriptors: OperandDescriptors) => OperandDescriptors

/** From now on, the programs of `algorithm` are made from changed descriptors. */
export function changeDescriptors(algorithm: Algorithm, change: Change): void {
  const { program, programWork } = algorithm
  if (programWork === undefined) {
    vi.spyOn(algorithm, 'program').mockImplementation((g, descriptors, lowering) =>
      program.call(algorithm, g, change(g, descriptors), lowering),
    )
    return
  }
  const changed: typeof programWork = (g, descriptors, lowering) =>
    programWork.call(algorithm, g, change(g, descriptors), lowering)
  vi.spyOn(algorithm as Required<Algorithm>, 'programWork').mockImplementation(changed)
  vi.spyOn(algorithm, 'program').mockImplementation((...problem) => finish(changed(...problem)))
}
