/**
 * The worker: decodes, filters, paints and encodes pictures. Its calls of the library are those
 * with promises, so a message can end them.
 */

import { type FilterImageOptions, filterImage, kernels } from 'stridefold'
import type { Answer, Jobs, PictureSize, Request, Settings } from './messages.ts'
import { drawSample } from './sample.ts'

const maxPixels = 50_000_000

let context: OffscreenCanvasRenderingContext2D
let original: ImageData | undefined
/** The jobs that run, by their id. */
const running = new Map<number, AbortController>()

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  if ('canvas' in data) context = contextOf(data.canvas)
  else if ('abort' in data) running.get(data.abort)?.abort()
  else void answer(data)
})

async function answer(request: Extract<Request, { readonly id: number }>): Promise<void> {
  const { id } = request
  const controller = new AbortController()
  running.set(id, controller)
  try {
    const result = await resultOf(request, controller.signal)
    postMessage({ id, result } satisfies Answer)
  } catch (error) {
    // Who aborted a job does not wait for its answer.
    if (!controller.signal.aborted)
      postMessage({ id, error: error instanceof Error ? error.message : String(error) })
  } finally {
    running.delete(id)
  }
}

function resultOf(
  request: Extract<Request, { readonly id: number }>,
  signal: AbortSignal,
): Promise<Jobs[keyof Jobs]['result']> {
  switch (request.name) {
    case 'open':
      return open(request.job.file, signal)
    case 'filter':
      return filter(request.job, signal)
    case 'save':
      return context.canvas.convertToBlob({ type: 'image/png' })
  }
}

async function open(file: Blob | undefined, signal: AbortSignal): Promise<PictureSize> {
  const bitmap = file === undefined ? drawSample(4000, 3000) : await createImageBitmap(file)
  try {
    // Decoding cannot be ended, but its result can be left out.
    signal.throwIfAborted()
    const { width, height } = bitmap
    if (width * height > maxPixels)
      throw new Error(
        `The picture has ${width} × ${height} pixels. At most ${maxPixels / 1e6} million can be ` +
          'filtered here: make it smaller.',
      )
    Object.assign(context.canvas, { width, height })
    context.drawImage(bitmap, 0, 0)
    original = context.getImageData(0, 0, width, height)
    return { width, height }
  } finally {
    bitmap.close()
  }
}

async function filter(settings: Settings, signal: AbortSignal): Promise<{ milliseconds: number }> {
  if (original === undefined) throw new Error('No picture was opened.')
  const start = performance.now()
  const [kernel, options] = filters[settings.filter](settings.size)
  const result = await filterImage(original, kernel, { ...options, signal })
  context.putImageData(result, 0, 0)
  return { milliseconds: performance.now() - start }
}

type Kernel = Parameters<typeof filterImage>[1]

const filters: Readonly<
  Record<Settings['filter'], (size: number) => readonly [Kernel, FilterImageOptions]>
> = {
  blur: (sigma) => [kernels.gaussian({ sigma }), {}],
  sharpen: (sigma) => [kernels.unsharp({ sigma, amount: 1 }), {}],
  // Nothing becomes grey, so that bright and dark edges differ.
  edges: (sigma) => [kernels.dog({ sigma }), { output: 'offset' }],
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser gives no more canvases.')
  return context
}
