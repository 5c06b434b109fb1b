/**
 * Selects the environment of each test. All tests run in Node, except `*.browser.test.ts`, which
 * run in Chromium only. Tests of the library that do not import Node's modules, directly or through
 * relative imports, share the processes that they run in, and most of them run in Chromium as well.
 * Tests of the lab that open the page share a worker, because they share its browser.
 *
 * `*.gpu.test.ts` need WebGPU. They run in a Chromium of their own, with SwiftShader for a GPU, and
 * in Node once `npm run gpu:node` has installed WebGPU there. Where no GPU can be had they are
 * skipped, with the reason. STRIDEFOLD_GPU_CASES is their number of random cases.
 *
 * `npm test` finds or installs the browser and sets CHROME_PATH to it. Without CHROME_PATH, as with
 * a plain `npx vitest`, only the tests in Node run. 'stridefold' resolves to the source, so no
 * build is needed.
 */

import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { chromiumSwitches, gpuSwitches } from './scripts/chromium.ts'
import { importedSpecifiers, needsNode, sourceFiles } from './scripts/imports.ts'
import { isInstalled } from './test/gpu/node.ts'

const labTests = 'lab/test'
const libraryTests = 'packages/stridefold/test'
const root = dirname(fileURLToPath(import.meta.url))

const gpuTests = 'packages/*/test/**/*.gpu.test.ts'

const portableTests = sourceFiles(join(root, libraryTests))
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.gpu.test.ts'))
  .filter((file) => !needsNode(join(root, libraryTests, file)))
  .map((file) => `${libraryTests}/${file}`)

/** Tests a library without backends, so it has modules of its own. */
const alone = `${libraryTests}/ndarray.test.ts`
const sharing = portableTests.filter((file) => file !== alone)

const pageTests = sourceFiles(join(root, labTests))
  .filter((file) => file.endsWith('.test.ts') && opensPage(join(root, labTests, file)))
  .map((file) => `${labTests}/${file}`)

/** Whether a test imports `browser.ts`, directly or through what tests share. */
function opensPage(file: string): boolean {
  return importedSpecifiers(readFileSync(file, 'utf8')).some(
    (specifier) =>
      specifier === './browser.ts' ||
      (specifier.startsWith('./') && opensPage(join(dirname(file), specifier))),
  )
}

/** The suite waits for a browser and for commands, so one worker leaves a core idle. */
const maxWorkers = Math.max(2, availableParallelism() - 1)

/** Node itself does not know 'module': files that only bundlers read would be loaded. */
const nodeConditions = defaultServerConditions.filter((condition) => condition !== 'module')

const node: TestProjectInlineConfiguration = {
  resolve: { conditions: ['@stridefold/source', ...nodeConditions] },
  ssr: {
    resolve: {
      conditions: ['@stridefold/source', ...nodeConditions],
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
      'site/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
    ],
    exclude: [
      ...['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts', gpuTests],
      ...[...pageTests, ...sharing],
    ],
    // Helper threads of the collector would take the cores of other workers, and wait for them.
    execArgv: ['--single-threaded-gc'],
    // Some tests start many processes or threads. On a busy machine they take minutes.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
}

/** They share the library's modules, as in a browser: what is compiled once stays fast. */
const library: TestProjectInlineConfiguration = {
  resolve: node.resolve!,
  ssr: node.ssr!,
  test: { ...node.test, name: 'library', include: sharing, exclude: [], isolate: false },
}

/** Its name comes before 'node': the longest files run first, and short ones fill the rest. */
const lab: TestProjectInlineConfiguration = {
  resolve: node.resolve!,
  ssr: node.ssr!,
  test: {
    name: 'lab',
    include: pageTests,
    globalSetup: ['lab/test/server.ts'],
    setupFiles: ['lab/test/setup.ts'],
    isolate: false,
    // Some tests visit every view. On a busy machine they take minutes.
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
}

/**
 * Long tests of arithmetic and of planning. Node and Chromium have the same engine, so `npm test`
 * runs them in Node only, and `npm run test:all` in Chromium too.
 */
const arithmetic: readonly string[] = [
  'border-pairs',
  'boxes',
  'boxes-door',
  'boxes-door-runs',
  'channel-kernels',
  'decision',
  'deterministic',
  'exact-rules',
  'exactness',
  'far',
  'fft',
  'fft-step',
  'filters',
  'fission',
  'gradients',
  'guards',
  'integers',
  'laws',
  'layouts',
  'missing',
  'missing-boxes',
  'missing-calls',
  'missing-filters',
  'not-finite',
  'pad-adjoints',
  'planning-turns',
  'random-steps',
  'shaders',
  'shares',
  'strict-transposed',
  'transposed-layers',
  'verify',
]

const inChromium = (executablePath: string, args: readonly string[]) => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { executablePath, args: [...args] } }),
  instances: [{ browser: 'chromium' as const }],
})

const browser = (executablePath: string): TestProjectInlineConfiguration => ({
  resolve: { conditions: ['@stridefold/source', ...defaultClientConditions] },
  optimizeDeps: { include: ['fast-check'] },
  test: {
    name: 'browser',
    include: portableTests,
    exclude:
      process.env.STRIDEFOLD_TESTS === 'all'
        ? []
        : arithmetic.map((name) => `${libraryTests}/${name}.test.ts`),
    testTimeout: 60_000,
    browser: inChromium(executablePath, chromiumSwitches),
  },
})

/** SwiftShader is slow, and a proof has thousands of cases. */
const gpuTimeout = process.env.STRIDEFOLD_GPU_CASES ? 3_600_000 : 120_000

const gpuCases = { gpuCases: Number(process.env.STRIDEFOLD_GPU_CASES ?? 60) }

/** The files share a page, which costs less than one for each. */
const gpu = (executablePath: string): TestProjectInlineConfiguration => ({
  resolve: { conditions: ['@stridefold/source', ...defaultClientConditions] },
  optimizeDeps: { include: ['fast-check'] },
  test: {
    name: 'gpu',
    include: [gpuTests],
    setupFiles: ['test/gpu/setup-page.ts'],
    provide: gpuCases,
    isolate: false,
    testTimeout: gpuTimeout,
    browser: inChromium(executablePath, gpuSwitches()),
  },
})

const gpuNode: TestProjectInlineConfiguration = {
  resolve: node.resolve!,
  ssr: node.ssr!,
  test: {
    name: 'gpu-node',
    include: [gpuTests],
    setupFiles: ['test/gpu/setup-node.ts'],
    provide: gpuCases,
    isolate: false,
    testTimeout: gpuTimeout,
  },
}

const chromium = process.env.CHROME_PATH

const config: ViteUserConfig = {
  test: {
    maxWorkers,
    projects: [
      lab,
      library,
      node,
      ...(chromium ? [browser(chromium), gpu(chromium)] : []),
      ...(isInstalled() ? [gpuNode] : []),
    ],
  },
}
export default config
