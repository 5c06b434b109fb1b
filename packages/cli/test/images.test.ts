/**
 * Are the samples of a file decoded and encoded exactly? PNG references are written by hand.
 * Reading of other formats is compared with sharp, writing with a round trip.
 */

import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { formatOfBytes } from '../src/images/formats.ts'
import type { Image } from '../src/images/image.ts'
import { readImage } from '../src/images/read.ts'
import { plainTiff } from '../src/images/tiff.ts'
import { encodeImage } from '../src/images/write.ts'
import { noise, png } from './helpers/png.ts'
import { tiff } from './helpers/tiff.ts'

const [width, height] = [7, 5]
const kinds = [
  { kind: 'grey', type: 0, channels: 1 },
  { kind: 'grey and alpha', type: 4, channels: 2 },
  { kind: 'RGB', type: 2, channels: 3 },
  { kind: 'RGBA', type: 6, channels: 4 },
] as const

function image(channels: number, depth: 8 | 16, profile?: Uint8Array): Image {
  const sampleValues = noise(width * height * channels, 2 ** depth - 1, channels + depth)
  const samples = depth === 8 ? Uint8Array.from(sampleValues) : Uint16Array.from(sampleValues)
  return {
    width,
    height,
    channels,
    alpha: channels % 2 === 0,
    depth,
    samples,
    ...(profile ? { profile } : {}),
  }
}

const samplesOf = ({ image: { samples } }: { image: Image }): number[] => [...samples]

describe('reading PNG', () => {
  test.each(kinds.flatMap((kind) => ([8, 16] as const).map((bits) => ({ ...kind, bits }))))(
    '$kind, $bits bits',
    async ({ type, channels, bits }) => {
      const samples = noise(width * height * channels, 2 ** bits - 1)
      const read = await readImage(png({ width, height, bits, type, samples }), 'a.png')
      expect(read.image).toMatchObject({
        width,
        height,
        channels,
        depth: bits,
        alpha: channels % 2 === 0,
      })
      expect(samplesOf(read)).toEqual(samples)
      expect(read.notes).toEqual([])
    },
  )

  test.each([1, 2, 4] as const)('grey of %i bits is stretched to 8', async (bits) => {
    const top = 2 ** bits - 1
    const samples = noise(width * height, top)
    expect(
      samplesOf(await readImage(png({ width, height, bits, type: 0, samples }), 'a.png')),
    ).toEqual(samples.map((s) => (s * 255) / top))
  })

  const palette = Uint8Array.from(noise(12, 255, 9))
  const indices = noise(width * height, 3, 5)

  test('a palette becomes its colours', async () => {
    const bytes = png({
      width,
      height,
      bits: 2,
      type: 3,
      samples: indices,
      chunks: [['PLTE', palette]],
    })
    expect(samplesOf(await readImage(bytes, 'a.png'))).toEqual(
      indices.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3)]),
    )
  })

  test('a palette with opacities becomes RGBA', async () => {
    const opacities = [0, 100, 255, 7]
    const chunks = [
      ['PLTE', palette],
      ['tRNS', Uint8Array.from(opacities)],
    ] as const
    const bytes = png({ width, height, bits: 2, type: 3, samples: indices, chunks })
    const read = await readImage(bytes, 'a.png')
    expect(samplesOf(read)).toEqual(
      indices.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3), opacities[i]!]),
    )
    expect(read.image.alpha).toBe(true)
  })

  test('no gamma is applied', async () => {
    const samples = noise(width * height, 255)
    const bytes = png({
      width,
      height,
      bits: 8,
      type: 0,
      samples,
      chunks: [['gAMA', Uint8Array.of(0, 1, 134, 160)]],
    })
    expect(samplesOf(await readImage(bytes, 'a.png'))).toEqual(samples)
  })
})

