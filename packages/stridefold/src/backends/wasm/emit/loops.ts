/**
 * The loops around a microkernel. Addresses are locals; each has its own step, which is added after
 * every iteration.
 */

import type { FunctionBody } from '../assembler/body.ts'

export interface AddressLoop {
  readonly extent: number
  /** Bytes added to each address per iteration, in the order of the locals. */
  readonly steps: readonly number[]
}

/**
 * Runs `write` for every index of the loops, outermost loop first. `write` gets locals with the
 * addresses: new ones, unless there are no loops. The locals `at` do not change.
 */
export function emitNest(
  f: FunctionBody,
  loops: readonly AddressLoop[],
  at: readonly number[],
  write: (at: readonly number[]) => void,
): void {
  const [loop, ...others] = loops
  if (loop === undefined) return write(at)
  const addresses = at.map((local) => offsetPointer(f, local, 0))
  emitCountedLoop(
    f,
    () => f.i32(loop.extent),
    () => {
      emitNest(f, others, addresses, write)
      addresses.forEach((local, i) => advancePointer(f, local, loop.steps[i]!))
    },
  )
}

/** The same without loops of extent 1. `write` may change its locals. */
export function emitLoops(
  f: FunctionBody,
  loops: readonly AddressLoop[],
  at: readonly number[],
  write: (at: readonly number[]) => void,
): void {
  const longLoops = loops.filter(({ extent }) => extent !== 1)
  emitNest(f, longLoops, at, (inner) => write(inner.map((local) => offsetPointer(f, local, 0))))
}

/** Runs `body` as often as the number that `start` pushes on the stack, at least once. */
export function emitCountedLoop(f: FunctionBody, start: () => void, body: () => void): void {
  const remaining = f.local('i32')
  start()
  f.set(remaining)
  f.loop((again) => {
    body()
    f.get(remaining).i32(1).op('i32.sub').tee(remaining).brIf(again)
  })
}

/** Adds a number of bytes to an address. */
export function advancePointer(f: FunctionBody, local: number, bytes: number): void {
  if (bytes !== 0) f.get(local).i32(bytes).op('i32.add').set(local)
}

/** Returns a new local that holds the address plus an offset. */
export function offsetPointer(f: FunctionBody, local: number, bytes: number): number {
  const copy = f.local('i32')
  f.get(local).set(copy)
  advancePointer(f, copy, bytes)
  return copy
}

/**
 * Runs `write` `count` times, a number known at compile time. Adds the steps to the addresses after
 * each run.
 */
export function emitRepeatedLoop(
  f: FunctionBody,
  count: number,
  moving: readonly (readonly [local: number, bytes: number])[],
  write: () => void,
): void {
  const runOnce = (): void => {
    write()
    for (const [local, bytes] of moving) advancePointer(f, local, bytes)
  }
  if (count === 1) runOnce()
  else if (count > 1) emitCountedLoop(f, () => f.i32(count), runOnce)
}
