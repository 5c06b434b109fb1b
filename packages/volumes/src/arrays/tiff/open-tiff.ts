/**
 * A stack of pages in a TIFF as a stored array: TIFF and BigTIFF, with strips or tiles, OME-TIFF,
 * and the stacks of ImageJ, which have one page and all others behind it.
 *
 *   axes   t, c, z outside the pages | y | x | samples of a pixel
 *
 * The pages of a file may come in another order. Their axes are turned to that of OME-Zarr.
 */

import { GeoTIFF } from 'geotiff'
import { VolumeError } from '../../errors.ts'
import { byteLength, type LinearLayout } from '../linear/layout.ts'
import { linearArray, namelessAxis } from '../linear/open-linear.ts'
import type { Axis, StoredArray } from '../stored-array.ts'
import type { ByteSource } from '../stores/store.ts'
import { transposed } from '../transposed.ts'
import { imageJStack, omeStack, type Stack } from './descriptions.ts'
import { type Page, type PageFormat, pagesOf } from './pages.ts'
import { tiffSource } from './source.ts'
import { stackArray } from './stack-array.ts'

export async function openTiff(file: ByteSource, signal?: AbortSignal): Promise<StoredArray> {
  const array = await asInFile(file, signal)
  const outside = array.axes.findIndex(({ name }) => name === 'y')
  const order = array.axes.map((_, a) => a)
  const place = (a: number): number => ['t', 'c', 'z'].indexOf(array.axes[a]!.name)
  const pages = order.slice(0, outside).sort((a, b) => place(a) - place(b))
  return transposed(array, [...pages, ...order.slice(outside)])
}

async function asInFile(file: ByteSource, signal?: AbortSignal): Promise<StoredArray> {
  const { pages, description } = await parsed(file, signal)
  const first = pages[0]
  if (!first) throw new VolumeError('data', `${file.address} has no page.`)
  if (description.startsWith('ImageJ=')) {
    const stack = imageJStack(description, pages.length, await resolutionOf(first))
    const whole = stack.images > pages.length ? wholeStack(file, first, stack) : undefined
    if (whole) return linearArray(file, whole, 'tiff', axesOf(stack, first.format))
    return stackArray(file, pages, checked(file, stack, pages), axesOf(stack, first.format))
  }
  const ome = /<(?:\w+:)?OME\b/.test(description) ? omeStack(description, pages.length) : undefined
  if (typeof ome === 'string') throw new VolumeError('data', `${file.address}: ${ome}`)
  const stack: Stack = ome ?? {
    axes: pages.length > 1 ? [{ name: 'z', extent: pages.length }] : [],
    pages: pages.map((_, index) => index),
    scales: {},
  }
  return stackArray(file, pages, stack, axesOf(stack, first.format))
}

async function parsed(
  file: ByteSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly pages: Page[]; readonly description: string }> {
  try {
    const tiff = await GeoTIFF.fromSource(tiffSource(file) as never, undefined, signal)
    const pages = await pagesOf(tiff, file.address)
    const description = await pages[0]?.image.fileDirectory.loadValue('ImageDescription')
    return { pages, description: String(description ?? '').replace(/\0+$/, '') }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof VolumeError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new VolumeError(
      'data',
      `${file.address} is a damaged TIFF: ${reason}. Copy it again, or save it again.`,
      { cause: error },
    )
  }
}

/** Pixels per unit. */
async function resolutionOf({
  image,
}: Page): Promise<readonly [x: number | undefined, y: number | undefined]> {
  const ratio = async (tag: 'XResolution' | 'YResolution'): Promise<number | undefined> => {
    const value = (await image.fileDirectory.loadValue(tag)) as ArrayLike<number> | undefined
    const [over, under] = [value?.[0], value?.[1]]
    return over && under ? over / under : undefined
  }
  return [await ratio('XResolution'), await ratio('YResolution')]
}

/** The whole stack of ImageJ, where all pages follow the first without gaps. */
function wholeStack(file: ByteSource, first: Page, stack: Stack): LinearLayout | undefined {
  if (!first.linear) return undefined
  const { height, width, samples } = first.format
  const shape = [...stack.axes.map(({ extent }) => extent), height, width]
  const layout = { ...first.linear, shape: samples > 1 ? [...shape, samples] : shape }
  return layout.byteOffset + byteLength(layout) <= file.length ? layout : undefined
}

function checked(file: ByteSource, stack: Stack & { images: number }, pages: Page[]): Stack {
  if (stack.images === pages.length) return stack
  throw new VolumeError(
    'data',
    `${file.address} is cut off: it describes ${stack.images} images, but has ${pages.length}.`,
  )
}

function axesOf(stack: Stack, { samples }: PageFormat): Axis[] {
  const names = [...stack.axes.map(({ name }) => name), 'y', 'x', ...(samples > 1 ? ['s'] : [])]
  return names.map((name, axis) => ({
    ...namelessAxis(axis),
    name: name === 's' && !stack.axes.some((each) => each.name === 'c') ? 'c' : name,
    type: name === 't' ? 'time' : name === 'c' || name === 's' ? 'channel' : 'space',
    ...stack.scales[name],
  }))
}
