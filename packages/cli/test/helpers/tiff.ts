/**
 * Writes a TIFF from raw samples by the specification, without a library: an independent reference
 * for reading. It has one uncompressed strip, or one per channel with `planar`.
 */

export interface RawTiff {
  readonly width: number
  readonly height: number
  /** 1 grey (minisblack), 3 RGB. */
  readonly colours: 1 | 3
  readonly depth: 8 | 16
  /** Meaning of each extra channel: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extras: readonly number[]
  /** Channel by channel within pixels, row by row. */
  readonly samples: readonly number[]
  readonly planar?: boolean
  /** Additional tags with one long each. */
  readonly tags?: readonly (readonly [number, number])[]
}

const short = 3
const long = 4

export function tiff({
  width,
  height,
  colours,
  depth,
  extras,
  samples,
  planar = false,
  tags = [],
}: RawTiff): Buffer {
  const channels = colours + extras.length
  const pixels = width * height
  const order = planar
    ? Array.from(
        { length: pixels * channels },
        (_, i) => samples[(i % pixels) * channels + Math.floor(i / pixels)]!,
      )
    : samples
  const body = depth === 8 ? Buffer.from(order) : Buffer.from(Uint16Array.from(order).buffer)
  const strips = planar ? channels : 1
  const strip = body.length / strips
  const all: (readonly [id: number, type: number, values: readonly number[]])[] = [
    [256, long, [width]],
    [257, long, [height]],
    [258, short, Array.from({ length: channels }, () => depth)],
    [259, short, [1]],
    [262, short, [colours === 1 ? 1 : 2]],
    [273, long, Array.from({ length: strips }, (_, i) => 8 + i * strip)],
    [277, short, [channels]],
    [278, long, [height]],
    [279, long, Array.from({ length: strips }, () => strip)],
    [284, short, [planar ? 2 : 1]],
    ...tags.map(([id, value]) => [id, long, [value]] as const),
    ...(extras.length > 0 ? [[338, short, extras] as const] : []),
  ]
  const start = 8 + body.length + (body.length % 2)
  let free = start + 2 + 12 * all.length + 4
  const directory = Buffer.alloc(free - start)
  directory.writeUInt16LE(all.length, 0)
  const far: Buffer[] = []
  for (const [i, [id, type, values]] of all.entries()) {
    const bytes = Buffer.from(
      type === short ? Uint16Array.from(values).buffer : Uint32Array.from(values).buffer,
    )
    const at = 2 + 12 * i
    directory.writeUInt16LE(id, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(values.length, at + 4)
    if (bytes.length <= 4) bytes.copy(directory, at + 8)
    else {
      directory.writeUInt32LE(free, at + 8)
      far.push(bytes)
      free += bytes.length
    }
  }
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(start, 4)
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2), directory, ...far])
}
