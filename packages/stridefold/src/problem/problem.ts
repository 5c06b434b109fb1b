/**
 * What does a call ask? Everything that the choice of an algorithm depends on, as plain data: no
 * array, no function.
 *
 *   question   the geometry, the shape and dtype of the result, what follows the sums, the options
 *   problem    a question, and how its arrays lie in memory
 *
 * A question serves all arrays of its shapes. Every option has been checked and has a value. Arrays
 * in canonical order have the axes [batch or filters, channels, ...axes].
 */

import type { Checked } from '../geometry/checked-options.ts'
import type { ConvGeometry } from '../geometry/geometry.ts'
import type { OperandDescriptors } from '../geometry/operands.ts'
import type { RunOptions } from '../geometry/options.ts'
import type { AxisPadAdjoint } from '../geometry/transposed.ts'
import type { EpilogueActivation } from '../ndarray/activation.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import type { MemorySpan } from '../ndarray/memory.ts'
import type { AxisOrders } from './axis-orders.ts'

/** The options that decide how a call computes; `RunOptions` describes each of them. */
export type DecisionOptions = Pick<
  Checked<RunOptions>,
  | 'algorithm'
  | 'accuracy'
  | 'tune'
  | 'deterministic'
  | 'backend'
  | 'threads'
  | 'memoryLimit'
  | 'verify'
>

export interface Question {
  /** Equal questions have equal keys. Recent plans are kept under this key, and no other. */
  readonly key: string
  /** The name of the call, for messages. */
  readonly call: string
  readonly geometry: ConvGeometry
  readonly outputShape: readonly number[]
  /** The dtype of the results as programs write them. */
  readonly resultDType: DType
  /** The dtype of the array for the results. Another one only for a type of storage. */
  readonly storedDType: DType
  /** A number that is added to every result. */
  readonly offset: number
  readonly activation: EpilogueActivation | undefined
  /** For a transposed layer with a border that repeats samples: one adjoint of it for each axis. */
  readonly padAdjoints: readonly AxisPadAdjoint[] | undefined
  /**
   * False if every call brings new values of the kernel, so that it does not pay to analyze them.
   */
  readonly readsKernel: boolean
  /** Which array axis is which canonical axis. */
  readonly orders: AxisOrders
  readonly options: DecisionOptions
}

export interface Problem extends Question {
  readonly descriptors: OperandDescriptors
  readonly spans: OperandSpans
}

/** Where the arrays of a problem lie. The bias is missing if the program adds none. */
export interface OperandSpans {
  readonly input: MemorySpan
  readonly kernel: MemorySpan
  readonly bias?: MemorySpan
  readonly output: MemorySpan
}

/** Whether the result has an integer type. Sums are floats, so the caller asked for it. */
export const isIntegerResult = ({ resultDType }: Question): boolean => dtypes[resultDType].integer
