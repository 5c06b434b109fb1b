/**
 * The table of file formats: how each is recognised by its first bytes, and what it can store.
 */

import { extname } from 'node:path'
import type { Depth } from './image.ts'

export type Format = 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif' | 'pnm' | 'npy'

export interface FormatInfo {
  readonly name: string
  readonly extensions: readonly string[]
  /** Largest number of bits per sample; undefined for arrays, which store floats. */
  readonly depth?: Depth
  readonly alpha: boolean
  readonly profile: boolean
  /** Whether decoding returns the encoded samples exactly. */
  readonly exact: boolean
}

export const formats: Readonly<Record<Format, FormatInfo>> = {
  png: { name: 'PNG', extensions: ['.png'], depth: 16, alpha: true, profile: true, exact: true },
  jpeg: {
    name: 'JPEG',
    extensions: ['.jpg', '.jpeg', '.jpe'],
    depth: 8,
    alpha: false,
    profile: true,
    exact: false,
  },
  webp: { name: 'WebP', extensions: ['.webp'], depth: 8, alpha: true, profile: true, exact: true },
  tiff: {
    name: 'TIFF',
    extensions: ['.tif', '.tiff'],
    depth: 16,
    alpha: true,
    profile: true,
    exact: true,
  },
  avif: { name: 'AVIF', extensions: ['.avif'], depth: 8, alpha: true, profile: true, exact: true },
  pnm: {
    name: 'PNM',
    extensions: ['.pnm', '.pgm', '.ppm', '.pam'],
    depth: 16,
    alpha: true,
    profile: false,
    exact: true,
  },
  npy: { name: 'NPY', extensions: ['.npy'], alpha: true, profile: false, exact: true },
}

export const formatNames: readonly Format[] = Object.keys(formats) as Format[]

/** Image formats that are read, but not written. */
const readOnlyNames = { gif: 'GIF' } as const
export type ReadFormat = Format | keyof typeof readOnlyNames

/** The name of a format for people. */
export const formatName = (format: ReadFormat): string =>
  format === 'gif' ? readOnlyNames[format] : formats[format].name

/** The names of the image formats that are written, all of which are read too. */
export const writtenImageNames: readonly string[] = formatNames
  .filter((format) => format !== 'npy')
  .map(formatName)

/** The names of the image formats that are read only. */
export const readOnlyImageNames: readonly string[] = Object.values(readOnlyNames)

/** The image formats that are read, as a list in words. */
export const readImageFormats: string = [...writtenImageNames, ...readOnlyImageNames].join(', ')

export const imageExtensions: string = formatNames
  .flatMap((format) => formats[format].extensions)
  .join(' ')

/** Whether a file name has the extension of a format that is read only. */
export const isReadOnlyName = (path: string): boolean =>
  Object.hasOwn(readOnlyNames, extname(path).slice(1).toLowerCase())

/** The format of a file name; undefined for an unknown extension. */
export function formatOfName(path: string): Format | undefined {
  const extension = extname(path).toLowerCase()
  return formatNames.find((format) => formats[format].extensions.includes(extension))
}

interface Signature {
  readonly format: ReadFormat
  /** Matched against the first bytes, one character per byte. */
  readonly pattern: RegExp
}

const signatures: readonly Signature[] = [
  { format: 'npy', pattern: /^\x93NUMPY/ },
  { format: 'png', pattern: /^\x89PNG/ },
  { format: 'jpeg', pattern: /^\xff\xd8\xff/ },
  { format: 'webp', pattern: /^RIFF[\s\S]{4}WEBP/ },
  { format: 'tiff', pattern: /^(II[*+]\0|MM\0[*+])/ },
  { format: 'avif', pattern: /^[\s\S]{4}ftyp(avif|avis|mif1|msf1)/ },
  { format: 'gif', pattern: /^GIF8/ },
  { format: 'pnm', pattern: /^P[1-7][\s#]/ },
]

/**
 * The format that the first bytes show, whatever the name of the file. Undefined for an unknown
 * format.
 */
export function formatOfBytes(bytes: Uint8Array): ReadFormat | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString(
    'latin1',
  )
  return signatures.find(({ pattern }) => pattern.test(start))?.format
}
