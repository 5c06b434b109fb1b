/**
 * A folder as a store: a key is a path below it. A value is written under a temporary name, which
 * then becomes the key's in one step, so that nobody ever sees a part of it.
 *
 *   out.zarr/.stridefold/5f0c…   written here    ──rename──►   out.zarr/c/0/1
 *
 * Temporary files lie in one folder. What killed writers left is removed with that folder, without
 * a walk through a million chunks. A writer whose temporary file was removed writes it again.
 */

import { openedFile, readAt } from './file.ts'
import { fs, path, randomName } from './host.ts'
import type { ByteRange, WritableStore } from './store.ts'
import { codeOf, readError, writeError } from './system-errors.ts'

const temporaryFolder = '.stridefold'

/** `address` is for messages, in the caller's words. */
export function openFolder(root: string, address: string = root): WritableStore {
  const { join } = path()
  const file = (key: string): string => join(root, key)
  const shown = (key: string): string => join(address, key)
  return {
    address,
    parallel: 4,
    get: async (key, signal) => {
      signal?.throwIfAborted()
      try {
        return await readRange(file(key), { offset: 0, length: Infinity })
      } catch (error) {
        if (isMissing(error)) return undefined
        throw readError(shown(key), error)
      }
    },
    getRange: async (key, range, signal) => {
      signal?.throwIfAborted()
      try {
        return await readRange(file(key), range)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw readError(shown(key), error)
      }
    },
    open: async (key, signal) => {
      signal?.throwIfAborted()
      try {
        return await openedFile(file(key), shown(key))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw readError(shown(key), error)
      }
    },
    list: async (key) => {
      try {
        return await fs().readdir(file(key))
      } catch (error) {
        throw readError(shown(key), error)
      }
    },
    set: async (key, bytes) => {
      try {
        await replaceFile(root, file(key), bytes)
      } catch (error) {
        throw writeError(shown(key), error)
      }
    },
    length: async (key) => {
      try {
        const status = await fs().stat(file(key))
        return status.isFile() ? status.size : undefined
      } catch (error) {
        if (isMissing(error)) return undefined
        throw readError(shown(key), error)
      }
    },
    clean: () =>
      fs().rm(join(root, temporaryFolder), { recursive: true, force: true }).catch(noError),
    close: async () => {},
  }
}

/** A folder in place of a file is no value either. */
const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))

const noError = (): void => {}

async function readRange(name: string, range: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const file = await fs().open(name)
  try {
    const status = await file.stat()
    if (!status.isFile()) throw Object.assign(new Error('not a file'), { code: 'EISDIR' })
    const offset = 'offset' in range ? range.offset : Math.max(0, status.size - range.suffixLength)
    const asked = 'offset' in range ? range.length : range.suffixLength
    return await readAt(file, offset, Math.max(0, Math.min(asked, status.size - offset)))
  } finally {
    await file.close()
  }
}

/** Others may remove the temporary folder between any two steps. */
const attempts = 20

async function replaceFile(root: string, target: string, bytes: Uint8Array): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const temporary = path().join(root, temporaryFolder, randomName())
    try {
      await writeNew(temporary, bytes)
      await renameInto(temporary, target)
      return
    } catch (error) {
      await fs().rm(temporary, { force: true }).catch(noError)
      if (codeOf(error) !== 'ENOENT' || attempt === attempts) throw error
      // The folder may be missing, or was removed with the file in it. Its parent must be there.
      await fs()
        .mkdir(path().dirname(temporary))
        .catch((reason) => {
          if (codeOf(reason) !== 'EEXIST') throw reason
        })
    }
  }
}

async function writeNew(name: string, bytes: Uint8Array): Promise<void> {
  const file = await fs().open(name, 'wx')
  try {
    for (let at = 0; at < bytes.length; )
      at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
  } finally {
    await file.close()
  }
}

async function renameInto(temporary: string, target: string): Promise<void> {
  try {
    await fs().rename(temporary, target)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await makeFolders(path().dirname(target))
    await fs().rename(temporary, target)
  }
}

/**
 * Makes a folder and those around it. `mkdir` with `recursive` says that nothing exists where the
 * file system is read-only.
 */
export async function makeFolders(name: string): Promise<void> {
  try {
    await fs().mkdir(name)
  } catch (error) {
    const parent = path().dirname(name)
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || parent === name) throw error
    await makeFolders(parent)
    await fs()
      .mkdir(name)
      .catch((reason) => {
        if (codeOf(reason) !== 'EEXIST') throw reason
      })
  }
}
