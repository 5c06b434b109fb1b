/**
 * How does a program run on checked arrays? It runs only on arrays that suit it, and if its guards
 * find something, the fallback of its decision computes the result.
 */

import { finiteWork } from '../ndarray/finite.ts'
import { isOnGpu } from '../ndarray/memory.ts'
import { read } from '../ndarray/read.ts'
import type { Work } from '../ndarray/work.ts'
import type { Fallback } from '../planner/decision.ts'
import type { Operands } from '../problem/operands.ts'
import type { Executable } from '../program/backend.ts'
import { after, type Eventual } from './eventual.ts'
import {
  executableOf,
  fallbackProgramWork,
  type LoadedProgram,
  prepareOn,
  type RunContext,
  withConstants,
  withKernel,
} from './loaded.ts'
import { finishInTurn } from './pace.ts'
import type { Planned } from './planned.ts'
import { type Turn, throwIfAborted } from './turns.ts'

/** Runs and returns the program that computed the result. */
export function execute(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<LoadedProgram> {
  const suited = isSuited(program, operands, context)
  return suited instanceof Promise
    ? suitedLater(suited, plan, program, (is) => executeIf(is, plan, program, operands, context))
    : executeIf(suited, plan, program, operands, context)
}

/** The same, if the arrays suit the program. */
function executeIf(
  isSuitable: boolean,
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<LoadedProgram> {
  if (!isSuitable) return executeFallback(plan, program, operands, context)
  const prepared = prepareOn(plan, program, operands.kernel, context)
  return prepared instanceof Promise
    ? prepared.then(() => executePrepared(plan, program, operands, context))
    : executePrepared(plan, program, operands, context)
}

/** The same with prepared weights. */
function executePrepared(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<LoadedProgram> {
  const { onStage, turn } = context
  const ran = executableOf(program).run(operands, true, onStage, turn?.signal)
  return ran instanceof Promise
    ? ran.then(() => orFallback(plan, program, operands, context))
    : orFallback(plan, program, operands, context)
}

/** The program; its fallback, after running it, if the guards found something. */
function orFallback(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<LoadedProgram> {
  return isValid(program, executableOf(program))
    ? program
    : executeFallback(plan, program, operands, context)
}

export function executeFallback(
  plan: Planned,
  program: LoadedProgram,
  operands: Operands,
  context: RunContext,
): Eventual<LoadedProgram> {
  throwIfAborted(context.turn?.signal)
  const fallback = finishInTurn(fallbackProgramWork(program, plan), context.turn)
  return after(fallback, (direct) => execute(plan, direct, operands, context))
}

/** Whether a program may run on these arrays. Searches those that its decision names. */
export function isSuited(
  { decision: { fallback } }: LoadedProgram,
  operands: Operands,
  { turn }: RunContext,
): Eventual<boolean> {
  if (fallback === undefined) return true
  const { when } = fallback
  const isAway = when.some((condition) => condition !== 'guard' && isOnGpu(operands[condition]))
  return isAway
    ? searchOnHeap(fallback, operands, turn)
    : finishInTurn(searchWork(fallback, operands), turn)
}

/** The same for arrays on the GPU, brought back. Only programs without a guard need it. */
async function searchOnHeap(
  fallback: Fallback,
  operands: Operands,
  turn: Turn | undefined,
): Promise<boolean> {
  const [input, kernel] = await Promise.all([read(operands.input), read(operands.kernel)])
  return finishInTurn(searchWork(fallback, { ...operands, input, kernel }), turn)
}

function* searchWork({ when }: Fallback, operands: Operands): Work<boolean> {
  for (const condition of when)
    if (condition !== 'guard' && !(yield* finiteWork(operands[condition]))) return false
  return true
}

/**
 * Goes on when the arrays were searched. Synchronous calls may have used the plan, and even the
 * program, for other kernels in the meantime.
 */
export function suitedLater<T>(
  suited: Promise<boolean>,
  plan: Planned,
  program: LoadedProgram,
  goOn: (isSuitable: boolean) => Eventual<T>,
): Promise<T> {
  const { known } = plan
  return suited.then((isSuitable) => {
    withConstants(program, withKernel(plan, known))
    return goOn(isSuitable)
  })
}

/** Whether the guards of the program found nothing in its latest run. */
export const isValid = ({ decision }: LoadedProgram, executable: Executable): boolean =>
  decision.fallback?.when.includes('guard') !== true || !executable.guardTripped()
