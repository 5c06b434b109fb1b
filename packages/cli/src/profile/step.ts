/**
 * The step that runs an operation. When the shapes of its inputs are known, its sizes are checked
 * and counted first. Then it runs any number of times.
 */

import type { NdArray } from 'stridefold/sync'
import { elementCount } from '../layout.ts'
import type { Attributes } from './attributes.ts'
import type { Budget } from './bounds.ts'
import type { Operation } from './graph.ts'

/** A part of a run, such as a stage or a copy. */
export interface Part {
  readonly name: string
  readonly milliseconds: number
  readonly flops: number
  readonly bytes: number
}

export interface Step {
  /** The algorithm and the reason for it, for operations with a plan. */
  readonly algorithm: string
  readonly decision: string
  readonly predictedMs: number | undefined
  readonly flops: number
  /** Bytes of inputs, weights and output, once each. */
  readonly bytes: number
  readonly run: (inputs: readonly NdArray[]) => {
    readonly output: NdArray
    readonly parts: readonly Part[]
  }
  readonly close: () => void
}

/** The inputs of an operation. An omitted optional input is undefined. */
export type OperationInputs = readonly (NdArray | undefined)[]

export interface StepRequest {
  readonly operation: Operation
  readonly attributes: Attributes
  readonly inputs: OperationInputs
  readonly opset: number
  readonly budget: Budget
}

/** Reads and checks everything, counts the sizes, and only then allocates. */
export type StepBuilder = (request: StepRequest) => Step

export interface Loop {
  readonly shape: readonly number[]
  /** Flops of the definition; 0 for operations that only move data. */
  readonly flops: number
  /** Iterations of the loop, if they differ from the flops. */
  readonly iterations?: number
  /** True if the result is a view of the input, without a copy. */
  readonly isView?: boolean
  readonly work: (inputs: readonly NdArray[]) => NdArray
}

/** A step that runs as a loop: no plan, no parts. */
export const loop =
  (describe: (request: StepRequest) => Loop): StepBuilder =>
  (request) => {
    const { operation, attributes, inputs, budget } = request
    const { shape, flops, iterations, isView, work } = describe(request)
    attributes.rejectUnread()
    if (!isView) budget.take(operation.name, shape)
    budget.work(
      operation.name,
      'loop',
      iterations ?? Math.max(flops, isView ? 0 : elementCount(shape)),
    )
    return {
      ...{ algorithm: 'loop', decision: '', predictedMs: undefined, flops },
      bytes: 4 * (elementCount(shape) + inputs.reduce((n, x) => n + (x?.data.length ?? 0), 0)),
      run: (arrays) => ({ output: work(arrays), parts: [] }),
      close: () => {},
    }
  }
