/**
 * Damaged files of every format: truncated, with flipped bits, with overwritten words. Each is
 * either read, or rejected with one sentence about the input. The damage is the same in every run.
 */

import sharp from 'sharp'
import { expect, test } from 'vitest'
import { exitCodes, Failure } from '../src/failure.ts'
import { readImage } from '../src/images/read.ts'
import { kernelFrom } from '../src/kernel-argument.ts'
import { writeNpy } from '../src/npy.ts'
import { noise, png } from './helpers/png.ts'
import { tiff } from './helpers/tiff.ts'
import { world } from './helpers/world.ts'

const [width, height] = [12, 9]
const rgb = noise(width * height * 3, 255)
const encoder = () => sharp(Buffer.from(rgb), { raw: { width, height, channels: 3 } })
const intactFiles: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  'a.png': () =>
    png({
      width,
      height,
      bits: 8,
      type: 2,
      samples: rgb,
      chunks: [['pHYs', Buffer.of(0, 0, 11, 19, 0, 0, 11, 19, 1)]],
    }),
  'palette.png': () =>
    png({
      width,
      height,
      bits: 4,
      type: 3,
      samples: noise(width * height, 3),
      chunks: [['PLTE', Buffer.from(noise(12, 255))]],
    }),
  'plain.tif': () =>
    tiff({
      width,
      height,
      colours: 3,
      depth: 8,
      extras: [2],
      samples: noise(width * height * 4, 255),
    }),
  'deflate.tif': () => encoder().tiff({ compression: 'deflate' }).toBuffer(),
  'tiles.tif': () =>
    encoder().tiff({ compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
  'a.jpg': () => encoder().jpeg().toBuffer(),
  'a.webp': () => encoder().webp({ lossless: true }).toBuffer(),
  'a.avif': () => encoder().avif({ effort: 0 }).toBuffer(),
  'a.gif': () => encoder().gif().toBuffer(),
  'a.ppm': () => Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), Buffer.from(rgb)]),
  'text.ppm': () => Buffer.from(`P3\n# text\n${width} ${height}\n255\n${rgb.join(' ')}\n`),
  'a.pam': () =>
    Buffer.concat([
      Buffer.from(
        `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n`,
      ),
      Buffer.from(rgb),
    ]),
  'k.npy': () => writeNpy(Float32Array.from(noise(24, 255)), [4, 6]),
  'k.json': () => Buffer.from('[[1, 0, -1.5e0], [2, 0, -2], [1, 0, -1]]'),
  'k.csv': () => Buffer.from('1,0,-1\n2,0,-2\n1,0,-1\n'),
}

const words = ['99999999', '-1', '1e9', '\xff\xff\xff\x7f', '[[[[', ',,;', '\0\0\0\0', '0x10', ' ']

function damageFile(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length)
  if (random(3) === 0) return bytes.subarray(0, at)
  if (random(2) === 0)
    return Buffer.from(bytes.map((byte, i) => (i === at ? byte ^ (1 << random(8)) : byte)))
  const near = random(Math.min(bytes.length, 64))
  const word = Buffer.from(words[random(words.length)]!, 'latin1')
  return Buffer.concat([
    bytes.subarray(0, near),
    word,
    bytes.subarray(near + random(2) * word.length),
  ])
}

test.each(Object.keys(intactFiles))('%s', async (name) => {
  const bytes = Buffer.from(await intactFiles[name]!())
  const w = world()
  const numbers = noise(4000, 2 ** 31, name.length)
  const random = (below: number): number => numbers.pop()! % below
  for (let i = 0; i < 40; i++) {
    const broken = damageFile(bytes, random)
    w.put(name, broken)
    const read = name.startsWith('k.') ? kernelFrom(name, w.io().io) : readImage(broken, name)
    const error = await read.then(
      () => undefined,
      (reason) => reason,
    )
    if (error === undefined) continue
    expect(error).toBeInstanceOf(Failure)
    expect(error.exitCode).toBe(exitCodes.input)
    expect(error.message).toMatch(/^[^\n]{10,500}$/)
  }
})
