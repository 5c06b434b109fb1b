/**
 * A function of single elements, as plain data: what an elementwise step computes. Every operation
 * rounds once to the compute type, so all backends give the same bits.
 */

/** A number, an element of one of the sources, or an operation. */
export type Formula = number | Source | Arithmetic | Choice

/** The element of the source with this index. */
export interface Source {
  readonly source: number
}

export interface Arithmetic {
  readonly op: 'add' | 'subtract' | 'multiply' | 'divide'
  readonly a: Formula
  readonly b: Formula
}

/**
 * `whenTrue` if the test is true, otherwise `whenFalse`. Both are computed. No test with a NaN is
 * true: an element that does not equal itself is NaN.
 */
export interface Choice {
  readonly test: 'less' | 'equal'
  readonly a: Formula
  readonly b: Formula
  readonly whenTrue: Formula
  readonly whenFalse: Formula
}

export const add = (a: Formula, b: Formula): Formula => ({ op: 'add', a, b })
export const subtract = (a: Formula, b: Formula): Formula => ({ op: 'subtract', a, b })
export const multiply = (a: Formula, b: Formula): Formula => ({ op: 'multiply', a, b })
export const divide = (a: Formula, b: Formula): Formula => ({ op: 'divide', a, b })

export const ifLess = (a: Formula, b: Formula, whenTrue: Formula, whenFalse: Formula): Formula => ({
  ...{ test: 'less', a, b, whenTrue, whenFalse },
})
export const ifEqual = (
  a: Formula,
  b: Formula,
  whenTrue: Formula,
  whenFalse: Formula,
): Formula => ({
  ...{ test: 'equal', a, b, whenTrue, whenFalse },
})

/** The number of operations: a choice counts as one. */
export function operationCount(formula: Formula): number {
  if (typeof formula === 'number' || 'source' in formula) return 0
  const operands =
    'op' in formula
      ? [formula.a, formula.b]
      : [formula.a, formula.b, formula.whenTrue, formula.whenFalse]
  return operands.reduce<number>((sum, operand) => sum + operationCount(operand), 1)
}

const signs = {
  ...{ add: '+', subtract: '−', multiply: '·', divide: '/' },
  ...{ less: '<', equal: '=' },
} as const

/** The formula as text. `sources`: the text of each source. */
export function formulaText(formula: Formula, sources: readonly string[]): string {
  const text = (part: Formula): string => formulaText(part, sources)
  const operand = (part: Formula): string =>
    typeof part === 'number' || 'source' in part ? text(part) : `(${text(part)})`
  if (typeof formula === 'number') return `${formula}`
  if ('source' in formula) return sources[formula.source]!
  const { a, b } = formula
  if ('op' in formula) return `${operand(a)} ${signs[formula.op]} ${operand(b)}`
  const { test, whenTrue, whenFalse } = formula
  const condition = `${operand(a)} ${signs[test]} ${operand(b)}`
  return `if ${condition} then ${operand(whenTrue)} else ${operand(whenFalse)}`
}
