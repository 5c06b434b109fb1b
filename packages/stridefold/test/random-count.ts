/**
 * How many random cases a test runs. Random cases look for faults in the algorithms and in the code
 * that they generate. Both are the same in every engine, so Node runs all cases. What an engine may
 * do differently shows in the named cases, which run everywhere, and in some random ones of each
 * kind: in a browser a fifth. `npm run random` runs as many as it is told to.
 */

const isBrowser = 'document' in globalThis

/** The number of cases here, of `count` in Node. */
export const casesHere = (count: number): number => (isBrowser ? Math.ceil(count / 5) : count)
