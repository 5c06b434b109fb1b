/**
 * The origin of a measurement: machine, runtime, version, commit and load.
 */

import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { cpus, loadavg, totalmem } from 'node:os'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { capabilities } from 'stridefold/sync'

/** The machine, the engine and the state of a measurement. */
export interface Machine {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly platform: string
  readonly runtime: string
  readonly simd: string
  readonly stridefold: string
  /** Commit of the clone; undefined outside a clone. */
  readonly commit: string | undefined
  /** Load average of the last minute at the start, if the system provides it. */
  readonly load: number
}

/** This machine, now. */
export function machine(): Machine {
  const { simd, relaxedSimd } = capabilities()
  return {
    date: new Date().toISOString(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    runtime: `Node ${process.version}, V8 ${process.versions.v8}`,
    simd: relaxedSimd ? '128 bits, relaxed (fused multiply and add)' : simd ? '128 bits' : 'none',
    stridefold: version(),
    commit: commit(),
    load: loadavg()[0] ?? 0,
  }
}

const version = (): string =>
  (createRequire(import.meta.url)('stridefold/package.json') as { version: string }).version

function commit(): string | undefined {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    // If this package is installed inside another repository, the commit of that repository is not
    // ours.
    if (git('ls-files', fileURLToPath(import.meta.url)) === '') return undefined
    const isClean = git('status', '--porcelain') === ''
    return `${git('rev-parse', '--short', 'HEAD')}${isClean ? '' : ', with changes'}`
  } catch {
    return undefined
  }
}

/** One line for the foot of a table. */
export const machineLine = ({
  processor,
  cores,
  runtime,
  commit: at,
  stridefold,
}: Machine): string =>
  `${cores} × ${processor}; ${runtime}; stridefold ` +
  `${stridefold}${at === undefined ? '' : ` (${at})`}`
