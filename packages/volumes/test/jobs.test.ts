/**
 * Jobs: what is planned once is computed by any number of processes, which may be killed at any
 * moment, and the result has the bits of a single run.
 */

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { correlate, kernelByName, type NdArray, ndarray } from 'stridefold'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  filterVolume,
  type Job,
  jobStatus,
  type PlanJobOptions,
  planJob,
  readJob,
  runJob,
  submitText,
  writeJob,
} from '../src/index.ts'
import { bitsOf, putVolume, randomArray, samplesOf, temporaryFolder } from './helpers/arrays.ts'

interface Planned {
  readonly folder: string
  readonly x: NdArray
  readonly path: string
  readonly job: Job
  readonly target: string
}

/** A job of 20 boxes. */
async function planned(options: PlanJobOptions & { name?: string } = {}): Promise<Planned> {
  const folder = temporaryFolder()
  const x = randomArray([40, 50], 'float32', 1)
  const { name = 'out.zarr', ...others } = options
  await putVolume(join(folder, 'in.zarr'), x, [16, 16])
  const target = join(folder, name)
  const job = await planJob(join(folder, 'in.zarr'), 'gaussian:sigma=1', target, {
    ...{ chunks: name.endsWith('.npy') ? [2, 50] : [10, 10], box: [1, 1], boundary: 'reflect' },
    ...others,
  })
  const path = join(folder, 'job.json')
  await writeJob(path, job)
  return { folder, x, path, job: await readJob(path), target }
}

async function expectWhole({ x, target, job }: Planned): Promise<void> {
  const kernel = kernelByName('gaussian:sigma=1')
  const { algorithm } = job.plan
  const whole = await correlate(x, kernel, { boundary: 'reflect', algorithm })
  expect(Buffer.compare(bitsOf(await samplesOf(target)), bitsOf(whole))).toBe(0)
}

describe.each(['out.zarr', 'out.npy'])('a job to %s', (name) => {
  test('in tasks, whose number may change, and which skip what is done', async () => {
    const given = await planned({ name })
    const { job } = given
    expect((await jobStatus(job)).boxes).toMatchObject({ total: 20, done: 0, missing: 20 })
    const first = await runJob(job, { task: 1, of: 3 })
    expect(first).toMatchObject({ computed: 7, skipped: 0, isWhole: false })
    expect(await runJob(job, { task: 1, of: 3 })).toMatchObject({ computed: 0, skipped: 7 })
    expect(await jobStatus(job)).toMatchObject({
      boxes: { done: 7, missing: 13, failed: [] },
      isWhole: false,
    })
    const rest = await Promise.all([0, 1, 2, 3, 4].map((task) => runJob(job, { task, of: 5 })))
    expect(rest.reduce((sum, { computed }) => sum + computed, 0)).toBe(13)
    const after = await runJob(job)
    expect(after).toMatchObject({ computed: 0, skipped: 20, isWhole: true })
    expect(await jobStatus(job)).toMatchObject({ isWhole: true, secondsLeft: 0 })
    await expectWhole(given)
  })

  test('two copies of each task at the same time', async () => {
    // Processes that end together remove their notes together.
    for (let round = 0; round < 4; round++) {
      const given = await planned({ name })
      await Promise.all([0, 1, 0, 1].map((task) => runJob(given.job, { task, of: 2 })))
      await runJob(given.job)
      await expectWhole(given)
    }
  })

  test('kill -9 at any moment loses nothing', async () => {
    const given = await planned({ name })
    for (const milliseconds of name === 'out.zarr' ? [0, 150] : [60]) {
      await killedAfterFirstChunk(given.path, milliseconds)
    }
    const ran = await runJob(given.job)
    expect(ran.isWhole).toBe(true)
    await expectWhole(given)
    const names = await readdir(given.folder)
    expect(names.filter((other) => /unfinished|stridefold-/.test(other))).toEqual([])
  })
})

const index = fileURLToPath(new URL('../src/index.ts', import.meta.url))
const program = `
import { readJob, runJob } from ${JSON.stringify(index)}
console.log('ready')
await runJob(await readJob(process.argv[1]), { onProgress: ({ boxes }) => console.log(boxes.done) })
`

