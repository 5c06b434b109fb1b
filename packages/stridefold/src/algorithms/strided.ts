/**
 * Windows as memory strides: the kernel is contracted with the input where it lies, through strides, and no window is ever copied.
 *
 * This is what article 1 promises of `as_strided` and what its own reshape undoes. Source: every direct convolution; NumPy's
 * sliding_window_view is the same view.
 */

import type { Algorithm } from './algorithm.ts'
import { regions } from './borders.ts'
import { ProgramBuilder } from './builder.ts'
import { directContract } from './direct.ts'
import { inPlaceContracts, refuseInPlace } from './in-place.ts'
import { phases } from './phases.ts'

export const strided: Algorithm = {
  name: 'strided',
  summary: 'windows as memory strides, contracted with the kernel where they lie: no copy of the input beyond its borders',
  worksInStrips: true,
  refuse: (g, facts) => (facts.inPlace === true ? refuseInPlace(g, facts.input.dtype, facts.output.dtype) : undefined),
  errorGrowth: (g) => (g.channels / g.groups) * g.axes.reduce((n, axis) => n * axis.kernel, 1) + 2,
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    const target = builder.target()
    for (const phase of phases(g)) {
      if (facts.inPlace === true) {
        for (const step of inPlaceContracts(g, phase, target, builder, 'best')) builder.stage('in place', [], [step])
        continue
      }
      for (const region of regions(g, facts, phase, builder)) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        builder.stage(
          `contract ${region.name}`,
          [],
          [directContract(g, phase, region, target, builder, { tile: 'best', batchIsGrid: false })],
        )
      }
    }
    builder.finish(target)
    return builder.build()
  },
}
