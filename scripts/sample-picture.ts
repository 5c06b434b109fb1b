/**
 * Draws the sample images of the command line with the renderer of packages/cli, and writes them as
 * PNG. One image is the whole scene. The other is smaller and cut out along a blossom with a soft
 * edge, for tests of transparency.
 */

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { inside, wave } from '../packages/cli/src/sample-image/arithmetic.ts'
import { type ImageSize, renderSampleImage } from '../packages/cli/src/sample-image/render.ts'

const assets = fileURLToPath(new URL('../packages/cli/assets', import.meta.url))
const pngOptions = { palette: false, compressionLevel: 9, adaptiveFiltering: true } as const

/**
 * Clears everything outside a blossom of eight petals; its edge fades over a tenth of the height.
 */
function cutOut(pixels: Uint8ClampedArray, { width, height }: ImageSize): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const x = (2 * (column + 0.5)) / width - 1
      const y = (2 * (row + 0.5)) / height - 1
      const r = Math.sqrt(x * x + y * y)
      const fold = r === 0 ? 0 : (x * y * (x * x - y * y) * 4) / r ** 4
      const alpha = inside(r - 0.86 - 0.07 * wave(fold / 4), 0.1)
      const at = (row * width + column) * 4
      pixels[at + 3] = 255 * alpha
      if (alpha === 0) pixels.fill(0, at, at + 4)
    }
  }
}

async function write(name: string, size: ImageSize, transparent: boolean): Promise<void> {
  const pixels = renderSampleImage(size)
  if (transparent) cutOut(pixels, size)
  const image = sharp(pixels, { raw: { ...size, channels: 4 } })
  const file = join(assets, name)
  await (transparent ? image : image.removeAlpha()).png(pngOptions).toFile(file)
  console.log(
    `${name}: ${size.width} × ${size.height}, ${Math.round(statSync(file).size / 1000)} kB`,
  )
}

mkdirSync(assets, { recursive: true })
await write('sample.png', { width: 1536, height: 1024 }, false)
await write('sample-alpha.png', { width: 768, height: 512 }, true)
