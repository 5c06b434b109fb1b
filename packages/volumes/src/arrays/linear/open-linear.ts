/** A file without compression as a stored array. */

import { VolumeError } from '../../errors.ts'
import { readNew } from '../boxes.ts'
import { elementTypes } from '../element-types.ts'
import type { Axis, Format, StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import { byteLength, type LinearLayout, slabs } from './layout.ts'
import { bytesOfRead, readBox } from './read-box.ts'

export function linearArray(
  file: ByteSource,
  layout: LinearLayout,
  format: Format,
  axes: readonly Axis[] = namelessAxes(layout.shape),
): StoredArray {
  const needed = layout.byteOffset + byteLength(layout)
  if (file.length < needed)
    throw new VolumeError(
      'data',
      `${file.address} is cut off: an array of [${layout.shape.join(', ')}] ` +
        `${layout.elementType} needs ${needed} bytes, but there are ${file.length}. Copy it again.`,
    )
  const { dtype } = elementTypes[layout.elementType]
  const readInto: StoredArray['readInto'] = (box, to, signal) =>
    readBox(file, layout, box, to, signal)
  return {
    address: file.address,
    shape: layout.shape,
    dtype,
    chunks: slabs(layout),
    axes,
    attributes: {},
    storage: {
      format,
      elementType: layout.elementType,
      codec: undefined,
      ome: undefined,
      shards: undefined,
      wholeChunks: false,
    },
    read: (box, signal) => readNew({ dtype, readInto }, box, signal),
    readInto,
    bytesOfRead: (box) => bytesOfRead(box, layout),
    close: () => file.close(),
  }
}

/**
 * The axes of a file that does not name them. A short last axis of three holds channels: such an
 * array is an image.
 */
const namelessAxes = (shape: readonly number[]): Axis[] =>
  shape.map((extent, axis) =>
    shape.length === 3 && axis === 2 && extent <= mostChannels
      ? { ...namelessAxis(axis), name: 'c', type: 'channel' }
      : namelessAxis(axis),
  )

const mostChannels = 4

export const namelessAxis = (axis: number): Axis => ({
  name: `axis${axis}`,
  type: 'space',
  unit: undefined,
  scale: undefined,
  translation: undefined,
})
