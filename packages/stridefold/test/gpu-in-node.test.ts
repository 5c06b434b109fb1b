/**
 * Where WebGPU cannot be had in Node, the tests of the GPU get a reason in words, not an error. The
 * reason depends on what is missing here: the package, or, with the package, the driver.
 */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { isInstalled } from '../../../test/gpu/node.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

// Only Linux has drivers to choose from.
const choosesDriver = process.platform === 'linux' || !isInstalled()

test.runIf(choosesDriver)('without a driver or the package, a GPU is a reason in words', () => {
  const module = join(repository, 'test/gpu/node.ts')
  const code = `const { openGpuInNode } = await import(${JSON.stringify(module)})
    console.log('OPENED ' + JSON.stringify(await openGpuInNode()))`
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', code],
    {
      cwd: repository,
      encoding: 'utf8',
      env: { ...process.env, VK_DRIVER_FILES: '/no/such/driver.json' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const { reason } = JSON.parse(/OPENED (.*)/.exec(output)![1]!) as { reason: string }
  expect(reason).toContain(
    isInstalled()
      ? 'Dawn accepts no driver of VK_DRIVER_FILES=/no/such/driver.json'
      : "the npm package 'webgpu' is not installed. Run 'npm run gpu:node'",
  )
})
