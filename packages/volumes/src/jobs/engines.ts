/**
 * Which task is this process? Engines that start many copies of a command number them in the
 * environment. A task is a part of all boxes, so the count must be right: with a gap in the numbers
 * some boxes would have no task.
 *
 *   numbers MIN, MIN + STEP, … MAX    →    task (ID − MIN) / STEP of COUNT
 */

import type { TaskPart } from '../cut/grid.ts'
import { VolumeError } from '../errors.ts'

/** The variables of an engine. `COUNT` is needed, from here or from the caller. */
interface Engine {
  readonly name: string
  readonly index: string
  readonly count?: string
  readonly min?: string
  readonly max?: string
  readonly step?: string
  /** What an engine writes into `index` outside of an array. */
  readonly none?: string
}

/** The first engine whose `index` is set counts. */
export const engines: readonly Engine[] = [
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    min: 'SLURM_ARRAY_TASK_MIN',
    max: 'SLURM_ARRAY_TASK_MAX',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX' },
  { name: 'AWS Batch', index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
  { name: 'Google Batch', index: 'BATCH_TASK_INDEX', count: 'BATCH_TASK_COUNT' },
  { name: 'Cloud Run', index: 'CLOUD_RUN_TASK_INDEX', count: 'CLOUD_RUN_TASK_COUNT' },
  {
    name: 'Grid Engine',
    index: 'SGE_TASK_ID',
    min: 'SGE_TASK_FIRST',
    max: 'SGE_TASK_LAST',
    step: 'SGE_TASK_STEPSIZE',
    none: 'undefined',
  },
]

/**
 * The task of this process. `of`: the number of tasks, if the engine does not tell it. Throws
 * `VolumeError` for numbers that would leave boxes out.
 */
export function taskFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  of?: number,
): TaskPart {
  const engine = engines.find(({ index, none }) => {
    const word = environment[index]
    return word !== undefined && word !== '' && word !== none
  })
  if (engine === undefined)
    throw refusal(
      `No engine has numbered this process: none of ${engines.map((e) => e.index).join(', ')} is ` +
        'set. Give --task I --of N instead.',
    )
  const { name } = engine
  const read = (variable: string | undefined): number | undefined =>
    variable === undefined ? undefined : wholeNumber(environment[variable], variable)
  const id = read(engine.index)!
  const min = read(engine.min) ?? 0
  const step = read(engine.step) ?? 1
  const max = read(engine.max)
  if (step < 1) throw refusal(`${engine.step} is ${step}, but a step is at least 1.`)
  if (max !== undefined && (max - min) % step !== 0)
    throw refusal(
      `${name}: ${engine.max} = ${max} is no number of the array ${min}, ${min + step}, … Give ` +
        'the array as FIRST-LAST without a step, or --task I --of N.',
    )
  const fromRange = max === undefined ? undefined : (max - min) / step + 1
  const told = read(engine.count)
  if (fromRange !== undefined && told !== undefined && fromRange !== told)
    throw refusal(
      `${name}: the numbers of the array go from ${min} to ${max} in steps of ${step}, which is ` +
        `${fromRange} tasks, but ${engine.count} is ${told}: the array has gaps, and boxes would ` +
        'be left out. Submit it as 0-N, or give --task I --of N.',
    )
  const count = told ?? fromRange ?? of
  if (count === undefined)
    throw refusal(
      `${name} has numbered this process (${engine.index} = ${id}), but not told how many there ` +
        `are${engine.count === undefined ? '' : `: ${engine.count} is not set`}. Give --of N.`,
    )
  if (of !== undefined && of !== count)
    throw refusal(
      `${name} runs ${count} tasks, but --of is ${of}. Boxes would be left out, or done twice. ` +
        'Leave --of out, or start as many.',
    )
  if (min > id || (id - min) % step !== 0)
    throw refusal(
      `${name}: ${engine.index} = ${id} is no number of the array ${min}, ${min + step}, … Give ` +
        '--task I --of N.',
    )
  return checkedTask({ task: (id - min) / step, of: count }, `${name}: ${engine.index} = ${id}`)
}

/** Throws `VolumeError` unless 0 ≤ task < of. `what` begins the message. */
export function checkedTask({ task, of }: TaskPart, what: string = `--task is ${task}`): TaskPart {
  if (!Number.isSafeInteger(of) || of < 1)
    throw refusal(`The number of tasks is ${of}. Give a whole number ≥ 1.`)
  if (Number.isSafeInteger(task) && task >= 0 && task < of) return { task, of }
  throw refusal(
    `${what}, but with ${of} ${of === 1 ? 'task' : 'tasks'} the numbers go from 0 to ${of - 1}.`,
  )
}

function wholeNumber(word: string | undefined, variable: string): number | undefined {
  if (word === undefined || word === '' || word === 'undefined') return undefined
  if (/^\d+$/.test(word) && Number.isSafeInteger(Number(word))) return Number(word)
  throw refusal(`${variable} is '${word}', which is not a whole number.`)
}

const refusal = (message: string): VolumeError => new VolumeError('request', message)
