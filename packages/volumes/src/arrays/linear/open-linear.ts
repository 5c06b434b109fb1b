/** A file without compression as a stored array. */

import { VolumeError } from '../../errors.ts'
import { elementTypes } from '../element-types.ts'
import type { Axis, Format, StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import { byteLength, type LinearLayout, slabs } from './layout.ts'
import { bytesOfRead, readBox } from './read-box.ts'

export function linearArray(
  file: ByteSource,
  layout: LinearLayout,
  format: Format,
  axes: readonly Axis[] = layout.shape.map((_, axis) => namelessAxis(axis)),
): StoredArray {
  const needed = layout.byteOffset + byteLength(layout)
  if (file.length < needed)
    throw new VolumeError(
      'data',
      `${file.address} is cut off: an array of [${layout.shape.join(', ')}] ` +
        `${layout.elementType} needs ${needed} bytes, but there are ${file.length}. Copy it again.`,
    )
  return {
    address: file.address,
    shape: layout.shape,
    dtype: elementTypes[layout.elementType].dtype,
    chunks: slabs(layout),
    axes,
    attributes: {},
    storage: {
      format,
      elementType: layout.elementType,
      codec: undefined,
      ome: undefined,
      shards: undefined,
    },
    read: (box, signal) => readBox(file, layout, box, signal),
    bytesOfRead: (box) => bytesOfRead(box, layout),
    close: () => file.close(),
  }
}

export const namelessAxis = (axis: number): Axis => ({
  name: `axis${axis}`,
  type: 'space',
  unit: undefined,
  scale: undefined,
  translation: undefined,
})
