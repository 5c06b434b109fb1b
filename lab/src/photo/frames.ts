/**
 * Frames of the camera. All of them use the memory of the first (see `memory.ts`), also for the
 * pixels that the page shows: it sends their buffers back with a later frame.
 *
 * Only some frames are counted for the charts. For the others the library writes the bytes itself,
 * where the rules for pixels allow it; a test holds that these are the bytes of `toPixels`.
 */

import { correlate, ndarray } from 'stridefold'
import { atLeastOne, filteredSamples, type Step } from './chain.ts'
import { Memory } from './memory.ts'
import { memoryPicture, type Picture } from './picture.ts'
import { greyMapOf, type Pixels } from './pixels.ts'
import type { Frame, Stats } from './protocol.ts'
import { frameRun, type Rendering } from './rendering.ts'
import type { PhotoSettings, Showing } from './settings.ts'
import { showingOf, stepsOf } from './steps.ts'

export interface Filtered {
  /** Stays until the next frame is read. */
  readonly picture: Picture
  readonly before: Pixels
  readonly after: Pixels
  readonly map: Rendering['map']
  /** Undefined for frames that are not counted. */
  readonly stats: Stats | undefined
}

export class Frames {
  readonly #memory = new Memory()
  #pixels: Pixels = { width: 0, height: 0, data: new Uint8ClampedArray(0) }
  #context: OffscreenCanvasRenderingContext2D | undefined
  /** Frames share memory, so one is filtered after the other. */
  #last: Promise<unknown> = Promise.resolve()

  /** Filters a frame and closes it. `spare`: buffers that the page no longer shows. */
  filter(
    image: Frame,
    settings: PhotoSettings,
    isCounted: boolean,
    spare: readonly ArrayBuffer[],
    signal: AbortSignal,
  ): Promise<Filtered> {
    const next = this.#last.then(async () => {
      const pixels = await this.#read(image)
      signal.throwIfAborted()
      const picture = memoryPicture(pixels)
      const [before, after] = [0, 1].map((i) => blank(pixels, spare[i])) as [Pixels, Pixels]
      before.data.set(pixels.data)
      const steps = stepsOf(settings.filters)
      const show = showingOf(settings)
      if (!isCounted && hasPlainBytes(settings, show)) {
        await writeBytes(pixels, steps, settings, show, after, this.#memory, signal)
        return { picture, before, after, map: greyMapOf(show, 0, 0), stats: undefined }
      }
      const run = frameRun(picture, settings, this.#memory, after.data)
      await run.whole(signal)
      return { picture, before, after, map: run.map, stats: run.stats() }
    })
    this.#last = next.catch(() => {})
    return next
  }

  async #read(image: Frame): Promise<Pixels> {
    try {
      const isVideo = 'displayWidth' in image
      const width = isVideo ? image.displayWidth : image.width
      const height = isVideo ? image.displayHeight : image.height
      if (this.#pixels.width !== width || this.#pixels.height !== height)
        this.#pixels = blank({ width, height }, undefined)
      const { data } = this.#pixels
      if (!isVideo || !(await isCopied(image, data))) {
        if (this.#context?.canvas.width !== width || this.#context.canvas.height !== height)
          this.#context = new OffscreenCanvas(width, height).getContext('2d', {
            willReadFrequently: true,
          })!
        this.#context.drawImage(image, 0, 0, width, height)
        data.set(this.#context.getImageData(0, 0, width, height).data)
      }
      return this.#pixels
    } finally {
      image.close()
    }
  }
}

/** Pixels in a given buffer, if it has their size. */
function blank(
  { width, height }: Pick<Pixels, 'width' | 'height'>,
  buffer: ArrayBuffer | undefined,
): Pixels {
  const bytes = 4 * width * height
  const data = new Uint8ClampedArray(buffer?.byteLength === bytes ? buffer : new ArrayBuffer(bytes))
  return { width, height, data }
}

/** Copies a frame whose memory holds it as it is shown: not turned, not cut, not scaled. */
async function isCopied(frame: VideoFrame, data: Pixels['data']): Promise<boolean> {
  const { displayWidth, displayHeight, visibleRect } = frame
  const { rotation = 0, flip = false } = frame as { rotation?: number; flip?: boolean }
  const isPlain =
    rotation === 0 &&
    !flip &&
    visibleRect?.width === displayWidth &&
    visibleRect.height === displayHeight
  if (!isPlain) return false
  try {
    // Browsers that cannot convert refuse the size, or leave the format as it is.
    const format = { format: 'RGBA' } as VideoFrameCopyToOptions
    if (frame.allocationSize(format) !== data.length) return false
    await frame.copyTo(data, format)
    return true
  } catch {
    return false
  }
}

/** Whether the sums of the last filter, rounded and cut, are the bytes that are shown. */
export const hasPlainBytes = ({ channels, isLinear }: PhotoSettings, show: Showing): boolean =>
  channels === 'each' && !isLinear && (show === 'clip' || show === 'offset')

const opaque = 255

/** Filters opaque pixels into `to`. Alpha is filtered on the way, and then made opaque again. */
export async function writeBytes(
  { width, height, data }: Pixels,
  steps: readonly Step[],
  { border, isOnGpu = false }: PhotoSettings,
  show: Showing,
  to: Pixels,
  memory: Memory,
  signal?: AbortSignal,
): Promise<void> {
  const shape = [height, width, 4]
  const bytes = ndarray(new Uint8Array(data.buffer, data.byteOffset, data.length), shape)
  const how = { signal, memory, isOnGpu }
  const [earlier, last] = [steps.slice(0, -1), atLeastOne(steps).at(-1)!]
  const samples = earlier.length === 0 ? bytes : await filteredSamples(bytes, earlier, border, how)
  await correlate(samples, ndarray([...last.values], [last.height, last.width]), {
    channelAxis: -1,
    boundary: border,
    bias: last.offset + greyMapOf(show, 0, 0).shift,
    dtype: 'uint8c',
    out: ndarray(to.data, shape),
    ...(signal && { signal }),
    ...(isOnGpu && { backend: 'webgpu' as const }),
  })
  for (let at = 3; at < to.data.length; at += 4) to.data[at] = opaque
}