describe('encoded images decode exactly', () => {
  const exact = (['png', 'tiff', 'webp', 'avif', 'pnm'] as const).flatMap((format) =>
    kinds.flatMap(({ kind, channels }) =>
      ([8, 16] as const).map((depth) => ({ format, kind, channels, depth })),
    ),
  )
  test.each(exact.filter(({ format, depth }) => depth === 8 || !['webp', 'avif'].includes(format)))(
    '$format, $kind, $depth bits',
    async ({ format, channels, depth }) => {
      const wrote = image(channels, depth)
      const { bytes, notes } = await encodeImage(wrote, format, `out.${format}`)
      const read = await readImage(bytes, 'back')
      const expected =
        ['webp', 'avif'].includes(format) && channels <= 2 ? greyAsRgb(wrote) : [...wrote.samples]
      expect(samplesOf(read)).toEqual(expected)
      expect(read.image.depth).toBe(depth)
      expect(notes).toEqual([])
    },
  )

  /** WebP and AVIF have no grey: it decodes to three equal channels. */
  function greyAsRgb({ samples, channels, alpha }: Image): number[] {
    const pixels = samples.length / channels
    return Array.from({ length: pixels }, (_, i) => {
      const grey = samples[i * channels]!
      return [grey, grey, grey, ...(alpha ? [samples[i * channels + 1]!] : [])]
    }).flat()
  }

  test('JPEG decodes approximately, without alpha, with a note', async () => {
    const smooth = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) =>
      i % 4 === 3 ? 50 : 100 + Math.floor(i / 64),
    )
    const { bytes, notes } = await encodeImage(
      { width: 16, height: 16, channels: 4, alpha: true, depth: 8, samples: smooth },
      'jpeg',
      'out.jpg',
    )
    const { image: back } = await readImage(bytes, 'back')
    expect(back.channels).toBe(3)
    for (let pixel = 0; pixel < 256; pixel++)
      expect(Math.abs(back.samples[3 * pixel]! - smooth[4 * pixel]!)).toBeLessThanOrEqual(3)
    expect(notes).toEqual(['JPEG files cannot store an alpha channel: it was dropped.'])
  })
})

describe('colour profiles', () => {
  const gammaTwo = async (): Promise<Uint8Array> => {
    const { icc } = await sharp(
      await sharp(Buffer.alloc(12), { raw: { width: 2, height: 2, channels: 3 } })
        .withIccProfile('p3')
        .png()
        .toBuffer(),
    ).metadata()
    return icc!
  }

  test.each(['png', 'jpeg', 'tiff', 'webp', 'avif'] as const)(
    '%s keeps the profile beside untouched samples',
    async (format) => {
      const profile = await gammaTwo()
      const wrote = image(3, 8, profile)
      const { bytes, notes } = await encodeImage(wrote, format, `out.${format}`)
      const read = await readImage(bytes, 'back')
      expect(Buffer.from(read.image.profile ?? []).equals(profile)).toBe(true)
      if (format !== 'jpeg') expect(samplesOf(read)).toEqual([...wrote.samples])
      expect(notes).toEqual([])
    },
  )

  test.each([1, 2, 3, 4])('16-bit TIFF and PNG with %i channels too', async (channels) => {
    const wrote = image(channels, 16, await gammaTwo())
    for (const format of ['png', 'tiff'] as const) {
      const read = await readImage((await encodeImage(wrote, format, 'out')).bytes, 'back')
      expect(samplesOf(read)).toEqual([...wrote.samples])
    }
  })

  test('PNM cannot store one, with a note', async () => {
    const { notes } = await encodeImage(image(3, 8, await gammaTwo()), 'pnm', 'out.ppm')
    expect(notes).toEqual(['PNM files cannot store a colour profile: it was dropped.'])
  })
})

describe('changes have a note', () => {
  const samples = Buffer.from(noise(4 * 3 * 3, 255))
  const raw = { raw: { width: 4, height: 3, channels: 3 } } as const

  test('EXIF orientation is applied', async () => {
    const rotatedFile = await sharp(samples, raw)
      .withMetadata({ orientation: 6 })
      .tiff({ compression: 'none' })
      .toBuffer()
    const { image: read, notes } = await readImage(rotatedFile, 'a.tiff')
    expect([read.width, read.height]).toEqual([3, 4])
    // Orientation 6: the first stored column, read from the bottom, is the first row of the image.
    const storedPixel = (row: number, column: number) => [
      ...samples.subarray((row * 4 + column) * 3, (row * 4 + column) * 3 + 3),
    ]
    const upright = [0, 1, 2, 3].flatMap((column) =>
      [2, 1, 0].flatMap((row) => storedPixel(row, column)),
    )
    expect([...read.samples]).toEqual(upright)
    expect(notes).toEqual(['It was rotated upright, as its EXIF orientation (6) requires.'])
  })

  test('the first of several images is used', async () => {
    const two = await sharp(Buffer.concat([samples, samples.map((s) => 255 - s)]), {
      raw: { ...raw.raw, height: 6, pageHeight: 3 },
    })
      .gif()
      .toBuffer()
    const { image: read, notes } = await readImage(two, 'a.gif')
    expect([read.width, read.height]).toEqual([4, 3])
    expect(notes).toEqual(['It holds 2 images; the first one is used.'])
  })

  test('CMYK becomes sRGB', async () => {
    const cmyk = await sharp(samples, raw).toColourspace('cmyk').jpeg().toBuffer()
    const { image: read, notes } = await readImage(cmyk, 'a.jpg')
    expect(read.channels).toBe(3)
    expect(notes).toEqual(['Its colours were converted from CMYK to sRGB.'])
  })
})

