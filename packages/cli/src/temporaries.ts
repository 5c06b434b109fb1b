/**
 * The temporary files and folders of output that is not complete yet. They are registered, so that
 * Ctrl-C removes them.
 */

import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'

const temporaries = new Set<string>()

const temporaryPath = (folder: string): string =>
  join(folder, `.stridefold-${randomBytes(12).toString('hex')}.tmp`)

/**
 * Creates an empty temporary file. Creation and registration run without a pause, so an interrupt
 * never leaves an unregistered file.
 */
export function createTemporary(folder: string): { readonly path: string; readonly file: number } {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = fs.constants
  const path = temporaryPath(folder)
  const file = fs.openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  temporaries.add(path)
  return { path, file }
}

/** Creates a temporary folder inside `folder` in the same way. */
export function createTemporaryFolder(folder: string): string {
  const path = temporaryPath(folder)
  fs.mkdirSync(path, 0o700)
  temporaries.add(path)
  return path
}

/** Unregisters a temporary file that was renamed or removed. */
export const forgetTemporary = (path: string): void => void temporaries.delete(path)

/** Removes the temporary files of an interrupted write. */
export function removeTemporaries(): void {
  for (const path of temporaries) {
    try {
      fs.rmSync(path, { recursive: true })
    } catch {
      // The file was just renamed to its final name, so it is complete.
    }
  }
  temporaries.clear()
}