/** Starts a run in a process of its own and kills it some time after it has begun. */
function killedAfterFirstChunk(path: string, milliseconds: number): Promise<void> {
  const args = ['--conditions=@stridefold/source', '--import', 'tsx', '--input-type=module']
  const child = spawn(process.execPath, [...args, '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), milliseconds))
  return new Promise((resolve) => child.on('exit', () => resolve()))
}

/** A run that is killed after a call of the file system on the result. */
const killedAfter = (call: 'rename' | 'rm'): string => `
import fs from 'node:fs/promises'
import { readJob, runJob } from ${JSON.stringify(index)}
const job = await readJob(process.argv[1])
const path = job.result.address
const real = fs.${call}
fs.${call} = async (...args) => {
  await real(...args)
  if (args.some((arg) => [path, path + '.unfinished'].includes(arg)))
    process.kill(process.pid, 'SIGKILL')
}
await runJob(job)
`

test.each(['rename', 'rm'] as const)(
  'a .npy file whose process is killed after its last %s is known as finished',
  async (call) => {
    const given = await planned({ name: 'out.npy' })
    const args = ['--conditions=@stridefold/source', '--import', 'tsx', '--input-type=module']
    const killed = spawnSync(process.execPath, [...args, '-e', killedAfter(call), given.path])
    expect(killed.signal).toBe('SIGKILL')
    expect(existsSync(given.target)).toBe(true)
    expect(existsSync(`${given.target}.unfinished`)).toBe(call === 'rename')
    expect((await jobStatus(given.job)).isWhole).toBe(true)
    const again = await runJob(given.job)
    expect(again).toMatchObject({ computed: 0, skipped: 20, isWhole: true })
    await expectWhole(given)
    expect(existsSync(`${given.target}.unfinished`)).toBe(false)
    // Somebody else's change is still seen.
    writeFileSync(given.target, 'mine')
    await expect(runJob(given.job)).rejects.toThrow(/exists already/)
  },
)

describe('one command again', () => {
  test('on a finished result computes nothing; another operation needs force', async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'in.zarr')
    await putVolume(source, randomArray([20, 20], 'uint8', 2), [8, 8])
    for (const name of ['out.zarr', 'out.npy']) {
      const target = join(folder, name)
      const first = await filterVolume(source, 'box:size=3', target)
      expect(first).toMatchObject({ isWhole: true, skipped: 0 })
      const again = await filterVolume(source, 'box:size=3', target)
      expect(again).toMatchObject({ isWhole: true, computed: 0, skipped: first.computed })
      await expect(filterVolume(source, 'box:size=5', target)).rejects.toThrow(/another job/)
      await expect(
        filterVolume(source, 'box:size=3', target, { boundary: 'wrap' }),
      ).rejects.toThrow(/another job/)
      const forced = await filterVolume(source, 'box:size=5', target, { force: true })
      expect(forced).toMatchObject({ isWhole: true, skipped: 0 })
    }
  })

  test('with larger boxes goes on: boxes of any size have the same bits', async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'in.zarr')
    const x = randomArray([64, 64], 'float32', 2)
    await putVolume(source, x, [8, 8])
    const target = join(folder, 'out.zarr')
    const options = { chunks: [8, 8] }
    const stop = new AbortController()
    const first = filterVolume(source, 'box:size=3', target, {
      ...{ ...options, box: [8, 8], signal: stop.signal },
      onProgress: ({ boxes }) => boxes.done === 2 && stop.abort(new Error('enough')),
    })
    await expect(first).rejects.toThrow('enough')
    const { computed, skipped, job } = await filterVolume(source, 'box:size=3', target, options)
    expect(skipped).toBe(0)
    expect(computed).toBeGreaterThan(0)
    const { algorithm } = job.plan
    const whole = await correlate(x, kernelByName('box:size=3'), { algorithm })
    expect(Buffer.compare(bitsOf(await samplesOf(target)), bitsOf(whole))).toBe(0)
  })

  test('a file that is none of ours is left alone', async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'in.zarr')
    await putVolume(source, randomArray([20, 20], 'uint8', 2), [8, 8])
    writeFileSync(join(folder, 'out.npy'), 'mine')
    await expect(filterVolume(source, 'box', join(folder, 'out.npy'))).rejects.toThrow(/exists/)
    expect(readFileSync(join(folder, 'out.npy'), 'utf8')).toBe('mine')
    await expect(filterVolume(source, 'box', source, { force: true })).rejects.toThrow(/itself/)
  })
})

