/**
 * Pages are looked at in every size, language and colour. `npm run test:all` takes all of them.
 * `npm test` takes the few that differ most: they stand first in their lists.
 */

import process from 'node:process'

export const isWhole: boolean = process.env.STRIDEFOLD_TESTS === 'all'

/** All of a list, or its first few. */
export const sweep = <T>(all: readonly T[], few: number): readonly T[] =>
  isWhole ? all : all.slice(0, few)
