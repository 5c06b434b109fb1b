#!/usr/bin/env node
/**
 * Starts the built command line. In a clone without a build it runs the TypeScript source in a
 * second process.
 */

import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const built = new URL('../dist/main.js', import.meta.url)
const source = new URL('../src/main.ts', import.meta.url)

if (existsSync(built)) await import(built.href)
else if (existsSync(source) && isInstalled('tsx')) await runSource()
else {
  console.error(
    "stridefold is not built: packages/cli/dist/main.js is missing. Run 'npm ci && npm run build' in the repository.",
  )
  process.exitCode = 1
}

function isInstalled(name) {
  try {
    return Boolean(import.meta.resolve(name))
  } catch {
    return false
  }
}

/**
 * The child handles signals itself (Ctrl-C reaches both processes). This process waits for the child
 * and ends with the same code or signal.
 */
async function runSource() {
  const { spawn } = await import('node:child_process')
  const args = [
    '--conditions=@stridefold/source',
    '--import',
    import.meta.resolve('tsx'),
    fileURLToPath(source),
    ...process.argv.slice(2),
  ]
  const child = spawn(process.execPath, args, { stdio: 'inherit' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
