/**
 * Programs are checked before they are compiled, but only once for the same arrays: an asynchronous
 * call checks them ahead, in slices.
 */

import { finish, type Work } from '../../ndarray/work.ts'
import type { ExternalLayouts } from '../../program/backend.ts'
import { checkProgramWork } from '../../program/check.ts'
import type { Program } from '../../program/program.ts'

/** The arrays for which a program was checked, as text. */
const checked = new WeakMap<Program, string>()

/** Throws `InternalError` if the program is not valid for these arrays. */
export const ensureValid = (program: Program, externals: ExternalLayouts): void =>
  finish(ensureValidWork(program, externals))

/** The work of `ensureValid`. */
export function* ensureValidWork(program: Program, externals: ExternalLayouts): Work<void> {
  const arrays = JSON.stringify(externals)
  if (checked.get(program) === arrays) return
  yield* checkProgramWork(program, externals)
  checked.set(program, arrays)
}
