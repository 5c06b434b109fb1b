/**
 * A TIFF of given raw samples, written by the specification (no library): the independent truth for
 * reading. One uncompressed strip, or one for each channel where `planar` says so.
 */

export interface RawTiff {
  readonly width: number
  readonly height: number
  /** 1 grey (minisblack), 3 RGB. */
  readonly colours: 1 | 3
  readonly depth: 8 | 16
  /** What each further channel is: 0 not said, 1 associated alpha, 2 unassociated alpha. */
  readonly extras: readonly number[]
  /** Channel by channel within pixels, row by row. */
  readonly samples: readonly number[]
  readonly planar?: boolean
  /** More tags of one LONG each. */
  readonly tags?: readonly (readonly [number, number])[]
}

const SHORT = 3
const LONG = 4

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
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, Array.from({ length: channels }, () => depth)],
    [259, SHORT, [1]],
    [262, SHORT, [colours === 1 ? 1 : 2]],
    [273, LONG, Array.from({ length: strips }, (_, i) => 8 + i * strip)],
    [277, SHORT, [channels]],
    [278, LONG, [height]],
    [279, LONG, Array.from({ length: strips }, () => strip)],
    [284, SHORT, [planar ? 2 : 1]],
    ...tags.map(([id, value]) => [id, LONG, [value]] as const),
    ...(extras.length > 0 ? [[338, SHORT, extras] as const] : []),
  ]
  const start = 8 + body.length + (body.length % 2)
  let free = start + 2 + 12 * all.length + 4
  const directory = Buffer.alloc(free - start)
  directory.writeUInt16LE(all.length, 0)
  const far: Buffer[] = []
  for (const [i, [id, type, values]] of all.entries()) {
    const bytes = Buffer.from(
      type === SHORT ? Uint16Array.from(values).buffer : Uint32Array.from(values).buffer,
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
