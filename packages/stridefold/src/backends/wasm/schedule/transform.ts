/**
 * Which contractions multiply by a small constant matrix, as Winograd's transforms do? The matrix
 * then becomes part of the code (emit/transform.ts).
 *
 *   to[… i … lane] = Σ_j matrix[i, j] · from[… j … lane]
 *
 * A step qualifies by its loops: one sum loop, one result loop over the rows of the matrix, and one
 * loop for the lanes, contiguous on both sides. Other steps become ordinary contractions.
 */

import type { Buffer } from '../../../program/program.ts'
import type { Contraction } from '../../../program/steps.ts'
import type { Element } from './element.ts'
import { type LinearForm, linearForm } from './linear-form.ts'
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
  for (const [matrix, from] of [
    ['b', 'a'],
    ['a', 'b'],
  ] as const) {
    const operand = step[matrix]
    const { values, ofKernel } = buffers.find((buffer) => buffer.name === operand.buffer) ?? {}
    if (ofKernel === true) continue
    const rows = nest.result.filter((loop) => loop[matrix] !== 0)
    const lane = nest.result.find(
      (loop) =>
        loop.c === 1 && loop[from] === 1 && loop[matrix] === 0 && loop.extent >= element.lanes,
    )
    const [row] = rows
    if (
      values === undefined ||
      row === undefined ||
      rows.length !== 1 ||
      lane === undefined ||
      sum[matrix] === 0
    )
      continue
    // The addresses are immediates, so they must not be negative. The last vector may be computed
    // twice, so the code must not write what it reads.
    const hasForwardStrides = sum[from] >= 0 && row.c >= 0 && row[from] === 0 && row.bias === 0
    const isSmall = row.extent <= maxInputs && row.parts.length === 1
    const gridMoves = operand.strides.slice(0, gridRank).some((stride) => stride !== 0)
    if (!hasForwardStrides || !isSmall || gridMoves || step[from].buffer === step.to.buffer)
      continue
    const form = cachedLinearForm(
      values,
      operand.offset,
      [row.extent, row[matrix]],
      [sum.extent, sum[matrix]],
    )
    const outer = nest.result.filter((loop) => loop !== lane && loop !== row)
    const vectors =
      Math.ceil(lane.extent / element.lanes) * outer.reduce((n, loop) => n * loop.extent, 1)
    const perVector = Math.max(form.operations / 2, sum.extent / 2 + row.extent) + 2
    return { step, form, from, lane, row, sum, outer, cycles: vectors * perVector }
  }
  return undefined
}

type ExtentAndStride = readonly [extent: number, stride: number]

/** Cached forms, by their matrices. Programs with the same tiles share them. */
const formCache = new Map<string, LinearForm>()
const maxForms = 256

function cachedLinearForm(
  values: readonly number[],
  offset: number,
  [rows, rowStep]: ExtentAndStride,
  [columns, columnStep]: ExtentAndStride,
): LinearForm {
  const matrix = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => values[offset + i * rowStep + j * columnStep]!),
  )
  const key = `${columns}: ${matrix.join()}`
  const cached = formCache.get(key)
  if (cached !== undefined) return cached
  const form = linearForm(matrix)
  if (formCache.size === maxForms) formCache.clear()
  formCache.set(key, form)
  return form
}
