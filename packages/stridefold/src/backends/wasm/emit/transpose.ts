/**
 * Copies between transposed layouts, four by four elements: channels first to channels last, and
 * back.
 *
 *        from                 to
 *    a0 a1 a2 a3          a0 b0 c0 d0     One loop is contiguous in the target, another in the
 *    b0 b1 b2 b3    ►     a1 b1 c1 d1     source. Eight shuffles turn four source vectors into four
 *    …                    …               target vectors. Single elements would need sixteen loads.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import { squareExtent as lanes, type MoveLoop } from '../schedule/move.ts'

/** Bytes per element. */
const bytes = 4

/**
 * Adds a function (to, from, count). For each of `count` steps of `row` it fills all of `across`.
 */
export function emitFillAcross(
  module: ModuleBuilder,
  row: MoveLoop,
  across: MoveLoop,
  fill: number,
): number {
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    f.block((done) => {
      f.loop((again) => {
        f.get(2).i32(0).op('i32.le_s').brIf(done)
        f.get(0).get(1).i32(across.extent).call(fill)
        advance(f, 0, row.to)
        f.get(2).i32(1).op('i32.sub').set(2).br(again)
      })
    })
  })
}

/**
 * Adds a function (to, from, count). For each of `count` steps of `row` it copies all of `across`.
 * One of the loops has stride 1 in the target, the other in the source.
 */
export function emitTransposedRun(module: ModuleBuilder, row: MoveLoop, across: MoveLoop): number {
  const block = module.func(['i32', 'i32', 'i32'], [], (f) => emitBlocks(f, row, across))
  const line = module.func(['i32', 'i32', 'i32'], [], (f) => emitElements(f, row))
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    const wholeBlocks = Math.floor(across.extent / lanes)
    const emitRepeats = (count: number, func: number, steps: number): void => {
      if (count === 0) return
      const remaining = f.local('i32')
      f.i32(count).set(remaining)
      f.loop((again) => {
        f.get(0).get(1).get(2).call(func)
        advance(f, 0, across.to * steps)
        advance(f, 1, across.from * steps)
        f.get(remaining).i32(1).op('i32.sub').tee(remaining).brIf(again)
      })
    }
    emitRepeats(wholeBlocks, block, lanes)
    emitRepeats(across.extent % lanes, line, 1)
  })
}

/** (to, from, count): four steps of `across`, `count` of `row`. */
function emitBlocks(f: FunctionBody, row: MoveLoop, across: MoveLoop): void {
  const [dense, strided] = row.to === 1 ? [row, across] : [across, row]
  const rows = Array.from({ length: lanes }, () => f.local('v128'))
  const halves = Array.from({ length: lanes }, () => f.local('v128'))
  f.block((done) => {
    f.block((short) => {
      f.loop((again) => {
        f.get(2).i32(lanes).op('i32.lt_s').brIf(short)
        rows.forEach(
          (local, i) =>
            void f
              .get(1)
              .vmem('v128.load', i * dense.from * bytes)
              .set(local),
        )
        for (const [i, [x, y, from]] of (
          [
            [0, 1, 0],
            [0, 1, 2],
            [2, 3, 0],
            [2, 3, 2],
          ] as const
        ).entries())
          f.get(rows[x]!)
            .get(rows[y]!)
            .shuffle(elements([from, lanes + from, from + 1, lanes + from + 1]))
            .set(halves[i]!)
        for (let i = 0; i < lanes; i++) {
          const low = (i % 2) * 2
          f.get(0)
            .get(halves[i >> 1]!)
            .get(halves[2 + (i >> 1)]!)
            .shuffle(elements([low, low + 1, lanes + low, lanes + low + 1]))
            .vmem('v128.store', i * strided.to * bytes)
        }
        advance(f, 0, row.to * lanes)
        advance(f, 1, row.from * lanes)
        f.get(2).i32(lanes).op('i32.sub').set(2).br(again)
      })
    })
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      for (let i = 0; i < lanes; i++) {
        f.get(0)
        f.get(1)
          .mem('i32.load', i * across.from * bytes)
          .mem('i32.store', i * across.to * bytes)
      }
      advance(f, 0, row.to)
      advance(f, 1, row.from)
      f.get(2).i32(1).op('i32.sub').set(2).br(again)
    })
  })
}

/** (to, from, count): one element for each step of `row`. */
function emitElements(f: FunctionBody, row: MoveLoop): void {
  f.block((done) => {
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0).get(1).mem('i32.load').mem('i32.store')
      advance(f, 0, row.to)
      advance(f, 1, row.from)
      f.get(2).i32(1).op('i32.sub').set(2).br(again)
    })
  })
}

function advance(f: FunctionBody, local: number, steps: number): void {
  f.get(local)
    .i32(steps * bytes)
    .op('i32.add')
    .set(local)
}

/** Byte indices of elements for a shuffle. */
const elements = (indices: readonly number[]): number[] =>
  indices.flatMap((i) => [0, 1, 2, 3].map((b) => i * bytes + b))
