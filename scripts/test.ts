/**
 * `npm test`: runs every test, in Node and in a real browser. Finds or installs a browser, builds
 * the packages (they are tested as they ship), and runs Vitest with the arguments of the command
 * line. The last line has the counts, in a form that programs can parse. A test file that does not
 * load and an error outside of any test count as failures.
 */

import { spawnSync } from 'node:child_process'
import process from 'node:process'
import type { TestModule, Vitest } from 'vitest/node'
import { parseCLI, startVitest } from 'vitest/node'
import { findChromium, installChromium } from './chromium.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

try {
  process.env.CHROME_PATH = findChromium() ?? installChromium()
  console.log(`Browser: ${process.env.CHROME_PATH}`)
  build()
  const counts = await run(process.argv.slice(2))
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

function build(): void {
  const { status } = spawnSync('npm run --silent build', {
    shell: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0)
    throw new Error(
      "The build failed, so nothing was tested. 'npm run build' shows the same errors.",
    )
}

async function run(args: readonly string[]): Promise<Counts> {
  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const vitest = await startVitest('test', filter, { ...options, watch: false })
  const counts = countsOf(vitest)
  await vitest.close()
  return counts
}

function countsOf(vitest: Vitest): Counts {
  const counts: Counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 }
  for (const module of vitest.state.getTestModules()) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === 'pending' ? 'skipped' : state] += 1
    }
    if (failedOutsideTests(module)) counts.failed += 1
  }
  return counts
}

/** Returns true if the file did not load or a hook failed, although no test failed. */
function failedOutsideTests(module: TestModule): boolean {
  return !module.ok() && [...module.children.allTests('failed')].length === 0
}
