/**
 * Interprets a stage: its steps run in order, for one item of the grid at a time. Items are
 * independent, so any order of items gives the same result. All of them use the same local buffers.
 */

import { iterations } from '../../ndarray/loops.ts'
import type { Stage } from '../../program/program.ts'
import type { Step } from '../../program/steps.ts'
import { compileContraction } from './contract.ts'
import { compileElementwise } from './elementwise.ts'
import { compileFft } from './fft.ts'
import { compileMaximum } from './maximum.ts'
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

export interface CompiledStage {
  readonly name: string
  readonly prepare: boolean
  /** The number of grid items. */
  readonly items: number
  /** Runs the steps for one item, counted from 0 with the last loop of the grid fastest. */
  runItem(item: number): void
}

export function compileStage(stage: Stage, memory: Memory): CompiledStage {
  const { name, prepare, grid } = stage
  const run = compileItem(stage, memory)
  const index = grid.map(() => 0)
  return {
    ...{ name, prepare, items: iterations(grid) },
    runItem(item) {
      let remaining = item
      for (let g = grid.length - 1; g >= 0; g--) {
        const { extent } = grid[g]!
        index[g] = remaining % extent
        remaining = Math.floor(remaining / extent)
      }
      run(index)
    },
  }
}

function compileStep(step: Step, gridRank: number, memory: Memory): ItemRunner {
  switch (step.kind) {
    case 'move':
      return compileMove(step, gridRank, memory)
    case 'contract':
      return compileContraction(step, gridRank, memory)
    case 'fft':
      return compileFft(step, gridRank, memory)
    case 'maximum':
      return compileMaximum(step, gridRank, memory)
    case 'elementwise':
      return compileElementwise(step, gridRank, memory)
  }
}
