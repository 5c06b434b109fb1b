/**
 * The samples of one tile or strip. geotiff decompresses; the predictor and the byte order are
 * ours, because it adds up differences in the byte order of this machine, whatever that of the file
 * is.
 */

import { getDecoder } from 'geotiff'
import { VolumeError } from '../../errors.ts'
import type { Strided } from '../boxes.ts'
import { type ElementType, elementTypes, samplesOf, swapBytes } from '../element-types.ts'
import type { Page } from './pages.ts'

/** The tiles of a page: how large they are. A strip is a tile of the width of the page. */
export const tileShape = ({ image }: Page): readonly [height: number, width: number] => [
  image.getTileHeight(),
  image.getTileWidth(),
]

/** The tile in this row and column; of a planar page, that of one sample. */
export async function readTile(
  page: Page,
  [row, column, sample]: readonly [row: number, column: number, sample: number],
  place: string,
  signal: AbortSignal | undefined,
): Promise<Strided & { readonly samples: number }> {
  const { image, format, bits, planar } = page
  const { elementType } = format
  const width = image.getTileWidth()
  const height = image.getBlockHeight(row)
  const samples = planar ? 1 : format.samples
  const { bytes: size, view } = elementTypes[elementType]
  try {
    const { data } = await image.getTileOrStrip(column, row, sample, await decoderOf(page), signal)
    // A copy, because uncompressed data may be shared with other tiles.
    const bytes = Uint8Array.from(new Uint8Array(data))
    const needed = width * height * samples
    if (bytes.length < needed * size)
      throw new Error(`it has ${bytes.length} bytes, but ${needed * size} are needed`)
    // geotiff unpacks odd numbers of bits into the byte order of this machine.
    if (bits === 8 * size) undoPredictor(bytes, page, width * samples, size, samples)
    const elements = view(bytes.buffer, 0, needed)
    return {
      data: samplesOf(elements, elementType, place),
      offset: 0,
      strides: [width * samples, samples, 1],
      samples,
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof VolumeError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new VolumeError(
      'data',
      `${place}, tile [${row}, ${column}] cannot be read: ${reason}. Copy the file again, or ` +
        'save it without compression.',
      { cause: error },
    )
  }
}

interface Decoder {
  decode(bytes: ArrayBufferLike): Promise<ArrayBufferLike>
}

const decoders = new WeakMap<Page, Promise<Decoder>>()

function decoderOf(page: Page): Promise<Decoder> {
  const known = decoders.get(page)
  if (known) return known
  const made = makeDecoder(page)
  decoders.set(page, made)
  return made
}

async function makeDecoder({ image, bits, compression, format }: Page): Promise<Decoder> {
  const tags = image.fileDirectory
  const parameters = {
    tileWidth: image.getTileWidth(),
    tileHeight: image.getTileHeight(),
    planarConfiguration: image.planarConfiguration,
    bitsPerSample: new Array(format.samples).fill(bits),
    samplesPerPixel: format.samples,
    predictor: 1,
    JPEGTables: await tags.loadValue('JPEGTables'),
  }
  return getDecoder(compression, parameters) as Promise<Decoder>
}

/** From the bytes of the file to elements in the byte order of this machine, in place. */
function undoPredictor(
  bytes: Uint8Array<ArrayBuffer>,
  { predictor, littleEndian, format }: Page,
  rowLength: number,
  size: 1 | 2 | 4 | 8,
  samples: number,
): void {
  if (predictor === 3) return undoFloatPredictor(bytes, rowLength, size, samples)
  if (size > 1 && littleEndian !== hostIsLittle) swapBytes(bytes, size)
  if (predictor !== 2) return
  const elements = integersOf(bytes, size, format.elementType)
  for (let row = 0; row + rowLength <= elements.length; row += rowLength)
    for (let i = row + samples; i < row + rowLength; i++)
      elements[i] = (elements[i]! + elements[i - samples]!) as never
}

const hostIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Sums wrap around in the typed array. */
function integersOf(
  bytes: Uint8Array<ArrayBuffer>,
  size: number,
  type: ElementType,
): Uint8Array | Uint16Array | Uint32Array {
  const length = Math.floor(bytes.length / size)
  if (size === 1) return bytes
  if (size === 2) return new Uint16Array(bytes.buffer, 0, length)
  if (size === 4) return new Uint32Array(bytes.buffer, 0, length)
  throw new Error(`differences of ${type} are not supported`)
}

/** TIFF technical note 3: differences of bytes; in a row, all first bytes, then all second ones. */
function undoFloatPredictor(
  bytes: Uint8Array,
  rowLength: number,
  size: number,
  samples: number,
): void {
  const rowBytes = rowLength * size
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let i = row + samples; i < row + rowBytes; i++) bytes[i] = bytes[i]! + bytes[i - samples]!
    const planes = bytes.slice(row, row + rowBytes)
    for (let i = 0; i < rowLength; i++)
      for (let byte = 0; byte < size; byte++) {
        const at = hostIsLittle ? size - 1 - byte : byte
        bytes[row + i * size + at] = planes[byte * rowLength + i]!
      }
  }
}
