/**
 * `npm test`: runs every test, in Node and in a real browser. Finds or installs a browser, builds
 * the packages (they are tested as they ship), and runs Vitest with the arguments of the command
 * line. The last line has the counts, in a form that programs can parse. A test file that does not
 * load and an error outside of any test count as failures. Tests of the GPU are skipped where there
 * is none; a line before the counts has the reason.
 */

import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { parseCLI, startVitest } from 'vitest/node'
import { findChromium, installChromium } from './chromium.ts'
import { type Counts, countsOf, gpuSkips } from './counts.ts'

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
  const counts = countsOf(vitest.state.getTestModules(), vitest.state.getUnhandledErrors().length)
  for (const line of gpuSkips(vitest.state.getTestModules())) console.log(line)
  await vitest.close()
  return counts
}
