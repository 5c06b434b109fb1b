/**
 * The window on its way over the input, as a GIF: the figure once for each place. A large output
 * has more places than frames: the window then jumps, and its path is still seen.
 *
 * Frames share one palette, found from the first, the middle and the last of them. A frame holds
 * only the pixels that change. gifenc encodes.
 */

import { GIFEncoder, nearestColorIndex, quantize } from 'gifenc'
import type { Colours } from '../stage/colours.ts'
import type { Language } from '../state/state.ts'
import { drawFigure, type FigureModel, figureLayout } from './figure.ts'
import { frameMs, framePositions, lastMs } from './gif-frames.ts'
import { figureWords } from './messages/figure-words.ts'
import { canvasPen } from './pen.ts'

/** What a worker gets. */
export interface GifJob {
  readonly model: FigureModel
  readonly colours: Colours
  readonly language: Language
}

/** Larger files are refused by many course pages. */
export const maxGifBytes: number = 8 * 2 ** 20
/** Returns the file; undefined if it would be larger than `maxGifBytes`. */
export async function gifOf(
  { model, colours, language }: GifJob,
  progress: (share: number) => void,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { width, height } = figureLayout(model)
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const pen = canvasPen(context)
  const look = { colours, words: figureWords[language] }
  const pixelsAt = (position: number): Uint8ClampedArray => {
    drawFigure(pen, model, { position, shown: position + 1 }, look)
    return context.getImageData(0, 0, width, height).data
  }
  const positions = framePositions(model.output.width * model.output.height)
  const colourTable = quantize(samples(positions, pixelsAt), 255, { format: 'rgb565' })
  const kept = colourTable.length
  const indicesOf = indexer(colourTable)
  const palette = [...colourTable, [0, 0, 0]]
  let before: Uint8Array | undefined
  const gif = GIFEncoder()
  for (const [i, position] of positions.entries()) {
    const indices = indicesOf(pixelsAt(position))
    const isLast = i === positions.length - 1
    gif.writeFrame(before ? changed(indices, before, kept) : indices, width, height, {
      ...(before
        ? { transparent: true, transparentIndex: kept, dispose: 1 }
        : { palette, repeat: 0, dispose: 1 }),
      delay: isLast ? lastMs : frameMs(positions.length),
    })
    before = indices
    if (gif.bytes().length > maxGifBytes) return undefined
    progress((i + 1) / positions.length)
    // On the page, other tasks come between two frames.
    await new Promise((resolve) => setTimeout(resolve))
  }
  gif.finish()
  return gif.bytes()
}

/** The index of every pixel. The same colour has the same index in every frame. */
function indexer(palette: ReturnType<typeof quantize>): (pixels: Uint8ClampedArray) => Uint8Array {
  const known = new Map<number, number>()
  return (pixels) => {
    const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4)
    const indices = new Uint8Array(colours.length)
    let [last, index] = [-1, 0]
    for (const [at, colour] of colours.entries()) {
      if (colour !== last) {
        const found = known.get(colour)
        index = found ?? nearestColorIndex(palette, [...pixels.subarray(at * 4, at * 4 + 3)])
        if (found === undefined) known.set(colour, index)
        last = colour
      }
      indices[at] = index
    }
    return indices
  }
}

/** Only what differs from the frame before: the rest is one long run, which is short as a file. */
function changed(indices: Uint8Array, before: Uint8Array, kept: number): Uint8Array {
  return indices.map((index, at) => (index === before[at] ? kept : index))
}

function samples(
  positions: readonly number[],
  pixelsAt: (position: number) => Uint8ClampedArray,
): Uint8ClampedArray {
  const places = [0, positions.length >> 1, positions.length - 1].map((i) => positions[i]!)
  const parts = places.map((place) => pixelsAt(place))
  const all = new Uint8ClampedArray(parts.reduce((n, { length }) => n + length, 0))
  let at = 0
  for (const pixels of parts) {
    all.set(pixels, at)
    at += pixels.length
  }
  return all
}
