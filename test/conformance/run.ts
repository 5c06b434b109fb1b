/**
 * Runs the convolution specs of TensorFlow.js on stridefold.
 *
 *     npm run conformance
 *
 * Installs TensorFlow.js and Jasmine next to this file if they are missing (without install
 * scripts), bundles the specs with the adapter, and runs them. Prints the reason of each skipped
 * spec; the last line is `N passed, M failed, K skipped`. Not part of `npm test`.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Specs that do not apply: a part of the name, and the reason. */
const notApplicable: readonly (readonly [part: string, reason: string])[] = [
  [
    'input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
    "a transposed layer from 8×8 to 4×4 with stride 1 and 'same': no layer has these two " +
      'shapes, so stridefold throws',
  ],
]

if (!existsSync(`${here}node_modules/jasmine-core`)) {
  process.stdout.write('Installing TensorFlow.js and Jasmine into test/conformance …\n')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('npm ci in test/conformance failed; its message is above.')
}

const bundle = `${here}node_modules/.cache/specs.mjs`
await build({
  input: `${here}specs.ts`,
  platform: 'node',
  treeshake: false,
  resolve: {
    mainFields: ['module', 'main'],
    conditionNames: ['@stridefold/source', 'import', 'node', 'default'],
  },
  output: { file: bundle, format: 'esm', codeSplitting: false },
  logLevel: 'silent',
})

interface Result {
  readonly fullName: string
  readonly status: string
  readonly failedExpectations: readonly { readonly message: string }[]
}

interface Jasmine {
  readonly boot: () => { getEnv(): JasmineEnv }
}

interface JasmineEnv {
  configure(options: object): void
  addReporter(reporter: object): void
  execute(): Promise<unknown>
}

const core = createRequire(import.meta.url)('jasmine-core') as Jasmine
const env = core.boot().getEnv()
const counts = { passed: 0, failed: 0, skipped: 0 }
const reasons = new Map<string, number>()
const reasonFor = (name: string): string | undefined =>
  notApplicable.find(([part]) => name.includes(part))?.[1]
env.configure({
  random: false,
  specFilter: (spec: { getFullName(): string }) => reasonFor(spec.getFullName()) === undefined,
})
env.addReporter({
  specDone({ fullName, status, failedExpectations }: Result): void {
    if (status === 'passed') counts.passed++
    else if (status === 'failed') {
      counts.failed++
      process.stdout.write(`failed: ${fullName}\n`)
      for (const { message } of failedExpectations)
        process.stdout.write(`  ${message.split('\n').slice(0, 3).join('\n  ')}\n`)
    } else {
      counts.skipped++
      const reason = reasonFor(fullName) ?? `marked as ${status} by TensorFlow.js`
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
  },
})
const { calls } = (await import(pathToFileURL(bundle).href)) as {
  calls: ReadonlyMap<string, number>
}
await env.execute()
rmSync(bundle)
for (const [name, count] of calls) process.stdout.write(`${name}: ${count} calls\n`)
for (const [reason, count] of reasons) process.stdout.write(`skipped ${count}: ${reason}\n`)
process.stdout.write(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
)
process.exitCode = counts.failed === 0 && [...calls.values()].every((count) => count > 0) ? 0 : 1
