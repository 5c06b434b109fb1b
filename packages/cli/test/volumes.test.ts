/**
 * Volumes on the command line: `filter` box by box, and `job`. The arithmetic is tested in
 * packages/volumes; here are words, exit codes and files.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVolume, openVolume } from '@stridefold/volumes'
import { writeNpy } from 'stridefold/npy'
import { correlate, kernelByName, kernels, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { type World, world } from './helpers/world.ts'

const shape = [12, 20, 21]
const samples = Float32Array.from({ length: 12 * 20 * 21 }, (_, i) => ((i * 7919) % 1000) / 500 - 1)

/** A world with `in.zarr`, 2 µm between slices and 1 µm between pixels. */
async function withVolume(): Promise<World> {
  const own = world()
  const axis = { type: 'space', unit: 'micrometer', translation: undefined } as const
  const target = await createVolume(
    join(own.folder, 'in.zarr'),
    {
      ...{ shape, dtype: 'float32', chunks: [5, 8, 8] },
      axes: [
        { ...axis, name: 'z', scale: 2 },
        { ...axis, name: 'y', scale: 1 },
        { ...axis, name: 'x', scale: 1 },
      ],
    },
    {
      like: {
        address: '/none',
        storage: {
          ...{ format: 'zarr2', elementType: 'float32', codec: { name: 'zstd' } },
          ...{ ome: '0.4', shards: undefined, wholeChunks: true },
        },
      },
    },
  )
  await target.write([0, 0, 0], ndarray(samples, shape))
  await target.close(true)
  return own
}

async function read({ folder }: World, name: string) {
  const array = await openVolume(join(folder, name))
  const data = await array.read(array.shape.map((extent) => [0, extent] as const))
  await array.close()
  return { array, data }
}

const x = ndarray(samples, shape)
const words = (line: string): string[] => line.split(' ')

