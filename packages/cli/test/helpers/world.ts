/**
 * An environment for the command line in tests: a separate folder, streams that are captured, and
 * no terminal.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { onTestFinished } from 'vitest'
import type { Io } from '../../src/io.ts'
import { run } from '../../src/run.ts'

export interface Ran {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface World {
  readonly folder: string
  readonly io: (stdin?: Uint8Array) => { readonly io: Io; readonly ran: (code: number) => Ran }
  run(argv: readonly string[], stdin?: Uint8Array): Promise<Ran>
  put(name: string, bytes: Uint8Array | string): void
  bytes(name: string): Buffer
  names(): string[]
}

/** A new folder, removed after the test. `interrupt` stands for Ctrl-C. */
export function world(interrupt?: AbortSignal): World {
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const io = (stdin: Uint8Array = new Uint8Array()) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    stdout.on('data', (chunk) => out.push(chunk))
    stderr.on('data', (chunk) => err.push(chunk))
    const testIo: Io = {
      stdin: Readable.from(stdin.length > 0 ? [stdin] : []),
      stdout,
      stderr,
      env: {},
      cwd: folder,
      undoOnInterrupt: (_, work) => work(),
      tellOnInterrupt: (_, work) => work(),
      abortOnInterrupt: (work) => work(interrupt ?? new AbortController().signal),
    }
    return {
      io: testIo,
      ran: (code: number): Ran => ({
        code,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString(),
      }),
    }
  }
  return {
    folder,
    io,
    run: async (argv, stdin) => {
      const { io: testIo, ran } = io(stdin)
      return ran(await run(argv, testIo))
    },
    put: (name, bytes) => writeFileSync(join(folder, name), bytes),
    bytes: (name) => readFileSync(join(folder, name)),
    names: () => readdirSync(folder).sort(),
  }
}
