/**
 * Turns a scheduled Contract into WebAssembly: a driver that walks the outer loops, and one
 * microkernel per size of tile.
 *
 *   driver(moving, stationary, to, bias)          for outer loops, for blocks: call the microkernel of that block's size
 *   tile R×V (moving, stationary, to, bias, n)    n tiles in a row: sums in R·V registers, tail, store
 *
 * The microkernel is a function of its own so that the engine's optimising compiler gets hold of it
 * after a few calls. All strides are immediates. Vector loads may read a few elements past a row's
 * end (never past the memory's reserve); only whole results are stored.
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
 * Adds the functions of one contract to a module. The result is the driver's index; its parameters
 * are (moving, stationary, to, bias).
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

  // Blocks of the tile's two dimensions: size, how many, and the elements in the last vector where
  // it is not full.
  const rowBlocks = split(rowCount(schedule), tile.rows).map(([size, count]) => ({
    size,
    count,
    partial: 0,
  }))
  const laneBlocks = laneBlocksOf(lane.extent, tile.vectors, element.lanes)
  const rowSteps = byteStridesOf(row, code)
  const laneStrides = laneStridesOf(code)
  // Calls the microkernels of one line of tiles, at the pointers on entry.
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
    // Where every operand moves nothing is shared: such contractions are done one after the other.
    const isApart = (loop: NestLoop): boolean =>
      loop[stationary] !== 0 && loop[moving] !== 0 && loop.c !== 0
    const apart = sorted.filter(isApart)
    const outer = sorted.filter((loop) => !isApart(loop))
    // Panels of weights stay in the cache while everything else moves; otherwise neighbouring
    // blocks of one line share what was read.
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

/** Which part of a sum in parts: results begin in the first and get their tail in the last. */
type SumPart = 'only' | 'first' | 'middle' | 'last'

function codeFor(code: ContractCode, turn: SumPart): ContractCode {
  if (turn === 'only') return code
  const accumulate = code.accumulate || turn !== 'first'
  return turn === 'last'
    ? { ...code, accumulate }
    : { ...code, accumulate, bias: false, offset: 0, activation: undefined }
}

/**
 * Calls microkernels whose rows run on from line to line: each row's pointers are worked out on the
 * way, a step further or, behind the last index of a line, at the start of the next.
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

/** Runs `write` `count` times, moving `locals` by `steps` after each; leaves them moved. */
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
  /** Elements in the last vector of the tile, 0 where it is full. */
  readonly partial: number
}

function laneBlocksOf(extent: number, most: number, lanes: number): Block[] {
  const blocks: Block[] = []
  for (const [size, count] of laneSplit(Math.floor(extent / lanes), most))
    blocks.push({ size, count, partial: 0 })
  const rest = extent % lanes
  if (rest === 0) return blocks
  const last = blocks.at(-1)
  // The partial vector joins an incomplete last tile, or stands alone.
  if (last !== undefined && last.size < most)
    blocks[blocks.length - 1] = { size: last.size + 1, count: 1, partial: rest }
  else blocks.push({ size: 1, count: 1, partial: rest })
  return blocks
}
