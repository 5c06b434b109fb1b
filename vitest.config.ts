/**
 * Which test runs where? All in Node, and those of the library that need nothing of Node (neither
 * they nor what they import by a relative path) also in Chromium; `*.browser.test.ts` only there.
 * `npm test` finds or fetches the browser and hands it over in CHROME_PATH; a bare `npx vitest`
 * without it runs the quick half. 'stridefold' means the source: nothing has to be built.
 */

import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { CHROMIUM_SWITCHES } from './scripts/chromium.ts'
import { needsNode, sourceFiles } from './scripts/imports.ts'

const LIBRARY_TESTS = 'packages/stridefold/test'
const root = dirname(fileURLToPath(import.meta.url))

const portableTests = sourceFiles(join(root, LIBRARY_TESTS))
  .filter((file) => file.endsWith('.test.ts') && !needsNode(join(root, LIBRARY_TESTS, file)))
  .map((file) => `${LIBRARY_TESTS}/${file}`)

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
      provider: playwright({ launchOptions: { executablePath, args: [...CHROMIUM_SWITCHES] } }),
      instances: [{ browser: 'chromium' }],
    },
  },
})

const chromium = process.env.CHROME_PATH

const config: ViteUserConfig = { test: { projects: chromium ? [node, browser(chromium)] : [node] } }
export default config
