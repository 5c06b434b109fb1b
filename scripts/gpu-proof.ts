/**
 * `npm run gpu:proof`: the tests of the GPU (`*.gpu.test.ts`) with thousands of random cases, in
 * Chromium and in Node, and a summary. `npm test` runs a few of the same cases.
 *
 *   npm run gpu:proof -- [--cases N] [--in chromium,node] [--adapter swiftshader|system] [FILTER …]
 *
 * Node needs `npm run gpu:node` once. Fails if a test fails, or if none can run in an environment
 * that was asked for.
 */

import process from 'node:process'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'
import { isInstalled } from '../test/gpu/node.ts'
import { findChromium } from './chromium.ts'
import { countsOf, gpuSkips } from './counts.ts'

const projects = { chromium: 'gpu', node: 'gpu-node' } as const
const adapters = ['swiftshader', 'system']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '2000' },
    in: { type: 'string', default: 'chromium,node' },
    adapter: { type: 'string', default: 'swiftshader' },
  },
})

const refusal = refuse()
if (refusal) {
  console.error(refusal)
  process.exitCode = 2
} else await prove()

function refuse(): string | undefined {
  if (!/^[1-9]\d*$/.test(values.cases))
    return `--cases is '${values.cases}', and must be a whole number from 1: --cases 2000`
  if (!adapters.includes(values.adapter))
    return `--adapter is '${values.adapter}', and must be one of: ${adapters.join(', ')}`
  const unknown = values.in.split(',').find((name) => !(name in projects))
  if (unknown !== undefined)
    return `--in has '${unknown}', and must be chromium, node, or both with a comma.`
  if (values.in.includes('chromium') && !findChromium())
    return 'No Chromium or Chrome was found. Install one, set CHROME_PATH, or add --in node.'
  if (values.in.includes('node') && !isInstalled())
    return "WebGPU for Node is not installed. Run 'npm run gpu:node', or add --in chromium."
  return undefined
}

async function prove(): Promise<void> {
  process.env.STRIDEFOLD_GPU_CASES = values.cases
  process.env.STRIDEFOLD_GPU = values.adapter
  const path = findChromium()
  if (path) process.env.CHROME_PATH = path
  const environments = values.in.split(',') as (keyof typeof projects)[]
  const start = performance.now()
  const vitest = await startVitest('test', positionals, {
    watch: false,
    project: environments.map((name) => projects[name]),
  })
  const modules = vitest.state.getTestModules()
  const errors = vitest.state.getUnhandledErrors().length
  console.log(`\n${values.cases} random cases a test, adapter: ${values.adapter}`)
  for (const name of environments) {
    // Vitest adds the browser to the name of the project.
    const own = modules.filter((module) => module.project.name.split(' ')[0] === projects[name])
    const counts = countsOf(own, 0)
    console.log(
      `${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    )
    if (counts.passed === 0 || counts.failed > 0) process.exitCode = 1
  }
  for (const line of gpuSkips(modules)) console.log(line)
  if (errors > 0) console.log(`${errors} errors outside of any test`)
  if (errors > 0) process.exitCode = 1
  console.log(`${((performance.now() - start) / 1000).toFixed(1)} s`)
  await vitest.close()
}
