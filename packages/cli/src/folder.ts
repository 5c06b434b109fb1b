/**
 * How does a folder of files get out whole? Everything goes into a folder beside the target, which then takes its name in one step.
 */

import { existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failed, usage } from './failure.ts'
import { absolute, type Io } from './io.ts'

/** Refuses, before any work, a folder that exists (without `force`) or a file of its name. */
export function checkFolder(path: string, force: boolean, io: Io): void {
  const target = absolute(path, io)
  if (!existsSync(target)) {
    if (!existsSync(dirname(target))) throw failed(`${dirname(path)} does not exist: make that folder first.`)
    return
  }
  if (!statSync(target).isDirectory()) throw usage(`${path} is a file, and a folder is to be written. Name another with -o.`)
  if (!force) throw failed(`${path} exists already. Name another folder with -o, or replace it with --force.`)
}

/** Writes the files; what was there under that name is gone only when all of them are on the disk. */
export async function writeFolder(
  path: string,
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  force: boolean,
  io: Io,
): Promise<void> {
  const target = absolute(path, io)
  const beside = await mkdtemp(join(dirname(target), `.${basename(target)}.`))
  try {
    const fresh = join(beside, 'new')
    await mkdir(fresh)
    for (const { name, bytes } of files) await writeFile(join(fresh, name), bytes)
    checkFolder(path, force, io)
    if (existsSync(target)) await rename(target, join(beside, 'old'))
    await rename(fresh, target)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}
