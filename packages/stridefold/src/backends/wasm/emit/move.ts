/**
 * Writes a Move: loops over rows. A row is one run of copied elements between two runs of fill.
 *
 *   row:   fill … | copied elements | … fill    one division per row finds the limits; no test per
 *                                               element
 *
 * Four kinds of code exist for a run:
 * - whole vectors, if both sides are contiguous and the type conversion has vector code;
 * - eight elements each of two rows, which become neighbours (runs.ts);
 * - four by four elements, if one loop is contiguous in the target and another in the source
 *   (transpose.ts);
 * - four gathered elements per vector, if only the target is contiguous;
 * - otherwise one element at a time.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { MoveForm } from '../schedule/move.ts'
import { type AddressLoop, emitNest } from './loops.ts'
import { emitFill, emitPairs, emitRun } from './runs.ts'
import { emitFillAcross, emitTransposedRun } from './transpose.ts'
import { emitValidRange } from './valid-range.ts'

/** The functions that write parts of a row. Parameters: (to, from, count). */
interface RowFunctions {
  readonly copy: number
  /** Undefined if nothing is written outside the bounds. */
  readonly fill: number | undefined
}

/**
 * Adds the functions of a Move to a module. Returns the index of the driver, whose parameters are
 * (to, from, start of each bound's coordinate …), for one grid item.
 */
export function emitMove(module: ModuleBuilder, form: MoveForm): number {
  const { toType, fromType, row, outer, bounds } = form
  const functions = emitRowFunctions(module, form)
  const params = new Array<'i32'>(2 + bounds.length).fill('i32')
  return module.func(params, [], (f) => {
    if ([...outer, row].some((loop) => loop.extent === 0)) return
    const loops = outer.map(({ extent, to, from, bounds: coordinates }): AddressLoop => {
      const steps = [to * dtypes[toType].bytes, from * dtypes[fromType].bytes, ...coordinates]
      return { extent, steps }
    })
    const start = params.map((_, i) => i)
    emitNest(f, loops, start, (at) => emitRow(f, form, functions, at))
  })
}

function emitRowFunctions(module: ModuleBuilder, form: MoveForm): RowFunctions {
  const { toType, constant, outside, row, pair, across, bounds } = form
  const runFunction = (write: (f: FunctionBody) => void): number =>
    module.func(['i32', 'i32', 'i32'], [], write)
  const copy =
    across !== undefined
      ? emitTransposedRun(module, row, across)
      : runFunction((f) => {
          if (pair !== undefined) emitPairs(f, form, pair)
          else if (constant === undefined) emitRun(f, form)
          else emitFill(f, toType, row.to, constant)
        })
  if (bounds.length === 0 || outside === 'skip') return { copy, fill: undefined }
  const fill = runFunction((f) => {
    // Both elements of a pair.
    if (pair !== undefined) f.get(2).i32(1).op('i32.shl').set(2)
    emitFill(f, toType, (pair ?? across ?? row).to, outside)
  })
  return { copy, fill: across === undefined ? fill : emitFillAcross(module, row, across, fill) }
}

/** `at`: the locals with the addresses and the coordinates at the start of the row. */
function emitRow(
  f: FunctionBody,
  { toType, fromType, row, bounds }: MoveForm,
  { copy, fill }: RowFunctions,
  at: readonly number[],
): void {
  const [to, from] = [at[0]!, at[1]!]
  if (bounds.length === 0) {
    f.get(to).get(from).i32(row.extent).call(copy)
    return
  }
  const [low, high] = emitValidRange(f, bounds, row, at.slice(2))
  const callPart = (func: number, start: () => void, count: () => void): void => {
    f.get(to)
    start()
    f.i32(row.to * dtypes[toType].bytes)
      .op('i32.mul')
      .op('i32.add')
      .get(from)
    start()
    f.i32(row.from * dtypes[fromType].bytes)
      .op('i32.mul')
      .op('i32.add')
    count()
    f.call(func)
  }
  const zero = (): void => void f.i32(0)
  const lowest = (): void => void f.get(low)
  const highest = (): void => void f.get(high)
  callPart(copy, lowest, () => f.get(high).get(low).op('i32.sub'))
  if (fill !== undefined) {
    callPart(fill, zero, lowest)
    callPart(fill, highest, () => f.i32(row.extent).get(high).op('i32.sub'))
  }
}
