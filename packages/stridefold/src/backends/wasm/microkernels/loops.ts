/**
 * The loops around a microkernel: addresses in locals that move by a step of their own at every
 * turn.
 */

import type { FunctionBody } from '../assembler/body.ts'

export interface AddressLoop {
  readonly extent: number
  /** Bytes by which each address moves, in the order of the locals. */
  readonly steps: readonly number[]
}

/**
 * Runs `write` for every index of the loops, outermost first, with locals of its own that hold the
 * addresses. Locals `at` stay as they are.
 */
export function emitLoops(
  f: FunctionBody,
  loops: readonly AddressLoop[],
  at: readonly number[],
  write: (at: readonly number[]) => void,
): void {
  const [loop, ...others] = loops
  if (loop?.extent === 1) return emitLoops(f, others, at, write)
  const moving = at.map((local) => moved(f, local, 0))
  if (loop === undefined) return write(moving)
  emitCounted(
    f,
    () => f.i32(loop.extent),
    () => {
      emitLoops(f, others, moving, write)
      moving.forEach((local, i) => forward(f, local, loop.steps[i]!))
    },
  )
}

/** Runs `body` as often as the number says that `start` leaves, at least once. */
export function emitCounted(f: FunctionBody, start: () => void, body: () => void): void {
  const left = f.local('i32')
  start()
  f.set(left)
  f.loop((again) => {
    body()
    f.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
  })
}

/** Moves an address. */
export function forward(f: FunctionBody, local: number, bytes: number): void {
  if (bytes !== 0) f.get(local).i32(bytes).op('i32.add').set(local)
}

/** A new local: the address, moved. */
export function moved(f: FunctionBody, local: number, bytes: number): number {
  const copy = f.local('i32')
  f.get(local).set(copy)
  forward(f, copy, bytes)
  return copy
}

/** Runs `write` so many times, known beforehand, moving addresses by their steps after each. */
export function emitRepeated(
  f: FunctionBody,
  count: number,
  moving: readonly (readonly [local: number, bytes: number])[],
  write: () => void,
): void {
  const once = (): void => {
    write()
    for (const [local, bytes] of moving) forward(f, local, bytes)
  }
  if (count === 1) once()
  else if (count > 1) emitCounted(f, () => f.i32(count), once)
}
