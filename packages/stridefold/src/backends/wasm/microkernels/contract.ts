/**
 * Compiles a scheduled contraction to WebAssembly: a driver that runs the outer loops, and one
 * microkernel per size of tile.
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
  byteStridesOf,
  type ContractionCode,
  laneStridesOf,
  pointers,
  scaleStrides,
  zeroStrides,
} from './byte-strides.ts'
import { laneSplit, rowCount, split } from './mapping.ts'
import type { NestLoop } from './nest.ts'
import { TileWriter, tileParameters } from './tile.ts'

/**
 * Adds the functions of one contraction to a module. Returns the index of the driver, whose
 * parameters are (moving, stationary, to, bias).
 */
export function emitContraction(module: ModuleBuilder, code: ContractionCode): number {
  const { schedule, element } = code
  const { lane, row, tile, inner } = schedule
  const kernels = new Map<string, number>()
  const kernelFor = (rows: number, vectors: number, partial: number, sumPart: SumPart): number => {
    const key = `${rows}x${vectors}:${partial}:${sumPart}`
    let index = kernels.get(key)
    if (index === undefined) {
      const partCode = codeFor(code, sumPart)
      index = module.func(tileParameters(schedule, rows).all, [], (f) =>
        new TileWriter(f, partCode, rows, vectors, partial).write(),
      )
      kernels.set(key, index)
    }
    return index
  }

  // Blocks of the tile's two dimensions: size, count, and the elements in the last vector if it is
  // not full.
  const rowBlocks = split(rowCount(schedule), tile.rows).map(([size, count]) => ({
    size,
    count,
    partial: 0,
  }))
  const laneBlocks = laneBlocksOf(lane.extent, tile.vectors, element.lanes)
  const rowSteps = byteStridesOf(row, code)
  const laneStrides = laneStridesOf(code)
  // Calls the microkernels of one line of tiles, from the given pointers.
  const along = inner === 'lane' ? laneBlocks : rowBlocks
  const across = inner === 'lane' ? rowBlocks : laneBlocks
  const alongStep = (size: number): ByteStrides =>
    inner === 'lane' ? scaleStrides(laneStrides, size) : scaleStrides(rowSteps, size)
  const acrossStep = (size: number): ByteStrides =>
    inner === 'lane' ? scaleStrides(rowSteps, size) : scaleStrides(laneStrides, size)

  return module.func(['i32', 'i32', 'i32', 'i32'], [], (f) => {
    const emitLine = (
      at: readonly number[],
      block: { size: number; partial: number },
      sumPart: SumPart = 'only',
    ): void => {
      if (schedule.outerRow !== undefined)
        return emitFlattenedRows(f, code, at, rowBlocks, (rows) =>
          kernelFor(rows, block.size, block.partial, sumPart),
        )
      let offset: ByteStrides = zeroStrides
      for (const part of along) {
        const [rows, vectors, partial] =
          inner === 'lane'
            ? [block.size, part.size, part.partial]
            : [part.size, block.size, block.partial]
        pointers.forEach((name, i) => {
          f.get(at[i]!)
          if (offset[name] !== 0) f.i32(offset[name]).op('i32.add')
        })
        f.i32(part.count).call(kernelFor(rows, vectors, partial, sumPart))
        offset = addStrides(offset, scaleStrides(alongStep(part.size), part.count))
      }
    }
    const emitAcross = (
      at: readonly number[],
      emitBody: (at: readonly number[], block: { size: number; partial: number }) => void,
    ): void => {
      let offset: ByteStrides = zeroStrides
      for (const block of across) {
        const start = at.map((local, i) => {
          const blockStart = f.local('i32')
          f.get(local).i32(offset[pointers[i]!]).op('i32.add').set(blockStart)
          return blockStart
        })
        emitLoop(f, block.count, start, acrossStep(block.size), () => emitBody(start, block))
        offset = addStrides(offset, scaleStrides(acrossStep(block.size), block.count))
      }
    }
    const emitOuter = (
      loops: readonly NestLoop[],
      at: readonly number[],
      emitBody: (at: readonly number[], sumPart: SumPart) => void,
      sumPart: SumPart = 'only',
    ): void => {
      const [loop, ...innerLoops] = loops
      if (loop === undefined) return emitBody(at, sumPart)
      const copies = at.map((local) => {
        const copy = f.local('i32')
        f.get(local).set(copy)
        return copy
      })
      const sumParts: [SumPart, number][] = [
        ['first', 1],
        ['middle', loop.extent - 2],
        ['last', 1],
      ]
      for (const [part, count] of loop === schedule.block
        ? sumParts
        : ([[sumPart, loop.extent]] as const))
        emitLoop(f, count, copies, byteStridesOf(loop, code), () =>
          emitOuter(innerLoops, copies, emitBody, part),
        )
    }
    const start = [0, 1, 2, 3]
    const { stationary, moving } = schedule
    const sorted = schedule.outer.toSorted(
      (x, y) =>
        Number(y[stationary] !== 0) - Number(x[stationary] !== 0) || Math.abs(y.c) - Math.abs(x.c),
    )
    // Loops in which every operand changes share no data. They run outermost, one contraction after
    // the other.
    const isIndependent = (loop: NestLoop): boolean =>
      loop[stationary] !== 0 && loop[moving] !== 0 && loop.c !== 0
    const independent = sorted.filter(isIndependent)
    const outer = sorted.filter((loop) => !isIndependent(loop))
    // Packed weights: one panel stays in the cache while everything else moves. Otherwise
    // neighbouring blocks of one line share the values that were read.
    emitOuter(independent, start, (origin) => {
      if (schedule.packed && schedule.lane[moving] === 0)
        emitAcross(origin, (at, block) =>
          emitOuter(outer, at, (innerAt, sumPart) => emitLine(innerAt, block, sumPart)),
        )
      else
        emitOuter(outer, origin, (at, sumPart) =>
          emitAcross(at, (innerAt, block) => emitLine(innerAt, block, sumPart)),
        )
    })
  })
}

