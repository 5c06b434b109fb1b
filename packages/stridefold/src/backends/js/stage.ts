/**
 * Interprets a stage: all items of its grid, or one of them. Items of one stage may run in any
 * order. All of them use the same local buffers.
 */

import { isEmpty } from '../../ndarray/loops.ts'
import type { Stage } from '../../program/program.ts'
import type { Loop, Step } from '../../program/steps.ts'
import { compileContraction } from './contract.ts'
import { compileFft } from './fft.ts'
import type { Memory } from './memory.ts'
import { compileMove } from './move.ts'

/** Runs the steps of a stage for one item of its grid: one index per loop of the grid. */
export type ItemRunner = (item: readonly number[]) => void

/** Compiles the steps of a stage. The arrays of callers must be bound when an item runs. */
export function compileItem({ grid, steps }: Stage, memory: Memory): ItemRunner {
  const runs = steps.map((step) => compileStep(step, grid.length, memory))
  return (item) => {
    for (const run of runs) run(item)
  }
}

/** Runs a stage for every item of its grid, last loop fastest. */
export function compileStage(stage: Stage, memory: Memory): () => void {
  if (isEmpty(stage.grid)) return () => {}
  const run = compileItem(stage, memory)
  const item = stage.grid.map(() => 0)
  return () => {
    do run(item)
    while (advance(item, stage.grid))
  }
}

/** Sets `item` to the next one. After the last one it returns false, and `item` is the first. */
function advance(item: number[], grid: readonly Loop[]): boolean {
  for (let g = grid.length - 1; g >= 0; g--) {
    if (++item[g]! < grid[g]!.extent) return true
    item[g] = 0
  }
  return false
}

function compileStep(step: Step, gridRank: number, memory: Memory): ItemRunner {
  switch (step.kind) {
    case 'move':
      return compileMove(step, gridRank, memory)
    case 'contract':
      return compileContraction(step, gridRank, memory)
    case 'fft':
      return compileFft(step, gridRank, memory)
  }
}
