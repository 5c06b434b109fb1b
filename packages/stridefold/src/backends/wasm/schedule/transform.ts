/**
 * Which contractions multiply by a small constant matrix, as Winograd's transforms do? The matrix
 * then becomes part of the code (emit/transform.ts).
 *
 *   to[… i … lane] = Σ_j matrix[i, j] · from[… j … lane]
 *
 * A step qualifies by its loops: one sum loop, one result loop over the rows of the matrix, and one
 * loop for the lanes, contiguous on both sides. Other steps become ordinary contractions.
 */

import { iterations } from '../../../ndarray/loops.ts'
import type { Buffer } from '../../../program/program.ts'
import type { Contraction } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import type { LinearForm, LinearForms } from './linear-form.ts'
import { isEmptySum, type Nest, type NestLoop } from './nest.ts'

/**
 * Maximum number of inputs. More do not fit the registers together with the results, in engines
 * that use 15 registers.
 */
const maxInputs = 8

export interface Transform {
  readonly step: Contraction
  readonly form: LinearForm
  /** The operand that is not the matrix. */
  readonly from: 'a' | 'b'
  readonly lane: NestLoop
  /** The loop over the rows of the matrix, and the sum over its columns. */
  readonly row: NestLoop
  readonly sum: NestLoop
  readonly outer: readonly NestLoop[]
  /** Predicted time of one grid item, in cycles. */
  readonly cycles: number
}

/**
 * Returns the step as a transform with a constant matrix, or undefined if it does not qualify.
 * `nest` holds the loops of the step.
 */
export function transformOf(
  step: Contraction,
  nest: Nest,
  gridRank: number,
  buffers: readonly Buffer[],
  element: Element,
  forms: LinearForms,
): Transform | undefined {
  if (step.start !== 'zero' || step.tile === 'scalar' || isEmptySum(step)) return undefined
  const [sum] = nest.sum
  if (
    sum === undefined ||
    nest.sum.length !== 1 ||
    sum.extent > maxInputs ||
    sum.parts.length !== 1
  )
    return undefined
  for (const matrix of ['b', 'a'] as const) {
    const { buffer: name, offset, strides } = step[matrix]
    const { values, ofKernel } = buffers.find((buffer) => buffer.name === name) ?? {}
    if (values === undefined || ofKernel === true || sum[matrix] === 0) continue
    if (strides.slice(0, gridRank).some((stride) => stride !== 0)) continue
    const loops = transformLoops(step, nest, matrix, element)
    if (loops === undefined) continue
    const { row, outer, lane } = loops
    const rows = { extent: row.extent, stride: row[matrix] }
    const form = forms.of(values, offset, rows, { extent: sum.extent, stride: sum[matrix] })
    const vectors = Math.ceil(lane.extent / element.lanes) * iterations(outer)
    const perVector = Math.max(form.operations / 2, sum.extent / 2 + row.extent) + 2
    return { step, form, ...loops, sum, cycles: vectors * perVector }
  }
  return undefined
}

/**
 * The loops of a step whose operand `matrix` is a matrix. Undefined if the step does not qualify.
 */
function transformLoops(
  step: Contraction,
  { result, sum: [sum] }: Nest,
  matrix: 'a' | 'b',
  element: Element,
): Pick<Transform, 'from' | 'lane' | 'row' | 'outer'> | undefined {
  const from = matrix === 'a' ? 'b' : 'a'
  const [row, ...otherRows] = result.filter((loop) => loop[matrix] !== 0)
  const lane = result.find(
    (loop) =>
      loop.c === 1 && loop[from] === 1 && loop[matrix] === 0 && loop.extent >= element.lanes,
  )
  if (row === undefined || otherRows.length > 0 || lane === undefined) return undefined
  // The addresses are immediates, so they must not be negative. The last vector may be computed
  // twice, so the code must not write what it reads.
  const hasForwardStrides = sum![from] >= 0 && row.c >= 0 && row[from] === 0 && row.bias === 0
  const isSmall = row.extent <= maxInputs && row.parts.length === 1
  if (!hasForwardStrides || !isSmall || step[from].buffer === step.to.buffer) return undefined
  return { from, lane, row, outer: result.filter((loop) => loop !== lane && loop !== row) }
}
