/** Interprets an elementwise step: one element after another, the formula as nested functions. */

import type { ComputeDType } from '../../ndarray/dtype.ts'
import { isEmpty, Odometer } from '../../ndarray/loops.ts'
import type { Arithmetic, Choice, Formula } from '../../program/formula.ts'
import type { Elementwise } from '../../program/steps.ts'
import { type Memory, startOf } from './memory.ts'
import { extractLoop, nestOf, once } from './nest.ts'

/** Compiles the step to a function that runs it for one item of the stage's grid. */
export function compileElementwise(
  { loops, to, from, formula }: Elementwise,
  gridRank: number,
  memory: Memory,
): (item: readonly number[]) => void {
  if (isEmpty(loops)) return () => {}
  const operands = [to, ...from]
  const slots = operands.map(({ buffer }) => memory.slot(buffer))
  const nest = nestOf(
    loops,
    operands.map(({ strides }) => strides.slice(gridRank)),
  )
  const { inner, outer } = extractLoop(nest, once(operands.length), ({ extent }) => extent)
  const rows = new Odometer(
    outer,
    operands.map(() => 0),
  )
  const at = operands.map(() => 0)
  const elements = new Float64Array(from.length)
  const value = evaluator(formula, elements, slots[0]!.dtype as ComputeDType)

  return (item) => {
    for (const [i, operand] of operands.entries()) rows.at[i] = startOf(slots[i]!, operand, item)
    do {
      for (let i = 0; i < at.length; i++) at[i] = rows.at[i]!
      for (let n = 0; n < inner.extent; n++) {
        for (let i = 0; i < elements.length; i++) elements[i] = slots[i + 1]!.data[at[i + 1]!]!
        slots[0]!.data[at[0]!] = value()
        for (let i = 0; i < at.length; i++) at[i]! += inner.strides[i]!
      }
    } while (rows.next())
  }
}

type Value = () => number

const operations: Readonly<Record<Arithmetic['op'], (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
}

const tests: Readonly<Record<Choice['test'], (a: number, b: number) => boolean>> = {
  less: (a, b) => a < b,
  equal: (a, b) => a === b,
}

/** The value of a formula for the numbers that stand in `elements`. */
function evaluator(formula: Formula, elements: Float64Array, dtype: ComputeDType): Value {
  const round = dtype === 'float32' ? Math.fround : (value: number) => value
  const compiled = (part: Formula): Value => {
    if (typeof part === 'number') {
      const rounded = round(part)
      return () => rounded
    }
    if ('source' in part) return () => elements[part.source]!
    const [a, b] = [compiled(part.a), compiled(part.b)]
    if ('op' in part) {
      const operation = operations[part.op]
      return () => round(operation(a(), b()))
    }
    const test = tests[part.test]
    const [whenTrue, whenFalse] = [compiled(part.whenTrue), compiled(part.whenFalse)]
    return () => (test(a(), b()) ? whenTrue() : whenFalse())
  }
  return compiled(formula)
}
