/**
 * `npm run bench`: the benchmarks by name. Without a name, stridefold and other libraries are timed
 * on suites of cases (bench.ts). `planner` grades the choices of the planner (planner/planner.ts).
 */

import process from 'node:process'

if (process.argv[2] === 'planner') await import('./planner/planner.ts')
else await import('./bench.ts')
