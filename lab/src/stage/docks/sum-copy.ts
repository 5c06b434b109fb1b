/**
 * The sum of an output as text to copy: as a formula that a calculator understands, and as LaTeX.
 */

import { exactText } from '../../model/number-text.ts'
import { outputAt, type Place, type Product, type StageModel } from '../stage-model.ts'
import { decimalText } from './decimal.ts'
import { exactOutput } from './sum-steps.ts'

interface Sum {
  readonly model: StageModel
  readonly place: Place
  /** In the order of summation. */
  readonly products: readonly Product[]
}

/** y[23, 19] = (64*(-1) + 190*0 + …) / 16 + 0.06 = 12.5 */
export function plainSum(sum: Sum): string {
  const { divisor, bias } = sum.model
  const terms = sum.products.map(({ value, weight }) => `${signed(value)}*${signed(weight)}`)
  const all = terms.join(' + ')
  const quotient = divisor === 1 ? all : `(${all}) / ${signed(divisor)}`
  const [relation, result] = resultOf(sum, '=', '≈')
  return `y[${indexOf(sum).join(', ')}] = ${quotient}${biasTerm(bias)} ${relation} ${result}`
}

/** y_{23,19} = \frac{1}{16}\left(64 \cdot (-1) + 190 \cdot 0 + …\right) + 0.06 = 12.5 */
export function latexSum(sum: Sum): string {
  const { divisor, bias } = sum.model
  const terms = sum.products.map(({ value, weight }) => `${signed(value)} \\cdot ${signed(weight)}`)
  const all = terms.join(' + ')
  const quotient = divisor === 1 ? all : `\\frac{1}{${ascii(divisor)}}\\left(${all}\\right)`
  const [relation, result] = resultOf(sum, '=', '\\approx')
  return `y_{${indexOf(sum).join(',')}} = ${quotient}${biasTerm(bias)} ${relation} ${result}`
}

const indexOf = ({ model: { geometry }, place: { x, y } }: Sum): readonly number[] =>
  geometry.axes.length > 1 ? [y, x] : [x]

const ascii = (value: number): string => exactText(value).replaceAll('−', '-')
const signed = (value: number): string => (value < 0 ? `(${ascii(value)})` : ascii(value))
const biasTerm = (bias: number): string => (bias === 0 ? '' : ` + ${signed(bias)}`)

/** The exact result. If it has no end, the result of the page, which is rounded. */
function resultOf(
  { model, place, products }: Sum,
  equal: string,
  nearly: string,
): readonly [relation: string, result: string] {
  const exact = exactOutput(products, model)
  return exact
    ? [equal, decimalText(exact).replace('−', '-')]
    : [nearly, ascii(outputAt(model, place))]
}
