/**
 * One run of all filters over a picture: its pixels, and what was counted on the way.
 */

import { cut, filtered, gainOf, haloOf, type Rectangle, type Step } from './chain.ts'
import type { Memory } from './memory.ts'
import { type Picture, regionOf } from './picture.ts'
import {
  type Clipped,
  channelsOf,
  countPixels,
  emptyHistogram,
  type GreyMap,
  greyMapOf,
  type Histogram,
  type PixelRules,
  type Pixels,
  rangeOf,
  type Samples,
  toPixels,
} from './pixels.ts'
import type { Stats } from './protocol.ts'
import { Reducer } from './reduce.ts'
import type { PhotoSettings, Showing } from './settings.ts'
import { rulesOf, showingOf, stepsOf } from './steps.ts'

/** The results of a strip: about 24 MB of them, and at least as many rows as this. */
const stripSamples = 6_000_000
const leastRows = 64

export interface Rendering {
  readonly map: GreyMap
  stats(): Stats
  /** The whole picture in one piece, as an image. */
  atOnce(signal: AbortSignal): Promise<ImageBitmap>
  /** The picture strip by strip, reduced to a size to show. Undefined if it was stopped. */
  inStrips(
    size: { readonly width: number; readonly height: number },
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<ImageBitmap | undefined>
}

/** `before`: a run over the same picture at another size, which had the range of the results. */
export function rendering(
  picture: Picture,
  settings: PhotoSettings,
  before?: Rendering,
): Rendering {
  const run = new Run(picture, settings)
  if (before) {
    const { low, high } = before.stats()
    run.expect(low, high)
  }
  return run
}

/** A run over a frame of the camera, with memory that is used again. Its pixels go to `into`. */
export const frameRun = (
  picture: Picture,
  settings: PhotoSettings,
  memory: Memory,
  into: Pixels['data'],
): FrameRun => new Run(picture, settings, memory, into)
export type FrameRun = Pick<Run, 'map' | 'stats' | 'whole'>

class Run implements Rendering {
  readonly #picture: Picture
  readonly #settings: PhotoSettings
  readonly #steps: readonly Step[]
  readonly #rules: PixelRules
  readonly #gain: number
  readonly #show: Showing
  readonly #colours: number
  readonly #start = performance.now()
  #wholeMs = 0
  #filterMs = 0
  #low = 0
  #high = 0
  #expected: readonly [low: number, high: number] | undefined
  map: GreyMap = greyMapOf('clip', 0, 0)
  #before: Histogram
  #after: Histogram
  readonly #clipped: Clipped = { below: 0, above: 0, samples: 0 }
  readonly #memory: Memory | undefined
  readonly #into: Pixels['data'] | undefined

  constructor(picture: Picture, settings: PhotoSettings, memory?: Memory, into?: Pixels['data']) {
    this.#memory = memory
    this.#into = into
    this.#picture = picture
    this.#settings = settings
    this.#steps = stepsOf(settings.filters)
    this.#rules = rulesOf(settings, picture.hasAlpha)
    this.#gain = gainOf(this.#steps)
    this.#show = showingOf(settings)
    this.#colours = settings.channels === 'each' ? 3 : 1
    this.#before = emptyHistogram(this.#colours, 0, 255)
    this.#after = this.#before
  }

  /** The range for the histogram, where the results are not known before they are counted. */
  expect(low: number, high: number): void {
    this.#expected = [low, high]
  }

