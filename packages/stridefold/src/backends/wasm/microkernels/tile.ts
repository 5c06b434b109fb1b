/**
 * One microkernel: n tiles of R rows × V vectors in a row, each summed in registers, finished and stored.
 *
 * Plain sums loop; stencils load what rows share once; hoisted kernels keep the held operand in registers through all tiles.
 * Rows are a step apart, or, where they run on from line to line, each has a pointer of its own.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { Schedule } from './form.ts'
import { emitRepeated, forward, moved } from './loops.ts'
import type { NestLoop } from './nest.ts'
import { readsInSumOrder, type SumStep } from './reads.ts'
import { type ContractCode, laneStepsOf, scaled, stepsOf } from './steps.ts'
import { emitActivation } from './tail.ts'
import { loadVectors, storeVectors } from './vectors.ts'

/** The parameters of a microkernel of so many rows. */
export function tileParameters(schedule: Schedule, rows: number): TileParameters {
  const pointers = schedule.line === undefined ? 1 : rows
  const from = (start: number): number[] => Array.from({ length: pointers }, (_, r) => start + r)
  const held = pointers
  const to = from(held + 1)
  const bias = held + 1 + pointers
  return { streamed: from(0), held, to, bias, count: bias + 1, all: new Array<'i32'>(bias + 2).fill('i32') }
}

interface TileParameters {
  /** One pointer for all rows, or one for each. */
  readonly streamed: readonly number[]
  readonly held: number
  readonly to: readonly number[]
  readonly bias: number
  /** Tiles one behind the other. */
  readonly count: number
  readonly all: 'i32'[]
}

/** Writes one microkernel. */
export class TileWriter {
  readonly #f: FunctionBody
  readonly #code: ContractCode
  readonly #rows: number
  readonly #vectors: number
  /** Elements in the last vector. */
  readonly #last: number
  readonly #params: TileParameters
  readonly #accumulators: number[][]
  readonly #streamedValues: number[]
  readonly #heldValues: number[]

  constructor(f: FunctionBody, code: ContractCode, rows: number, vectors: number, partial: number) {
    this.#f = f
    this.#code = code
    this.#rows = rows
    this.#vectors = vectors
    this.#last = partial > 0 ? partial : code.element.lanes
    this.#params = tileParameters(code.schedule, rows)
    const { schedule } = code
    this.#accumulators = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local('v128')))
    this.#streamedValues = this.#vectorLocals(schedule.lane[schedule.streamed])
    this.#heldValues = this.#vectorLocals(this.#heldLane)
  }

