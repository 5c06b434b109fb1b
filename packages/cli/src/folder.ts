/**
 * Writes a folder of files completely, or replaces an older one. One of the files is a manifest
 * that lists all of them. `--force` replaces only files that the old manifest lists.
 *
 *   report/index.html, report.json, …  First all new files are written. Then, in one turn of
 *     .stridefold-8c1f….tmp/new/…      the event loop, old files move to old/, new files to their
 *     .stridefold-8c1f….tmp/old/…      final names. If a move fails, all are undone.
 */

import * as fs from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { codeOf, Failure, runtimeError, usageError } from './failure.ts'
import { absolutePath, type Io } from './io.ts'
import { createTemporaryFolder, forgetTemporary, removeTemporaries } from './temporaries.ts'
import { outputTarget, writeFailure } from './write-output.ts'

export interface FolderFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A JSON file of the folder, with `verb`, and with the names of all files as `files`. */
export interface Manifest {
  readonly file: string
  readonly verb: string
}

/** Rejects, before any work, a folder that `writeFolder` would not replace or cannot write. */
export function checkFolder(path: string, manifest: Manifest, force: boolean, io: Io): void {
  const { target, existing } = outputTarget(path, io)
  if (existing && !existing.isDirectory())
    throw usageError(`${path} is a file, but a folder is needed. Name another one with -o.`)
  if (
    existing &&
    `${fs.realpathSync(io.cwd)}${sep}`.startsWith(target.endsWith(sep) ? target : `${target}${sep}`)
  ) {
    throw usageError(
      `${path} is the current folder or one of its parents: a separate folder is needed. Name ` +
        'one with -o.',
    )
  }
  if (existing && !force)
    throw runtimeError(
      `${path} exists already. Name another folder with -o, or replace the ${manifest.verb} ` +
        'in it with --force.',
    )
  if (
    existing &&
    manifestFiles(target, manifest).length === 0 &&
    fs.readdirSync(target).length > 0
  ) {
    throw runtimeError(
      `${path} has files that no ${manifest.verb} wrote: they are not replaced. Name another ` +
        'folder with -o, or move them away.',
    )
  }
  try {
    fs.accessSync(existing ? target : dirname(target), fs.constants.W_OK | fs.constants.X_OK)
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/**
 * Writes all files or none. In an existing folder they replace the files that its manifest lists;
 * other files stay. If the replacement fails, the new files stay in a new folder beside it.
 */
export async function writeFolder(
  path: string,
  files: readonly FolderFile[],
  manifest: Manifest,
  force: boolean,
  io: Io,
): Promise<void> {
  try {
    await io.undoOnInterrupt(removeTemporaries, () => writeFiles(path, files, manifest, force, io))
  } catch (error) {
    throw codeOf(error) === '' ? error : writeFailure(path, error)
  }
}

async function writeFiles(
  path: string,
  files: readonly FolderFile[],
  manifest: Manifest,
  force: boolean,
  io: Io,
): Promise<void> {
  const { target, existing } = outputTarget(path, io)
  const beside = createTemporaryFolder(existing?.isDirectory() ? target : dirname(target))
  try {
    await mkdir(join(beside, 'new'))
    for (const { name, bytes } of files) await writeFresh(join(beside, 'new', name), bytes)
    replaceFolder(path, beside, files, manifest, force, io)
  } finally {
    // Keep the temporary folder if it still holds old files.
    if (namesIn(join(beside, 'old')).length === 0)
      fs.rmSync(beside, { recursive: true, force: true })
    forgetTemporary(beside)
  }
}

async function writeFresh(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Moves the files into place. Synchronous, so that no signal interrupts the moves. */
function replaceFolder(
  path: string,
  beside: string,
  files: readonly FolderFile[],
  manifest: Manifest,
  force: boolean,
  io: Io,
): void {
  try {
    checkFolder(path, manifest, force, io)
    const { target, existing } = outputTarget(path, io)
    if (existing) replaceFiles(target, beside, files, manifestFiles(target, manifest))
    else fs.renameSync(join(beside, 'new'), target)
  } catch (error) {
    const reason = error instanceof Failure ? error.message : writeFailure(path, error).message
    const rescuePath = unusedName(absolutePath(path, io))
    try {
      fs.renameSync(join(beside, 'new'), rescuePath)
    } catch {
      throw error
    }
    throw runtimeError(`${reason} The new files are in ${rescuePath}.`, error)
  }
}

/** Moves old files out and new files in. If a move fails, undoes all moves before it. */
export function replaceFiles(
  target: string,
  beside: string,
  files: readonly { readonly name: string }[],
  oldNames: readonly string[],
): void {
  const [fresh, old] = [join(beside, 'new'), join(beside, 'old')]
  fs.mkdirSync(old)
  const undo: (() => void)[] = []
  const move = (from: string, to: string): void => {
    fs.renameSync(from, to)
    undo.unshift(() => fs.renameSync(to, from))
  }
  try {
    for (const name of oldNames) {
      move(join(target, name), join(old, name))
      if (fs.existsSync(join(fresh, name)))
        fs.chmodSync(join(fresh, name), fs.statSync(join(old, name)).mode & 0o777)
    }
    for (const { name } of files) {
      if (fs.lstatSync(join(target, name), { throwIfNoEntry: false })) {
        throw runtimeError(
          `${join(target, name)} is in the way: the manifest of its folder does not list it.`,
        )
      }
      move(join(fresh, name), join(target, name))
    }
  } catch (error) {
    for (const back of undo) {
      try {
        back()
      } catch (reason) {
        forgetTemporary(beside)
        throw runtimeError(`${target} could not be restored: the old files are in ${old}.`, reason)
      }
    }
    throw error
  }
  fs.rmSync(old, { recursive: true })
}

/**
 * The files of `folder` that its manifest lists, including itself. Empty without a valid manifest.
 */
function manifestFiles(folder: string, { file, verb }: Manifest): string[] {
  let manifest: { readonly verb?: unknown; readonly files?: unknown } | null
  try {
    manifest = JSON.parse(fs.readFileSync(join(folder, file), 'utf8'))
  } catch {
    return []
  }
  if (manifest?.verb !== verb || !Array.isArray(manifest.files)) return []
  const isPlain = (name: unknown): name is string =>
    typeof name === 'string' && name === basename(name) && !/^\.*$|[/\\\0]/.test(name)
  const names = new Set([...manifest.files.filter(isPlain), file])
  return [...names].filter((name) =>
    fs.lstatSync(join(folder, name), { throwIfNoEntry: false })?.isFile(),
  )
}

function namesIn(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : []
}

function unusedName(path: string): string {
  for (let n = 2; ; n++)
    if (!fs.lstatSync(`${path}-${n}`, { throwIfNoEntry: false })) return `${path}-${n}`
}
