/**
 * Do two kernels lead to the same decisions? A plan for one kernel then serves the other; only the
 * constants of its program are replaced.
 */

import { type Algorithm, programWork } from '../algorithms/algorithm.ts'
import { allAlgorithms } from '../algorithms/index.ts'
import { integerWeights } from '../algorithms/integers.ts'
import { canonicalShapes } from '../geometry/canonical-shapes.ts'
import type { KernelProperties } from '../geometry/operands.ts'
import { type DType, dtypes } from '../ndarray/dtype.ts'
import { placeholder } from '../ndarray/ndarray.ts'
import { finish, type Work } from '../ndarray/work.ts'
import { inputInOrder } from '../problem/axis-orders.ts'
import { problemOf } from '../problem/operands.ts'
import { isIntegerResult, type Problem, type Question } from '../problem/problem.ts'
import { withRounding } from './exactness.ts'
import { unsuitable } from './refusals.ts'

/**
 * Returns everything that a decision can depend on in the values of a kernel, as text: the
 * algorithms that the values rule out, the units to which sums are rounded, and the programs that
 * contain values, without the numbers of their constants. Equal texts lead to the same decisions.
 */
export const choiceKey = (question: Question, values: KernelProperties): string =>
  finish(choiceKeyWork(question, values))

/** The work of `choiceKey`. */
export function* choiceKeyWork(question: Question, values: KernelProperties): Work<string> {
  const problems = problemsOf(question, values)
  const keys: string[] = []
  for (const algorithm of allAlgorithms) {
    // Only the lattice of the weights matters to algorithms that do not read them.
    if (algorithm.readsValues !== true && values.lattice === undefined) continue
    let support = ''
    for (const problem of problems) {
      support +=
        unsuitable(algorithm, problem) === undefined
          ? `+${withRounding(algorithm, problem).descriptors.unit ?? ''}`
          : '-'
      yield
    }
    keys.push(support + (yield* programText(algorithm, problems[0]!, support)))
    yield
  }
  const whole = problems.map(({ geometry, descriptors }) => integerWeights(geometry, descriptors))
  return `${keys.join()} ${JSON.stringify(whole)}`
}

/** The program of an algorithm that reads values, without them. Empty for the others. */
function* programText(
  algorithm: Algorithm,
  { geometry, descriptors }: Problem,
  support: string,
): Work<string> {
  if (algorithm.readsValues !== true || !support.startsWith('+')) return ''
  const { dtype, buffers, stages } = yield* programWork(algorithm, geometry, descriptors)
  const numberless = buffers.map(({ values: _, ...buffer }) => buffer)
  let text = ` ${algorithm.spreadsNonFinite?.(descriptors)} ${dtype} ${JSON.stringify(numberless)}`
  for (const stage of stages) {
    text += JSON.stringify(stage)
    yield
  }
  return text
}

/**
 * The problems that can differ. Whether an integer result may be rounded also depends on the dtype
 * of the input and on a bias.
 */
function problemsOf(question: Question, values: KernelProperties): Problem[] {
  const { geometry: g, orders, outputShape, resultDType } = question
  const shapes = canonicalShapes(g)
  const kernel = placeholder(shapes.kernel, g.dtype)
  const output = inputInOrder(placeholder(outputShape, resultDType), orders)
  const isInteger = isIntegerResult(question)
  const inputs = [g.dtype, ...(isInteger ? integerTypes() : [])].map((dtype) =>
    placeholder(shapes.input, dtype),
  )
  const biases = [undefined, ...(isInteger ? [placeholder([g.filters], g.dtype)] : [])]
  return inputs.flatMap((input) =>
    biases.map((bias) => problemOf(question, { input, kernel, bias, output }, values)),
  )
}

const integerTypes = (): DType[] =>
  (Object.keys(dtypes) as DType[]).filter((dtype) => dtypes[dtype].integer)
