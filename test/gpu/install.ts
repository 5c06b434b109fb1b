/**
 * `npm run gpu:node`: installs WebGPU for Node, the npm package `webgpu`, into this folder. It is
 * not a dependency of the workspace, because it has 51 MB (132 MB unpacked) and only the tests of
 * the GPU use it. Then it opens the GPU and prints the adapter, or the reason why there is none.
 */

import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { isInstalled, openGpuInNode } from './node.ts'

if (!isInstalled()) {
  console.log('Installing WebGPU for Node (51 MB) into test/gpu')
  const { status, error } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', import.meta.dirname],
    { stdio: 'inherit', shell: process.platform === 'win32' },
  )
  if (status !== 0) {
    console.error(
      `npm ended with ${error?.message ?? `status ${status}`}, so WebGPU for Node is not ` +
        "installed. See npm's message above. It needs the network. 'npm run gpu:node' tries again.",
    )
    process.exit(1)
  }
}

const opened = await openGpuInNode()
if ('reason' in opened) {
  console.error(`WebGPU for Node is installed, but there is no GPU: ${opened.reason}`)
  process.exitCode = 1
} else console.log(`WebGPU for Node is ready. Adapter: ${opened.adapter}`)
