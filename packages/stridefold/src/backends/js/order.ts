/**
 * In which order do the contractions of a program add their terms, in this backend? Contractions of
 * one kind have one order (program/sum-order.ts). A share has the order of the whole.
 */

import type { Program, Stage } from '../../program/program.ts'
import { isShare, wholeOf } from '../../program/share.ts'
import type { Step } from '../../program/steps.ts'
import { type OrderChooser, withOneOrder } from '../../program/sum-order.ts'
import { sumOrderOf } from './contract.ts'

export const chooseOrder: OrderChooser = (share, inStage) => {
  const { step, stage } = wholeOf(share, inStage)
  return sumOrderOf(step, stage.grid.length)
}

/** The program with the order of every sum that must agree with others. */
export function orderedProgram(unordered: Program): Program {
  const program = withOneOrder(unordered, chooseOrder)
  const ordered = (step: Step, stage: Stage): Step => {
    if (step.kind !== 'contract' || step.order !== undefined || !isShare(step)) return step
    const order = chooseOrder(step, stage)
    return order === undefined ? step : { ...step, order }
  }
  return {
    ...program,
    stages: program.stages.map((stage) => ({
      ...stage,
      steps: stage.steps.map((step) => ordered(step, stage)),
    })),
  }
}