describe('PNM', () => {
  const pam = (channels: number, type?: string): string =>
    `P7\nWIDTH 1\nHEIGHT 1\nDEPTH ${channels}\nMAXVAL ` +
    `255\n${type === undefined ? '' : `TUPLTYPE ${type}\n`}ENDHDR\n`

  test(
    'the first of several images is used, which is said; other bytes behind it are not ' +
      'pictures',
    async () => {
      const [grey, bits, rgba] = [
        'P5 2 1 255\n\x01\x02',
        'P4\n# nine\n9 1\n\x00\x00',
        `${pam(4, 'RGB_ALPHA')}abcd`,
      ]
      const { image, notes } = await readImage(
        Buffer.from(grey + bits + rgba + grey, 'latin1'),
        'a.pnm',
      )
      expect([...image.samples]).toEqual([1, 2])
      expect(notes).toEqual(['It holds 4 images; the first one is used.'])
      expect((await readImage(Buffer.from(`${grey}P5 rest`, 'latin1'), 'a.pnm')).notes).toEqual([])
    },
  )

  const read = async (text: string | Uint8Array) =>
    (await readImage(Buffer.from(text), 'a.pnm')).image

  test.each([
    ['P1', 'P1\n# a comment\n3 2\n1 0 1\n010\n', [0, 255, 0, 255, 0, 255]],
    ['P2', 'P2 3 2 255\n0 1 2\n# and one here\n3 254 255', [0, 1, 2, 3, 254, 255]],
    ['P3', 'P3\n1 2\n255\n1 2 3  4 5 6\n', [1, 2, 3, 4, 5, 6]],
    [
      'P5 stretched from 15',
      Buffer.concat([Buffer.from('P5 3 1 15\n'), Buffer.of(0, 7, 15)]),
      [0, 119, 255],
    ],
    [
      'P4',
      Buffer.concat([Buffer.from('P4\n9 1\n'), Buffer.of(0b10100000, 0b10000000)]),
      [0, 255, 0, 255, 255, 255, 255, 255, 0],
    ],
    [
      'P6 of 16 bits',
      Buffer.concat([Buffer.from('P6\n1 1\n65535\n'), Buffer.of(1, 2, 3, 4, 255, 255)]),
      [258, 772, 65535],
    ],
  ])('%s', async (_, bytes, samples) => {
    expect([...(await read(bytes)).samples]).toEqual(samples)
  })

  test('P7 with alpha', async () => {
    const header =
      'P7\nWIDTH 1\nHEIGHT 2\n# comment\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n'
    expect(await read(Buffer.concat([Buffer.from(header), Buffer.of(1, 2, 3, 4)]))).toMatchObject({
      channels: 2,
      alpha: true,
      height: 2,
    })
  })

  test.each([
    [
      'cut off',
      'P5 4 4 255\nabc',
      'a.pnm is damaged or cut off: a 4×4 image with 1 channel has 16 samples.',
    ],
    ['no size', 'P5 x 4 255\nabc', 'a.pnm is damaged: its header has no valid width and height.'],
    [
      'no maximum',
      'P5 4 4 70000\nabc',
      'a.pnm is damaged: its header has no maximum value from 1 to 65535.',
    ],
    [
      'above its maximum',
      'P2 2 1 15\n3 16',
      'a.pnm is damaged: a sample is larger than 15, the maximum in its header.',
    ],
    [
      'absurd',
      'P5 90000 90000 255\nabc',
      'a.pnm is 90000×90000 with 1 channel of 8 bits: 7.54 GiB of samples, but the limit is 144 MiB',
    ],
    [
      'CMYK',
      `${pam(4, 'CMYK')}abcd`,
      'a.pnm holds CMYK in 4 channels. Supported: GRAYSCALE, BLACKANDWHITE, GRAYSCALE_ALPHA,',
    ],
    [
      'a width of 1e0',
      `${pam(1).replace('WIDTH 1', 'WIDTH 1e0')}a`,
      'a.pnm is damaged: its header has no valid width and height.',
    ],
    [
      'a maximum of 0xff',
      `${pam(1).replace('MAXVAL 255', 'MAXVAL 0xff')}a`,
      'a.pnm is damaged: its header has no maximum value',
    ],
    ['an endless header', 'P7\nWIDTH 1\n', 'a.pnm is damaged or cut off: its header has no end.'],
  ])('%s is rejected', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message)
  })
})

