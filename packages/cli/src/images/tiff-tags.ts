/**
 * The tags of a TIFF as numbers, and their bytes in a file (TIFF 6.0, section 2):
 *
 *   count (2) · id (2), type (2), count (4), value or its offset (4) · … · 0 (4) · longer values
 */

/** A tag with its values. Those of texts are the codes of their characters, NUL at the end. */
export interface TiffTag {
  readonly id: number
  readonly type: number
  readonly values: ArrayLike<number>
}

export const tagTypes = {
  ascii: 2,
  short: 3,
  long: 4,
  rational: 5,
  undefined: 7,
  double: 12,
  long8: 16,
} as const

interface TagType {
  readonly bytes: number
  readonly read: (view: DataView, at: number, little: boolean) => number
  /** Undefined: this type is only read. */
  readonly write?: (view: DataView, at: number, value: number) => void
}

const byteType: TagType = {
  bytes: 1,
  read: (view, at) => view.getUint8(at),
  write: (view, at, value) => view.setUint8(at, value),
}

/** The denominator of a fraction that is written. */
const parts = 10_000

/** How the values of a type are read and written. The others are left out. */
export const tagType: Readonly<Record<number, TagType>> = {
  [tagTypes.ascii]: byteType,
  [tagTypes.undefined]: byteType,
  [tagTypes.short]: {
    bytes: 2,
    read: (view, at, little) => view.getUint16(at, little),
    write: (view, at, value) => view.setUint16(at, value, true),
  },
  [tagTypes.long]: {
    bytes: 4,
    read: (view, at, little) => view.getUint32(at, little),
    write: (view, at, value) => view.setUint32(at, value, true),
  },
  [tagTypes.rational]: {
    bytes: 8,
    read: (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little),
    write: (view, at, value) => {
      view.setUint32(at, Math.min(Math.round(value * parts), 2 ** 32 - 1), true)
      view.setUint32(at + 4, parts, true)
    },
  },
  [tagTypes.double]: {
    bytes: 8,
    read: (view, at, little) => view.getFloat64(at, little),
    write: (view, at, value) => view.setFloat64(at, value, true),
  },
  [tagTypes.long8]: {
    bytes: 8,
    read: (view, at, little) => Number(view.getBigUint64(at, little)),
  },
}

/** A directory in little-endian order that stands at the byte `at` of its file. */
export function directoryBytes(tags: readonly TiffTag[], at: number): Uint8Array {
  return joinedDirectory(
    tags.map((tag) => ({ id: tag.id, tag })),
    at,
  )
}

/** An entry of a directory: as it is in the same file, or a tag. */
type Entry = { readonly id: number } & ({ readonly raw: Uint8Array } | { readonly tag: TiffTag })

const entryBytes = 12

function joinedDirectory(entries: readonly Entry[], at: number): Uint8Array {
  const sorted = entries.toSorted((a, b) => a.id - b.id)
  let free = 2 + entryBytes * sorted.length + 4
  const starts = sorted.map((entry) => {
    if ('raw' in entry || valueBytes(entry.tag) <= 4) return 0
    const start = free
    // Values start at even offsets.
    free += valueBytes(entry.tag) + (valueBytes(entry.tag) % 2)
    return start
  })
  const bytes = new Uint8Array(free)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, sorted.length, true)
  for (const [i, entry] of sorted.entries()) {
    const place = 2 + entryBytes * i
    if ('raw' in entry) {
      bytes.set(entry.raw, place)
      continue
    }
    const { id, type, values } = entry.tag
    view.setUint16(place, id, true)
    view.setUint16(place + 2, type, true)
    view.setUint32(place + 4, values.length, true)
    if (starts[i]! > 0) view.setUint32(place + 8, at + starts[i]!, true)
    const { bytes: size, write } = tagType[type]!
    for (let n = 0; n < values.length; n++)
      write!(view, (starts[i]! || place + 8) + n * size, values[n]!)
  }
  return bytes
}

const valueBytes = ({ type, values }: TiffTag): number => tagType[type]!.bytes * values.length

/**
 * The bytes of a TIFF file with these tags besides its own: a new directory at the end, with the
 * entries of the old one. `file` is a little-endian TIFF with 4-byte offsets and one image.
 */
export function withTags(file: Uint8Array, tags: readonly TiffTag[]): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const old = view.getUint32(4, true)
  const raw = Array.from({ length: view.getUint16(old, true) }, (_, i): Entry => {
    const place = old + 2 + entryBytes * i
    return { id: view.getUint16(place, true), raw: file.subarray(place, place + entryBytes) }
  })
  const start = file.length + (file.length % 2)
  const directory = joinedDirectory([...raw, ...tags.map((tag) => ({ id: tag.id, tag }))], start)
  const bytes = new Uint8Array(start + directory.length)
  bytes.set(file)
  bytes.set(directory, start)
  new DataView(bytes.buffer).setUint32(4, start, true)
  return bytes
}
