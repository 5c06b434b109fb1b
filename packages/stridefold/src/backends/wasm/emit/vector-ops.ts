/** The vector instructions of the two element types. */

import type { VectorMemoryOp, VectorOp } from '../assembler/opcodes.ts'
import { type Element, elements, type SumElement } from '../schedule/element.ts'

/** An element type with its instructions. */
export interface VectorElement extends Element {
  readonly splatLoad: VectorMemoryOp
  readonly laneLoad: 'v128.load32_lane' | 'v128.load64_lane'
  readonly laneStore: 'v128.store32_lane' | 'v128.store64_lane'
  readonly add: VectorOp
  readonly mul: VectorOp
  readonly min: VectorOp
  readonly max: VectorOp
  readonly sub: VectorOp
  readonly div: VectorOp
  /** a·b + c, and c − a·b. */
  readonly madd: VectorOp
  readonly nmadd: VectorOp
  /** Loads one element into the first lane. The other lanes are 0. */
  readonly zeroLoad: VectorMemoryOp
}

/** The instructions that sums need. `madd` is missing for integers: they multiply, then add. */
export interface SumOps {
  readonly bytes: number
  readonly lanes: number
  readonly add: VectorOp
  readonly mul: VectorOp
  readonly madd?: VectorOp
}

/** Returns a type of sums with its instructions. */
export function sumOps(element: SumElement): SumOps {
  switch (element.value) {
    case 'i16':
      return { ...element, add: 'i16x8.add', mul: 'i16x8.mul' }
    case 'i32':
      return {
        ...{ ...element, add: 'i32x4.add' },
        mul: element.pairs === true ? 'i32x4.dot_i16x8_s' : 'i32x4.mul',
      }
    default:
      return vectorElements[element.value]
  }
}

/** Returns an element type with its instructions. */
export const withOps = ({ value }: Element): VectorElement => vectorElements[value]

const vectorElements: Readonly<Record<Element['value'], VectorElement>> = {
  f32: {
    ...elements.float32,
    splatLoad: 'v128.load32_splat',
    laneLoad: 'v128.load32_lane',
    laneStore: 'v128.store32_lane',
    add: 'f32x4.add',
    mul: 'f32x4.mul',
    min: 'f32x4.min',
    max: 'f32x4.max',
    sub: 'f32x4.sub',
    div: 'f32x4.div',
    madd: 'f32x4.relaxed_madd',
    nmadd: 'f32x4.relaxed_nmadd',
    zeroLoad: 'v128.load32_zero',
  },
  f64: {
    ...elements.float64,
    splatLoad: 'v128.load64_splat',
    laneLoad: 'v128.load64_lane',
    laneStore: 'v128.store64_lane',
    add: 'f64x2.add',
    mul: 'f64x2.mul',
    min: 'f64x2.min',
    max: 'f64x2.max',
    sub: 'f64x2.sub',
    div: 'f64x2.div',
    madd: 'f64x2.relaxed_madd',
    nmadd: 'f64x2.relaxed_nmadd',
    zeroLoad: 'v128.load64_zero',
  },
}