  stats(): Stats {
    const { width, height } = this.#picture
    return {
      width,
      height,
      show: this.#show,
      low: this.#low,
      high: this.#high,
      before: this.#before,
      after: this.#after,
      clipped: { ...this.#clipped },
      filterMs: this.#filterMs,
      wholeMs: this.#wholeMs,
    }
  }

  async atOnce(signal: AbortSignal): Promise<ImageBitmap> {
    const { data, width, height } = await this.whole(signal)
    return createImageBitmap(new ImageData(data, width, height))
  }

  /** The pixels of the whole picture. */
  async whole(signal: AbortSignal): Promise<Pixels> {
    const { width, height } = this.#picture
    const pixels = this.#picture.read({ x: 0, y: 0, width, height })
    const results = await this.#filter(pixels, signal)
    const [low, high] = rangeOf(results, this.#rules)
    this.#begin(low, high)
    const shown = this.#count(results, pixels)
    this.#wholeMs = performance.now() - this.#start
    return shown
  }

  async inStrips(
    size: { readonly width: number; readonly height: number },
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<ImageBitmap | undefined> {
    const { width, height } = this.#picture
    const reducer = new Reducer({ width, height }, size)
    const isDone = await this.strips(signal, progress, (pixels, y) => reducer.add(pixels, y))
    if (!isDone) return undefined
    this.#wholeMs = performance.now() - this.#start
    return createImageBitmap(reducer.image())
  }

  /**
   * Filters the picture strip by strip. `take` gets each with its first row. With `minmax` the
   * results are computed twice: their range comes first. Returns false if it was stopped.
   */
  async strips(
    signal: AbortSignal,
    progress: (done: number) => void,
    take: (pixels: Pixels, y: number) => void | Promise<void>,
  ): Promise<boolean> {
    const rounds = this.#show === 'minmax' ? 2 : 1
    let range = this.#expected ?? ([0, 0] as const)
    if (rounds === 2) {
      range = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      const isDone = await this.results(
        signal,
        (done) => progress(done / 2),
        (results) => {
          const [low, high] = rangeOf(results, this.#rules)
          range = [Math.min(range[0], low), Math.max(range[1], high)]
        },
      )
      if (!isDone) return false
    }
    this.#begin(...range)
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    const isDone = await this.results(
      signal,
      (done) => progress((rounds - 1 + done) / rounds),
      async (results, source, y) => {
        const [low, high] = rangeOf(results, this.#rules)
        least = Math.min(least, low)
        most = Math.max(most, high)
        await take(this.#count(results, source), y)
      },
    )
    this.#low = least
    this.#high = most
    return isDone
  }

  /** The results strip by strip, with their source pixels and the first row of each. */
  async results(
    signal: AbortSignal,
    progress: (done: number) => void,
    take: (results: Samples, source: Pixels, y: number) => void | Promise<void>,
  ): Promise<boolean> {
    const { width, height } = this.#picture
    const halo = haloOf(this.#steps)
    const perRow = width * channelsOf(this.#rules)
    const rows = Math.max(leastRows, Math.floor(stripSamples / perRow) - 2 * halo.y)
    for (let y = 0; y < height; y += rows) {
      // Newer requests are heard here.
      await nextTask()
      if (signal.aborted) return false
      const part: Rectangle = { x: 0, y, width, height: Math.min(rows, height - y) }
      const region = regionOf(this.#picture, part, halo, this.#settings.border)
      const results = await this.#filter(region.pixels, signal)
      if (signal.aborted) return false
      const inside = { x: region.x, y: region.y, width, height: part.height }
      await take(cut(results, inside), cutPixels(region.pixels, inside), y)
      progress((y + part.height) / height)
    }
    return true
  }

  async #filter(pixels: Pixels, signal: AbortSignal): Promise<Samples> {
    const start = performance.now()
    const { border, isOnGpu } = this.#settings
    const how = { signal, memory: this.#memory, isOnGpu }
    const results = await filtered(pixels, this.#steps, this.#rules, border, how)
    this.#filterMs += performance.now() - start
    return results
  }

  #begin(low: number, high: number): void {
    this.#low = low
    this.#high = high
    this.map = greyMapOf(this.#show, low, high)
    // The scale of the picture is always on the axis.
    this.#after = emptyHistogram(this.#colours, Math.min(0, low), Math.max(255, high))
  }

  #count(results: Samples, source: Pixels): Pixels {
    countPixels(source, this.#settings.channels, this.#before)
    const shown = { map: this.map, histogram: this.#after, clipped: this.#clipped }
    return toPixels(results, source, this.#rules, shown, this.#gain, this.#into)
  }
}

/** A run that reads and writes strips, for files. */
export const stripRun = (picture: Picture, settings: PhotoSettings): StripRun =>
  new Run(picture, settings)
export type StripRun = Pick<Run, 'strips' | 'results' | 'expect'>

const cutPixels = ({ width, data }: Pixels, part: Rectangle): Pixels => ({
  width: part.width,
  height: part.height,
  data: data.subarray(part.y * width * 4, (part.y + part.height) * width * 4),
})

/** Lets messages arrive. A timer would wait four milliseconds each time. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
