/**
 * Which files do the words of the command line name? A word is a file, a pattern such as
 * `photos/*.jpg`, or, with --recursive, a folder. Each file has a name below the output folder: its
 * own, with the folders between it and the folder that was given.
 *
 *   photos/a.jpg                     →  a.jpg
 *   'photos/*.jpg'                   →  a.jpg, b.jpg, …
 *   photos, with photos/2024/a.jpg   →  2024/a.jpg
 */

import * as fs from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { inputError, usageError } from './failure.ts'
import { formatOfName, isReadOnlyName } from './images/formats.ts'
import { absolutePath, type Io } from './io.ts'

export interface InputFile {
  /** As it is read, and named in messages. */
  readonly path: string
  /** Its name below the output folder, with `/` between folders. */
  readonly name: string
}

export interface InputFiles {
  readonly files: readonly InputFile[]
  /** Files in folders that are neither images nor arrays. */
  readonly others: number
}

/** Whether a word can name more than one file. */
export const isMany = async (word: string, io: Io): Promise<boolean> =>
  (await kindOf(word, io)) !== 'file'

type Kind = 'file' | 'folder' | 'pattern'

/** The status of a path. Undefined if it cannot be known: reading or writing tells the reason. */
export function statusOf(path: string, io: Io): fs.Stats | undefined {
  try {
    return fs.statSync(absolutePath(path, io), { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** A file with such a name comes before a pattern. The package is loaded for patterns only. */
async function kindOf(word: string, io: Io): Promise<Kind> {
  const found = word === '-' ? undefined : statusOf(word, io)
  if (found?.isDirectory()) return 'folder'
  if (found !== undefined || word === '-') return 'file'
  const { isDynamicPattern } = await import('tinyglobby')
  return isDynamicPattern(word) ? 'pattern' : 'file'
}

export interface Walk {
  readonly isRecursive: boolean
  /** The folder of the results: it is not read. */
  readonly out: string
}

/** All files, in the order of the words, then by name. */
export async function inputFiles(
  words: readonly string[],
  walk: Walk,
  io: Io,
): Promise<InputFiles> {
  const found: InputFiles[] = []
  for (const word of words) found.push(await filesOf(word, walk, io))
  const files = [...new Map(found.flatMap((part) => part.files).map(byPath(io))).values()]
  return { files, others: found.reduce((sum, { others }) => sum + others, 0) }
}

const byPath =
  (io: Io) =>
  (file: InputFile): readonly [string, InputFile] => [absolutePath(file.path, io), file]

async function filesOf(word: string, walk: Walk, io: Io): Promise<InputFiles> {
  const kind = await kindOf(word, io)
  if (kind === 'file') {
    if (word === '-')
      throw usageError("'-' is one input. With several, or a folder for -o, name files.")
    return { files: [{ path: word, name: basename(word) }], others: 0 }
  }
  if (kind === 'folder') return filesIn(word, walk, io)
  const { glob } = await import('tinyglobby')
  const paths = await glob(word, { cwd: io.cwd, onlyFiles: true, expandDirectories: false })
  if (paths.length === 0) throw inputError(`${word} matches no file.`)
  return { files: paths.sort().map((path) => ({ path, name: basename(path) })), others: 0 }
}

/** Images and arrays below a folder. Hidden files are left out, and links to folders. */
function filesIn(folder: string, { isRecursive, out }: Walk, io: Io): InputFiles {
  if (!isRecursive)
    throw usageError(
      `${folder} is a folder. Give --recursive for all files below it, or a pattern: ` +
        `'${join(folder, '*.jpg')}'.`,
    )
  const results = absolutePath(out, io)
  const files: InputFile[] = []
  let others = 0
  const visit = (path: string): void => {
    const entries = fs.readdirSync(absolutePath(path, io), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name)
      if (entry.name.startsWith('.') || absolutePath(inner, io) === results) continue
      if (entry.isDirectory()) visit(inner)
      else if (!isReadable(entry.name)) others++
      else if (fs.statSync(absolutePath(inner, io), { throwIfNoEntry: false })?.isFile())
        files.push({ path: inner, name: relative(folder, inner).split(sep).join('/') })
    }
  }
  visit(folder)
  if (files.length === 0) throw inputError(`${folder} has no image and no array.`)
  return { files, others }
}

const isReadable = (name: string): boolean =>
  formatOfName(name) !== undefined || isReadOnlyName(name)
