/**
 * Writes one microkernel: n consecutive tiles of R rows × V vectors. Each tile is summed in
 * registers, finished and stored.
 *
 * `plain` sums in loops. `stencil` loads shared values once. `hoist` keeps the stationary operand
 * in registers for all tiles. Rows are one stride apart. If rows continue on the next line, each
 * row has its own pointer.
 */

import type { FunctionBody } from '../assembler/body.ts'
import { byteStridesOf, type ContractionCode, laneStridesOf, scaleStrides } from './byte-strides.ts'
import { emitActivation } from './epilogue.ts'
import { advancePointer, emitRepeatedLoop, offsetPointer } from './loops.ts'
import type { Schedule } from './mapping.ts'
import type { NestLoop } from './nest.ts'
import { readsInSumOrder, type SumStep } from './reads.ts'
import { loadVectors, storeVectors } from './vectors.ts'

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

/** Writes one microkernel. */
export class TileWriter {
  readonly #f: FunctionBody
  readonly #code: ContractionCode
  readonly #rows: number
  readonly #vectors: number
  /** Elements in the last vector. */
  readonly #last: number
  readonly #params: TileParameters
  readonly #accumulators: number[][]
  readonly #movingValues: number[]
  readonly #stationaryValues: number[]

  constructor(
    f: FunctionBody,
    code: ContractionCode,
    rows: number,
    vectors: number,
    partial: number,
  ) {
    this.#f = f
    this.#code = code
    this.#rows = rows
    this.#vectors = vectors
    this.#last = partial > 0 ? partial : code.element.lanes
    this.#params = tileParameters(code.schedule, rows)
    const { schedule } = code
    this.#accumulators = Array.from({ length: rows }, () =>
      Array.from({ length: vectors }, () => f.local('v128')),
    )
    this.#movingValues = this.#vectorLocals(schedule.lane[schedule.moving])
    this.#stationaryValues = this.#vectorLocals(this.#stationaryLane)
  }

  get #stationaryLane(): number {
    const { schedule } = this.#code
    return schedule.packed ? 1 : schedule.lane[schedule.stationary]
  }

  /** One local if the lanes share a value, otherwise one per vector. */
  #vectorLocals(laneStride: number): number[] {
    return Array.from({ length: laneStride === 0 ? 1 : this.#vectors }, () => this.#f.local('v128'))
  }

  write(): void {
    const { schedule } = this.#code
    const f = this.#f
    const hoists = schedule.kind === 'hoist' && !this.#code.empty
    // Along the lanes every tile has its own weights, unless all lanes share them.
    const isShared = schedule.inner === 'row' || this.#stationaryLane === 0
    const sharedValues = hoists && isShared ? this.#hoist() : undefined
    const step =
      schedule.inner === 'lane'
        ? scaleStrides(laneStridesOf(this.#code), this.#vectors)
        : scaleStrides(byteStridesOf(schedule.row, this.#code), this.#rows)
    f.loop((again) => {
      this.#begin()
      const hoisted = hoists && !isShared ? this.#hoist() : sharedValues
      if (!this.#code.empty) this.#sums(hoisted)
      this.#finish()
      const { moving, stationary, to, bias, count } = this.#params
      if (schedule.outerRow !== undefined) return
      advancePointer(f, moving[0]!, step.moving)
      advancePointer(f, stationary, step.stationary)
      advancePointer(f, to[0]!, step.to)
      advancePointer(f, bias, step.bias)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(again)
    })
  }

  #sums(hoisted: readonly number[][] | undefined): void {
    if (this.#code.schedule.kind === 'plain') this.#plainSums()
    else this.#overlappingSums(hoisted)
  }

  /** Loads all stationary values into registers, before the first tile: [sum step][vector]. */
  #hoist(): number[][] {
    const { schedule } = this.#code
    const steps = this.#sumSteps(schedule.sum)
    const base = minOffset(steps.map((s) => s.stationary))
    const pointer = offsetPointer(this.#f, this.#params.stationary, base)
    return steps.map((s) => {
      const locals = this.#vectorLocals(this.#stationaryLane)
      this.#loadInto(locals, pointer, s.stationary - base, this.#stationaryLane)
      return locals
    })
  }

  #begin(): void {
    const { accumulate, element, schedule } = this.#code
    const f = this.#f
    if (accumulate) {
      const laneStride = schedule.lane.extent === 1 ? 0 : schedule.lane.c
      this.#accumulators.forEach((row, r) =>
        this.#loadRow(row, r, this.#params.to, schedule.row.c, laneStride),
      )
    } else
      for (const row of this.#accumulators) for (const acc of row) f.v128(0, element.value).set(acc)
  }

  /**
   * Loads the vectors of row r of the tile: from the row's own pointer, or from the only pointer, r
   * rows further.
   */
  #loadRow(
    locals: readonly number[],
    r: number,
    from: readonly number[],
    rowStride: number,
    laneStride: number,
  ): void {
    const { bytes } = this.#code.element
    if (from.length > 1) return this.#loadInto(locals, from[r]!, 0, laneStride)
    const base = Math.min(0, (this.#rows - 1) * rowStride) * bytes
    const pointer = offsetPointer(this.#f, from[0]!, base)
    this.#loadInto(locals, pointer, r * rowStride * bytes - base, laneStride)
  }

  /** Sum loops as loops. The innermost is unrolled `unroll` times. */
  #plainSums(): void {
    const { schedule } = this.#code
    const products = schedule.sum.reduce((count, loop) => count * loop.extent, 1)
    const { moving: start, stationary: panel } = this.#params
    if (products <= 2 * schedule.unroll)
      return this.#plainBody(start, panel, this.#sumSteps(schedule.sum))
    this.#sumLoops(schedule.sum.slice(0, -1), start, panel, (moving, stationary) => {
      const last = schedule.sum.at(-1)!
      const wholeIterations = Math.floor(last.extent / schedule.unroll)
      const remainder = last.extent % schedule.unroll
      const steps = this.#sumSteps([{ ...last, extent: schedule.unroll }])
      const movingPointers = this.#offsetPointers(moving, 0)
      const stationaryPointer = offsetPointer(this.#f, stationary, 0)
      const perStep = this.#sumStep(last)
      const pointerSteps = [
        ...movingPointers.map((local) => [local, perStep.moving * schedule.unroll] as const),
        [stationaryPointer, perStep.stationary * schedule.unroll] as const,
      ]
      emitRepeatedLoop(this.#f, wholeIterations, pointerSteps, () =>
        this.#plainBody(movingPointers, stationaryPointer, steps),
      )
      if (remainder > 0)
        this.#plainBody(
          movingPointers,
          stationaryPointer,
          this.#sumSteps([{ ...last, extent: remainder }]),
        )
    })
  }

  /**
   * Loads the stationary values once per sum step. Then multiplies each row's moving value into all
   * its products.
   */
  #plainBody(moving: readonly number[], stationary: number, steps: readonly SumStep[]): void {
    const { schedule } = this.#code
    const rowStep =
      schedule.outerRow === undefined ? schedule.row[schedule.moving] * this.#code.element.bytes : 0
    const movingBase =
      minOffset(steps.map((s) => s.moving)) + Math.min(0, rowStep * (this.#rows - 1))
    const stationaryBase = minOffset(steps.map((s) => s.stationary))
    const movingPointers = this.#offsetPointers(moving, movingBase)
    const stationaryPointer = offsetPointer(this.#f, stationary, stationaryBase)
    for (const step of steps) {
      this.#loadInto(
        this.#stationaryValues,
        stationaryPointer,
        step.stationary - stationaryBase,
        this.#stationaryLane,
      )
      for (let r = 0; r < this.#rows; r++) {
        const pointer = movingPointers[r] ?? movingPointers[0]!
        this.#rowOfProducts(r, pointer, step.moving + r * rowStep - movingBase)
      }
    }
  }

  /**
   * The products of one row with the stationary values. Each moving vector is loaded right before
   * its use, because loading all of them first would need more registers.
   */
  #rowOfProducts(row: number, pointer: number, offset: number): void {
    const { schedule, element } = this.#code
    const stride = schedule.lane[schedule.moving]
    const values = this.#movingValues
    this.#accumulators[row]!.forEach((acc, v) => {
      const [x, y] = [
        values[v] ?? values[0]!,
        this.#stationaryValues[v] ?? this.#stationaryValues[0]!,
      ]
      if (v < values.length) {
        const last = v === this.#vectors - 1 ? this.#last : element.lanes
        loadVectors(
          this.#f,
          element,
          { locals: [x], stride, last },
          pointer,
          offset + v * element.lanes * stride * element.bytes,
        )
      }
      this.#multiplyAdd(acc, x, y)
    })
  }

  /**
   * Loads each distinct moving element once, and multiplies it into every (row, sum step) that
   * reads it.
   */
  #overlappingSums(hoisted: readonly number[][] | undefined): void {
    const { schedule } = this.#code
    const { sum, overlap } = schedule
    const { moving: start, stationary: panel } = this.#params
    if (hoisted !== undefined)
      return this.#overlapBody(start[0]!, panel, this.#sumSteps(sum), hoisted)
    const others = sum.filter((_, index) => index !== overlap)
    this.#sumLoops(others, start, panel, ([moving], stationary) =>
      this.#overlapBody(moving!, stationary, this.#sumSteps([sum[overlap]!]), undefined),
    )
  }

  #overlapBody(
    moving: number,
    stationary: number,
    steps: readonly SumStep[],
    hoisted: readonly number[][] | undefined,
  ): void {
    const { schedule, element } = this.#code
    const rowStep = schedule.row[schedule.moving] * element.bytes
    const reads = readsInSumOrder(steps, this.#rows, rowStep)
    const movingBase = minOffset(reads.map((read) => read.at))
    const stationaryBase = minOffset(steps.map((s) => s.stationary))
    const [movingPointer, stationaryPointer] = [
      offsetPointer(this.#f, moving, movingBase),
      hoisted === undefined ? offsetPointer(this.#f, stationary, stationaryBase) : stationary,
    ]
    for (const { at, users } of reads) {
      this.#loadInto(
        this.#movingValues,
        movingPointer,
        at - movingBase,
        schedule.lane[schedule.moving],
      )
      for (const { row, step } of users) {
        const values = hoisted?.[step] ?? this.#stationaryValues
        if (hoisted === undefined)
          this.#loadInto(
            values,
            stationaryPointer,
            steps[step]!.stationary - stationaryBase,
            this.#stationaryLane,
          )
        this.#accumulators[row]!.forEach((acc, v) =>
          this.#multiplyAdd(
            acc,
            this.#movingValues[v] ?? this.#movingValues[0]!,
            values[v] ?? values[0]!,
          ),
        )
      }
    }
  }

  #multiplyAdd(acc: number, x: number, y: number): void {
    const { element, fused } = this.#code
    if (fused) this.#f.get(x).get(y).get(acc).vec(element.madd).set(acc)
    else this.#f.get(acc).get(x).get(y).vec(element.mul).vec(element.add).set(acc)
  }

  /** Epilogue and stores. */
  #finish(): void {
    const { schedule, element, bias, offset, activation } = this.#code
    const f = this.#f
    const biasValues = bias ? this.#vectorLocals(schedule.lane.bias) : []
    this.#accumulators.forEach((row, r) => {
      if (bias && (r === 0 || schedule.row.bias !== 0))
        this.#loadRow(biasValues, r, [this.#params.bias], schedule.row.bias, schedule.lane.bias)
      row.forEach((acc, v) => {
        if (!bias && offset === 0 && activation === undefined) return
        f.get(acc)
        if (bias) f.get(biasValues.length > 1 ? biasValues[v]! : biasValues[0]!).vec(element.add)
        if (offset !== 0) f.get(f.constant(offset, element.value)).vec(element.add)
        if (activation !== undefined) emitActivation(f, element, activation)
        f.set(acc)
      })
    })
    const rowStep = schedule.outerRow === undefined ? schedule.row.c * element.bytes : 0
    const lastElement = (this.#vectors - 1) * element.lanes + this.#last - 1
    // The base includes only addresses that are stored to. A pointer below the start of memory
    // would be negative, and the offset of an instruction does not wrap around.
    const base =
      Math.min(0, rowStep * (this.#rows - 1)) +
      Math.min(0, schedule.lane.c * element.bytes * lastElement)
    const to = this.#offsetPointers(this.#params.to, base)
    this.#accumulators.forEach((locals, r) =>
      storeVectors(
        f,
        element,
        { locals, stride: schedule.lane.c, last: this.#last },
        to[r] ?? to[0]!,
        r * rowStep - base,
      ),
    )
  }

  /** Loads the vectors of the tile's lanes. */
  #loadInto(locals: readonly number[], pointer: number, offset: number, stride: number): void {
    loadVectors(this.#f, this.#code.element, { locals, stride, last: this.#last }, pointer, offset)
  }

  /** Writes nested sum loops. `write` gets the pointers of each step. */
  #sumLoops(
    loops: readonly NestLoop[],
    moving: readonly number[],
    stationary: number,
    write: (moving: readonly number[], stationary: number) => void,
  ): void {
    const [loop, ...innerLoops] = loops
    if (loop === undefined) return write(moving, stationary)
    const movingPointers = this.#offsetPointers(moving, 0)
    const stationaryPointer = offsetPointer(this.#f, stationary, 0)
    const step = this.#sumStep(loop)
    const pointerSteps = [
      ...movingPointers.map((local) => [local, step.moving] as const),
      [stationaryPointer, step.stationary] as const,
    ]
    emitRepeatedLoop(this.#f, loop.extent, pointerSteps, () =>
      this.#sumLoops(innerLoops, movingPointers, stationaryPointer, write),
    )
  }

  #offsetPointers(pointers: readonly number[], bytes: number): number[] {
    return pointers.map((pointer) => offsetPointer(this.#f, pointer, bytes))
  }

  #sumStep(loop: NestLoop): SumStep {
    const { schedule, element } = this.#code
    const stationary = schedule.packed ? this.#packedStride(loop) : loop[schedule.stationary]
    return { moving: loop[schedule.moving] * element.bytes, stationary: stationary * element.bytes }
  }

  /** In a panel the sum loops lie in order, innermost last. Each step is one row of vectors. */
  #packedStride(loop: NestLoop): number {
    const { schedule, element } = this.#code
    const at = schedule.sum.findIndex((other) => other.parts === loop.parts)
    return schedule.sum
      .slice(at + 1)
      .reduce((count, inner) => count * inner.extent, schedule.tile.vectors * element.lanes)
  }

  /** Byte offsets of every step of the given sum loops, in order. */
  #sumSteps(loops: readonly NestLoop[]): SumStep[] {
    let steps: SumStep[] = [{ moving: 0, stationary: 0 }]
    for (const loop of loops) {
      const step = this.#sumStep(loop)
      steps = steps.flatMap((s) =>
        Array.from({ length: loop.extent }, (_, i) => ({
          moving: s.moving + i * step.moving,
          stationary: s.stationary + i * step.stationary,
        })),
      )
    }
    return steps
  }
}

const minOffset = (offsets: readonly number[]): number => Math.min(...offsets)
