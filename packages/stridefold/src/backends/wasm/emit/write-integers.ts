/**
 * Turns the sums of integers of a tile into results, and stores them.
 *
 *   sums · 2⁻ᵐ, and nothing else    divided and rounded as they are (divided-sums.ts)
 *   others                          as floats: scale, epilogue, conversion (converted-sums.ts)
 *
 * Then pairs of vectors are narrowed to the size of the results, and stored.
 */

import { dtypes } from '../../../ndarray/dtype.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { LaneMemoryOp } from '../assembler/opcodes.ts'
import type { IntegerElement } from '../schedule/element.ts'
import { convertedSums } from './converted-sums.ts'
import { dividedSums, exponentOf } from './divided-sums.ts'
import { narrowed } from './narrowed.ts'
import type { TileRegisters } from './tile-registers.ts'

export function writeIntegers(tile: TileRegisters, element: IntegerElement): void {
  const { f, code, rows, vectors, last } = tile
  const { lane, row, outerRow } = code.schedule
  const { bytes } = dtypes[code.types.to]
  const count = (vectors - 1) * element.lanes + last
  const rowStep = outerRow === undefined ? row.c * bytes : 0
  const step = lane.c * bytes
  // No offset of an instruction is negative.
  const base = Math.min(0, rowStep * (rows - 1)) + Math.min(0, step * (count - 1))
  const to = tile.offsetPointers(tile.params.to, base)
  const exponent = exponentOf(code)
  tile.accumulators.forEach((sums, r) => {
    const results =
      exponent === undefined
        ? convertedSums(tile, element, r, count)
        : narrowed(f, { locals: dividedSums(f, code, sums, exponent), bytes: element.bytes }, code)
    const perVector = 16 / bytes
    results.forEach((local, v) => {
      const elements = Math.min(perVector, count - v * perVector)
      const at = r * rowStep - base + v * perVector * step
      storeElements(f, { local, bytes, elements, step }, to[r] ?? to[0]!, at)
    })
  })
}

interface StoredElements {
  readonly local: number
  readonly bytes: number
  readonly elements: number
  /** The bytes from element to element in memory. */
  readonly step: number
}

const laneStores: Readonly<Record<number, LaneMemoryOp>> = {
  8: 'v128.store64_lane',
  4: 'v128.store32_lane',
  2: 'v128.store16_lane',
  1: 'v128.store8_lane',
}

/** Stores the first elements of a vector: neighbours in the largest possible pieces. */
function storeElements(
  f: FunctionBody,
  { local, bytes, elements: count, step }: StoredElements,
  pointer: number,
  at: number,
): void {
  if (step !== bytes) {
    for (let i = 0; i < count; i++)
      f.get(pointer)
        .get(local)
        .lmem(laneStores[bytes]!, at + i * step, i)
    return
  }
  const all = bytes * count
  if (all === 16) {
    f.get(pointer).get(local).vmem('v128.store', at)
    return
  }
  for (let done = 0, piece = 8; piece >= bytes; piece /= 2) {
    if (all - done < piece) continue
    f.get(pointer)
      .get(local)
      .lmem(laneStores[piece]!, at + done, done / piece)
    done += piece
  }
}
