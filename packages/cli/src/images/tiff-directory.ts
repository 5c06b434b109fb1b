/**
 * Reads from a TIFF what the decoder does not report: the meaning of alpha, planar channels, and
 * the density.
 *
 *   II 42 · offset ──► count · tag tag tag …      a tag: id, type, count, value or its offset
 *   II 43 · 8 0 · offset ──► the same with 8-byte counts and offsets (BigTIFF)
 *
 * Only the first directory is read. Values that point outside the file are ignored.
 */

import type { Density } from './image.ts'

export interface TiffProperties {
  /** The first extra channel: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSample?: number
  /** Each channel is stored in a separate plane. */
  readonly isPlanar: boolean
  readonly photometric: number
  readonly samplesPerPixel: number
  readonly density?: Density
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
    const first = (id: number, otherwise: number): number => tags.get(id)?.[0] ?? otherwise
    const density = densityOf(first(282, 0), first(283, first(282, 0)), first(296, 2))
    const extra = tags.get(338)?.[0]
    return {
      ...(extra !== undefined && { extraSample: extra }),
      isPlanar: first(284, 1) === 2,
      photometric: first(262, -1),
      samplesPerPixel: first(277, 1),
      ...(density && { density }),
    }
  } catch (error) {
    // DataView throws this if an offset points outside the file.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Bytes of SHORT, LONG, RATIONAL and LONG8, the only types that are read. */
const sizes: Readonly<Record<number, number>> = { 3: 2, 4: 4, 5: 8, 16: 8 }

function readDirectory(bytes: Uint8Array): ReadonlyMap<number, readonly number[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  const isBig = view.getUint16(2, little) === 43
  const word = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little)
  const width = isBig ? 8 : 4
  const start = word(isBig ? 8 : 4)
  const count = isBig ? word(start) : view.getUint16(start, little)
  const tags = new Map<number, readonly number[]>()
  for (let i = 0; i < Math.min(count, 4096); i++) {
    const at = start + (isBig ? 8 : 2) + i * (4 + 2 * width)
    const type = view.getUint16(at + 2, little)
    const size = sizes[type]
    const length = Math.min(word(at + 4), 16)
    if (size === undefined) continue
    const from = size * length <= width ? at + 4 + width : word(at + 4 + width)
    const value = (place: number): number => {
      if (type === 3) return view.getUint16(place, little)
      if (type === 4) return view.getUint32(place, little)
      if (type === 16) return Number(view.getBigUint64(place, little))
      return view.getUint32(place, little) / view.getUint32(place + 4, little)
    }
    tags.set(
      view.getUint16(at, little),
      Array.from({ length }, (_, n) => value(from + n * size)),
    )
  }
  return tags
}

const metresPerUnit: Readonly<Record<number, number>> = { 2: 0.0254, 3: 0.01 }

function densityOf(x: number, y: number, unit: number): Density | undefined {
  const metres = metresPerUnit[unit]
  return metres !== undefined && x > 0 && y > 0 && Number.isFinite(x + y)
    ? { x: x / metres, y: y / metres }
    : undefined
}
