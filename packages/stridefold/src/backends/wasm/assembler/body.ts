/**
 * Writes the body of one WebAssembly function, instruction by instruction, in stack order.
 *
 * Structured control takes a callback, so no block can stay open. `br` counts the enclosing blocks.
 */

import { ByteWriter } from './bytes.ts'
import { type Bytes, unsigned } from './leb.ts'
import {
  type LaneMemoryOp,
  type LaneOp,
  laneMemory,
  laneOps,
  type MemoryOp,
  memory,
  type PlainOp,
  plain,
  type SaturatingOp,
  saturating,
  type VectorMemoryOp,
  type VectorOp,
  vector,
  vectorMemory,
} from './opcodes.ts'

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

export const valueTypes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
}

/** A block that `br` and `brIf` can refer to. */
export interface Label {
  readonly depth: number
}

export class FunctionBody {
  readonly #code = new ByteWriter()
  /** The code that sets the constants, before the other code. */
  readonly #prelude: Bytes = []
  readonly #constants = new Map<string, number>()
  readonly #locals: ValueType[] = []
  readonly #params: number
  #depth = 0

  constructor(params: readonly ValueType[]) {
    this.#params = params.length
  }

  /** Adds a local variable and returns its index. */
  local(type: ValueType): number {
    return this.#params + this.#locals.push(type) - 1
  }

  get(local: number): this {
    return this.#indexed(0x20, local)
  }

  set(local: number): this {
    return this.#indexed(0x21, local)
  }

  tee(local: number): this {
    return this.#indexed(0x22, local)
  }

  i32(value: number): this {
    this.#code.byte(0x41)
    this.#code.signed(value)
    return this
  }

  f32(value: number): this {
    return this.#emit(0x43, ...floatBytes(value, 4))
  }

  f64(value: number): this {
    return this.#emit(0x44, ...floatBytes(value, 8))
  }

  /** A vector constant with the same float in every lane. */
  v128(value: number, type: 'f32' | 'f64'): this {
    return this.#emit(0xfd, 0x0c, ...floatLanes(value, type))
  }

  /** A vector constant with the same small integer in every 32-bit lane. */
  v128Bits(value: number): this {
    return this.#emit(0xfd, 0x0c, ...integerLanes(value, 4))
  }

  /** A vector constant with the same small non-negative integer in both 64-bit lanes. */
  v128Bits64(value: number): this {
    return this.#emit(0xfd, 0x0c, ...integerLanes(value, 8))
  }

  /**
   * A local that holds such a constant from the start of the function. Use it in loops: compilers
   * would create a constant inside a loop again in every iteration.
   */
  constant(value: number, type: 'f32' | 'f64'): number {
    return this.#constantLocal(floatLanes(value, type))
  }

  /** The same for `v128Bits`. */
  constantBits(value: number): number {
    return this.#constantLocal(integerLanes(value, 4))
  }

