/** The program of a problem in case notation, for dense float32 arrays with channels first. */

import { parseCase } from 'stridefold/sync'
import type { Algorithm, Lowering } from '../src/algorithms/algorithm.ts'
import { allAlgorithms } from '../src/algorithms/index.ts'
import type { ConvGeometry } from '../src/geometry/geometry.ts'
import type { OperandDescriptors, OperandLayout } from '../src/geometry/operands.ts'
import { rowMajorStrides } from '../src/ndarray/layout.ts'
import type { Program } from '../src/program/program.ts'

export function programOf(name: string, text: string, lowering?: Lowering): Program {
  const g = parseCase(text)
  return algorithmNamed(name).program(g, descriptorsOf(g), lowering)
}

export const algorithmNamed = (name: string): Algorithm =>
  allAlgorithms.find((algorithm) => algorithm.name === name)!

function descriptorsOf(g: ConvGeometry): OperandDescriptors {
  const layout = (shape: readonly number[]): OperandLayout => {
    const [outer, channel, ...axes] = rowMajorStrides(shape)
    return { dtype: 'float32', outer: outer!, channel: channel!, axes }
  }
  return {
    input: layout([g.batch, g.channels, ...g.axes.map(({ input }) => input)]),
    kernel: layout([g.filters, g.channels / g.groups, ...g.axes.map(({ kernel }) => kernel)]),
    output: layout([g.batch, g.filters, ...g.axes.map(({ output }) => output)]),
    bias: false,
    offset: 0,
  }
}
