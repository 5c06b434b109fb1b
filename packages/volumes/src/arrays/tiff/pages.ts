/**
 * The pages of a TIFF that belong to one stack: their size, their type and where their samples lie.
 * Overviews and masks are left out, because they are the same picture once more.
 */

import type { GeoTIFF, GeoTIFFImage } from 'geotiff'
import { VolumeError } from '../../errors.ts'
import { product } from '../boxes.ts'
import { type ElementType, elementTypes } from '../element-types.ts'
import type { LinearLayout } from '../linear/layout.ts'

/** What all pages of a stack have in common. */
export interface PageFormat {
  readonly width: number
  readonly height: number
  /** Numbers per pixel, such as 3 for RGB. */
  readonly samples: number
  readonly elementType: ElementType
}

export interface Page {
  readonly image: GeoTIFFImage
  readonly format: PageFormat
  readonly littleEndian: boolean
  readonly bits: number
  /** Whether each sample has tiles of its own. */
  readonly planar: boolean
  readonly compression: number
  readonly predictor: number
  /** Where the page lies, if its samples lie one after another. */
  readonly linear: LinearLayout | undefined
}

export async function pagesOf(tiff: GeoTIFF, address: string): Promise<Page[]> {
  // geotiff reads tables that are not near their directory as if they were little-endian.
  if (!tiff.littleEndian) Object.assign(tiff.parser, { eager: true })
  const pages: Page[] = []
  const count = await tiff.getImageCount()
  for (let index = 0; index < count; index++) {
    const image = await tiff.getImage(index)
    const kind = Number(image.fileDirectory.getValue('NewSubfileType') ?? 0)
    if (index > 0 && (kind & (reduced | mask)) !== 0) continue
    const place = `${address}: page ${index}`
    const page = await pageOf(image, tiff.littleEndian, place)
    const first = pages[0]?.format ?? page.format
    for (const key of ['width', 'height', 'samples', 'elementType'] as const)
      if (page.format[key] !== first[key])
        throw new VolumeError(
          'data',
          `${place} is ${text(page.format)}, but the first is ${text(first)}. Pages of one size ` +
            'and type are needed: save the stack alone.',
        )
    pages.push(page)
  }
  return pages
}

const [reduced, mask] = [1, 4]

const text = ({ width, height, samples, elementType }: PageFormat): string =>
  `${width}×${height}${samples > 1 ? `×${samples}` : ''} ${elementType}`

async function pageOf(image: GeoTIFFImage, littleEndian: boolean, place: string): Promise<Page> {
  const tags = image.fileDirectory
  const [bitsOf, formats] = await Promise.all([
    tags.loadValue('BitsPerSample'),
    tags.loadValue('SampleFormat'),
  ])
  const bits = Number(listOf(bitsOf)[0] ?? 1)
  const sampleFormat = Number(listOf(formats)[0] ?? 1)
  const same = listOf(bitsOf).every((each) => each === bits)
  const elementType = typeOf(sampleFormat, bits)
  const compression = Number(tags.getValue('Compression') ?? 1)
  if (!elementType || !same)
    throw new VolumeError(
      'data',
      `${place} has samples of ${listOf(bitsOf).join(', ')} bits in format ${sampleFormat}, ` +
        'which are not read. Unsigned integers up to 32 bits, signed ones of 8, 16 and 32, and ' +
        'floats of 16, 32 and 64 are.',
    )
  if (!compressions.has(compression))
    throw new VolumeError(
      'data',
      `${place} has compression ${compression}, which is not read. Those that are: ` +
        `${[...compressions.values()].join(', ')}. Save it with one of them.`,
    )
  if (Number(tags.getValue('PhotometricInterpretation')) === yCbCr)
    throw new VolumeError(
      'data',
      `${place} has colours as YCbCr, which are no measured values. Save it as RGB.`,
    )
  const format: PageFormat = {
    width: image.getWidth(),
    height: image.getHeight(),
    samples: image.getSamplesPerPixel(),
    elementType,
  }
  if (!(format.width > 0 && format.height > 0 && format.samples > 0))
    throw new VolumeError('data', `${place} is damaged: it has no size.`)
  const page = {
    image,
    format,
    littleEndian,
    bits,
    planar: image.planarConfiguration === 2 && format.samples > 1,
    compression,
    predictor: Number((await tags.loadValue('Predictor')) ?? 1),
  }
  return { ...page, linear: await linearLayout(page) }
}

const yCbCr = 6

/** What geotiff decodes right in every engine. Its LERC returns some blocks with their header. */
const compressions: ReadonlyMap<number, string> = new Map([
  [1, 'none'],
  [5, 'LZW'],
  [7, 'JPEG'],
  [8, 'Deflate'],
  [32946, 'Deflate (old)'],
  [32773, 'PackBits'],
  [50000, 'zstd'],
])

const listOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? [...(value as Iterable<unknown>)] : [value]

/** The type under which samples are read: odd numbers of bits as the next larger integer. */
function typeOf(format: number, bits: number): ElementType | undefined {
  if (format === 3) return [16, 32, 64].includes(bits) ? (`float${bits}` as ElementType) : undefined
  if (format === 2) return [8, 16, 32].includes(bits) ? (`int${bits}` as ElementType) : undefined
  if (format !== 1 && format !== 4) return undefined
  return bits <= 8 ? 'uint8' : bits <= 16 ? 'uint16' : bits <= 32 ? 'uint32' : undefined
}

/** Without compression, where every strip begins at the end of the one before. */
async function linearLayout({
  image,
  format,
  littleEndian,
  bits,
  planar,
  compression,
}: Omit<Page, 'linear'>): Promise<LinearLayout | undefined> {
  const { width, height, samples, elementType } = format
  const { bytes } = elementTypes[elementType]
  if (compression !== 1 || planar || image.isTiled || bits !== 8 * bytes) return undefined
  const tags = image.fileDirectory
  const offsets = listOf(await tags.loadValue('StripOffsets')).map(Number)
  const counts = listOf(await tags.loadValue('StripByteCounts')).map(Number)
  const follow = offsets.every(
    (offset, i) => i === 0 || offset === offsets[i - 1]! + counts[i - 1]!,
  )
  const shape = [height, width, samples]
  const length = counts.reduce((sum, count) => sum + count, 0)
  if (!follow || length < product(shape) * bytes) return undefined
  return { shape, elementType, byteOffset: offsets[0]!, littleEndian, fortranOrder: false }
}
