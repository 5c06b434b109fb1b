/**
 * Two image libraries for Node, on bytes: sharp's convolve and wasm-vips' conv, from raw pixels to
 * raw pixels in memory.
 *
 * Both repeat the edge where the cases have zeros, so only outputs that read no border are
 * verified. The amount of work is the same.
 */

import { channelsLast, toPlanes } from '../layouts.ts'
import type { Problem } from '../problem.ts'
import { floats, type Rival, type RivalPlace } from './rival.ts'

interface Sharp {
  convolve(kernel: object): Sharp
  toColourspace(name: string): Sharp
  raw(): Sharp
  toBuffer(): Promise<Uint8Array>
}
interface SharpLibrary {
  (pixels: Uint8Array, options: object): Sharp
  readonly versions: { readonly sharp: string; readonly vips: string }
  concurrency(threads: number): number
  cache(use: boolean): void
}

const sharedReason = ({ geometry: g, isBytes }: Problem): string | undefined => {
  if (!isBytes) return 'images of bytes only'
  return g.axes.some(
    (axis) => axis.before !== Math.floor(axis.kernel / 2) || axis.stride * axis.dilation > 1,
  )
    ? 'results of the same size, stride 1 and dilation 1 only'
    : undefined
}

const pixelsOf = ({ x, geometry: { batch, axes } }: Problem): Uint8Array =>
  Uint8Array.from(channelsLast(floats(x), [1, batch, ...axes.map((axis) => axis.input)]))

export function sharp({ require }: RivalPlace): Rival {
  const sharp = require('sharp') as SharpLibrary
  sharp.concurrency(1)
  sharp.cache(false)
  return {
    name: 'sharp',
    version: sharp.versions.sharp,
    about: `sharp ${sharp.versions.sharp} (libvips ${sharp.versions.vips}), one thread`,
    unsupportedReason: (p) =>
      sharedReason(p) ??
      (p.geometry.batch === 4 ? 'it multiplies colours by alpha first' : undefined),
    prepare: async (p) => {
      const [y, x] = p.geometry.axes
      const raw = { width: x!.input, height: y!.input, channels: p.geometry.batch }
      const pixels = pixelsOf(p)
      // Its scale has to be an integer, so the weights are rounded to multiples of 2⁻¹⁶.
      const scale = 2 ** 16
      const kernel = {
        width: x!.kernel,
        height: y!.kernel,
        kernel: Array.from(floats(p.k), (w) => Math.round(w * scale)),
        scale,
      }
      const run = (): Promise<Uint8Array> =>
        sharp(pixels, { raw })
          .convolve(kernel)
          .toColourspace(raw.channels === 1 ? 'b-w' : 'srgb')
          .raw()
          .toBuffer()
      return {
        call: 'sharp(pixels, { raw }).convolve(…).raw().toBuffer()',
        output: async () => ({
          values: toPlanes(await run(), p.geometry.batch),
          border: 'edge',
          levels: 1,
        }),
        run,
        close: () => {},
      }
    },
    close: () => {},
  }
}

interface Image {
  conv(mask: Image, options: object): Image
  writeToMemory(): Uint8Array
  delete(): void
}
interface Vips {
  version(): string
  concurrency?(threads: number): void
  readonly Image: {
    newFromMemory(
      pixels: Uint8Array,
      width: number,
      height: number,
      bands: number,
      format: string,
    ): Image
    newFromArray(rows: readonly (readonly number[])[], scale?: number): Image
  }
}

export async function wasmVips({ require }: RivalPlace): Promise<Rival> {
  const vips = await (require('wasm-vips') as () => Promise<Vips>)()
  vips.concurrency?.(1)
  return {
    name: 'wasm-vips',
    // Its integer filter rounds the weights to few bits; errors reach 3.3 levels.
    version: vips.version(),
    about: `wasm-vips (libvips ${vips.version()}), SIMD`,
    unsupportedReason: sharedReason,
    prepare: async (p) => {
      const [y, x] = p.geometry.axes
      const image = vips.Image.newFromMemory(
        pixelsOf(p),
        x!.input,
        y!.input,
        p.geometry.batch,
        'uchar',
      )
      const scale = 2 ** 10
      const rows = Array.from({ length: y!.kernel }, (_, r) =>
        Array.from(floats(p.k).subarray(r * x!.kernel, (r + 1) * x!.kernel), (w) =>
          Math.round(w * scale),
        ),
      )
      const mask = vips.Image.newFromArray(rows, scale)
      const run = (): Uint8Array => {
        const result = image.conv(mask, { precision: 'integer' })
        const pixels = result.writeToMemory()
        result.delete()
        return pixels
      }
      return {
        call: "image.conv(mask, { precision: 'integer' }).writeToMemory()",
        output: async () => ({
          values: toPlanes(run(), p.geometry.batch),
          border: 'edge',
          levels: 3.5,
        }),
        run,
        close: () => {
          image.delete()
          mask.delete()
        },
      }
    },
    close: () => {},
  }
}
