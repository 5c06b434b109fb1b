/**
 * `filter` on TIFFs of numbers. GDAL wrote the files (scripts/geotiff-fixtures.py), and astropy the
 * blurred heights. The heights are a plane over the map: wherever a result lies on the map, the
 * plane says what a mean is there.
 */

import { readFileSync } from 'node:fs'
import { fromArrayBuffer, type GeoTIFFImage } from 'geotiff'
import { describe, expect, test } from 'vitest'
import { readNpy } from '../src/npy.ts'
import fixtures from './fixtures/geotiff/geotiff.json' with { type: 'json' }
import { type World, world } from './helpers/world.ts'

type Name = keyof typeof fixtures.files

const file = (name: Name): Buffer =>
  readFileSync(new URL(`fixtures/geotiff/${name}.tif`, import.meta.url))

function withFile(name: Name): World {
  const w = world()
  w.put('in.tif', file(name))
  return w
}

async function filtered(w: World, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await w.run(['filter', 'in.tif', '--force', ...args])
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return stderr
}

async function imageOf(bytes: Uint8Array): Promise<GeoTIFFImage> {
  return (await fromArrayBuffer(Uint8Array.from(bytes).buffer)).getImage()
}

const samplesOf = async (image: GeoTIFFImage): Promise<number[]> => [
  ...(await image.readRasters({ interleave: true })),
]

/** From positions in the grid, corner of the first sample at 0, to the map; as GDAL reads it. */
function transformOf(image: GeoTIFFImage): number[] {
  const tags = image.fileDirectory
  const matrix: ArrayLike<number> | undefined = tags.getValue('ModelTransformation')
  const scale: ArrayLike<number> | undefined = tags.getValue('ModelPixelScale')
  const tiePoint: ArrayLike<number> | undefined = tags.getValue('ModelTiepoint')
  const [i, j, , x, y] = Array.from(tiePoint ?? [])
  const t = matrix
    ? [matrix[3]!, matrix[0]!, matrix[1]!, matrix[7]!, matrix[4]!, matrix[5]!]
    : [x! - i! * scale![0]!, scale![0]!, 0, y! + j! * scale![1]!, 0, -scale![1]!]
  const isPoint = (image.getGeoKeys() as { GTRasterTypeGeoKey?: number }).GTRasterTypeGeoKey === 2
  if (!isPoint) return t
  return [t[0]! - (t[1]! + t[2]!) / 2, t[1]!, t[2]!, t[3]! - (t[4]! + t[5]!) / 2, t[4]!, t[5]!]
}

const kernel = fixtures.kernel.map((row) => row.map((weight) => weight / 256))
const blur = ['-k', JSON.stringify(kernel), '--boundary', 'edge']
const mean = ['-k', 'box:size=3', '--missing', 'nodata', '--boundary', 'missing']

