/**
 * Reads from a TIFF what the decoder does not report: the meaning of alpha, planar channels, the
 * density, the type of its samples, and the place on a map.
 *
 *   II 42 · offset ──► count · tag tag tag …      a tag: id, type, count, value or its offset
 *   II 43 · 8 0 · offset ──► the same with 8-byte counts and offsets (BigTIFF)
 *
 * Only the first directory is read. Values that point outside the file are ignored.
 */

import type { Density } from './image.ts'
import { noDataTagId, placeTagIds } from './map-place.ts'
import { type TiffTag, tagType } from './tiff-tags.ts'

export interface TiffProperties {
  /** The first extra channel: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSample?: number
  /** Each channel is stored in a separate plane. */
  readonly isPlanar: boolean
  readonly photometric: number
  readonly samplesPerPixel: number
  readonly bitsPerSample: number
  /** 1 unsigned, 2 signed, 3 float; others are not numbers. */
  readonly sampleFormat: number
  readonly density?: Density
  /** The tags that say where the image lies on a map. */
  readonly place?: readonly TiffTag[]
  /** The value of samples that are unknown, as text. */
  readonly noData?: string
}

const rgb = 2
const colourChannels: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  [rgb]: 3,
  3: 1,
  5: 4,
  6: 3,
  8: 3,
}

/**
 * The number of colour channels and of extra channels; undefined for kinds that only the decoder
 * knows.
 */
export function channelsOf({
  photometric,
  samplesPerPixel,
}: TiffProperties): { readonly colours: number; readonly extras: number } | undefined {
  const colours = colourChannels[photometric]
  return colours === undefined ? undefined : { colours, extras: samplesPerPixel - colours }
}

/** Whether the decoder (libvips 8.18) mixes up the planes. It does for planar images except RGB. */
export const hasMixedPlanes = ({
  isPlanar,
  photometric,
  samplesPerPixel,
}: TiffProperties): boolean => isPlanar && samplesPerPixel > 1 && photometric !== rgb

/** The properties in the first directory; undefined if it cannot be read. */
export function tiffProperties(bytes: Uint8Array): TiffProperties | undefined {
  try {
    const tags = readDirectory(bytes)
    const first = (id: number, otherwise: number): number => tags.get(id)?.values[0] ?? otherwise
    const density = densityOf(first(282, 0), first(283, first(282, 0)), first(296, 2))
    const extra = tags.get(338)?.values[0]
    const noData = tags.get(noDataTagId)
    const place = placeTagIds.flatMap((id) => tags.get(id) ?? [])
    return {
      ...(extra !== undefined && { extraSample: extra }),
      isPlanar: first(284, 1) === 2,
      photometric: first(262, -1),
      samplesPerPixel: first(277, 1),
      bitsPerSample: first(258, 1),
      sampleFormat: first(339, 1),
      ...(place.length > 0 && { place }),
      ...(noData && { noData: textOf(noData) }),
      ...(density && { density }),
    }
  } catch (error) {
    // DataView throws this if an offset points outside the file.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readDirectory(bytes: Uint8Array): ReadonlyMap<number, TiffTag> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  const isBig = view.getUint16(2, little) === 43
  const word = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
  const width = isBig ? 8 : 4
  const start = word(isBig ? 8 : 4)
  const count = isBig ? word(start) : view.getUint16(start, little)
  const tags = new Map<number, TiffTag>()
  for (let i = 0; i < Math.min(count, 4096); i++) {
    const at = start + (isBig ? 8 : 2) + i * (4 + 2 * width)
    const [id, type] = [view.getUint16(at, little), view.getUint16(at + 2, little)]
    const known = tagType[type]
    if (known === undefined) continue
    const length = Math.min(word(at + 4), isKept(id) ? maxKept : 16)
    const from = known.bytes * length <= width ? at + 4 + width : word(at + 4 + width)
    if (from + known.bytes * length > bytes.length) continue
    const values = Array.from({ length }, (_, n) =>
      known.read(view, from + n * known.bytes, little),
    )
    tags.set(id, { id, type, values })
  }
  return tags
}

/** Tags of which all values are needed. Others may be as long as the image. */
const isKept = (id: number): boolean => placeTagIds.includes(id) || id === noDataTagId

/** The most values of such a tag. */
const maxKept = 2 ** 16

const metresPerUnit: Readonly<Record<number, number>> = { 2: 0.0254, 3: 0.01 }

function densityOf(x: number, y: number, unit: number): Density | undefined {
  const metres = metresPerUnit[unit]
  return metres !== undefined && x > 0 && y > 0 && Number.isFinite(x + y)
    ? { x: x / metres, y: y / metres }
    : undefined
}

const textOf = ({ values }: TiffTag): string =>
  String.fromCharCode(...Array.from(values))
    .split('\0')[0]!
    .trim()
