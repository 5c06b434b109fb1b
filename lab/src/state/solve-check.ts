/**
 * Checks the query of the solver in a link. The first screen does not load the solver, so the
 * workspace does it: a query that is not valid is reported, and the default is used.
 */

import { batch, effect } from '@preact/signals'
import { messageOf } from '../model/message-of.ts'
import type { LinkError } from './link.ts'
import { queryOf } from './shape-query.ts'
import { defaultState } from './state.ts'
import { change, linkErrors, part } from './store.ts'

const solve = part('solve')

export function solveError(text: string): LinkError | undefined {
  try {
    queryOf(text)
    return undefined
  } catch (error) {
    const reason = messageOf(error)
    return { part: `solve=${text}`.slice(0, 60), reason: reason.replace(/\.$/, '') }
  }
}

/** Checks the query now and after every change. Returns the function that stops it. */
export const followSolve = (): (() => void) =>
  effect(() => {
    const error = solveError(solve.value)
    if (error)
      batch(() => {
        change({ solve: defaultState.solve })
        linkErrors.value = [...linkErrors.peek(), error]
      })
  })
