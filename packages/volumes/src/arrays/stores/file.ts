/** A file of this machine, read by parts. */

import type { FileHandle } from 'node:fs/promises'
import { VolumeError } from '../../errors.ts'
import { fs } from './host.ts'
import type { ByteSource } from './store.ts'
import { readError } from './system-errors.ts'

export async function openFile(path: string, address: string = path): Promise<ByteSource> {
  try {
    return await openedFile(path, address)
  } catch (error) {
    throw readError(address, error)
  }
}

/** The same. Rejects with the error of the system if the file cannot be opened. */
export async function openedFile(path: string, address: string): Promise<ByteSource> {
  const file = await fs().open(path)
  const { size } = await file.stat()
  return {
    address,
    length: size,
    gapBytes: 32 * 2 ** 10,
    read: async (offset, length, signal) => {
      signal?.throwIfAborted()
      const bytes = await readAt(file, offset, length).catch((error) => {
        throw readError(address, error)
      })
      if (bytes.length === length) return bytes
      throw new VolumeError(
        'data',
        `${address} is cut off: ${length} bytes are needed from ${offset}, but it ends at ` +
          `${offset + bytes.length}. Copy it again.`,
      )
    },
    close: () => file.close(),
  }
}

/** The bytes at an offset, fewer where the file ends. */
export async function readAt(
  file: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at)
    if (bytesRead === 0) return bytes.subarray(0, at)
    at += bytesRead
  }
  return bytes
}
