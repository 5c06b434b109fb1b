/**
 * A program whose buffers lie where its owner puts them, stage by stage, item by item.
 *
 * Streams need this: a buffer of past spectra is a ring, so its start moves from run to run, and a
 * stage runs a few of its grid items in each call. Constants, and buffers that the code generator
 * adds, lie in a block of the program itself.
 */

import { ensure } from '../../errors.ts'
import { dtypes } from '../../ndarray/dtype.ts'
import { checkProgram } from '../../program/check.ts'
import { byteLength, type Program } from '../../program/program.ts'
import { OwnedBlock } from './memories.ts'
import type { WasmMemory } from './memory.ts'
import { pricedProgram } from './priced.ts'
import { moduleIn } from './program-module.ts'
import { registersFor } from './registers.ts'
import { constantValues, lowerProgram } from './schedule/lower.ts'

/** A stage with an address for each of its buffers. */
export interface PlacedStage {
  /** The number of grid items. */
  readonly items: number
  /** Changes the address of a buffer, in bytes. The slot is that of `slotOf`. */
  move(slot: number, address: number): void
  /** The slot of a buffer of this stage. */
  slotOf(buffer: string): number
  /** Runs the grid items in [first, end). */
  run(first: number, end: number): void
}

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

export class PlacedProgram {
  readonly #block: OwnedBlock
  readonly #stages: ReadonlyMap<
    string,
    (addresses: Readonly<Record<string, number>>) => PlacedStage
  >

  /** Compiles the program for this memory. `placed`: the buffers that stages get from outside. */
  constructor(program: Program, memory: WasmMemory, placed: readonly string[]) {
    checkProgram(program)
    const lowered = lowerProgram(pricedProgram(program, registersFor(false)))
    const offsets = new Map<string, number>()
    let bytes = 0
    for (const buffer of lowered.buffers) {
      if (placed.includes(buffer.name)) continue
      offsets.set(buffer.name, bytes)
      bytes += Math.ceil(byteLength(buffer) / 64) * 64
    }
    this.#block = new OwnedBlock(this, memory, bytes)
    const { start } = this.#block
    for (const buffer of lowered.buffers) {
      const values = constantValues(buffer)
      if (buffer.role !== 'constant' || values === undefined) continue
      dtypes[buffer.dtype]
        .create(memory.views.buffer, start + offsets.get(buffer.name)!, values.length)
        .set(values as number[])
    }
    const module = new WebAssembly.Module(moduleIn(memory, lowered))
    const { exports } = new WebAssembly.Instance(module, { m: { m: memory.memory } })
    const prepared: PlacedStage[] = []
    this.#stages = new Map(
      lowered.stages.flatMap(({ name, entry, items, bufferIndices, prepare }) => {
        const names = bufferIndices.map((index) => lowered.buffers[index]!.name)
        const run = exports[entry] as StageFunction
        const place = (addresses: Readonly<Record<string, number>>): PlacedStage =>
          placedStage(
            run,
            items,
            names,
            names.map((buffer) => addressOf(buffer, addresses)),
          )
        if (!prepare) return [[name, place] as const]
        prepared.push(place({}))
        return []
      }),
    )
    for (const stage of prepared) stage.run(0, stage.items)

    function addressOf(buffer: string, addresses: Readonly<Record<string, number>>): number {
      const offset = offsets.get(buffer)
      const address = offset === undefined ? addresses[buffer] : start + offset
      ensure(address !== undefined, 'BINDING_MISSING', `'${buffer}' has no address.`)
      return address
    }
  }

  /** A stage whose buffers begin at these addresses, in bytes. */
  stage(name: string, addresses: Readonly<Record<string, number>>): PlacedStage {
    return this.#stages.get(name)!(addresses)
  }

  release(): void {
    this.#block.release()
  }
}

const placedStage = (
  run: StageFunction,
  items: number,
  names: readonly string[],
  addresses: number[],
): PlacedStage => ({
  items,
  move(slot, address) {
    addresses[slot] = address
  },
  slotOf(buffer) {
    const slot = names.indexOf(buffer)
    ensure(slot >= 0, 'BINDING_MISSING', `a stage does not use '${buffer}'.`)
    return slot
  },
  run: (first, end) => run(first, end, ...addresses),
})