describe('a job is refused', () => {
  test.each([
    ['shape', [41, 50], 'float32', [16, 16]],
    ['type', [40, 50], 'float64', [16, 16]],
    ['chunks', [40, 50], 'float32', [20, 10]],
  ] as const)('if the source has another %s', async (what, shape, dtype, chunks) => {
    const { folder, job } = await planned()
    rmSync(join(folder, 'in.zarr'), { recursive: true })
    await putVolume(join(folder, 'in.zarr'), randomArray(shape, dtype, 3), chunks)
    await expect(runJob(job)).rejects.toThrow(`its ${what} was`)
  })

  test('if its file was changed', async () => {
    const { path } = await planned()
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace('"reflect"', '"wrap"'))
    await expect(readJob(path)).rejects.toThrow(/was changed/)
    writeFileSync(path, text.slice(0, 100))
    await expect(readJob(path)).rejects.toThrow(/not a job file/)
    await expect(readJob(`${path}.none`)).rejects.toThrow(/does not exist/)
    writeFileSync(path, text.replace(/"box": \[\s*10/, '"box": [ 7'))
    await expect(readJob(path)).rejects.toThrow(/whole chunks/)
  })

  test('if the result is that of another job', async () => {
    const { folder, job } = await planned()
    await expect(
      planJob(join(folder, 'in.zarr'), 'box', job.result.address, { chunks: [10, 10] }),
    ).rejects.toThrow(/another job/)
  })

  test('if the limit is too small, and the result is not created', async () => {
    const folder = temporaryFolder()
    await putVolume(join(folder, 'in.zarr'), randomArray([64, 64], 'uint8', 2), [32, 32])
    const target = join(folder, 'out.zarr')
    await expect(
      planJob(join(folder, 'in.zarr'), 'box', target, { memoryLimit: 1000 }),
    ).rejects.toThrow(/The memory limit is 1000 B.*Give at least/)
    expect(existsSync(target)).toBe(false)
  })
})

test('a job and its data move together', async () => {
  const { folder, path, job } = await planned()
  const relative = { ...job, source: { ...job.source, address: 'in.zarr' } }
  await writeJob(path, { ...relative, result: { ...job.result, address: 'out.zarr' } })
  const moved = await readJob(path)
  expect(moved.source.address).toBe(join(folder, 'in.zarr'))
  expect(moved.hash).toBe(job.hash)
})

describe('failures', () => {
  test('a damaged chunk ends the run, or is noted and the rest is done', async () => {
    const given = await planned()
    const { folder, job } = given
    const chunk = join(folder, 'in.zarr', '1', '2')
    const bytes = readFileSync(chunk)
    writeFileSync(chunk, bytes.subarray(0, 20))
    await expect(runJob(job)).rejects.toMatchObject({ name: 'VolumeError', fault: 'data' })
    const ran = await runJob(job, { keepGoing: true })
    expect(ran.isWhole).toBe(false)
    expect(ran.failed.length).toBeGreaterThan(0)
    for (const { message } of ran.failed) expect(message).toContain('in.zarr')
    const status = await jobStatus(job)
    expect(status.boxes.failed.map(({ index }) => index)).toEqual(
      ran.failed.map(({ index }) => index),
    )
    expect(status.boxes.done + status.boxes.failed.length).toBe(20)
    writeFileSync(chunk, bytes)
    expect(await runJob(job)).toMatchObject({ computed: ran.failed.length, isWhole: true })
    expect((await jobStatus(job)).boxes.failed).toEqual([])
    await expectWhole(given)
  })

  test('a missing chunk holds the fill value, as Zarr means it', async () => {
    const given = await planned()
    rmSync(join(given.folder, 'in.zarr', '1', '2'))
    for (let y = 16; y < 32; y++) for (let x = 32; x < 48; x++) given.x.data[y * 50 + x] = 0
    await runJob(given.job)
    await expectWhole(given)
  })

  test('a folder that cannot be written: one sentence, nothing half-written', async () => {
    const given = await planned()
    const folder = given.target
    // Root may write everywhere, so a file stands in the way of the folder of the chunks.
    if (process.getuid?.() === 0) writeFileSync(join(folder, '2'), '')
    else chmodSync(folder, 0o555)
    const error = await runJob(given.job).catch((reason) => reason)
    expect(error).toMatchObject({ name: 'VolumeError', fault: 'store' })
    if (process.getuid?.() === 0) rmSync(join(folder, '2'))
    else chmodSync(folder, 0o755)
    const { boxes } = await jobStatus(given.job)
    expect(boxes.done).toBeLessThan(20)
    await runJob(given.job)
    await expectWhole(given)
  })
})

/** A file system of 100 KB; undefined where it cannot be mounted. */
function smallDisk(): string | undefined {
  const folder = temporaryFolder()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', folder])
  if (mounted.status !== 0) return undefined
  onTestFinished(() => void spawnSync('umount', [folder]))
  return folder
}

