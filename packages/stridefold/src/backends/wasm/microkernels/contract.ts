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
import { laneSplit, rowCount, split } from './mapping.ts'
import type { NestLoop } from './nest.ts'
import {
  type ContractCode,
  laneStridesOf,
  plus,
  pointers,
  type ByteStrides,
  scaled,
  byteStridesOf,
  zeroStrides,
} from './byte-strides.ts'
import { TileWriter, tileParameters } from './tile.ts'

/**
 * Adds the functions of one contraction to a module. Returns the index of the driver, whose
 * parameters are (moving, stationary, to, bias).
 */
export function emitContraction(module: ModuleBuilder, code: ContractCode): number {
  const { schedule, element } = code
  const { lane, row, tile, inner } = schedule
  const kernels = new Map<string, number>()
  const kernelFor = (rows: number, vectors: number, partial: number, turn: SumPart): number => {
    const key = `${rows}x${vectors}:${partial}:${turn}`
    let index = kernels.get(key)
    if (index === undefined) {
      const own = codeFor(code, turn)
      index = module.func(tileParameters(schedule, rows).all, [], (f) =>
        new TileWriter(f, own, rows, vectors, partial).write(),
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
    inner === 'lane' ? scaled(laneStrides, size) : scaled(rowSteps, size)
  const acrossStep = (size: number): ByteStrides =>
    inner === 'lane' ? scaled(rowSteps, size) : scaled(laneStrides, size)

  return module.func(['i32', 'i32', 'i32', 'i32'], [], (f) => {
    const emitLine = (
      at: readonly number[],
      block: { size: number; partial: number },
      turn: SumPart = 'only',
    ): void => {
      if (schedule.line !== undefined)
        return emitRunningRows(f, code, at, rowBlocks, (rows) =>
          kernelFor(rows, block.size, block.partial, turn),
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
        f.i32(part.count).call(kernelFor(rows, vectors, partial, turn))
        offset = plus(offset, scaled(alongStep(part.size), part.count))
      }
    }
    const emitAcross = (
      at: readonly number[],
      then: (at: readonly number[], block: { size: number; partial: number }) => void,
    ): void => {
      let offset: ByteStrides = zeroStrides
      for (const block of across) {
        const start = at.map((local, i) => {
          const moved = f.local('i32')
          f.get(local).i32(offset[pointers[i]!]).op('i32.add').set(moved)
          return moved
        })
        emitLoop(f, block.count, start, acrossStep(block.size), () => then(start, block))
        offset = plus(offset, scaled(acrossStep(block.size), block.count))
      }
    }
    const emitOuter = (
      loops: readonly NestLoop[],
      at: readonly number[],
      then: (at: readonly number[], turn: SumPart) => void,
      turn: SumPart = 'only',
    ): void => {
      const [loop, ...rest] = loops
      if (loop === undefined) return then(at, turn)
      const copies = at.map((local) => {
        const copy = f.local('i32')
        f.get(local).set(copy)
        return copy
      })
      const turns: [SumPart, number][] = [
        ['first', 1],
        ['middle', loop.extent - 2],
        ['last', 1],
      ]
      for (const [part, count] of loop === schedule.block
        ? turns
        : ([[turn, loop.extent]] as const))
        emitLoop(f, count, copies, byteStridesOf(loop, code), () =>
          emitOuter(rest, copies, then, part),
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
    const isApart = (loop: NestLoop): boolean =>
      loop[stationary] !== 0 && loop[moving] !== 0 && loop.c !== 0
    const apart = sorted.filter(isApart)
    const outer = sorted.filter((loop) => !isApart(loop))
    // Packed weights: one panel stays in the cache while everything else moves. Otherwise
    // neighbouring blocks of one line share the values that were read.
    emitOuter(apart, start, (one) => {
      if (schedule.packed && schedule.lane[moving] === 0)
        emitAcross(one, (at, block) =>
          emitOuter(outer, at, (inside, turn) => emitLine(inside, block, turn)),
        )
      else
        emitOuter(outer, one, (at, turn) =>
          emitAcross(at, (inside, block) => emitLine(inside, block, turn)),
        )
    })
  })
}

/**
 * Which part of a split sum is computed. The first part starts the results, the last part applies
 * the epilogue.
 */
type SumPart = 'only' | 'first' | 'middle' | 'last'

function codeFor(code: ContractCode, turn: SumPart): ContractCode {
  if (turn === 'only') return code
  const accumulate = code.accumulate || turn !== 'first'
  return turn === 'last'
    ? { ...code, accumulate }
    : { ...code, accumulate, bias: false, offset: 0, activation: undefined }
}

/**
 * Calls microkernels whose rows continue from line to line. The driver computes the pointers of
 * each row: one step further, or, after the last row of a line, the start of the next line.
 */
function emitRunningRows(
  f: FunctionBody,
  code: ContractCode,
  at: readonly number[],
  blocks: readonly Block[],
  kernelFor: (rows: number) => number,
): void {
  const { row, line } = code.schedule
  const step = byteStridesOf(row, code)
  const turn = plus(byteStridesOf(line!, code), scaled(step, -(row.extent - 1)))
  const [moving, to, index, turns] = [
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
      for (const own of rows) {
        f.get(moving).set(own.moving).get(to).set(own.to)
        f.get(index).i32(1).op('i32.add').tee(index).i32(row.extent).op('i32.eq').set(turns)
        const move = (pointer: number, along: number, around: number): void =>
          void f
            .get(pointer)
            .i32(around)
            .i32(along)
            .get(turns)
            .op('select')
            .op('i32.add')
            .set(pointer)
        move(moving, step.moving, turn.moving)
        move(to, step.to, turn.to)
        f.i32(0).get(index).get(turns).op('select').set(index)
      }
      for (const own of rows) f.get(own.moving)
      f.get(at[1]!)
      for (const own of rows) f.get(own.to)
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
  const left = f.local('i32')
  f.i32(count).set(left)
  f.loop((again) => {
    write()
    advance()
    f.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
  })
}

interface Block {
  readonly size: number
  readonly count: number
  /** Elements in the last vector of the tile; 0 if it is full. */
  readonly partial: number
}

function laneBlocksOf(extent: number, most: number, lanes: number): Block[] {
  const blocks: Block[] = []
  for (const [size, count] of laneSplit(Math.floor(extent / lanes), most))
    blocks.push({ size, count, partial: 0 })
  const rest = extent % lanes
  if (rest === 0) return blocks
  const last = blocks.at(-1)
  // The partial vector joins an incomplete last tile. Without one it becomes a tile of its own.
  if (last !== undefined && last.size < most)
    blocks[blocks.length - 1] = { size: last.size + 1, count: 1, partial: rest }
  else blocks.push({ size: 1, count: 1, partial: rest })
  return blocks
}