describe('filter', () => {
  test('a Zarr, with sigma in micrometres, and the same line again', async () => {
    const own = await withVolume()
    const line = words('filter in.zarr -k gaussian:sigma=2um -o out.zarr --memory-limit 200M')
    const first = await own.run(line)
    expect(first.stderr).toMatch(/out\.zarr: \d+ box(es)? in .* It is whole\.$/m)
    expect(first.code).toBe(0)
    const again = await own.run(line)
    expect(again).toMatchObject({ code: 0, stderr: expect.stringMatching(/is whole already/) })
    const { array, data } = await read(own, 'out.zarr')
    const k = kernels.gaussian({ sigma: [1, 2, 2] })
    const { plan } = JSON.parse((await own.run([...line, '--json'])).stdout.toString())
    const whole = correlate(x, k, { boundary: 'reflect', algorithm: plan.algorithm })
    expect(data.data).toEqual(whole.data)
    expect(array.axes.map(({ name, scale, unit }) => [name, scale, unit])).toEqual([
      ['z', 2, 'micrometer'],
      ['y', 1, 'micrometer'],
      ['x', 1, 'micrometer'],
    ])
  })

  test('another operation needs --force', async () => {
    const own = await withVolume()
    await own.run(words('filter in.zarr -k box -o out.zarr'))
    const other = await own.run(words('filter in.zarr -k box:size=5 -o out.zarr'))
    expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/another job.*--force/) })
    expect((await own.run(words('filter in.zarr -k box:size=5 -o out.zarr --force'))).code).toBe(0)
  })

  test('types, strides, formats and chunks', async () => {
    const own = await withVolume()
    const line =
      'filter in.zarr -k box -o out.zarr --stride 1,2,2 --dtype int8 --zarr-format 3 ' +
      '--chunks 4x4x4 --shards 8x8x8 --codec gzip:1 --boundary edge'
    expect((await own.run(words(line))).stderr).toContain('It is whole')
    const { array, data } = await read(own, 'out.zarr')
    expect(array).toMatchObject({ shape: [12, 10, 11], dtype: 'int8', chunks: [4, 4, 4] })
    expect(array.axes.map(({ scale }) => scale)).toEqual([2, 2, 2])
    const whole = correlate(x, kernels.box({ size: 3, rank: 3 }), {
      ...{ boundary: 'edge', stride: [1, 2, 2], dtype: 'int8' },
    })
    expect(data.data).toEqual(whole.data)
  })

  test('resolutions with --pyramid: means of neighbours, in the metadata too', async () => {
    const own = world()
    const wide = Float32Array.from({ length: 300 * 40 }, (_, i) => i % 97)
    own.put('in.npy', writeNpy({ data: wide, shape: [300, 40] }))
    const ran = await own.run(words('filter in.npy -k identity:size=1 -o out.zarr --pyramid'))
    expect(ran.stderr).toContain('It is whole')
    expect(ran.code).toBe(0)
    const { multiscales } = JSON.parse(
      readFileSync(join(own.folder, 'out.zarr', '.zattrs'), 'utf8'),
    )
    expect(multiscales[0].datasets).toMatchObject([
      { path: '0' },
      {
        path: '1',
        coordinateTransformations: [{ scale: [2, 2] }, { translation: [0.5, 0.5] }],
      },
    ])
    const half = await read(own, 'out.zarr/1')
    expect(half.array.shape).toEqual([150, 20])
    for (const [row, column] of [
      [0, 0],
      [7, 3],
      [149, 19],
    ] as const) {
      const at = (dy: number, dx: number): number => wide[(2 * row + dy) * 40 + 2 * column + dx]!
      const mean = (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4
      expect(half.data.data[row * 20 + column]).toBeCloseTo(mean, 4)
    }
    expect(
      (await own.run(words('filter in.npy -k identity:size=1 -o out.zarr --pyramid'))).code,
    ).toBe(0)
  })

  test('a .npy file above the limit goes box by box, one below it does not', async () => {
    const own = world()
    const large = Float32Array.from({ length: 3000 }, (_, i) => i % 7)
    own.put('in.npy', writeNpy({ data: large, shape: [50, 60] }))
    const small = await own.run(words('filter in.npy -k box -o small.npy --memory-limit 64M'))
    expect(small).toMatchObject({ code: 0, stderr: '' })
    const boxes = await own.run(words('filter in.npy -k box -o boxes.npy --memory-limit 1K'))
    expect(boxes).toMatchObject({ code: 2, stderr: expect.stringMatching(/--memory-limit \d+M/) })
    const [, least] = /Give at least --memory-limit (\S+),/.exec(boxes.stderr)!
    expect(own.names()).not.toContain('boxes.npy')
    expect(least).toMatch(/^\d/)
  })

  test.each([
    ['in.npy', 'gaussian:sigma=1', ''],
    ['in.npy', 'gaussian:sigma=1', '--mode full --stride 2'],
    ['in.npy', 'sobel-x', '--boundary edge'],
    ['in.npy', 'gaussian:sigma=1', '--channel-axis 0'],
    ['in.npy', 'gaussian:sigma=1x1', '--flip --stride 1,2,2'],
    ['rgb.npy', 'box', ''],
    ['rgb.npy', 'box', '--channel-axis none'],
    ['whole.npy', 'box', ''],
    ['line.npy', '[[1,2,1]]', ''],
  ] as const)('%s -k %s %s: boxes mean the same as memory', async (name, kernel, flags) => {
    const own = world()
    own.put('in.npy', writeNpy(x))
    own.put('rgb.npy', writeNpy(ndarray(samples, [24, 70, 3])))
    own.put('line.npy', writeNpy(ndarray(samples, [samples.length])))
    own.put(
      'whole.npy',
      writeNpy(
        ndarray(
          Int32Array.from(samples, (v) => 1000 * v),
          shape,
        ),
      ),
    )
    const line = ['filter', name, '-k', kernel, ...words(`${flags} --algorithm strided`.trim())]
    expect(await own.run([...line, '-o', 'memory.npy'])).toMatchObject({ code: 0 })
    const { length } = (await read(own, 'memory.npy')).array.shape
    const chunks = ['--chunks', length === 1 ? '999' : '5x99x99']
    const boxes = await own.run([...line, '-o', 'boxes.npy', ...chunks])
    expect(boxes).toMatchObject({ code: 0, stderr: expect.stringContaining('It is whole') })
    expect(own.bytes('boxes.npy').equals(own.bytes('memory.npy'))).toBe(true)
  })

  test.each([
    ['int16', 'le', 0, 'C'],
    ['uint16', 'be', 352, 'F'],
  ] as const)('numbers without a header: %s%s behind %i bytes, order %s', async (...given) => {
    const [type, endian, offset, order] = given
    const own = world()
    const bytes = Buffer.alloc(offset + 2 * 6 * 7 * 8)
    const x = ndarray(new Float32Array(6 * 7 * 8), [6, 7, 8])
    for (let i = 0; i < 6 * 7 * 8; i++) {
      const value = (i * 7919) % 1000
      bytes[endian === 'le' ? 'writeUInt16LE' : 'writeUInt16BE'](value, offset + 2 * i)
      const [a, b, c] = [i % 6, Math.floor(i / 6) % 7, Math.floor(i / 42)]
      x.data[order === 'C' ? i : (a * 7 + b) * 8 + c] = value
    }
    own.put('in.dat', bytes)
    const raw = `${type}${endian}:6x7x8:${offset}:${order}`
    for (const out of ['out.npy', 'out.zarr']) {
      const ran = await own.run(['filter', 'in.dat', '--raw', raw, '-k', 'box', '-o', out])
      expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('It is whole') })
      const { array, data } = await read(own, out)
      expect(array.shape).toEqual([6, 7, 8])
      const k = kernels.box({ size: 3, rank: 3 })
      const whole = correlate(x, k, { boundary: 'reflect' })
      for (const [i, value] of whole.data.entries()) expect(data.data[i]).toBeCloseTo(value, 2)
    }
    const plan = ['job', 'plan', 'in.dat', '--raw', raw, '-k', 'box', '-o', 'job.zarr', '-j', 'j']
    expect((await own.run(plan)).code).toBe(0)
    expect((await own.run(words('job run j'))).code).toBe(0)
    expect((await read(own, 'job.zarr')).data.data).toEqual((await read(own, 'out.zarr')).data.data)
  })

  test.each([
    ['--raw uint16:6x7', 'in.dat is cut off', 3],
    ['--raw uint17:6x7', 'uint16:100x512x512', 2],
    ['--raw uint16', 'a type and a shape are needed', 2],
    ['--raw s16le:2:48000 --chunks 4x4', 'is sound', 2],
  ])('refused: %s', async (flags, message, code) => {
    const own = world()
    own.put('in.dat', Buffer.alloc(10))
    const ran = await own.run(words(`filter in.dat ${flags} -k box -o out.zarr`))
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(message) })
    expect(own.names()).toEqual(['in.dat'])
  })

  test('--level takes a smaller resolution', async () => {
    const own = world()
    own.put(
      'in.npy',
      writeNpy(
        ndarray(
          Float32Array.from({ length: 300 * 40 }, (_, i) => i),
          [300, 40],
        ),
      ),
    )
    await own.run(words('filter in.npy -k identity -o in.zarr --pyramid'))
    expect((await own.run(words('filter in.zarr --level 1 -k identity -o out.zarr'))).code).toBe(0)
    expect((await read(own, 'out.zarr')).array.shape).toEqual([150, 20])
    const none = await own.run(words('filter in.zarr --level 2 -k identity -o no.zarr'))
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('2 resolutions') })
    const array = await own.run(words('filter in.zarr/1 --level 1 -k identity -o no.zarr'))
    expect(array).toMatchObject({ code: 2, stderr: expect.stringContaining('--level is 1, but') })
  })

  test('a stack of pages is a volume, also if it is small', async () => {
    const own = world()
    const stack = join(import.meta.dirname, '../../volumes/test/fixtures/tiff/imagej.tif')
    own.put('stack.tif', readFileSync(stack))
    const ran = await own.run(words('filter stack.tif -k box -o out.npy'))
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('It is whole') })
    expect((await read(own, 'out.npy')).array.shape).toEqual([2, 2, 3, 5, 7])
  })

  test.each([
    ['filter in.zarr -k box -o out.zarr --alpha filter', /--alpha is not for volumes/],
    ['filter in.zarr -k box -k box -o out.zarr', /one kernel/],
    ['filter in.zarr in.zarr -k box -o out.zarr', /one at a time/],
    ['filter in.zarr -k box -o -', /stdout/],
    ['filter in.zarr -k box -o in.zarr --force', /source itself/],
    ['filter in.zarr -k nobox -o out.zarr', /nobox/],
    ['filter in.zarr -k box -o out.zarr --axes z,y', /--axes names 2/],
    ['filter in.zarr -k box -o out.zarr --chunks 4x4', /--chunks is 4×4/],
    ['filter in.zarr -k box -o out.zarr --dtype int8 --boundary missing', /no NaN/],
    ['filter in.zarr -k box -o out.zarr --boundary reflect,edge', /--boundary has 2 values/],
    ['filter in.zarr -k box:size=99 --mode valid -o out.zarr', /99/],
    ['filter in.zarr -k box -o out.zarr --codec zip', /none, .*zstd/],
    ['filter in.zarr -k box -o out.tif', /files of type \.tif are not written/],
    ['filter a.png -k box -o b.png --chunks 4x4', /--chunks is for volumes/],
  ])('refused: %s', async (line, message) => {
    const own = await withVolume()
    const ran = await own.run(words(line))
    expect(ran.stderr).toMatch(message)
    expect(ran.code).toBe(2)
    expect(existsSync(join(own.folder, 'out.zarr'))).toBe(false)
  })

  test('a folder that is no Zarr, and nothing at all', async () => {
    const own = world()
    expect(await own.run(words('filter none.zarr -k box -o out.zarr'))).toMatchObject({
      stderr: expect.stringMatching(/none\.zarr cannot be read: it does not exist/),
    })
    own.put('odd.zarr', 'text')
    expect(await own.run(words('filter odd.zarr -k box -o out.zarr'))).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/not an array that can be read/),
    })
  })

  test('--keep-going does the rest, lists what failed and exits with 3', async () => {
    const own = await withVolume()
    writeFileSync(join(own.folder, 'in.zarr', '0', '1', '1', '1'), 'damaged')
    const stopped = await own.run(words('filter in.zarr -k identity:size=1 -o a.zarr'))
    expect(stopped).toMatchObject({ code: 3, stderr: expect.stringMatching(/in\.zarr.*1\/1\/1/) })
    const went = await own.run(words('filter in.zarr -k identity:size=1 -o b.zarr --keep-going'))
    expect(went.code).toBe(3)
    expect(went.stderr).toMatch(/box \d+:\d+/)
  })
})

