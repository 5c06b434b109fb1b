/** Writes the innermost loops of a Move: a run of copied elements, and a run of one number. */

import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { MoveForm, MoveLoop } from '../schedule/move.ts'
import { emitElementCopy, emitVectorCopy, pushFilledVector, storeElement } from './convert.ts'

/** Parameters (to, from, count): copies and converts a run of elements. */
export function emitRun(f: FunctionBody, { toType, fromType, row, width }: MoveForm): void {
  const toStep = row.to * dtypes[toType].bytes
  const fromStep = row.from * dtypes[fromType].bytes
  const advance = (elements: number): void => {
    f.get(0)
      .i32(toStep * elements)
      .op('i32.add')
      .set(0)
    f.get(1)
      .i32(fromStep * elements)
      .op('i32.add')
      .set(1)
    f.get(2).i32(elements).op('i32.sub').set(2)
  }
  f.block((done) => {
    if (width > 1) {
      f.block((short) => {
        f.loop((again) => {
          f.get(2).i32(width).op('i32.lt_s').brIf(short)
          emitVectorCopy(f, toType, fromType, fromStep, 0, 1)
          advance(width)
          f.br(again)
        })
      })
    }
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0)
      emitElementCopy(f, toType, fromType, 1)
      advance(1)
      f.br(again)
    })
  })
}

/**
 * Parameters (to, from, count): copies elements of two rows so that they become neighbours of 16
 * bits.
 *
 *   a0 a1 a2 …    b0 b1 b2 …    ►    a0 b0 a1 b1 a2 b2 …
 */
export function emitPairs(f: FunctionBody, { toType, fromType }: MoveForm, pair: MoveLoop): void {
  const { bytes, min } = dtypes[fromType]
  const load = bytes === 2 ? 'v128.load' : min < 0 ? 'v128.load8x8_s' : 'v128.load8x8_u'
  const other = f.local('i32')
  const rows = [f.local('v128'), f.local('v128')] as const
  const advance = (elements: number): void =>
    void f
      .get(0)
      .i32(elements * 4)
      .op('i32.add')
      .set(0)
      .get(1)
      .i32(elements * bytes)
      .op('i32.add')
      .set(1)
      .get(other)
      .i32(elements * bytes)
      .op('i32.add')
      .set(other)
      .get(2)
      .i32(elements)
      .op('i32.sub')
      .set(2)
  f.get(1)
    .i32(pair.from * bytes)
    .op('i32.add')
    .set(other)
  f.block((done) => {
    f.block((short) => {
      f.loop((again) => {
        f.get(2).i32(8).op('i32.lt_s').brIf(short)
        f.get(1).vmem(load).set(rows[0]).get(other).vmem(load).set(rows[1])
        for (const first of [0, 4])
          f.get(0)
            .get(rows[0])
            .get(rows[1])
            .shuffle(interleaved(first))
            .vmem('v128.store', first * 4)
        advance(8)
        f.br(again)
      })
    })
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0)
      emitElementCopy(f, toType, fromType, 1)
      f.get(0).i32(2).op('i32.add')
      emitElementCopy(f, toType, fromType, other)
      advance(1)
      f.br(again)
    })
  })
}

/** Byte indices of a shuffle: four numbers of 16 bits from `first` on, of two vectors in turn. */
const interleaved = (first: number): number[] =>
  Array.from({ length: 8 }, (_, i) => first + (i >> 1) + (i % 2) * 8).flatMap((i) => [
    2 * i,
    2 * i + 1,
  ])

/** Parameters (to, from, count): writes one number along a run. */
export function emitFill(f: FunctionBody, type: DType, stride: number, value: number): void {
  const { bytes } = dtypes[type]
  const step = stride * bytes
  const dense = stride === 1
  f.block((done) => {
    if (dense) {
      f.block((short) => {
        f.loop((again) => {
          f.get(2)
            .i32(16 / bytes)
            .op('i32.lt_s')
            .brIf(short)
          f.get(0)
          pushFilledVector(f, type, value)
          f.vmem('v128.store', 0)
          f.get(0)
            .i32(16)
            .op('i32.add')
            .set(0)
            .get(2)
            .i32(16 / bytes)
            .op('i32.sub')
            .set(2)
            .br(again)
        })
      })
    }
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0)
      storeElement(f, type, value)
      f.get(0).i32(step).op('i32.add').set(0).get(2).i32(1).op('i32.sub').set(2).br(again)
    })
  })
}
