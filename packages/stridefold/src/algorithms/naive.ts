/**
 * The textbook: for every output, walk its window, multiply, add. One result at a time, nothing shared, nothing rearranged.
 *
 * Article 1's first function, for any rank. It is the program of `strided` with the wish for a 1×1 tile.
 */

import type { Algorithm } from './algorithm.ts'
import { regions } from './borders.ts'
import { ProgramBuilder } from './builder.ts'
import { directContract } from './direct.ts'
import { inPlaceContracts, refuseInPlace } from './in-place.ts'
import { phases } from './phases.ts'
import { strided } from './strided.ts'

export const naive: Algorithm = {
  name: 'naive',
  summary: 'plain loops: for each output, multiply its window with the kernel and add up',
  refuse: (g, facts) => (facts.inPlace === true ? refuseInPlace(g, facts.input.dtype, facts.output.dtype) : undefined),
  errorGrowth: strided.errorGrowth,
  program(g, facts) {
    const builder = new ProgramBuilder(g, facts)
    const target = builder.target()
    for (const phase of phases(g)) {
      if (facts.inPlace === true) {
        for (const step of inPlaceContracts(g, phase, target, builder, 'scalar')) builder.stage('in place', [], [step])
        continue
      }
      for (const region of regions(g, facts, phase, builder)) {
        if (region.gather.length > 0) builder.stage(`gather ${region.name}`, [], region.gather)
        builder.stage(
          `loops ${region.name}`,
          [],
          [directContract(g, phase, region, target, builder, { tile: 'scalar', batchIsGrid: false })],
        )
      }
    }
    builder.finish(target)
    return builder.build()
  },
}
