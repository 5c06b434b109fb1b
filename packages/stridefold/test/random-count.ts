/**
 * How many cases a test runs. `npm run test:all` runs all of them in Node, `npm test` half of the
 * random ones. A browser runs a fifth in both: it has the same engine as Node. What an engine may
 * do differently shows in the named cases, which run everywhere. `npm run random` runs as many as
 * it is told to.
 */

const { process, document } = globalThis as {
  readonly process?: { readonly env: Readonly<Record<string, string | undefined>> }
  readonly document?: unknown
}

const runsAll = process?.env.STRIDEFOLD_TESTS === 'all'
const part = runsAll ? 1 : document === undefined ? 1 / 2 : 1 / 5

/** The number of random cases here, of `count` in all. */
export const casesHere = (count: number): number => Math.ceil(count * part)

/** All of a long list, or every `step`-th. */
export const someOf = <T>(all: readonly T[], step: number): readonly T[] =>
  runsAll ? all : all.filter((_, i) => i % step === 0)