describe('reading', () => {
  test.each(Object.entries(fixtures.files))('%s holds what GDAL wrote', async (name, truth) => {
    const w = withFile(name as Name)
    const missing =
      truth.nodata !== null ? ['--missing', 'nodata'] : name === 'rgb' ? [] : ['--missing', 'nan']
    await filtered(w, '-k', '1', '-o', 'out.npy', ...missing)
    const { data, shape } = readNpy(w.bytes('out.npy'), 'out.npy')
    const bands = truth.values.length / (fixtures.width * fixtures.height)
    expect(shape).toEqual([fixtures.height, fixtures.width, ...(bands === 1 ? [] : [bands])])
    expect([...data].map((value) => (Number.isNaN(value) ? null : value))).toEqual(truth.values)
    expect(data.constructor).toBe(name === 'float64' ? Float64Array : Float32Array)
  })

  test('TIFFs without nodata, and other inputs, have none to leave out', async () => {
    const w = withFile('float64')
    w.put('a.npy', Buffer.from(''))
    const args = ['-k', 'box', '-o', 'out.npy', '--missing', 'nodata']
    const tiff = await w.run(['filter', 'in.tif', ...args])
    expect(tiff.code).toBe(2)
    expect(tiff.stderr).toContain('--missing nodata: in.tif: it has no nodata value (the tag GDAL')
    w.put('a.pgm', 'P5 1 1 255\n.')
    const { stderr } = await w.run(['filter', 'a.pgm', ...args])
    expect(stderr).toContain('--missing nodata: a.pgm: a PNM file has no nodata value; a TIFF can')
  })

  test('whole numbers have no NaN', async () => {
    const w = withFile('int16')
    const args = ['filter', 'in.tif', '-k', 'box', '-o', 'out.tif', '--missing', 'nan']
    const { code, stderr } = await w.run(args)
    expect(code).toBe(2)
    expect(stderr).toContain('--missing nan: in.tif holds integers, which has no NaN.')
  })

  test('nodata that is not left out is reported', async () => {
    const w = withFile('int16')
    expect(await filtered(w, '-k', 'box', '-o', 'out.npy')).toContain(
      'in.tif: 22 samples with its nodata value -32768 were filtered as numbers. --missing nodata',
    )
    const image = withFile('uint16')
    expect(await filtered(image, '-k', 'box', '-o', 'out.png')).toContain(
      'in.tif: Its nodata value, 0, counts as a sample value.',
    )
  })

  test.each(['float32', 'int16', 'float64'] as const)('%s, cut off or damaged', async (name) => {
    const whole = file(name)
    for (const part of [0.3, 0.5, 0.8]) {
      const w = world()
      w.put('in.tif', whole.subarray(0, Math.floor(whole.length * part)))
      const { code, stderr } = await w.run(['filter', 'in.tif', '-k', 'box', '-o', 'out.tif'])
      expect(code, stderr).toBe(3)
      expect(stderr).toContain('in.tif is a TIFF file that is damaged, cut off or not supported (')
      expect(w.names()).toEqual(['in.tif'])
    }
  })

  test('size, bands as alpha, and flags that have no meaning', async () => {
    const w = withFile('bands')
    for (const [args, text] of [
      [['-o', 'a.tif', '--picture-limit', '1K'], '3 channels of 32 bits: 4.43 KiB of samples, but'],
      [['-o', 'a.tif', '--output', 'abs'], '--output abs computes sample values of an image file'],
      [['-o', 'a.tif', '--channel-axis', '0'], 'in.tif is a TIFF, whose channels are known.'],
      [['-o', 'a.tif', '--alpha', 'keep'], 'in.tif has no alpha channel'],
    ] as const) {
      const { code, stderr } = await w.run(['filter', 'in.tif', '-k', 'box', ...args])
      expect(code).toBeGreaterThan(1)
      expect(stderr).toContain(text)
    }
  })
})

