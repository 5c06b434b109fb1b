/** Writes the innermost loops of a Move: a run of copied elements, and a run of one number. */

import { type DType, dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { MoveForm } from '../schedule/move.ts'
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
