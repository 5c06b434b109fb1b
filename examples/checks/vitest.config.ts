/**
 * `npm run examples`: installs, builds and runs every starter. It needs a registry of npm, so
 * `npm test` does not run it.
 */

import { fileURLToPath } from 'node:url'
import type { ViteUserConfig } from 'vitest/config'

const config: ViteUserConfig = {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions: ['@stridefold/source', 'node', 'import', 'default'] },
  ssr: { resolve: { externalConditions: ['@stridefold/source'] } },
  test: {
    include: ['examples/checks/*.test.ts'],
    globalSetup: ['examples/checks/packed.ts'],
    // Each starter is built by a bundler and runs in a browser: two of them take all cores.
    maxWorkers: 2,
    expect: { poll: { timeout: 120_000 } },
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
}
export default config
