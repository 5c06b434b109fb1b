/**
 * Selects the environment of each test. All tests run in Node, except `*.browser.test.ts`, which
 * run in Chromium only. Tests of the library that do not import Node's modules, directly or through
 * relative imports, run in Chromium as well.
 *
 * `npm test` finds or installs the browser and sets CHROME_PATH to it. Without CHROME_PATH, as with
 * a plain `npx vitest`, only the tests in Node run. 'stridefold' resolves to the source, so no
 * build is needed.
 */

import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { chromiumSwitches } from './scripts/chromium.ts'
import { needsNode, sourceFiles } from './scripts/imports.ts'

const libraryTests = 'packages/stridefold/test'
const root = dirname(fileURLToPath(import.meta.url))

const portableTests = sourceFiles(join(root, libraryTests))
  .filter((file) => file.endsWith('.test.ts') && !needsNode(join(root, libraryTests, file)))
  .map((file) => `${libraryTests}/${file}`)

const node: TestProjectInlineConfiguration = {
  resolve: { conditions: ['@stridefold/source', ...defaultServerConditions] },
  ssr: {
    resolve: {
      conditions: ['@stridefold/source', ...defaultServerConditions],
      externalConditions: ['@stridefold/source'],
    },
  },
  test: {
    name: 'node',
    include: [
      'packages/*/test/**/*.test.ts',
      'bench/test/**/*.test.ts',
      'examples/test/**/*.test.ts',
      'lab/test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts'],
    testTimeout: 60_000,
  },
}

const browser = (executablePath: string): TestProjectInlineConfiguration => ({
  resolve: { conditions: ['@stridefold/source', ...defaultClientConditions] },
  optimizeDeps: { include: ['fast-check'] },
  test: {
    name: 'browser',
    include: portableTests,
    testTimeout: 60_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: [...chromiumSwitches] } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

const chromium = process.env.CHROME_PATH

const config: ViteUserConfig = { test: { projects: chromium ? [node, browser(chromium)] : [node] } }
export default config