  #constantLocal(lanes: Bytes): number {
    const key = lanes.join()
    const existing = this.#constants.get(key)
    if (existing !== undefined) return existing
    const local = this.local('v128')
    this.#prelude.push(0xfd, 0x0c, ...lanes, 0x21, ...unsigned(local))
    this.#constants.set(key, local)
    return local
  }

  op(name: PlainOp): this {
    this.#code.byte(plain[name])
    return this
  }

  sat(name: SaturatingOp): this {
    return this.#emit(0xfc, saturating[name])
  }

  vec(name: VectorOp): this {
    return this.#indexed(0xfd, vector[name])
  }

  lane(name: LaneOp, lane: number): this {
    return this.#emit(0xfd, laneOps[name], lane)
  }

  /** i8x16.shuffle: 16 byte indices into the 32 bytes of the two vectors on top of the stack. */
  shuffle(bytes: readonly number[]): this {
    return this.#emit(0xfd, 0x0d, ...bytes)
  }

  /** A scalar load or store at the address on the stack plus `offset` bytes. */
  mem(name: MemoryOp, offset = 0): this {
    const [opcode, align] = memory[name]
    this.#code.byte(opcode)
    return this.#indexed(align, offset)
  }

  /**
   * A vector load or store at the address on the stack plus `offset` bytes. Only the alignment of
   * an element is guaranteed.
   */
  vmem(name: VectorMemoryOp, offset = 0): this {
    const [opcode, align] = vectorMemory[name]
    this.#indexed(0xfd, opcode)
    return this.#indexed(Math.min(align, 2), offset)
  }

  lmem(name: LaneMemoryOp, offset: number, lane: number): this {
    const [opcode, align] = laneMemory[name]
    this.#indexed(0xfd, opcode).#indexed(align, offset)
    return this.#emit(lane)
  }

  call(func: number): this {
    return this.#indexed(0x10, func)
  }

  /** memory.copy: [to, from, bytes] on the stack. */
  memoryCopy(): this {
    return this.#emit(0xfc, 0x0a, 0x00, 0x00)
  }

  block(write: (exit: Label) => void): this {
    return this.#structured(0x02, write)
  }

  /** `br` to the label of a loop starts the next iteration. */
  loop(write: (again: Label) => void): this {
    return this.#structured(0x03, write)
  }

  if(then: () => void, otherwise?: () => void): this {
    this.#emit(0x04, 0x40)
    this.#depth++
    then()
    if (otherwise !== undefined) {
      this.#emit(0x05)
      otherwise()
    }
    this.#depth--
    return this.#emit(0x0b)
  }

  br(label: Label): this {
    return this.#indexed(0x0c, this.#depth - label.depth)
  }

  brIf(label: Label): this {
    return this.#indexed(0x0d, this.#depth - label.depth)
  }

  /** Number of code bytes so far, without constants. */
  get size(): number {
    return this.#code.length
  }

  /** The finished body: length, locals in runs of one type, code, end. */
  finish(): Uint8Array<ArrayBuffer> {
    const runs: [number, ValueType][] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last !== undefined && last[1] === type) last[0]++
      else runs.push([1, type])
    }
    const locals = [
      ...unsigned(runs.length),
      ...runs.flatMap(([count, type]) => [...unsigned(count), valueTypes[type]]),
    ]
    const length = locals.length + this.#prelude.length + this.#code.length + 1
    const body = new ByteWriter(length + maxLengthBytes)
    body.unsigned(length)
    for (const part of [locals, this.#prelude, this.#code.bytes]) body.append(part)
    body.byte(0x0b)
    return body.bytes
  }

  #structured(opcode: number, write: (label: Label) => void): this {
    this.#emit(opcode, 0x40)
    this.#depth++
    write({ depth: this.#depth })
    this.#depth--
    return this.#emit(0x0b)
  }

  /** An opcode, or the prefix of some, and an unsigned number behind it. */
  #indexed(opcode: number, index: number): this {
    this.#code.byte(opcode)
    this.#code.unsigned(index)
    return this
  }

  #emit(...bytes: number[]): this {
    for (const byte of bytes) this.#code.byte(byte)
    return this
  }
}

/** The most bytes of a 32-bit number in LEB128. */
const maxLengthBytes = 5

const scratch = new DataView(new ArrayBuffer(8))

function floatBytes(value: number, width: 4 | 8): Bytes {
  if (width === 4) scratch.setFloat32(0, value, true)
  else scratch.setFloat64(0, value, true)
  return Array.from({ length: width }, (_, i) => scratch.getUint8(i))
}

/** The bytes of a vector with the same float in every lane. */
function floatLanes(value: number, type: 'f32' | 'f64'): Bytes {
  const lane = floatBytes(value, type === 'f32' ? 4 : 8)
  return type === 'f32' ? [...lane, ...lane, ...lane, ...lane] : [...lane, ...lane]
}

/** The bytes of a vector with the same integer in every lane of the given width in bytes. */
function integerLanes(value: number, width: 4 | 8): Bytes {
  const low = [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff]
  const lane = width === 4 ? low : [...low, 0, 0, 0, 0]
  return Array.from({ length: 16 / width }, () => lane).flat()
}