test('a full disk: one sentence, and with more space the same call goes on', async (context) => {
  const disk = smallDisk()
  if (disk === undefined) return context.skip('no file system could be mounted here')
  const x = randomArray([200, 200], 'float32', 4)
  const source = join(temporaryFolder(), 'in.zarr')
  await putVolume(source, x, [50, 50])
  const options = { codec: { name: 'none' }, chunks: [50, 50], box: [50, 50] } as const
  const target = join(disk, 'out.zarr')
  await expect(filterVolume(source, 'box:size=3', target, options)).rejects.toMatchObject({
    ...{ name: 'VolumeError', fault: 'store' },
    message: expect.stringMatching(/disk is full.*run the same command again/),
  })
  spawnSync('mount', ['-o', 'remount,size=10m', disk])
  const { computed, skipped, isWhole, job } = await filterVolume(
    ...([source, 'box:size=3', target, options] as const),
  )
  expect(isWhole).toBe(true)
  expect(skipped).toBeGreaterThan(0)
  expect(computed + skipped).toBe(16)
  const { algorithm } = job.plan
  const whole = await correlate(x, kernelByName('box:size=3'), { algorithm })
  expect(Buffer.compare(bitsOf(await samplesOf(target)), bitsOf(whole))).toBe(0)
})

describe('what engines get', () => {
  test('a script for Slurm', async () => {
    const { job } = await planned()
    const script = submitText('slurm', job, { tasks: 8, cores: 3, job: "/data/it's/job.json" })
    expect(script).toContain('#SBATCH --array=0-7\n')
    expect(script).toContain('#SBATCH --cpus-per-task=3\n')
    const [, memory] = /--mem=(\d+)M/.exec(script)!
    expect(Number(memory) * 2 ** 20).toBeGreaterThan(job.memory.bound.total)
    expect(script).toContain(`'/data/it'\\''s/job.json'`)
    expect(script).toContain('--task "$SLURM_ARRAY_TASK_ID" --of 8 --threads 3')
  })

  test('a manifest for Kubernetes', async () => {
    const { job } = await planned()
    const manifest = submitText('kubernetes', job, {
      ...{ tasks: 5, cores: 4, job: '/data/job.json', image: 'example/stridefold:1' },
    })
    for (const line of [
      'completionMode: Indexed',
      'completions: 5',
      'backoffLimitPerIndex: 3',
      'cpu: "4"',
      '"--index-from-env","--of","5"',
    ])
      expect(manifest).toContain(line)
  })
})

