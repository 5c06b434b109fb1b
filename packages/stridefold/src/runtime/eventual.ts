/**
 * A value, or the promise of one. A backend that computes at once returns values, another one
 * promises. Code written with `after` serves both: without a promise it never leaves the call.
 */

import { ensure } from '../errors.ts'

export type Eventual<T> = T | Promise<T>

/** Goes on with the value: at once, or when its promise resolves. */
export function after<T, U>(value: Eventual<T>, next: (value: T) => Eventual<U>): Eventual<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Visits the numbers below `count` in order, each when the visit before it is done. */
export function inOrder(
  count: number,
  visit: (i: number) => Eventual<void>,
  first = 0,
): Eventual<void> {
  for (let i = first; i < count; i++) {
    const visited = visit(i)
    if (visited instanceof Promise) return visited.then(() => inOrder(count, visit, i + 1))
  }
}

/** The value of a synchronous call. Such a call takes no backend that returns promises. */
export function now<T>(value: Eventual<T>): T {
  ensure(
    !(value instanceof Promise),
    'PROMISE_UNEXPECTED',
    'a backend that calls itself synchronous returned a promise.',
  )
  return value
}
