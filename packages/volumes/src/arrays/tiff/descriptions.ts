/**
 * What do the pages of a stack mean? Microscopes and ImageJ write it into the description of the
 * first page: OME-XML, or lines such as `slices=50`. Otherwise pages are z.
 *
 *   a stack        axes outside the page, the slowest first, and the page of every position
 */

import type { Axis } from '../stored-array.ts'

export interface StackAxis {
  readonly name: 'z' | 'c' | 't'
  readonly extent: number
}

export interface Stack {
  /** Outside the pages, the slowest first. Extents of 1 are left out. */
  readonly axes: readonly StackAxis[]
  /** The page of each position, in row-major order of the axes. */
  readonly pages: readonly number[]
  readonly scales: Readonly<Partial<Record<string, Pick<Axis, 'scale' | 'unit'>>>>
}

/** OME-XML (www.openmicroscopy.org/Schemas). Returns a sentence if it describes something else. */
export function omeStack(xml: string, pageCount: number): Stack | string {
  const pixels = attributesOf('Pixels', xml)
  const order = pixels.DimensionOrder ?? 'XYZCT'
  const channels = [...xml.matchAll(/<(?:\w+:)?Channel\b([^>]*)>/g)].map(([, text]) =>
    Number(attributesIn(text!).SamplesPerPixel ?? 1),
  )
  const samples = channels[0] ?? 1
  const extents: Readonly<Record<string, number>> = {
    Z: Number(pixels.SizeZ ?? 1),
    C: Math.max(1, Number(pixels.SizeC ?? 1) / samples),
    T: Number(pixels.SizeT ?? 1),
  }
  const fastest = [...order.slice(2)]
  const count = fastest.reduce((product, name) => product * (extents[name] ?? Number.NaN), 1)
  if (!Number.isSafeInteger(count) || count < 1) return 'its OME-XML gives no valid sizes.'
  const pages = omePages(xml, fastest, extents, count)
  if (typeof pages === 'string') return pages
  const last = pages.findIndex((page) => page === undefined || page >= pageCount)
  if (last >= 0)
    return (
      `its OME-XML describes ${count} planes, but plane ${last} is not among its ${pageCount} ` +
      'pages.'
    )
  return {
    axes: fastest
      .toReversed()
      .map((name) => ({ name: name.toLowerCase() as StackAxis['name'], extent: extents[name]! }))
      .filter(({ extent }) => extent > 1),
    pages: pages as number[],
    scales: {
      ...Object.fromEntries(
        ['X', 'Y', 'Z'].map((name) => [
          name.toLowerCase(),
          omeScale(pixels[`PhysicalSize${name}`], pixels[`PhysicalSize${name}Unit`]),
        ]),
      ),
      t: omeScale(pixels.TimeIncrement, pixels.TimeIncrementUnit ?? 's'),
    },
  }
}

/** By the elements TiffData: where a run of planes begins, and in which page. */
function omePages(
  xml: string,
  fastest: readonly string[],
  extents: Readonly<Record<string, number>>,
  count: number,
): (number | undefined)[] | string {
  const parts = [...xml.matchAll(/<(?:\w+:)?TiffData\b([^>]*?)(\/>|>([\s\S]*?)<\/)/g)]
  if (parts.some(([, , , inside]) => inside !== undefined && filesIn(inside, xml)))
    return 'its planes lie in several files. Join them into one.'
  const pages = new Array<number | undefined>(count)
  if (parts.length === 0) return pages.fill(0).map((_, plane) => plane)
  for (const [, text] of parts) {
    const given = attributesIn(text!)
    let step = 1
    let first = 0
    for (const name of fastest) {
      first += Number(given[`First${name}`] ?? 0) * step
      step *= extents[name]!
    }
    const ifd = Number(given.IFD ?? 0)
    const planes = Number(given.PlaneCount ?? (given.IFD === undefined ? count : 1))
    for (let i = 0; i < planes && first + i < count; i++) pages[first + i] = ifd + i
  }
  return pages
}

/** Whether a UUID names another file than that of the others. */
function filesIn(inside: string, xml: string): boolean {
  const name = /FileName="([^"]*)"/.exec(inside)?.[1]
  const all = new Set([...xml.matchAll(/FileName="([^"]*)"/g)].map(([, each]) => each))
  return name !== undefined && all.size > 1
}

const omeScale = (size: string | undefined, unit = 'µm'): Pick<Axis, 'scale' | 'unit'> =>
  size === undefined || !(Number(size) > 0)
    ? { scale: undefined, unit: undefined }
    : { scale: Number(size), unit: unitNames[unit] ?? unit }

/** As OME-Zarr names them (UDUNITS-2). */
const unitNames: Readonly<Record<string, string>> = {
  Å: 'angstrom',
  nm: 'nanometer',
  µm: 'micrometer',
  μm: 'micrometer',
  um: 'micrometer',
  micron: 'micrometer',
  microns: 'micrometer',
  '\\u00B5m': 'micrometer',
  mm: 'millimeter',
  cm: 'centimeter',
  m: 'meter',
  inch: 'inch',
  ms: 'millisecond',
  s: 'second',
  sec: 'second',
  min: 'minute',
  h: 'hour',
}

const attributesOf = (tag: string, xml: string): Record<string, string | undefined> =>
  attributesIn(new RegExp(`<(?:\\w+:)?${tag}\\b([^>]*)>`).exec(xml)?.[1] ?? '')

function attributesIn(text: string): Record<string, string | undefined> {
  const found = [...text.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)]
  return Object.fromEntries(
    found.map(([, name, value, other]) => [name, entities(value ?? other!)]),
  )
}

const entities = (text: string): string =>
  text.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) =>
    String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)),
  )

/** The lines of ImageJ: channels are fastest, then slices, then frames. */
export function imageJStack(
  text: string,
  pageCount: number,
  resolution: readonly [x: number | undefined, y: number | undefined],
): Stack & { readonly images: number } {
  const lines = Object.fromEntries(
    text.split('\n').map((line): [string, string] => {
      const [name, ...value] = line.split('=')
      return [name!.trim(), value.join('=').trim()]
    }),
  )
  const extent = (name: string): number => Math.max(1, Number(lines[name] ?? 1) || 1)
  const images = Math.max(extent('images'), pageCount)
  const [channels, slices, frames] = [extent('channels'), extent('slices'), extent('frames')]
  const known = channels * slices * frames === images
  const unit = unitNames[lines.unit ?? ''] ?? lines.unit
  const interval = Number(lines.finterval)
  const scaled = (scale: number | undefined): Pick<Axis, 'scale' | 'unit'> =>
    scale !== undefined && scale > 0 && unit
      ? { scale, unit }
      : { scale: undefined, unit: undefined }
  const [x, y] = resolution
  return {
    images,
    axes: (known
      ? [
          { name: 't' as const, extent: frames },
          { name: 'z' as const, extent: slices },
          { name: 'c' as const, extent: channels },
        ]
      : [{ name: 'z' as const, extent: images }]
    ).filter((axis) => axis.extent > 1),
    pages: Array.from({ length: images }, (_, page) => page),
    scales: {
      x: scaled(x && 1 / x),
      y: scaled(y && 1 / y),
      z: scaled(lines.spacing === undefined ? undefined : Math.abs(Number(lines.spacing))),
      ...(interval > 0 && { t: { scale: interval, unit: 'second' } }),
    },
  }
}
