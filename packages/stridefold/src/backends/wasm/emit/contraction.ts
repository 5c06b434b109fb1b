/**
 * Writes a scheduled contraction: a driver that runs the outer loops, and one microkernel per size
 * of tile.
 *
 *   driver (moving, stationary, to, bias)         for outer loops, for blocks: call a microkernel
 *   tile R×V (moving, stationary, to, bias, n)    n tiles: sum in R·V registers, epilogue, store
 *
 * Each microkernel is its own function, so that the engine optimises it after a few calls. All
 * strides are immediates. Vector loads may read a few elements past the end of a row, but never
 * past the memory's reserve. Only complete results are stored.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import {
  addStrides,
  type ByteStrides,
  pointers,
  scaleStrides,
  zeroStrides,
} from '../schedule/byte-strides.ts'
import {
  byteStridesOf,
  type ContractionCode,
  codeOfPart,
  type SumPart,
} from '../schedule/contraction-code.ts'
import { type Block, type Driver, driverOf } from '../schedule/driver.ts'
import type { NestLoop } from '../schedule/nest.ts'
import { emitRepeatedLoop } from './loops.ts'
import { writeTile } from './tile.ts'
import { tileParameters } from './tile-registers.ts'

/** Returns the index of the microkernel for a tile. */
type KernelFor = (rows: number, vectors: number, partial: number, sumPart: SumPart) => number

/**
 * Adds the functions of one contraction to a module. Returns the index of the driver, whose
 * parameters are (moving, stationary, to, bias).
 */
export function emitContraction(module: ModuleBuilder, code: ContractionCode): number {
  const kernels = new Map<string, number>()
  const kernelFor: KernelFor = (rows, vectors, partial, sumPart) => {
    const key = `${rows}x${vectors}:${partial}:${sumPart}`
    let index = kernels.get(key)
    if (index === undefined) {
      const partCode = codeOfPart(code, sumPart)
      index = module.func(tileParameters(code.schedule, rows).all, [], (f) =>
        writeTile(f, partCode, { rows, vectors, partial }),
      )
      kernels.set(key, index)
    }
    return index
  }
  return module.func(['i32', 'i32', 'i32', 'i32'], [], (f) =>
    new DriverWriter(f, driverOf(code), kernelFor).write(),
  )
}

/** Writes the driver. `at` are the locals with the four pointers. */
class DriverWriter {
  readonly #f: FunctionBody
  readonly #driver: Driver
  readonly #kernelFor: KernelFor

  constructor(f: FunctionBody, driver: Driver, kernelFor: KernelFor) {
    this.#f = f
    this.#driver = driver
    this.#kernelFor = kernelFor
  }

  write(): void {
    const { independent, outer, panelsOutside } = this.#driver
    this.#outerLoops(independent, [0, 1, 2, 3], (origin) => {
      if (panelsOutside)
        this.#across(origin, (at, block) =>
          this.#outerLoops(outer, at, (innerAt, sumPart) => this.#line(innerAt, block, sumPart)),
        )
      else
        this.#outerLoops(outer, origin, (at, sumPart) =>
          this.#across(at, (innerAt, block) => this.#line(innerAt, block, sumPart)),
        )
    })
  }

  #outerLoops(
    loops: readonly NestLoop[],
    at: readonly number[],
    emitBody: (at: readonly number[], sumPart: SumPart) => void,
    sumPart: SumPart = 'only',
  ): void {
    const [loop, ...innerLoops] = loops
    if (loop === undefined) return emitBody(at, sumPart)
    const { code } = this.#driver
    const copies = at.map((local) => {
      const copy = this.#f.local('i32')
      this.#f.get(local).set(copy)
      return copy
    })
    const sumParts: readonly (readonly [SumPart, number])[] =
      loop === code.schedule.block
        ? [
            ['first', 1],
            ['middle', loop.extent - 2],
            ['last', 1],
          ]
        : [[sumPart, loop.extent]]
    for (const [part, count] of sumParts)
      emitStridedLoop(this.#f, count, copies, byteStridesOf(loop, code), () =>
        this.#outerLoops(innerLoops, copies, emitBody, part),
      )
  }

  #across(at: readonly number[], emitBody: (at: readonly number[], block: Block) => void): void {
    for (const block of this.#driver.across) {
      const start = at.map((local, i) => {
        const blockStart = this.#f.local('i32')
        this.#f.get(local).i32(block.start[pointers[i]!]).op('i32.add').set(blockStart)
        return blockStart
      })
      emitStridedLoop(this.#f, block.count, start, block.step, () => emitBody(start, block))
    }
  }

  /** Calls the microkernels of one line of tiles. */
  #line(at: readonly number[], block: Block, sumPart: SumPart): void {
    const { along, code } = this.#driver
    if (code.schedule.outerRow !== undefined) return this.#flattenedRows(at, block, sumPart)
    for (const part of along) {
      const [row, lane] = code.schedule.inner === 'lane' ? [block, part] : [part, block]
      pointers.forEach((name, i) => {
        this.#f.get(at[i]!)
        if (part.start[name] !== 0) this.#f.i32(part.start[name]).op('i32.add')
      })
      this.#f.i32(part.count).call(this.#kernelFor(row.size, lane.size, lane.partial, sumPart))
    }
  }

  /**
   * Calls microkernels whose rows continue from line to line. The driver computes the pointers of
   * each row: one step further, or, after the last row of a line, the start of the next line.
   */
  #flattenedRows(at: readonly number[], lane: Block, sumPart: SumPart): void {
    const f = this.#f
    const { code, rowBlocks } = this.#driver
    const { row, outerRow } = code.schedule
    const step = byteStridesOf(row, code)
    const wrapStrides = addStrides(
      byteStridesOf(outerRow!, code),
      scaleStrides(step, -(row.extent - 1)),
    )
    const [moving, to, index, wraps] = [
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
      f.local('i32'),
    ]
    const movePointer = (pointer: number, along: number, wrapStep: number): void =>
      void f
        .get(pointer)
        .i32(wrapStep)
        .i32(along)
        .get(wraps)
        .op('select')
        .op('i32.add')
        .set(pointer)
    f.get(at[0]!).set(moving).get(at[2]!).set(to).i32(0).set(index)
    for (const { size, count } of rowBlocks) {
      const rows = Array.from({ length: size }, () => ({
        moving: f.local('i32'),
        to: f.local('i32'),
      }))
      emitStridedLoop(f, count, [], zeroStrides, () => {
        for (const rowPointers of rows) {
          f.get(moving).set(rowPointers.moving).get(to).set(rowPointers.to)
          f.get(index).i32(1).op('i32.add').tee(index).i32(row.extent).op('i32.eq').set(wraps)
          movePointer(moving, step.moving, wrapStrides.moving)
          movePointer(to, step.to, wrapStrides.to)
          f.i32(0).get(index).get(wraps).op('select').set(index)
        }
        for (const rowPointers of rows) f.get(rowPointers.moving)
        f.get(at[1]!)
        for (const rowPointers of rows) f.get(rowPointers.to)
        f.get(at[3]!)
          .i32(1)
          .call(this.#kernelFor(size, lane.size, lane.partial, sumPart))
      })
    }
  }
}

/** Runs `write` `count` times. Adds `steps` to `locals` after each run, also after the last. */
function emitStridedLoop(
  f: FunctionBody,
  count: number,
  locals: readonly number[],
  steps: ByteStrides,
  write: () => void,
): void {
  emitRepeatedLoop(
    f,
    count,
    locals.map((local, i) => [local, steps[pointers[i]!]] as const),
    write,
  )
}
