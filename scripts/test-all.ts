/**
 * `npm run test:all`: as `npm test`, with everything that it takes a part of. The lab's pages in
 * every size, language and colour (lab/test/sweep.ts), all random cases in Node
 * (packages/stridefold/test/random-count.ts), and in Chromium every test of the library that needs
 * nothing of Node (vitest.config.ts). Takes the arguments of Vitest: `-- --project lab`.
 */

import process from 'node:process'

process.env.STRIDEFOLD_TESTS = 'all'
await import('./test.ts')
