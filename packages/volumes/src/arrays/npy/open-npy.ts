/** The array in a .npy file, read by parts. The header is read by stridefold/npy. */

import { type NpyHeader, readNpyHeader } from 'stridefold/npy'
import { VolumeError } from '../../errors.ts'
import { typesOfKinds } from '../element-types.ts'
import type { LinearLayout } from '../linear/layout.ts'
import { linearArray } from '../linear/open-linear.ts'
import type { StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'

export async function openNpy(file: ByteSource, signal?: AbortSignal): Promise<StoredArray> {
  return linearArray(file, layoutOf(await headerOf(file, signal)), 'npy')
}

async function headerOf(file: ByteSource, signal: AbortSignal | undefined): Promise<NpyHeader> {
  const start = await file.read(0, Math.min(4096, file.length), signal)
  const length = start[6] === 1 ? 10 + (start[8]! | (start[9]! << 8)) : longLength(start)
  const head =
    length > start.length
      ? await file.read(0, Math.min(length, file.length, maxHeader), signal)
      : start
  try {
    return readNpyHeader(head, file.address)
  } catch (error) {
    throw new VolumeError('data', error instanceof Error ? error.message : String(error), {
      cause: error,
    })
  }
}

const longLength = (start: Uint8Array): number =>
  start.length < 12 ? 0 : 12 + new DataView(start.buffer, start.byteOffset).getUint32(8, true)

/** readNpyHeader refuses longer ones by itself. */
const maxHeader = 2 ** 20 + 12

/** `readNpyHeader` knows the same types. */
const layoutOf = ({ descr, shape, byteOffset, fortranOrder }: NpyHeader): LinearLayout => ({
  shape,
  elementType: typesOfKinds[descr.replace(/^[<>|=]/, '')]!,
  byteOffset,
  littleEndian: !descr.startsWith('>'),
  fortranOrder,
})
