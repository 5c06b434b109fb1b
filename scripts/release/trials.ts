/**
 * Do the archives work where they are installed? Installs them in a new project, beside the tools
 * of its users, and runs the programs in `project/`: as ES modules and CommonJS, in Node, Deno and
 * Bun, in Jest, and through TypeScript in each way it resolves modules.
 */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Archive } from './packages.ts'

interface Trial {
  readonly name: string
  /** A program, with its arguments. */
  readonly command: readonly string[]
  /** What it prints if all is well. */
  readonly prints: string
}

const node = process.execPath

/** A program that npm installed. Its file is run by Node, unless it is one of the system. */
const tool = (path: string): string => join('node_modules', path)

const compilers = ['typescript', 'typescript-5.4']
const strict = '--strict --noEmit --target es2022 --lib es2022,dom --skipLibCheck --types node'
const readings = ['--module node16 typed.ts typed.cts'].concat(
  '--module esnext --moduleResolution bundler typed.ts',
)

const trials: readonly Trial[] = [
  { name: 'Node, import', command: [node, 'results.js'], prints: 'results' },
  { name: 'Node, import, threads', command: [node, 'threads.js'], prints: 'threads' },
  { name: 'Node, require', command: [node, 'required.cjs'], prints: 'required' },
  { name: 'Node, the packages beside it', command: [node, 'volumes.js'], prints: 'volumes' },
  { name: 'Jest', command: [node, tool('jest/bin/jest.js'), '--ci'], prints: '1 passed' },
  ...['results', 'threads'].flatMap((program): Trial[] => [
    {
      name: `Deno, ${program}`,
      command: [node, tool('deno/bin.cjs'), 'run', '--allow-all', `${program}.js`],
      prints: program,
    },
    {
      name: `Bun, ${program}`,
      command: [tool('bun/bin/bun.exe'), `${program}.js`],
      prints: program,
    },
  ]),
  ...compilers.flatMap((compiler) =>
    readings.map(
      (reading): Trial => ({
        name: `${compiler} ${reading}`,
        command: [node, tool(`${compiler}/bin/tsc`), ...strict.split(' '), ...reading.split(' ')],
        prints: '',
      }),
    ),
  ),
  {
    name: 'stridefold kernels',
    command: [node, tool('@stridefold/cli/bin/stridefold.js'), 'kernels'],
    prints: 'gaussian',
  },
]

/** Installs the archives into a folder that exists. Throws if npm fails. */
export function installProject(archives: readonly Archive[], folder: string): void {
  cpSync(fileURLToPath(new URL('project', import.meta.url)), folder, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const dependencies = Object.fromEntries(archives.map(({ name, file }) => [name, `file:${file}`]))
  // They name each other's version, which no registry has yet.
  const own = { ...manifest, dependencies, overrides: dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(own, undefined, 2))
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']
  run(['npm', 'install', ...quiet], folder)
  // The only script that is needed: Bun's package puts its program in place.
  run([node, join('node_modules', 'bun', 'install.js')], folder)
}

/** Runs all trials. Returns the names of those that failed. */
export function runTrials(folder: string): string[] {
  return trials
    .filter(({ name, command, prints }) => {
      const { status, stdout, stderr } = result(command, folder)
      const isFine = status === 0 && `${stdout}${stderr}`.includes(prints)
      console.log(`  ${isFine ? 'ok  ' : 'FAIL'} ${name}`)
      if (!isFine) console.error(`${stdout}${stderr}`.replace(/^/gm, '       '))
      return !isFine
    })
    .map(({ name }) => name)
}

function run(command: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = result(command, cwd)
  if (status !== 0) throw new Error(`'${command.join(' ')}' failed:\n${stdout}${stderr}`)
}

function result([program, ...args]: readonly string[], cwd: string): SpawnSyncReturns<string> {
  return spawnSync(program!, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1', FORCE_COLOR: undefined },
    timeout: 300_000,
  })
}
