/** Pages as one array: a box is put together from the parts of the pages that it meets. */

import {
  type Box,
  checkBox,
  chunksIn,
  copyElements,
  intersection,
  product,
  readNew,
  shapeOf,
} from '../boxes.ts'
import { bytesOf, elementTypes } from '../element-types.ts'
import { inFlight } from '../in-flight.ts'
import { bytesOfRead, readBox } from '../linear/read-box.ts'
import type { Axis, Place, StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import type { Stack } from './descriptions.ts'
import type { Page } from './pages.ts'
import { readTile, tileShape } from './tiles.ts'

const partsInFlight = 4

/** A part of a page: rows, columns and samples, as a box. */
interface Part {
  readonly page: number
  /** The position of the page in the stack. */
  readonly outer: readonly number[]
  readonly box: Box
}

export function stackArray(
  file: ByteSource,
  pages: readonly Page[],
  stack: Stack,
  axes: readonly Axis[],
): StoredArray {
  const first = pages[0]!
  const { width, height, samples, elementType } = first.format
  const { dtype } = elementTypes[elementType]
  const outer = stack.axes.map(({ extent }) => extent)
  const pageShape = [height, width, samples]
  const shape = [...outer, height, width, ...(samples > 1 ? [samples] : [])]
  const grid = gridOf(first)
  const chunks = [...outer.map(() => 1), ...(samples > 1 ? grid : grid.slice(0, 2))]

  /** A box of the array as one of pages, which always have three axes. */
  const insideOf = (box: Box): Box => [
    ...box.slice(outer.length),
    ...(samples > 1 ? [] : [[0, 1] as const]),
  ]

  function* partsOf(box: Box): Generator<Part> {
    const inside = insideOf(box)
    const around = box.slice(0, outer.length)
    for (const at of chunksIn(
      around,
      around.map(() => 1),
    )) {
      const page = stack.pages[at.reduce((sum, index, axis) => sum * outer[axis]! + index, 0)]!
      for (const tile of chunksIn(inside, grid)) {
        const start = tile.map((index, axis) => index * grid[axis]!)
        const whole = start.map((from, axis): [number, number] => [
          from,
          Math.min(from + grid[axis]!, pageShape[axis]!),
        ])
        yield { page, outer: at, box: intersection(whole, inside) }
      }
    }
  }

  const readInto: StoredArray['readInto'] = async (box, to, signal) => {
    checkBox(box, shape, file.address)
    const inside = insideOf(box)
    const pageStrides = [...to.strides.slice(outer.length), ...(samples > 1 ? [] : [1])]
    const task = async (part: Part): Promise<void> => {
      const offset =
        part.outer.reduce((sum, at, axis) => sum + (at - box[axis]![0]) * to.strides[axis]!, 0) +
        part.box.reduce((sum, [at], axis) => sum + (at - inside[axis]![0]) * pageStrides[axis]!, 0)
      const place = { data: to.data, offset: to.offset + offset, strides: pageStrides }
      await readPart(file, pages[part.page]!, part, place, signal)
    }
    await inFlight(partsOf(box), partsInFlight, task, signal)
  }

  return {
    address: file.address,
    shape,
    dtype,
    chunks,
    axes,
    attributes: {},
    storage: {
      format: 'tiff',
      elementType,
      codec: undefined,
      ome: undefined,
      shards: undefined,
      wholeChunks: true,
    },
    read: (box, signal) => readNew({ dtype, readInto }, box, signal),
    readInto,
    bytesOfRead: (box) => {
      const piece = first.linear
        ? bytesOfRead(
            grid.map((extent) => [0, extent]),
            first.linear,
          )
        : product(grid) * 3 * bytesOf(dtype)
      return product(shapeOf(box)) * bytesOf(dtype) + partsInFlight * piece
    },
    close: () => file.close(),
  }
}

/** What is read at once: some rows of a page whose samples follow each other, or a tile. */
function gridOf(page: Page): number[] {
  const { width, height, samples, elementType } = page.format
  const rowBytes = width * samples * elementTypes[elementType].bytes
  if (page.linear)
    return [Math.max(1, Math.min(height, Math.floor(2 ** 22 / rowBytes))), width, samples]
  const [tileHeight, tileWidth] = tileShape(page)
  return [tileHeight, tileWidth, page.planar ? 1 : samples]
}

async function readPart(
  file: ByteSource,
  page: Page,
  { box, page: index }: Part,
  to: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (page.linear) return readBox(file, page.linear, box, to, signal)
  const [tileHeight, tileWidth] = tileShape(page)
  const [row, column] = [Math.floor(box[0]![0] / tileHeight), Math.floor(box[1]![0] / tileWidth)]
  const sample = page.planar ? box[2]![0] : 0
  const tile = await readTile(page, [row, column, sample], `${file.address}: page ${index}`, signal)
  const start = [row * tileHeight, column * tileWidth, sample * (page.planar ? 1 : 0)]
  const offset = box.reduce(
    (sum, [at], axis) => sum + (at - start[axis]!) * tile.strides[axis]!,
    tile.offset,
  )
  copyElements(to, { data: tile.data, offset, strides: tile.strides }, shapeOf(box))
}