describe('properties of PNG and TIFF', () => {
  const number = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length)
    for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 * i)
    return bytes
  }

  test.each([
    [
      'frames that begin with the picture',
      [
        ['acTL', number(3, 0)],
        ['fcTL', Buffer.alloc(26)],
      ],
      3,
    ],
    ['frames beside the picture', [['acTL', number(3, 0)]], 4],
  ] as const)('APNG: %s', async (_, chunks, count) => {
    const { notes } = await readImage(
      png({ width: 1, height: 1, bits: 8, type: 0, samples: [7], chunks }),
      'a.png',
    )
    expect(notes).toEqual([`It holds ${count} images; the first one is used.`])
  })

  const grey = { width: 3, height: 2, colours: 1, depth: 8 } as const
  const tooMany = (channels: number, colours: 1 | 3): string =>
    `a.tif has ${channels} channels, of which ` +
    `${colours === 1 ? '1 is a colour' : '3 are colours'}: only one more channel`

  test.each([8, 16] as const)(
    'TIFF of %i bits: grey and RGB with one channel more come exactly, with more they are refused',
    async (depth) => {
      for (const colours of [1, 3] as const) {
        const samples = noise(6 * (colours + 1), 2 ** depth - 1, depth)
        const read = await readImage(
          tiff({ ...grey, depth, colours, extras: [2], samples }),
          'a.tif',
        )
        expect(read.image).toMatchObject({ channels: colours + 1, alpha: true, depth })
        expect(samplesOf(read)).toEqual(samples)
        expect(read.notes).toEqual([])
        for (const extras of [
          [0, 0],
          [2, 0, 0],
          [0, 0, 0, 0],
        ]) {
          const many = tiff({
            ...grey,
            depth,
            colours,
            extras,
            samples: noise(6 * (colours + extras.length), 255),
          })
          await expect(readImage(many, 'a.tif')).rejects.toThrow(
            tooMany(colours + extras.length, colours),
          )
        }
      }
    },
  )

  test('an unspecified extra channel is taken as alpha, with a note', async () => {
    const read = await readImage(tiff({ ...grey, extras: [0], samples: noise(12, 255) }), 'a.tif')
    expect(samplesOf(read)).toEqual(noise(12, 255))
    expect(read.notes).toEqual([
      'Its header does not describe the extra channel: it is taken as alpha.',
    ])
  })

  test('associated alpha is divided out, with a note', async () => {
    // c · 255 / a: 51 · 255 / 255, 40 · 255 / 102, 10 · 255 / 51, 20 · 255 / 51; alpha 0 has no
    // colour.
    const samples = [51, 255, 51, 255, 40, 102, 10, 51, 20, 51, 0, 0]
    const read = await readImage(tiff({ ...grey, extras: [1], samples }), 'a.tif')
    expect(samplesOf(read)).toEqual([51, 255, 51, 255, 100, 102, 50, 51, 100, 51, 0, 0])
    expect(read.notes).toEqual([
      'Its colours were stored multiplied by alpha (associated): they were divided by alpha.',
    ])
  })

  test('planar channels are read for RGB only', async () => {
    for (const depth of [8, 16] as const) {
      const samples = noise(24, 2 ** depth - 1)
      const planar = tiff({ ...grey, depth, colours: 3, extras: [2], samples, planar: true })
      expect(samplesOf(await readImage(planar, 'a.tif'))).toEqual(samples)
    }
    const mixed = tiff({ ...grey, extras: [2], samples: noise(12, 255), planar: true })
    await expect(readImage(mixed, 'a.tif')).rejects.toThrow(
      'a.tif stores each channel in a separate plane, which is supported for RGB only.',
    )
  })

  test('an image larger than the limit is read with --image-limit', async () => {
    const bytes = png({ width: 100, height: 10, bits: 8, type: 0, samples: noise(1000, 255) })
    await expect(readImage(bytes, 'a.png', 999)).rejects.toThrow(
      'a.png is 100×10 with 1 channel of 8 bits: 1000 B of samples',
    )
    expect((await readImage(bytes, 'a.png', 1000)).image.width).toBe(100)
    const pgm = Buffer.from('P5 2 2 255\nabcd')
    await expect(readImage(pgm, 'a.pgm', 3)).rejects.toThrow('--picture-limit 1M')
  })

  // 300 dots per inch horizontally, 150 vertically.
  const density = { x: 300 / 0.0254, y: 150 / 0.0254 }

  test.each(['png', 'jpeg', 'tiff', 'webp', 'avif'] as const)(
    '%s keeps the density',
    async (format) => {
      const { bytes } = await encodeImage({ ...image(3, 8), density }, format, 'a')
      const { image: read } = await readImage(bytes, 'a')
      expect(Math.round(read.density!.x * 0.0254)).toBe(300)
      expect(Math.round(read.density!.y * 0.0254)).toBe(150)
      if (format === 'png' || format === 'jpeg' || format === 'tiff')
        expect((await sharp(bytes).metadata()).density).toBe(300)
      const without = await encodeImage(image(3, 8), format, 'a')
      expect((await readImage(without.bytes, 'a')).image.density).toBeUndefined()
    },
  )

  test('which PNM cannot store, with a note', async () => {
    const { notes } = await encodeImage({ ...image(3, 8), density }, 'pnm', 'a.ppm')
    expect(notes).toEqual(['PNM files cannot store a density (300 DPI): it was dropped.'])
  })
})

