/**
 * The modules of Node, without an import that a bundler for pages would follow. In a page there are
 * none: arrays there come from web servers.
 */

import type * as Fs from 'node:fs/promises'
import type * as Modules from 'node:module'
import type * as Os from 'node:os'
import type * as Path from 'node:path'
import type * as Url from 'node:url'
import type * as Threads from 'node:worker_threads'
import type * as Zlib from 'node:zlib'
import { VolumeError } from '../../errors.ts'

const host = globalThis as unknown as {
  readonly process?: { getBuiltinModule?(name: string): unknown }
}

/** A module of Node; undefined in a page. */
const builtin = (name: string): unknown => host.process?.getBuiltinModule?.(name)

function needed(name: string): unknown {
  const module = builtin(name)
  if (module !== undefined) return module
  throw new VolumeError(
    'request',
    'There are no files here: only Node reads and writes them. Give an address that begins with ' +
      'https://.',
  )
}

// The names of the modules are the types of what they are.
export const fs = (): typeof Fs => needed('node:fs/promises') as typeof Fs
export const path = (): typeof Path => needed('node:path') as typeof Path
export const url = (): typeof Url => needed('node:url') as typeof Url
export const modules = (): typeof Modules => needed('node:module') as typeof Modules
export const workerThreads = (): typeof Threads | undefined =>
  builtin('node:worker_threads') as typeof Threads | undefined
export const zlib = (): typeof Zlib | undefined => builtin('node:zlib') as typeof Zlib | undefined

/** The number of processor cores that may be used. */
export const coreCount = (): number =>
  (builtin('node:os') as typeof Os | undefined)?.availableParallelism() ??
  navigator.hardwareConcurrency

/** Random hexadecimal digits, for names that nobody else takes. */
export const randomName = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
