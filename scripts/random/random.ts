/**
 * Checks stridefold on new random cases.
 *
 *     npm run random -- [libraries] [--cases 100000] [--seed N] [--python /usr/bin/python3]
 *     npm run random -- exact [--cases 20000] [--seed N]
 *     npm run random -- cuts [--cases 1000] [--seed N]
 *     npm run random -- filters [--cases 3000] [--seed N] [--python /usr/bin/python3]
 *     npm run random -- streams [--cases 2000] [--seed N]
 *
 * `libraries` compares all calls with PyTorch and SciPy (other-libraries.ts); it needs a Python
 * that has both. `exact` compares integer results with exact integer arithmetic (exact.ts). `cuts`
 * compares the bits of problems in boxes with those of the whole (cuts.ts). `filters` compares the
 * filters with names with SciPy (filters.ts). `streams` compares streams with the definition
 * (streams.ts). All end with the line `N passed, M failed`. Not part of `npm test`.
 */

import process from 'node:process'
import { parseArgs } from 'node:util'
import { runCuts } from './cuts.ts'
import { runExact } from './exact.ts'
import { runFilters } from './filters.ts'
import { runAgainstLibraries } from './other-libraries.ts'
import { runStreams } from './streams.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
})
const [mode = 'libraries', ...others] = positionals
const usualCases: Readonly<Record<string, number>> = {
  libraries: 100_000,
  exact: 20_000,
  cuts: 1000,
  filters: 3000,
  streams: 2000,
}
if (!Object.hasOwn(usualCases, mode) || others.length > 0)
  throw new Error(
    `The mode is ${Object.keys(usualCases).join(' or ')}, not ${positionals.join(' ')}.`,
  )
const cases = Number(values.cases ?? usualCases[mode])
const firstSeed = Number(values.seed)
if (!Number.isInteger(cases) || cases < 1 || !Number.isInteger(firstSeed))
  throw new Error('--cases must be a whole number from 1 on, and --seed a whole number.')

const { python } = values
const run: Readonly<Record<string, () => boolean | Promise<boolean>>> = {
  libraries: () => runAgainstLibraries(cases, firstSeed, python),
  exact: () => runExact(cases, firstSeed),
  cuts: () => runCuts(cases, firstSeed),
  filters: () => runFilters(cases, firstSeed, python),
  streams: () => runStreams(cases, firstSeed),
}
process.exitCode = (await run[mode]!()) ? 0 : 1