describe('job', () => {
  const plan =
    'job plan in.zarr -k gaussian:sigma=1 -o out.zarr --memory-limit 200M --chunks 5x5x5 -j job.json'

  test('plan, run in parts, status and submit', async () => {
    const own = await withVolume()
    const planned = await own.run(words(plan))
    expect(planned.code).toBe(0)
    expect(planned.stdout.toString()).toMatch(/boxes +\d+ of .*\nmemory +at most/)
    expect(await own.run(words('job status job.json'))).toMatchObject({ code: 1 })
    for (const task of [0, 1])
      expect((await own.run(words(`job run job.json --task ${task} --of 2`))).code).toBe(0)
    const status = await own.run(words('job status job.json --json'))
    expect(status.code).toBe(0)
    expect(JSON.parse(status.stdout.toString())).toMatchObject({
      ...{ verb: 'job status', isWhole: true },
      boxes: { missing: 0, failed: [] },
    })
    const { data } = await read(own, 'out.zarr')
    const { plan: chosen } = JSON.parse(readFileSync(join(own.folder, 'job.json'), 'utf8'))
    const k = kernelByName('gaussian:sigma=1,rank=3')
    const whole = correlate(x, k, { boundary: 'reflect', algorithm: chosen.algorithm })
    expect(data.data).toEqual(whole.data)
    const script = await own.run(words('job submit job.json --to slurm --tasks 3'))
    expect(script.stdout.toString()).toContain('--array=0-2')
    const manifest = await own.run(words('job submit job.json --to kubernetes --image a --claim b'))
    expect(manifest.stdout.toString()).toContain('claimName: "b"')
  })

  test.each([
    ['job run job.json --task 2 --of 2', /from 0 to 1/, 2],
    ['job run job.json --task 0', /--task is given alone/, 2],
    ['job run job.json --index-from-env', /No engine/, 2],
    ['job run job.json --task 0 --of 2 --index-from-env', /Give one of them/, 2],
    ['job run none.json', /does not exist/, 3],
    ['job run in.zarr/.zattrs', /not a job file/, 3],
    ['job submit job.json', /--to/, 2],
    ['job status job.json --to', /unknown option/, 2],
  ])('refused: %s', async (line, message, code) => {
    const own = await withVolume()
    await own.run(words(plan))
    const ran = await own.run(words(line))
    expect(ran.stderr).toMatch(message)
    expect(ran.code).toBe(code)
  })

  test('help begins with examples', async () => {
    const own = world()
    for (const line of ['job --help', 'job plan --help', 'job run --help']) {
      const ran = await own.run(words(line))
      expect(ran.code).toBe(0)
      expect(ran.stdout.toString()).toContain('stridefold job')
    }
  })
})
