/**
 * Values that may arrive later. Each has a slot, and a slot holds one value: a newer request
 * cancels the older one, so an answer never belongs to an older problem.
 */

import { type ReadonlySignal, signal } from '@preact/signals'

/** A computation that is not done yet. */
export interface Running<T> {
  readonly result: Promise<T>
  cancel(): void
}

interface Slot {
  readonly of: readonly unknown[]
  readonly value: ReadonlySignal<unknown>
  cancel(): void
}

const slots = new Map<string, Slot>()

/**
 * The value for `of`, a list of everything that it depends on; undefined until it is there. `start`
 * runs if `of` differs from the last call for this slot.
 */
export function later<T>(
  name: string,
  of: readonly unknown[],
  start: () => T | Running<T>,
): ReadonlySignal<T | undefined> {
  const current = slots.get(name)
  if (current && isSame(current.of, of)) return current.value as ReadonlySignal<T | undefined>
  current?.cancel()
  const started = start()
  if (!isRunning(started)) {
    const value = signal(started)
    slots.set(name, { of, value, cancel: () => {} })
    return value
  }
  const value = signal<T | undefined>(undefined)
  let isCancelled = false
  void started.result.then((result) => {
    if (!isCancelled) value.value = result
  })
  slots.set(name, {
    of,
    value,
    cancel: () => {
      isCancelled = true
      started.cancel()
    },
  })
  return value
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((part, i) => Object.is(part, b[i]))

const isRunning = <T>(started: T | Running<T>): started is Running<T> =>
  typeof started === 'object' && started !== null && 'result' in started && 'cancel' in started
