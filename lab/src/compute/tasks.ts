/**
 * What may take too long for the page, as functions of plain data, so that a worker can run them.
 */

import { ndarray, type TypedArray } from 'stridefold/sync'
import { arraysOf, type Elements, elementsOf, type ProblemNumbers } from '../model/arrays.ts'
import { copiesOf } from '../model/copies.ts'
import { frameOf } from '../model/frame.ts'
import { kernelRows, type Rows } from '../model/kernel-rows.ts'

/** The requests and replies of each task. */
export interface Tasks {
  readonly arrays: { readonly request: PostedNumbers; readonly reply: Elements }
  readonly rows: {
    readonly request: { readonly problem: string; readonly kernel: TypedArray }
    readonly reply: Rows
  }
  readonly copies: { readonly request: { readonly problem: string }; readonly reply: TypedArray }
}

export type TaskName = keyof Tasks

/** Lists of numbers are sent as one block, which takes no time. */
export interface PostedNumbers extends Omit<ProblemNumbers, 'input' | 'kernel'> {
  readonly input: Exclude<ProblemNumbers['input'], { values: unknown }> | Float64Array
  readonly kernel: Exclude<ProblemNumbers['kernel'], { values: unknown }> | Float64Array
}

export const receivedNumbers = (numbers: PostedNumbers): ProblemNumbers => ({
  ...numbers,
  input: received(numbers.input),
  kernel: received(numbers.kernel),
})

const received = (numbers: PostedNumbers['input']): ProblemNumbers['input'] =>
  numbers instanceof Float64Array ? { values: Array.from(numbers) } : numbers

export const tasks: {
  readonly [Name in TaskName]: (request: Tasks[Name]['request']) => Tasks[Name]['reply']
} = {
  arrays: (posted) => {
    const numbers = receivedNumbers(posted)
    return elementsOf(arraysOf(frameOf(numbers.problem), numbers))
  },
  rows: ({ problem, kernel }) => {
    const frame = frameOf(problem)
    return kernelRows(frame, ndarray(kernel, frame.shapes.kernel))
  },
  copies: ({ problem }) => copiesOf(frameOf(problem)).data,
}
