/**
 * Does what the page asks for, beside the page: opens pictures, filters them, looks at single
 * pixels, saves. It runs in a worker; in browsers that refuse workers, on the page.
 *
 * A large picture is filtered in strips. Between two strips newer requests are heard, and a newer
 * request of the same kind ends the older one.
 */

import { analysisOf } from './analysis.ts'
import { partOf } from './detail.ts'
import { Frames } from './frames.ts'
import { type Picture, pictureOf } from './picture.ts'
import type { Pixels } from './pixels.ts'
import { hoodOf, probeOf } from './probe.ts'
import type { Answer, Kind, Numbered, NumberedAnswer, Request } from './protocol.ts'
import { type Rendering, rendering } from './rendering.ts'
import { samplePicture } from './samples.ts'
import { savedNpy, savedPng } from './save.ts'

type Post = (answer: NumberedAnswer, transfer: readonly Transferable[]) => void

/** Pictures up to this size are filtered whole at once, and shown as they are. */
const maxAtOnce = 1_600_000
/** The page may still be changing something: the whole of a large picture waits this long. */
const restMs = 250

interface Running {
  readonly id: number
  readonly stopper: AbortController
}

export class Engine {
  readonly #post: Post
  readonly #running = new Map<Kind, Running>()
  #picture: Picture | undefined
  /** The run that is on the screen. */
  #last: Pick<Rendering, 'map'> | undefined
  readonly #frames = new Frames()

  constructor(post: Post) {
    this.#post = post
  }

  /** Takes a request. Its answers are posted. */
  async take(request: Numbered): Promise<void> {
    if (request.kind === 'stop') {
      this.#stop(request.what)
      return
    }
    this.#stop(request.kind)
    // A new picture ends everything that belongs to the old one.
    if (request.kind === 'open' || request.kind === 'frame')
      for (const kind of ['filter', 'save'] as const) this.#stop(kind)
    if (request.kind === 'open') this.#stop('frame')
    const stopper = new AbortController()
    const running = { id: request.id, stopper }
    this.#running.set(request.kind, running)
    const answer = (message: Answer, transfer: readonly Transferable[] = []): void => {
      if (!stopper.signal.aborted) this.#post({ ...message, id: request.id }, transfer)
    }
    try {
      await this.#run(request, answer, stopper.signal)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      answer({ kind: 'fault', of: request.kind, message })
    } finally {
      if (this.#running.get(request.kind) === running) this.#running.delete(request.kind)
    }
  }

  #stop(kind: Kind): void {
    this.#running.get(kind)?.stopper.abort()
    this.#running.delete(kind)
  }

  async #run(
    request: Request,
    answer: (message: Answer, transfer?: readonly Transferable[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    switch (request.kind) {
      case 'open': {
        const { from } = request
        const image =
          typeof from === 'string'
            ? await samplePicture(from)
            : from instanceof Blob
              ? await createImageBitmap(from)
              : from
        if (signal.aborted) {
          image.close()
          return
        }
        this.#picture?.close()
        this.#picture = pictureOf(image)
        this.#last = undefined
        const { width, height, hasAlpha } = this.#picture
        answer({ kind: 'opened', width, height, hasAlpha })
        return
      }
      case 'frame': {
        const { image, settings, isCounted, spare } = request
        const filtered = await this.#frames.filter(image, settings, isCounted, spare, signal)
        if (signal.aborted) return
        const { picture, before, after, stats } = filtered
        this.#picture = picture
        this.#last = filtered
        answer({ kind: 'shown', isReduced: false, before, after, stats }, [
          before.data.buffer,
          after.data.buffer,
        ])
        return
      }
      case 'filter': {
        const picture = this.#opened()
        const { settings, room } = request
        const isLarge = picture.width * picture.height > maxAtOnce
        if (!isLarge) {
          const run = rendering(picture, settings)
          const after = await run.atOnce(signal)
          const before = await picture.shown(picture.width, picture.height)
          this.#last = run
          answer({ kind: 'shown', isReduced: false, before, after, stats: run.stats() }, [
            before,
            after,
          ])
          return
        }
        const { width, height } = fitted(picture, room)
        const image = await picture.shown(width, height)
        const preview = rendering(pictureOf(await createImageBitmap(image)), settings)
        const after = await preview.atOnce(signal)
        answer({ kind: 'shown', isReduced: true, before: image, after, stats: preview.stats() }, [
          image,
          after,
        ])
        this.#last = preview
        await new Promise((resolve) => setTimeout(resolve, restMs))
        if (signal.aborted) return
        const run = rendering(picture, settings, preview)
        const whole = await run.inStrips({ width, height }, signal, (done) =>
          answer({ kind: 'progress', of: 'filter', done }),
        )
        if (!whole) return
        this.#last = run
        answer({ kind: 'shown', isReduced: false, after: whole, stats: run.stats() }, [whole])
        return
      }
      case 'detail': {
        const { settings, part } = request
        const { source, after } = await partOf(this.#opened(), settings, part, this.#last)
        const images = await Promise.all([imageOf(source), imageOf(after)])
        answer({ kind: 'detail', part, before: images[0], after: images[1] }, images)
        return
      }
      case 'probe': {
        const probed = await probeOf(this.#opened(), request.settings, request.probe, this.#last)
        answer({ kind: 'probed', ...probed })
        return
      }
      case 'hood':
        answer({ kind: 'hood', ...(await hoodOf(this.#opened(), request.settings, request.hood)) })
        return
      case 'analyse': {
        const analysis = await analysisOf(this.#opened(), request.settings, request.filter)
        if (analysis) answer({ kind: 'analysed', ...analysis })
        return
      }
      case 'save': {
        const { settings, format } = request
        const save = format === 'png' ? savedPng : savedNpy
        const blob = await save(this.#opened(), settings, signal, (done) =>
          answer({ kind: 'progress', of: 'save', done }),
        )
        if (blob) answer({ kind: 'saved', blob, format })
        return
      }
    }
  }

  #opened(): Picture {
    if (!this.#picture) throw new Error('no picture is open')
    return this.#picture
  }
}

const imageOf = ({ data, width, height }: Pixels): Promise<ImageBitmap> =>
  createImageBitmap(new ImageData(data, width, height))

/** The size of a picture in a room, at least one pixel along each axis. */
export function fitted(
  { width, height }: Pick<Picture, 'width' | 'height'>,
  room: { readonly width: number; readonly height: number },
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, room.width / width, room.height / height)
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
}