describe('smaller resolutions of a job', () => {
  const shape = [300, 270]
  const options = { chunks: [100, 90], box: [1, 1], pyramid: true } as const

  async function pyramidJob(): Promise<Job> {
    const folder = temporaryFolder()
    await putVolume(join(folder, 'in.zarr'), randomArray(shape, 'float32', 7), [64, 64])
    const job = await planJob(
      ...([join(folder, 'in.zarr'), 'box', join(folder, 'out.zarr'), options] as const),
    )
    await writeJob(join(folder, 'job.json'), job)
    return readJob(join(folder, 'job.json'))
  }

  async function levelsOf(target: string): Promise<Uint8Array[]> {
    return Promise.all([0, 1].map(async (i) => bitsOf(await samplesOf(`${target}/${i}`))))
  }

  test('are computed by the task that ends last, as by a single run', async () => {
    const job = await pyramidJob()
    const { address } = job.result
    expect(job.levels).toEqual([[2, 2]])
    expect(job.memory.levels).toBeGreaterThan(0)
    expect(await runJob(job, { task: 0, of: 2 })).toMatchObject({ isWhole: false })
    expect(existsSync(join(address, '1'))).toBe(false)
    expect((await jobStatus(job)).levels).toEqual({ total: 1, isWhole: false })
    const seen = new Set<number>()
    const onProgress = ({ level }: { level: number }): unknown => seen.add(level)
    expect(await runJob(job, { task: 1, of: 2, onProgress })).toMatchObject({ isWhole: true })
    expect([...seen]).toEqual([0, 1])
    expect(await jobStatus(job)).toMatchObject({ isWhole: true, levels: { isWhole: true } })
    const single = `${address.slice(0, -5)}-single.zarr`
    await filterVolume(job.source.address, 'box', single, options)
    expect(await levelsOf(address)).toEqual(await levelsOf(single))
  })

  test('go on after a run that ended in them, also in two tasks at once', async () => {
    const job = await pyramidJob()
    const stop = new AbortController()
    const stopped = runJob(job, {
      signal: stop.signal,
      onProgress: ({ level }) => level === 1 && stop.abort(new Error('enough')),
    })
    await expect(stopped).rejects.toThrow('enough')
    expect(await jobStatus(job)).toMatchObject({
      ...{ isWhole: false, boxes: { missing: 0 }, levels: { total: 1, isWhole: false } },
    })
    await Promise.all([0, 1].map((task) => runJob(job, { task, of: 2 })))
    expect((await jobStatus(job)).isWhole).toBe(true)
    const whole = await samplesOf(`${job.result.address}/0`)
    const half = await samplesOf(`${job.result.address}/1`)
    expect(half.shape).toEqual([150, 135])
    const at = (y: number, x: number): number => whole.data[y * 270 + x]!
    expect(half.data[7 * 135 + 5]).toBeCloseTo(
      (at(14, 10) + at(14, 11) + at(15, 10) + at(15, 11)) / 4,
      6,
    )
  })

  test('are in what engines get, and checked in the job file', async () => {
    const job = await pyramidJob()
    const huge = { ...job, memory: { ...job.memory, levels: 7 * 2 ** 30 } }
    for (const engine of ['slurm', 'kubernetes'] as const) {
      const text = submitText(engine, huge, { tasks: 2, job: '/data/job.json' })
      expect(text).toMatch(/^# The task that finds all boxes done .* \(1\)/m)
      expect(text).toMatch(/(--mem=7368M|memory: 7368Mi)/)
    }
    const path = join(job.result.address, '../job.json')
    writeFileSync(path, JSON.stringify({ ...job, levels: [[0.5, 2]] }))
    await expect(readJob(path)).rejects.toThrow(/levels .* are not whole numbers/)
  })

  test('are refused before the run if the limit is too small, and for .npy', async () => {
    const job = await pyramidJob()
    const target = join(job.result.address, '../other.zarr')
    const small = { ...options, memoryLimit: 1000 }
    await expect(planJob(job.source.address, 'box', target, small)).rejects.toThrow(/Give at least/)
    await expect(
      planJob(job.source.address, 'box', `${target}.npy`, { pyramid: true }),
    ).rejects.toThrow(/\.npy file, which has neither/)
  })
})

test('a job file is small, and has no list of boxes', async () => {
  const { path, job } = await planned()
  expect((await readFile(path)).length).toBeLessThan(20_000)
  expect(JSON.stringify(job)).not.toContain('Infinity')
  const huge = await planned({ memoryLimit: 2 ** 28 })
  expect((await readFile(huge.path)).length).toBeLessThan(20_000)
})

test('physical units: sigma in micrometres is sigma in samples along each axis', async () => {
  const folder = temporaryFolder()
  const source = join(folder, 'in.zarr')
  await putVolume(source, randomArray([6, 20, 20], 'float32', 2), [6, 8, 8])
  const axis = { type: 'space', unit: 'micrometer', translation: undefined } as const
  const { volumeKernel } = await import('../src/kernels/volume-kernel.ts')
  const axes = [
    { ...axis, name: 'z', scale: 2 },
    { ...axis, name: 'y', scale: 0.5 },
    { ...axis, name: 'x', scale: 0.5 },
  ]
  const physical = volumeKernel('gaussian:sigma=1um', axes)
  const samples = kernelByName('gaussian:sigma=0.5x2x2')
  expect(physical.shape).toEqual(samples.shape)
  expect([...physical.weights]).toEqual([...samples.untyped!])
  expect(
    volumeKernel(
      'gaussian:sigma=2x1x500nm',
      axes.map((a) => ({ ...a, unit: 'nanometer', scale: 1 })),
    ).shape,
  ).toEqual(kernelByName('gaussian:sigma=2x1x500').shape)
  expect(() => volumeKernel('gaussian:sigma=1mile', axes)).toThrow(/not a unit/)
  expect(() => volumeKernel('box:size=1um', axes)).toThrow(/counts samples/)
  expect(() =>
    volumeKernel(
      'gaussian:sigma=1um',
      axes.map((a) => ({ ...a, scale: undefined })),
    ),
  ).toThrow(/no distance between samples along axis z/)
  expect(volumeKernel('sobel-x', axes).shape).toEqual([1, 3, 3])
  expect(volumeKernel('box:size=3', axes).shape).toEqual([3, 3, 3])
  expect(() => volumeKernel(ndarray(new Float32Array(16), [2, 2, 2, 2]), axes)).toThrow(/4 axes/)
})
