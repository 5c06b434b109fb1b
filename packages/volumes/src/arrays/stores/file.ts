/** A file of this machine, read by parts. */

import { VolumeError } from '../../errors.ts'
import { readAt } from './folder.ts'
import { fs } from './host.ts'
import type { ByteSource } from './store.ts'
import { readError } from './system-errors.ts'

export async function openFile(path: string, address: string = path): Promise<ByteSource> {
  try {
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
  } catch (error) {
    throw readError(address, error)
  }
}
