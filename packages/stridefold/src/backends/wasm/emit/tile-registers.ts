/**
 * The parameters and locals of one microkernel: pointers, sums, and the values that are multiplied.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ByteStrides } from '../schedule/byte-strides.ts'
import type { ContractionCode } from '../schedule/contraction-code.ts'
import type { Schedule } from '../schedule/mapping.ts'
import { offsetPointer } from './loops.ts'
import { type OperandElement, operandElement } from './operand-element.ts'
import { type SumOps, sumOps } from './vector-ops.ts'
import { loadVectors } from './vectors.ts'

/** The size of a tile. `partial`: elements in the last vector; 0 if it is full. */
export interface TileSize {
  readonly rows: number
  readonly vectors: number
  readonly partial: number
}

/** The parameters of a microkernel with a given number of rows. */
export function tileParameters(schedule: Schedule, rows: number): TileParameters {
  const pointers = schedule.outerRow === undefined ? 1 : rows
  const from = (start: number): number[] => Array.from({ length: pointers }, (_, r) => start + r)
  const stationary = pointers
  const to = from(stationary + 1)
  const bias = stationary + 1 + pointers
  return {
    moving: from(0),
    stationary,
    to,
    bias,
    count: bias + 1,
    all: new Array<'i32'>(bias + 2).fill('i32'),
  }
}

interface TileParameters {
  /** One pointer for all rows, or one for each. */
  readonly moving: readonly number[]
  readonly stationary: number
  readonly to: readonly number[]
  readonly bias: number
  /** The number of consecutive tiles. */
  readonly count: number
  readonly all: 'i32'[]
}

export class TileRegisters {
  readonly f: FunctionBody
  readonly code: ContractionCode
  readonly element: SumOps
  readonly rows: number
  readonly vectors: number
  /** Elements in the last vector. */
  readonly last: number
  readonly params: TileParameters
  /** The sums: [row][vector]. */
  readonly accumulators: readonly (readonly number[])[]
  readonly movingValues: readonly number[]
  readonly stationaryValues: readonly number[]

  constructor(f: FunctionBody, code: ContractionCode, { rows, vectors, partial }: TileSize) {
    const { schedule, element } = code
    this.f = f
    this.code = code
    this.element = sumOps(element)
    this.rows = rows
    this.vectors = vectors
    this.last = partial > 0 ? partial : element.lanes
    this.params = tileParameters(schedule, rows)
    this.accumulators = Array.from({ length: rows }, () =>
      Array.from({ length: vectors }, () => f.local('v128')),
    )
    this.movingValues = this.vectorLocals(schedule.lane[schedule.moving])
    this.stationaryValues = this.vectorLocals(this.stationaryLane)
  }

  /** The stride of the stationary operand along the lanes, in elements. */
  get stationaryLane(): number {
    const { schedule } = this.code
    return schedule.packed ? 1 : schedule.lane[schedule.stationary]
  }

  /** One local if the lanes share a value, otherwise one per vector. */
  vectorLocals(laneStride: number): number[] {
    return Array.from({ length: laneStride === 0 ? 1 : this.vectors }, () => this.f.local('v128'))
  }

  /** How the elements of an operand are loaded as sums, or as the compute type. */
  elementOf(operand: keyof ByteStrides): OperandElement {
    return operandElement(this.code.types[operand], this.code.element)
  }

  /** Loads the vectors of the tile's lanes. */
  loadInto(
    operand: keyof ByteStrides,
    locals: readonly number[],
    pointer: number,
    offset: number,
    stride: number,
  ): void {
    if (operand === 'stationary' && this.code.schedule.hasUnitWeights) return
    const run = { locals, stride, last: this.last }
    loadVectors(this.f, this.elementOf(operand), run, pointer, offset)
  }

  /**
   * Loads the vectors of row r of the tile: from the row's own pointer, or from the only pointer, r
   * rows further.
   */
  loadRow(
    operand: keyof ByteStrides,
    locals: readonly number[],
    r: number,
    from: readonly number[],
    rowStride: number,
    laneStride: number,
  ): void {
    const { bytes } = this.elementOf(operand)
    if (from.length > 1) return this.loadInto(operand, locals, from[r]!, 0, laneStride)
    const base = Math.min(0, (this.rows - 1) * rowStride) * bytes
    const pointer = offsetPointer(this.f, from[0]!, base)
    this.loadInto(operand, locals, pointer, r * rowStride * bytes - base, laneStride)
  }

  offsetPointers(pointers: readonly number[], bytes: number): number[] {
    return pointers.map((pointer) => offsetPointer(this.f, pointer, bytes))
  }

  /** acc + x·y, in locals. */
  multiplyAdd(acc: number, x: number, y: number): void {
    const { f, element } = this
    const { fused, schedule } = this.code
    if (schedule.hasUnitWeights) f.get(acc).get(x).vec(element.add).set(acc)
    else if (fused && element.madd !== undefined)
      f.get(x).get(y).get(acc).vec(element.madd).set(acc)
    else f.get(acc).get(x).get(y).vec(element.mul).vec(element.add).set(acc)
  }
}
