/**
 * The buffers of a program. Its own buffers exist as long as the executable. The caller's arrays
 * are bound only during a run and are never copied.
 */

import { InternalError, UnavailableError } from '../../errors.ts'
import { type DType, dtypes, type TypedArray } from '../../ndarray/dtype.ts'
import { elementAt } from '../../ndarray/layout.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import type { Bindings } from '../../program/backend.ts'
import { type Buffer, byteLength, isExternal } from '../../program/program.ts'
import type { Operand } from '../../program/steps.ts'

/** The elements of a buffer. Address 0 is `data[origin]`. */
export interface Slot {
  data: TypedArray
  origin: number
  readonly dtype: DType
}

export class Memory {
  #bytes: number
  readonly #slots: ReadonlyMap<string, Slot>
  readonly #externalSlots: readonly { readonly role: keyof Bindings; readonly slot: Slot }[]

  constructor(buffers: readonly Buffer[]) {
    this.#bytes = buffers.reduce((sum, buffer) => sum + byteLength(buffer), 0)
    this.#slots = new Map(
      buffers.map((buffer) => [
        buffer.name,
        { data: this.#allocate(buffer), origin: 0, dtype: buffer.dtype },
      ]),
    )
    this.#externalSlots = buffers.flatMap(({ name, role }) =>
      isExternal(role) ? [{ role, slot: this.slot(name) }] : [],
    )
  }

  /** Bytes of all buffers and of the tables of steps. */
  get bytes(): number {
    return this.#bytes
  }

  /** Allocates float64 numbers for one step, such as tables. */
  table(length: number): Float64Array {
    this.#bytes += 8 * length
    return new Float64Array(length)
  }

  slot(name: string): Slot {
    const slot = this.#slots.get(name)
    if (slot === undefined)
      throw new InternalError(
        'PROGRAM_INVALID',
        `a step names the buffer '${name}', which the program does not have.`,
      )
    return slot
  }

  /** Binds the caller's arrays to their slots while `work` runs. */
  withArrays(arrays: Partial<Bindings>, work: () => void): void {
    for (const { role, slot } of this.#externalSlots)
      if (arrays[role] !== undefined) bind(slot, role, arrays[role])
    try {
      work()
    } finally {
      for (const { slot } of this.#externalSlots) slot.data = dtypes[slot.dtype].create(0)
    }
  }

  #allocate({ dtype, length, values }: Buffer): TypedArray {
    try {
      const data = dtypes[dtype].create(length)
      if (values !== undefined) data.set(values)
      return data
    } catch (cause) {
      const message =
        `${length} elements of ${dtype} could not be allocated (${this.bytes} bytes are needed ` +
        'in total). Use smaller arrays or another algorithm.'
      throw new UnavailableError('OUT_OF_MEMORY', message, { cause })
    }
  }
}

function bind(slot: Slot, role: string, array: NdArray): void {
  if (array.dtype !== slot.dtype) {
    throw new InternalError(
      'BINDING_MISMATCH',
      `the program was made for ${slot.dtype} ${role}, but got ${array.dtype}.`,
    )
  }
  slot.data = array.data
  slot.origin = array.offset
}

/** Index in the slot's data of the first element of an operand, for one grid item. */
export function startOf(slot: Slot, { offset, strides }: Operand, item: readonly number[]): number {
  return elementAt(item, strides, slot.origin + offset)
}
