/**
 * A contraction with a small constant matrix, as in Winograd's transforms. The matrix becomes part
 * of the code.
 *
 *   to[… i … lane] = Σ_j matrix[i, j] · from[… j … lane]
 *
 * For each vector of lanes, all j are loaded once. All i are computed in registers (linear-form.ts)
 * and stored. A step qualifies by its loops: one sum loop, one result loop over the rows of the
 * matrix, and one loop for the lanes, contiguous on both sides. Other steps become ordinary
 * contractions.
 */

import type { Buffer } from '../../../program/program.ts'
import type { Contraction } from '../../../program/steps.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { Element } from './element.ts'
import { emitActivation } from './epilogue.ts'
import { type LinearForm, linearForm, type Term } from './linear-form.ts'
import { emitLoops } from './loops.ts'
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

/** Cached forms, by the list of values they come from. Programs with the same tiles share them. */
const formCache = new WeakMap<readonly number[], Map<string, LinearForm>>()

function cachedLinearForm(
  values: readonly number[],
  offset: number,
  [rows, rowStep]: ExtentAndStride,
  [columns, columnStep]: ExtentAndStride,
): LinearForm {
  const forms = formCache.get(values) ?? new Map<string, LinearForm>()
  formCache.set(values, forms)
  const key = `${offset} ${rows} ${rowStep} ${columns} ${columnStep}`
  const cached = forms.get(key)
  if (cached !== undefined) return cached
  const at = (i: number, j: number): number => values[offset + i * rowStep + j * columnStep]!
  const form = linearForm(
    Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j))),
  )
  forms.set(key, form)
  return form
}

/**
 * Adds the functions of a transform to a module. Returns the index of the driver, whose parameters
 * are (from, to, bias).
 */
export function emitTransform(
  module: ModuleBuilder,
  transform: Transform,
  element: Element,
  fused: boolean,
): number {
  const { lane, outer, from } = transform
  const { bytes, lanes } = element
  const line = module.func(['i32', 'i32', 'i32', 'i32'], [], (f) =>
    emitLine(f, transform, element, fused),
  )
  const wholeVectors = Math.floor(lane.extent / lanes)
  // Lanes past the last whole vector are computed in one more vector, which overlaps the previous
  // one.
  const lastVectorStart = lane.extent % lanes === 0 ? 0 : lane.extent - lanes
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    const loops = outer.map((loop) => ({
      extent: loop.extent,
      steps: [loop[from] * bytes, loop.c * bytes, loop.bias * bytes],
    }))
    emitLoops(f, loops, [0, 1, 2], (at) => {
      for (const local of at) f.get(local)
      f.i32(wholeVectors).call(line)
      if (lastVectorStart === 0) return
      at.forEach(
        (local, i) =>
          void f
            .get(local)
            .i32(lastVectorStart * bytes * (i === 2 ? lane.bias : 1))
            .op('i32.add'),
      )
      f.i32(1).call(line)
    })
  })
}

/** Parameters (from, to, bias, count): `count` vectors of lanes. */
function emitLine(
  f: FunctionBody,
  { step, form, lane, row, sum, from }: Transform,
  element: Element,
  fused: boolean,
): void {
  const { bytes, lanes, value } = element
  const { bias, offset = 0, activation } = step.epilogue ?? {}
  const values = Array.from({ length: form.inputs + form.sums.length }, () => f.local('v128'))
  f.loop((again) => {
    for (let j = 0; j < form.inputs; j++)
      f.get(0)
        .vmem('v128.load', j * sum[from] * bytes)
        .set(values[j]!)
    form.sums.forEach((terms, index) => {
      const result = values[form.inputs + index]!
      emitSum(f, terms, values, result, element, fused)
      form.outputs.forEach((output, i) => {
        if (output !== form.inputs + index) return
        f.get(1).get(result)
        if (bias !== undefined)
          f.get(2)
            .vmem(lane.bias === 0 ? element.splatLoad : 'v128.load', 0)
            .vec(element.add)
        if (offset !== 0) f.get(f.constant(offset, value)).vec(element.add)
        if (activation !== undefined) emitActivation(f, element, activation)
        f.vmem('v128.store', i * row.c * bytes)
      })
    })
    const width = lanes * bytes
    f.get(0).i32(width).op('i32.add').set(0).get(1).i32(width).op('i32.add').set(1)
    if (lane.bias !== 0)
      f.get(2)
        .i32(width * lane.bias)
        .op('i32.add')
        .set(2)
    f.get(3).i32(1).op('i32.sub').tee(3).brIf(again)
  })
}

/** result = Σ weight · value. Weights of 1 come first, then other weights, then weights of −1. */
function emitSum(
  f: FunctionBody,
  terms: readonly Term[],
  values: readonly number[],
  result: number,
  element: Element,
  fused: boolean,
): void {
  const termOrder = ({ weight }: Term): number => (weight === 1 ? 0 : weight === -1 ? 2 : 1)
  const [first, ...otherTerms] = terms.toSorted((x, y) => termOrder(x) - termOrder(y))
  if (first === undefined) {
    f.v128(0, element.value).set(result)
    return
  }
  f.get(values[first.value]!)
  if (first.weight !== 1) f.get(f.constant(first.weight, element.value)).vec(element.mul)
  f.set(result)
  for (const { weight, value } of otherTerms) {
    const x = values[value]!
    if (weight === 1) f.get(result).get(x).vec(element.add)
    else if (weight === -1) f.get(result).get(x).vec(element.sub)
    else if (fused) f.get(x).get(f.constant(weight, element.value)).get(result).vec(element.madd)
    else
      f.get(result).get(x).get(f.constant(weight, element.value)).vec(element.mul).vec(element.add)
    f.set(result)
  }
}
