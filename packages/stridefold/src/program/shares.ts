/**
 * Cuts the large stages of a program into grid items, so that several workers can share them.
 *
 *   stage 'contract'              stage 'contract', for each y share < 8
 *     y < 56, x < 56, …     →       y < 7, x < 56, …
 *
 * Only stages without a grid are cut. Their steps run in order, so each large step becomes a stage
 * of its own. What does not divide into equal shares becomes a second stage, alongside the first.
 * The number of items depends on the program alone, never on a machine, and changes no bit: a
 * backend chooses code and order of sums for the whole loop (`Loop.whole`).
 */

import { chooseCut, isLarge, minItems } from './choose-cut.ts'
import type { Program, Stage } from './program.ts'
import { mapAddresses, partOfStep, type SharedStep, sharedLoops, shareLoop } from './split-loop.ts'
import type { Loop, Step } from './steps.ts'

/** Which steps are cut, and into how many items at least. */
export interface ShareLimits {
  isLarge(step: Step): boolean
  readonly minItems: number
}

const usualLimits: ShareLimits = { isLarge, minItems }

/** The program with its large stages cut. Returns the program itself if there are none. */
export function withShares(program: Program, limits: ShareLimits = usualLimits): Program {
  const isCut = ({ grid, prepare, steps }: Stage): boolean =>
    grid.length === 0 &&
    steps.some((step) => limits.isLarge(step) && (step.kind === 'move' || !prepare)) &&
    !usesLocal(steps, program)
  if (!program.stages.some(isCut)) return program
  return {
    ...program,
    stages: program.stages.flatMap((stage) => (isCut(stage) ? sharedStages(stage, limits) : stage)),
  }
}

/** Local buffers live for one item. Steps that pass them on must stay together. */
function usesLocal(steps: readonly Step[], { buffers }: Program): boolean {
  const locals = buffers.filter(({ role }) => role === 'local').map(({ name }) => name)
  if (locals.length === 0) return false
  return steps.some((step) => {
    let found = false
    mapAddresses(step, (address) => {
      if ('buffer' in address && locals.includes(address.buffer as string)) found = true
      return address
    })
    return found
  })
}

/** The stages of one stage without a grid. Neighbouring small steps stay in one stage. */
export function sharedStages(stage: Stage, limits: ShareLimits = usualLimits): Stage[] {
  const { alongside = false, ...rest } = stage
  const stages: Stage[] = []
  let small: Step[] = []
  const add = (grid: readonly Loop[], steps: readonly Step[], isAlongside: boolean): void => {
    // Steps run in order: only the first of the stage can be alongside the stages before it.
    const isFirst = stages.length === 0
    stages.push({
      ...{ ...rest, grid, steps },
      ...((isFirst ? alongside : isAlongside) && { alongside: true }),
    })
  }
  const flush = (): void => {
    if (small.length > 0) add(stage.grid, small, false)
    small = []
  }
  for (const step of stage.steps) {
    const isWhole = step.kind === 'fft' || step.kind === 'maximum'
    const shares = isWhole ? undefined : stepShares(step, limits)
    if (shares === undefined) small.push(step)
    else {
      flush()
      for (const [i, { grid, step: part }] of shares.entries()) add(grid, [part], i > 0)
    }
  }
  flush()
  return stages
}

interface StepShares {
  readonly grid: readonly Loop[]
  readonly step: SharedStep
}

/** The shares of a large step; undefined if it is small or cannot be cut. */
function stepShares(step: SharedStep, limits: ShareLimits): StepShares[] | undefined {
  if (!limits.isLarge(step)) return undefined
  const cut = chooseCut(step, limits.minItems)
  if (cut === undefined) return undefined
  let [grid, main]: [Loop[], SharedStep] = [[], step]
  let rest: SharedStep | undefined
  for (const part of cut) {
    const loop = sharedLoops(main)[part.loop]!
    const done = part.shares * part.size
    // Only the last cut leaves something over, and a grid above it stays whole in the rest.
    if (done < loop.extent) {
      const remaining = { ...part, first: done, shares: 1, size: loop.extent - done }
      rest = withoutLastGridLoop(partOfStep(main, remaining, grid.length), grid.length)
    }
    main = partOfStep(main, part, grid.length)
    grid = [...grid, shareLoop(loop, part)]
  }
  return [
    { grid, step: main },
    ...(rest === undefined ? [] : restShares(rest, grid.slice(0, -1), limits)),
  ]
}

/** The shares of what is left over. It lies in a grid only if that grid was cut before. */
function restShares(step: SharedStep, grid: readonly Loop[], limits: ShareLimits): StepShares[] {
  const shares = grid.length === 0 ? stepShares(step, limits) : undefined
  return shares ?? [{ grid, step }]
}

/** Removes the last loop of the grid, which runs once. */
const withoutLastGridLoop = (step: SharedStep, rank: number): SharedStep =>
  mapAddresses(step, (address) => ({ ...address, strides: address.strides.toSpliced(rank, 1) }))