describe('writing', () => {
  test('the blurred heights of astropy, holes filled, at the same place', async () => {
    const w = withFile('float32')
    await filtered(w, ...blur, '--missing', 'nodata', '-o', 'out.tif')
    const image = await imageOf(w.bytes('out.tif'))
    const samples = await samplesOf(image)
    for (const [i, value] of fixtures.blurred.entries())
      expect(Math.abs(samples[i]! - value)).toBeLessThan(1e-3)
    expect(transformOf(image)).toEqual(fixtures.files.float32.transform)
    expect(image.getGDALNoData()).toBe(-9999)
    const before = await imageOf(file('float32'))
    expect(image.getGeoKeys()).toEqual(before.getGeoKeys())
    expect([image.getSampleFormat(), image.getBitsPerSample()]).toEqual([3, 32])
  })

  test.each([
    ['float32', -9999],
    ['int16', -32768],
    ['uint16', 0],
    ['bands', -1],
  ] as const)('%s: a hole in the result has the nodata value', async (name, noData) => {
    const w = withFile(name)
    await filtered(w, ...mean, '-o', 'out.tif')
    await filtered(w, ...mean, '-o', 'out.npy')
    const image = await imageOf(w.bytes('out.tif'))
    const { data } = readNpy(w.bytes('out.npy'), 'out.npy')
    const samples = await samplesOf(image)
    // The inside of a hole of 4×5 samples.
    expect(data.filter(Number.isNaN)).toHaveLength(name === 'bands' ? 18 : 6)
    expect(samples).toEqual([...data].map((value) => (Number.isNaN(value) ? noData : value)))
    expect(image.getGDALNoData()).toBe(noData)
    expect(image.getSampleFormat()).toBe(3)
  })

  test('NaN in float64 stays, without a nodata value', async () => {
    const w = withFile('float64')
    await filtered(w, '-k', 'box:size=3', '--missing', 'nan', '-o', 'out.tif')
    const image = await imageOf(w.bytes('out.tif'))
    expect((await samplesOf(image)).filter(Number.isNaN)).toHaveLength(6)
    expect(image.getBitsPerSample()).toBe(64)
    expect(image.getGDALNoData()).toBeNull()
    expect(transformOf(image)).toEqual(fixtures.files.float64.transform)
  })

  test('three bands of colours stay colours', async () => {
    const w = withFile('colours')
    await filtered(w, '-k', '1', '-o', 'out.tif')
    const image = await imageOf(w.bytes('out.tif'))
    expect(image.fileDirectory.getValue('PhotometricInterpretation')).toBe(2)
    expect(await samplesOf(image)).toEqual(fixtures.files.colours.values)
    await filtered(w, '-k', '1', '--channels', 'sum', '-o', 'out.tif')
    const sum = await imageOf(w.bytes('out.tif'))
    expect(sum.fileDirectory.getValue('PhotometricInterpretation')).toBe(1)
    expect(sum.getSamplesPerPixel()).toBe(1)
  })

  test('a result that has the nodata value is told from a hole', async () => {
    const w = withFile('uint16')
    const flat = ['-k', '1 0 -1', '-k', '1 0 -1', '--missing', 'nodata', '-o', 'out.tif']
    expect(await filtered(w, ...flat)).toMatch(
      /out\.tif: \d+ results equal 0, the nodata value of the input\. So the nodata .* is nan/,
    )
    const image = await imageOf(w.bytes('out.tif'))
    expect(image.getGDALNoData()).toBeNaN()
    expect(await samplesOf(image)).toContain(0)
  })

  test.each([
    ['float32', '5', ['--mode', 'valid']],
    ['float32', '5', ['--mode', 'full', '--boundary', 'missing']],
    ['float32', '1', ['--stride', '2,3', '--boundary', 'missing']],
    ['int16', '1', ['--mode', 'valid', '--stride', '2,1']],
    ['int16', '3', ['--mode', 'valid', '--dilation', '2,1']],
    ['float64', '1', ['--mode', 'valid,same', '--stride', '2', '--boundary', 'missing']],
  ] as const)('%s, then %s, %j: every result keeps its place', async (name, size, args) => {
    const w = withFile(name)
    const boxes = ['-k', 'box:size=3', '-k', `box:size=${size}`]
    const missing = ['--missing', name === 'float64' ? 'nan' : 'nodata', '--minimum-present', '1']
    await filtered(w, ...boxes, ...missing, ...args, '-o', 'out.tif')
    const image = await imageOf(w.bytes('out.tif'))
    const [x0, dx, rx, y0, ry, dy] = transformOf(image) as [number, ...number[]] as number[]
    const samples = await samplesOf(image)
    const scale = name === 'int16' ? 10 : 1
    // Integers were rounded.
    const bound = name === 'int16' ? 0.5 : 1e-3
    let compared = 0
    const [originX, , , originY] = fixtures.files[name].transform as number[]
    for (const [i, value] of samples.entries()) {
      const [row, column] = [Math.floor(i / image.getWidth()) + 0.5, (i % image.getWidth()) + 0.5]
      const x = x0! + dx! * column + rx! * row - originX!
      const y = y0! + ry! * column + dy! * row - originY!
      if (Number.isNaN(value) || value === image.getGDALNoData()) continue
      expect(Math.abs(value - ((x / 10 + y / 5) * scale + 1000)), `${i}`).toBeLessThan(bound)
      compared++
    }
    expect(compared).toBeGreaterThan(3)
  })

  test('many files keep their kinds', async () => {
    const w = world()
    for (const name of ['float32', 'int16'] as const) w.put(`${name}.tif`, file(name))
    const { code } = await w.run(['filter', '*.tif', ...mean, '-o', 'out/'])
    expect(code).toBe(0)
    expect((await imageOf(w.bytes('out/int16.tif'))).getGDALNoData()).toBe(-32768)
  })

  test('as a picture, with a note about its place', async () => {
    const w = withFile('float32')
    const args = ['-k', '1', '--missing', 'nodata', '--output', 'minmax', '-o', 'out.pgm']
    expect(await filtered(w, ...args)).toContain('out.pgm: its place on the map was dropped.')
    const pixels = w.bytes('out.pgm').subarray(-fixtures.width * fixtures.height)
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 255])
  })
})

describe('pictures on a map', () => {
  test('an RGB TIFF stays one of 8 bits, at its place', async () => {
    const w = withFile('rgb')
    await filtered(w, '-k', '1', '-o', 'out.tif')
    const image = await imageOf(w.bytes('out.tif'))
    expect(await samplesOf(image)).toEqual(fixtures.files.rgb.values)
    expect([image.getBitsPerSample(), image.getSampleFormat()]).toEqual([8, 1])
    expect(transformOf(image)).toEqual(fixtures.files.rgb.transform)
    await filtered(w, '-k', 'box:size=3', '--mode', 'valid', '-o', 'out.tif')
    const [x, dx, , y] = transformOf(await imageOf(w.bytes('out.tif')))
    expect([x, dx, y]).toEqual([500030, 30, 5399970])
  })

  test('other formats cannot store the place', async () => {
    const w = withFile('rgb')
    expect(await filtered(w, '-k', '1', '-o', 'out.png')).toContain(
      'out.png: PNG files cannot store a place on a map: it was dropped.',
    )
  })
})