/**
 * Which part of a split sum is computed. The first part starts the results, the last part applies
 * the epilogue.
 */
type SumPart = 'only' | 'first' | 'middle' | 'last'

function codeFor(code: ContractionCode, sumPart: SumPart): ContractionCode {
  if (sumPart === 'only') return code
  const accumulate = code.accumulate || sumPart !== 'first'
  return sumPart === 'last'
    ? { ...code, accumulate }
    : { ...code, accumulate, bias: false, offset: 0, activation: undefined }
}

/**
 * Calls microkernels whose rows continue from line to line. The driver computes the pointers of
 * each row: one step further, or, after the last row of a line, the start of the next line.
 */
function emitFlattenedRows(
  f: FunctionBody,
  code: ContractionCode,
  at: readonly number[],
  blocks: readonly Block[],
  kernelFor: (rows: number) => number,
): void {
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
  f.get(at[0]!).set(moving).get(at[2]!).set(to).i32(0).set(index)
  for (const { size, count } of blocks) {
    const rows = Array.from({ length: size }, () => ({
      moving: f.local('i32'),
      to: f.local('i32'),
    }))
    emitLoop(f, count, [], zeroStrides, () => {
      for (const rowPointers of rows) {
        f.get(moving).set(rowPointers.moving).get(to).set(rowPointers.to)
        f.get(index).i32(1).op('i32.add').tee(index).i32(row.extent).op('i32.eq').set(wraps)
        const movePointer = (pointer: number, along: number, wrapStep: number): void =>
          void f
            .get(pointer)
            .i32(wrapStep)
            .i32(along)
            .get(wraps)
            .op('select')
            .op('i32.add')
            .set(pointer)
        movePointer(moving, step.moving, wrapStrides.moving)
        movePointer(to, step.to, wrapStrides.to)
        f.i32(0).get(index).get(wraps).op('select').set(index)
      }
      for (const rowPointers of rows) f.get(rowPointers.moving)
      f.get(at[1]!)
      for (const rowPointers of rows) f.get(rowPointers.to)
      f.get(at[3]!).i32(1).call(kernelFor(size))
    })
  }
}

/** Runs `write` `count` times. Adds `steps` to `locals` after each run, also after the last. */
function emitLoop(
  f: FunctionBody,
  count: number,
  locals: readonly number[],
  steps: ByteStrides,
  write: () => void,
): void {
  const advance = (): void =>
    pointers.forEach((name, i) => {
      if (steps[name] !== 0) f.get(locals[i]!).i32(steps[name]).op('i32.add').set(locals[i]!)
    })
  if (count === 0) return
  if (count === 1) {
    write()
    return advance()
  }
  const remaining = f.local('i32')
  f.i32(count).set(remaining)
  f.loop((again) => {
    write()
    advance()
    f.get(remaining).i32(1).op('i32.sub').tee(remaining).brIf(again)
  })
}

interface Block {
  readonly size: number
  readonly count: number
  /** Elements in the last vector of the tile; 0 if it is full. */
  readonly partial: number
}

function laneBlocksOf(extent: number, maxSize: number, lanes: number): Block[] {
  const blocks: Block[] = []
  for (const [size, count] of laneSplit(Math.floor(extent / lanes), maxSize))
    blocks.push({ size, count, partial: 0 })
  const remainder = extent % lanes
  if (remainder === 0) return blocks
  const last = blocks.at(-1)
  // The partial vector joins an incomplete last tile. Without one it becomes a tile of its own.
  if (last !== undefined && last.size < maxSize)
    blocks[blocks.length - 1] = { size: last.size + 1, count: 1, partial: remainder }
  else blocks.push({ size: 1, count: 1, partial: remainder })
  return blocks
}