// 2×2 float32, written by OpenCV 4.
const floatTiff =
  'SUkqABgAAAAAAAA/AACAPwAAAEAAAEDACwAAAQMAAQAAAAIAAAABAQMAAQAAAAIAAAACAQMAAQAAACAAAAADAQMAAQAAAAEAAAAGAQMAAQAAAAEAAAARAQQAAQAAAAgAAAAVAQMAAQAAAAEAAAAWAQMAAQAAAAIAAAAXAQQAAQAAABAAAAAcAQMAAQAAAAEAAABTAQMAAQAAAAMAAAAAAAAA'

describe('unreadable files', () => {
  const fullFile = (format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'avif') =>
    encodeImage(image(3, 8), format, 'a')

  test.each(['png', 'jpeg', 'webp', 'tiff', 'avif'] as const)(
    'a cut %s is called damaged',
    async (format) => {
      const { bytes } = await fullFile(format)
      await expect(
        readImage(bytes.subarray(0, Math.floor(bytes.length * 0.7)), 'a'),
      ).rejects.toThrow(/^a is an? \w+ file that is damaged, cut off/)
    },
  )

  test('an AVIF larger than AVIF allows', async () => {
    const bytes = Buffer.from((await fullFile('avif')).bytes)
    bytes.writeUInt32BE(2 ** 30, bytes.indexOf('ispe') + 8)
    await expect(readImage(bytes, 'a.avif')).rejects.toThrow(
      'a.avif is damaged: its header gives an image of 1073741824×5',
    )
  })

  test('text, and an image that claims an absurd size', async () => {
    await expect(readImage(Buffer.from('hello there'), 'a.png')).rejects.toThrow(
      'a.png is not an image in a supported format',
    )
    const huge = png({ width: 60000, height: 60000, bits: 8, type: 0, samples: [] })
    await expect(readImage(huge, 'a.png')).rejects.toThrow(
      'a.png is 60000×60000 with 1 channel of 8 bits: 3.35 GiB of samples, but the limit ' +
        'is 144 MiB. To read it, give --picture-limit 3434M.',
    )
  })

  test('float TIFF', async () => {
    const floats = Buffer.from(floatTiff, 'base64')
    await expect(readImage(floats, 'a.tiff')).rejects.toThrow('a.tiff has float samples')
  })
})

test('the plain TIFF is readable by sharp', async () => {
  const bytes = plainTiff(image(4, 16))
  expect(formatOfBytes(bytes)).toBe('tiff')
  expect(await sharp(bytes).metadata()).toMatchObject({
    width,
    height,
    channels: 4,
    hasAlpha: true,
    depth: 'ushort',
    space: 'rgb16',
  })
})
