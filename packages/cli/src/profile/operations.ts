/**
 * The table of supported operations: their inputs, and how each runs. Convolutions and matrix
 * products run as plans, all others as loops.
 *
 * The operations follow ONNX opsets 7 to 28. If a version changed the meaning of an operation, its
 * code checks the opset of the network.
 */

import { OptionError } from 'stridefold/sync'
import { inputError } from '../failure.ts'
import { countOf } from '../units.ts'
import { Attributes } from './attributes.ts'
import type { Budget } from './bounds.ts'
import { clip, elementwise, normalisation, pairwise, softmaxStep } from './element-steps.ts'
import { kindOf, type Operation, operationError, printableName } from './graph.ts'
import { convolution, gemm, matMul } from './plan-steps.ts'
import { pool } from './pool-step.ts'
import { concat, constant, dropout, flatten, pad, reshape, viewWithShape } from './shape-steps.ts'
import { loop, type OperationInputs, type Step, type StepBuilder } from './step.ts'

/** The opsets whose definitions were compared, one by one. */
export const opsets = { first: 7, last: 28 } as const

/** Kinds of inputs in order. `?` is optional, `…` repeats. */
type Takes = 'float' | 'float?' | 'whole' | 'whole?' | 'any' | 'any?' | 'any…'

interface OperationRow {
  readonly takes: readonly Takes[]
  readonly make: StepBuilder
}

const fiveFloats: readonly Takes[] = ['float', 'float', 'float', 'float', 'float']
const [oneFloat, twoFloats]: readonly (readonly Takes[])[] = [['float'], ['float', 'float']]

const operations: ReadonlyMap<string, OperationRow> = new Map(
  Object.entries<OperationRow>({
    Conv: { takes: ['float', 'float', 'float?'], make: convolution('Conv') },
    ConvTranspose: { takes: ['float', 'float', 'float?'], make: convolution('ConvTranspose') },
    Gemm: { takes: ['float', 'float', 'float?'], make: gemm },
    MatMul: { takes: twoFloats!, make: matMul },
    MaxPool: { takes: oneFloat!, make: pool('max') },
    AveragePool: { takes: oneFloat!, make: pool('mean') },
    GlobalAveragePool: { takes: oneFloat!, make: pool('global') },
    BatchNormalization: { takes: fiveFloats, make: normalisation },
    Relu: { takes: oneFloat!, make: elementwise(() => (v) => (v < 0 ? 0 : v)) },
    LeakyRelu: {
      takes: oneFloat!,
      make: elementwise(({ attributes }) => {
        const slope = attributes.number('alpha', 0.01)
        return (v) => (v < 0 ? slope * v : v)
      }),
    },
    Sigmoid: { takes: oneFloat!, make: elementwise(() => (v) => 1 / (1 + Math.exp(-v)), 4) },
    Tanh: { takes: oneFloat!, make: elementwise(() => Math.tanh, 4) },
    Clip: { takes: ['float', 'float?', 'float?'], make: clip },
    Add: { takes: twoFloats!, make: pairwise((a, b) => a + b) },
    Sub: { takes: twoFloats!, make: pairwise((a, b) => a - b) },
    Mul: { takes: twoFloats!, make: pairwise((a, b) => a * b) },
    Softmax: { takes: oneFloat!, make: softmaxStep },
    Concat: { takes: ['any…'], make: concat },
    Pad: { takes: ['any', 'whole?', 'any?', 'whole?'], make: pad },
    Flatten: { takes: ['any'], make: flatten },
    Reshape: { takes: ['any', 'whole'], make: reshape },
    Identity: { takes: ['any'], make: loop(({ inputs: [x] }) => viewWithShape(x!.shape)) },
    Dropout: { takes: ['float', 'float?', 'whole?'], make: dropout },
    Constant: { takes: [], make: constant },
  }),
)

export const knownOperations: readonly string[] = [...operations.keys()]

/**
 * Builds the step of an operation. Throws for an unsupported operation, naming the supported ones,
 * and for unsupported attributes.
 */
export function buildStep(
  operation: Operation,
  inputs: OperationInputs,
  opset: number,
  budget: Budget,
): Step {
  const row = operations.get(operation.op)
  if (row === undefined)
    throw operationError(
      operation,
      `has type ${printableName(operation.op)}, which is not supported. Supported: ` +
        `${knownOperations.join(', ')}.`,
    )
  checkInputs(operation, inputs, row.takes)
  try {
    return row.make({ operation, inputs, opset, budget, attributes: new Attributes(operation) })
  } catch (error) {
    // The library's error is about the file here, not about the command line.
    throw error instanceof OptionError
      ? inputError(`${printableName(operation.name)}: ${error.message}`, error)
      : error
  }
}

function checkInputs(operation: Operation, inputs: OperationInputs, takes: readonly Takes[]): void {
  const last = takes.at(-1)
  const endless = last?.endsWith('…') === true
  const min = takes.filter((kind) => !kind.endsWith('?')).length
  if (inputs.length < min || (!endless && inputs.length > takes.length))
    throw operationError(
      operation,
      `has ${countOf(inputs.length, 'input')}; ${operation.op} takes ` +
        `${min}${endless ? ' or more' : takes.length > min ? ` to ${takes.length}` : ''}.`,
    )
  for (const [i, x] of inputs.entries()) {
    const kind = (takes[i] ?? last!) as string
    if (x === undefined && !kind.endsWith('?'))
      throw operationError(operation, `has no input ${i}, which ${operation.op} needs.`)
    if (x !== undefined && !kind.startsWith('any') && !kind.startsWith(kindOf(x)))
      throw operationError(
        operation,
        `takes ${kind.startsWith('float') ? 'float32' : 'integers'} as input ${i}, but this one ` +
          `has ${kindOf(x) === 'float' ? 'float32' : 'integers'}.`,
      )
  }
}
