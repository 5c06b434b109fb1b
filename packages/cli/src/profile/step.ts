/**
 * What comes of an operation once the shapes of its inputs are known: first its sizes, which are
 * counted, then what is run again and again.
 */

import type { NdArray } from 'stridefold/sync'
import type { Attributes } from './attributes.ts'
import type { Budget } from './bounds.ts'
import { count, type Operation } from './graph.ts'

/** A part of a run: a stage, a copy. */
export interface Part {
  readonly name: string
  readonly milliseconds: number
  readonly flops: number
  readonly bytes: number
}

export interface Step {
  /** Algorithm and why, for operations that a plan does. */
  readonly algorithm: string
  readonly decision: string
  readonly predictedMs: number | undefined
  readonly flops: number
  /** Inputs, weights and output, each once. */
  readonly bytes: number
  readonly run: (inputs: readonly NdArray[]) => {
    readonly output: NdArray
    readonly parts: readonly Part[]
  }
  readonly close: () => void
}

/** What an operation was given: an optional input that is left out is undefined. */
export type OperationInputs = readonly (NdArray | undefined)[]

export interface StepRequest {
  readonly operation: Operation
  readonly attributes: Attributes
  readonly inputs: OperationInputs
  readonly opset: number
  readonly budget: Budget
}

/** Reads and checks everything, counts, and only then allocates. */
export type StepBuilder = (request: StepRequest) => Step

export interface Loop {
  readonly shape: readonly number[]
  /** Those of the definition; 0 for what only moves. */
  readonly flops: number
  /** How often the loop goes round, where that is something else. */
  readonly iterations?: number
  /** Nothing is copied: the result is the input under another shape. */
  readonly isView?: boolean
  readonly work: (inputs: readonly NdArray[]) => NdArray
}

/** A small operation: no plan, no parts. */
export const loop =
  (describe: (request: StepRequest) => Loop): StepBuilder =>
  (request) => {
    const { operation, attributes, inputs, budget } = request
    const { shape, flops, iterations, isView, work } = describe(request)
    attributes.rejectUnread()
    if (!isView) budget.take(operation.name, shape)
    budget.work(operation.name, 'loop', iterations ?? Math.max(flops, isView ? 0 : count(shape)))
    return {
      ...{ algorithm: 'loop', decision: '', predictedMs: undefined, flops },
      bytes: 4 * (count(shape) + inputs.reduce((n, x) => n + (x?.data.length ?? 0), 0)),
      run: (arrays) => ({ output: work(arrays), parts: [] }),
      close: () => {},
    }
  }