  get #heldLane(): number {
    const { schedule } = this.#code
    return schedule.packed ? 1 : schedule.lane[schedule.held]
  }

  /** One local where the lanes share a value, else one per vector. */
  #vectorLocals(laneStride: number): number[] {
    return Array.from({ length: laneStride === 0 ? 1 : this.#vectors }, () => this.#f.local('v128'))
  }

  write(): void {
    const { schedule } = this.#code
    const f = this.#f
    const hoists = schedule.kind === 'hoist' && !this.#code.empty
    // Along the lanes every tile has weights of its own, unless all lanes share them.
    const once = schedule.inner === 'row' || this.#heldLane === 0
    const shared = hoists && once ? this.#hoist() : undefined
    const step =
      schedule.inner === 'lane' ? scaled(laneStepsOf(this.#code), this.#vectors) : scaled(stepsOf(schedule.row, this.#code), this.#rows)
    f.loop((again) => {
      this.#begin()
      const hoisted = hoists && !once ? this.#hoist() : shared
      if (!this.#code.empty) this.#sums(hoisted)
      this.#finish()
      const { streamed, held, to, bias, count } = this.#params
      if (schedule.line !== undefined) return
      forward(f, streamed[0]!, step.streamed)
      forward(f, held, step.held)
      forward(f, to[0]!, step.to)
      forward(f, bias, step.bias)
      f.get(count).i32(1).op('i32.sub').tee(count).brIf(again)
    })
  }

  #sums(hoisted: readonly number[][] | undefined): void {
    if (this.#code.schedule.kind === 'plain') this.#plainSums()
    else this.#overlappingSums(hoisted)
  }

  /** All held values into registers, before the first tile: [sum step][vector]. */
  #hoist(): number[][] {
    const { schedule } = this.#code
    const steps = this.#sumSteps(schedule.sum)
    const base = lowest(steps.map((s) => s.held))
    const pointer = moved(this.#f, this.#params.held, base)
    return steps.map((s) => {
      const locals = this.#vectorLocals(this.#heldLane)
      this.#loadInto(locals, pointer, s.held - base, this.#heldLane)
      return locals
    })
  }

  #begin(): void {
    const { accumulate, element, schedule } = this.#code
    const f = this.#f
    if (accumulate) {
      const laneStride = schedule.lane.extent === 1 ? 0 : schedule.lane.c
      this.#accumulators.forEach((row, r) => this.#loadRow(row, r, this.#params.to, schedule.row.c, laneStride))
    } else for (const row of this.#accumulators) for (const acc of row) f.v128(0, element.value).set(acc)
  }

  /** Loads the vectors of one row of the tile: from its own pointer, or so many rows behind the one there is. */
  #loadRow(locals: readonly number[], r: number, from: readonly number[], rowStride: number, laneStride: number): void {
    const { bytes } = this.#code.element
    if (from.length > 1) return this.#loadInto(locals, from[r]!, 0, laneStride)
    const base = Math.min(0, (this.#rows - 1) * rowStride) * bytes
    const pointer = moved(this.#f, from[0]!, base)
    this.#loadInto(locals, pointer, r * rowStride * bytes - base, laneStride)
  }

  /** Sum loops as loops; the innermost written out `unroll` times. */
  #plainSums(): void {
    const { schedule } = this.#code
    const products = schedule.sum.reduce((count, loop) => count * loop.extent, 1)
    const { streamed: start, held: panel } = this.#params
    if (products <= 2 * schedule.unroll) return this.#plainBody(start, panel, this.#sumSteps(schedule.sum))
    this.#sumLoops(schedule.sum.slice(0, -1), start, panel, (streamed, held) => {
      const last = schedule.sum.at(-1)!
      const whole = Math.floor(last.extent / schedule.unroll)
      const rest = last.extent % schedule.unroll
      const steps = this.#sumSteps([{ ...last, extent: schedule.unroll }])
      const [s, h] = [this.#moved(streamed, 0), moved(this.#f, held, 0)]
      const perStep = this.#sumStep(last)
      const moving = [
        ...s.map((local) => [local, perStep.streamed * schedule.unroll] as const),
        [h, perStep.held * schedule.unroll] as const,
      ]
      emitRepeated(this.#f, whole, moving, () => this.#plainBody(s, h, steps))
      if (rest > 0) this.#plainBody(s, h, this.#sumSteps([{ ...last, extent: rest }]))
    })
  }

  /** Held values once per sum step, then each row's streamed value into all its products. */
  #plainBody(streamed: readonly number[], held: number, steps: readonly SumStep[]): void {
    const { schedule } = this.#code
    const rowStep = schedule.line === undefined ? schedule.row[schedule.streamed] * this.#code.element.bytes : 0
    const sBase = lowest(steps.map((s) => s.streamed)) + Math.min(0, rowStep * (this.#rows - 1))
    const hBase = lowest(steps.map((s) => s.held))
    const [s, h0] = [this.#moved(streamed, sBase), moved(this.#f, held, hBase)]
    for (const step of steps) {
      this.#loadInto(this.#heldValues, h0, step.held - hBase, this.#heldLane)
      for (let r = 0; r < this.#rows; r++) this.#rowOfProducts(r, s[r] ?? s[0]!, step.streamed + r * rowStep - sBase)
    }
  }

  /** Products of one row with the held values, each streamed vector loaded where it is needed: together they would take registers. */
  #rowOfProducts(row: number, pointer: number, offset: number): void {
    const { schedule, element } = this.#code
    const stride = schedule.lane[schedule.streamed]
    const values = this.#streamedValues
    this.#accumulators[row]!.forEach((acc, v) => {
      const [x, y] = [values[v] ?? values[0]!, this.#heldValues[v] ?? this.#heldValues[0]!]
      if (v < values.length) {
        const last = v === this.#vectors - 1 ? this.#last : element.lanes
        loadVectors(this.#f, element, { locals: [x], stride, last }, pointer, offset + v * element.lanes * stride * element.bytes)
      }
      this.#multiplyAdd(acc, x, y)
    })
  }

  /** Each distinct streamed element once, into every (row, sum step) that reads it. */
  #overlappingSums(hoisted: readonly number[][] | undefined): void {
    const { schedule } = this.#code
    const { sum, overlap } = schedule
    const { streamed: start, held: panel } = this.#params
    if (hoisted !== undefined) return this.#overlapBody(start[0]!, panel, this.#sumSteps(sum), hoisted)
    const others = sum.filter((_, index) => index !== overlap)
    this.#sumLoops(others, start, panel, ([streamed], held) =>
      this.#overlapBody(streamed!, held, this.#sumSteps([sum[overlap]!]), undefined),
    )
  }

  #overlapBody(streamed: number, held: number, steps: readonly SumStep[], hoisted: readonly number[][] | undefined): void {
    const { schedule, element } = this.#code
    const rowStep = schedule.row[schedule.streamed] * element.bytes
    const reads = readsInSumOrder(steps, this.#rows, rowStep)
    const sBase = lowest(reads.map((read) => read.at))
    const hBase = lowest(steps.map((s) => s.held))
    const [s0, h0] = [moved(this.#f, streamed, sBase), hoisted === undefined ? moved(this.#f, held, hBase) : held]
    for (const { at, users } of reads) {
      this.#loadInto(this.#streamedValues, s0, at - sBase, schedule.lane[schedule.streamed])
      for (const { row, step } of users) {
        const values = hoisted?.[step] ?? this.#heldValues
        if (hoisted === undefined) this.#loadInto(values, h0, steps[step]!.held - hBase, this.#heldLane)
        this.#accumulators[row]!.forEach((acc, v) =>
          this.#multiplyAdd(acc, this.#streamedValues[v] ?? this.#streamedValues[0]!, values[v] ?? values[0]!),
        )
      }
    }
  }

  #multiplyAdd(acc: number, x: number, y: number): void {
    const { element, fused } = this.#code
    if (fused) this.#f.get(x).get(y).get(acc).vec(element.madd).set(acc)
    else this.#f.get(acc).get(x).get(y).vec(element.mul).vec(element.add).set(acc)
  }

  /** Tail and stores. */
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
    const rowStep = schedule.line === undefined ? schedule.row.c * element.bytes : 0
    const farthest = (this.#vectors - 1) * element.lanes + this.#last - 1
    // Only addresses that are stored to: a pointer below the memory would not come back by adding an offset.
    const base = Math.min(0, rowStep * (this.#rows - 1)) + Math.min(0, schedule.lane.c * element.bytes * farthest)
    const to = this.#moved(this.#params.to, base)
    this.#accumulators.forEach((locals, r) =>
      storeVectors(f, element, { locals, stride: schedule.lane.c, last: this.#last }, to[r] ?? to[0]!, r * rowStep - base),
    )
  }

  /** Vectors of the tile's lanes from memory. */
  #loadInto(locals: readonly number[], pointer: number, offset: number, stride: number): void {
    loadVectors(this.#f, this.#code.element, { locals, stride, last: this.#last }, pointer, offset)
  }

  /** Nested loops over sums, handing the pointers of each step to `write`. */
  #sumLoops(
    loops: readonly NestLoop[],
    streamed: readonly number[],
    held: number,
    write: (streamed: readonly number[], held: number) => void,
  ): void {
    const [loop, ...rest] = loops
    if (loop === undefined) return write(streamed, held)
    const [s, h] = [this.#moved(streamed, 0), moved(this.#f, held, 0)]
    const step = this.#sumStep(loop)
    const moving = [...s.map((local) => [local, step.streamed] as const), [h, step.held] as const]
    emitRepeated(this.#f, loop.extent, moving, () => this.#sumLoops(rest, s, h, write))
  }

  #moved(pointers: readonly number[], bytes: number): number[] {
    return pointers.map((pointer) => moved(this.#f, pointer, bytes))
  }

  #sumStep(loop: NestLoop): SumStep {
    const { schedule, element } = this.#code
    const held = schedule.packed ? this.#packedStep(loop) : loop[schedule.held]
    return { streamed: loop[schedule.streamed] * element.bytes, held: held * element.bytes }
  }

  /** In a panel the sum loops lie in order, innermost last, each step one row of vectors. */
  #packedStep(loop: NestLoop): number {
    const { schedule, element } = this.#code
    const at = schedule.sum.findIndex((other) => other.parts === loop.parts)
    return schedule.sum.slice(at + 1).reduce((count, inner) => count * inner.extent, schedule.tile.vectors * element.lanes)
  }

  /** Byte offsets of every step of a few sum loops, in order. */
  #sumSteps(loops: readonly NestLoop[]): SumStep[] {
    let steps: SumStep[] = [{ streamed: 0, held: 0 }]
    for (const loop of loops) {
      const step = this.#sumStep(loop)
      steps = steps.flatMap((s) =>
        Array.from({ length: loop.extent }, (_, i) => ({ streamed: s.streamed + i * step.streamed, held: s.held + i * step.held })),
      )
    }
    return steps
  }
}

const lowest = (offsets: readonly number[]): number => Math.min(...offsets)
