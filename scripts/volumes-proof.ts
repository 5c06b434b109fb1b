/**
 * `npm run volumes:proof`: the promises of volumes on sizes that tests do not have.
 *
 *   bound   a sparse volume of 20 GB under 1 GB; the memory of the process is read from outside
 *   kills   50 runs, each killed at a random moment; then one to the end: equal to a single run
 *   speed   4 GB without compression, beside the same filter of the array in memory
 *   s3      buckets of a real server (s3rver, installed on demand): .npy by ranges, Zarr by three
 *           tasks of which one is killed
 *   dask    the same file beside Dask's map_overlap, if a Python has dask, zarr and scipy
 *
 * Give names of parts to run only these. `--gigabytes N` and `--speed-gigabytes N` change the
 * sizes, `--kills N` the number of kills, `--folder PATH` the place. Build first: it runs what is
 * built.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { s3Server } from './volumes-s3.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gigabytes: { type: 'string', default: '20' },
    'speed-gigabytes': { type: 'string', default: '4' },
    kills: { type: 'string', default: '50' },
    folder: { type: 'string', default: tmpdir() },
  },
})

const command = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url))
if (!fs.existsSync(command)) throw new Error("packages/cli is not built: run 'npm run build'.")
const folder = fs.mkdtempSync(join(values.folder, 'stridefold-proof-'))
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
let hasFailed = false

function report(isKept: boolean, text: string): void {
  console.log(`  ${isKept ? 'kept  ' : 'BROKEN'} ${text}`)
  if (!isKept) hasFailed = true
}

/** The command, and the most memory that it has had, by what the system says. */
async function stridefold(
  args: readonly string[],
  onStart: (child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; seconds: number; peak: number; stdout: string; stderr: string }> {
  const start = performance.now()
  const child = spawn(process.execPath, [command, ...args], { cwd: folder })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  let peak = 0
  const sampling = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid!))
  }, 50)
  onStart(child)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(sampling)
  return { code, seconds: (performance.now() - start) / 1000, peak, stdout, stderr }
}

/** VmHWM: the largest resident set so far, in bytes. */
function highWater(pid: number): number {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

/** A .npy file whose samples are holes of the file system: it takes no disk. */
function sparseNpy(name: string, shape: readonly number[], type: string, bytes: number): void {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`
  const head = Buffer.alloc(128, ' ')
  head.write('\x93NUMPY\x01\0', 0, 'latin1')
  head.writeUInt16LE(118, 8)
  head.write(text, 10)
  head[127] = 10
  fs.writeFileSync(at(name), head)
  fs.truncateSync(at(name), 128 + shape.reduce((n, extent) => n * extent, bytes))
}

/** A .npy file of floats that no codec would make much smaller, written plane by plane. */
function filledNpy(name: string, [depth, ...plane]: readonly [number, ...number[]]): void {
  sparseNpy(name, [depth, ...plane], '<f4', 4)
  const count = plane.reduce((n, extent) => n * extent, 1)
  const samples = new Float32Array(count)
  for (let i = 0, state = 1; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    samples[i] = state / 2 ** 31
  }
  const file = fs.openSync(at(name), 'r+')
  for (let z = 0; z < depth; z++) {
    samples[z % count] = z
    fs.writeSync(file, samples, 0, samples.byteLength, 128 + z * samples.byteLength)
  }
  fs.closeSync(file)
}

async function bound(): Promise<void> {
  const gigabytes = Number(values.gigabytes)
  const side = 2048
  const depth = Math.max(8, Math.round((gigabytes * 1e9) / 2 / side / side))
  sparseNpy('sparse.npy', [depth, side, side], '<u2', 2)
  const line = 'filter sparse.npy -k gaussian:sigma=2 -o out.zarr --memory-limit 1G --json'
  const ran = await stridefold([...line.split(' '), '--dtype', 'uint16'])
  if (ran.code !== 0) throw new Error(ran.stderr)
  const { memory, box, boxes, seconds } = JSON.parse(ran.stdout)
  const { total } = memory.bound
  console.log(`  ${depth}×${side}×${side} uint16, ${boxes} boxes of ${box.join('×')}`)
  console.log(`  ${describe(seconds, ran.seconds)}`)
  report(
    ran.peak <= total + 80 * 2 ** 20,
    `peak ${megabytes(ran.peak)} ≤ stated bound ${megabytes(total)} + 84 MB`,
  )
  fs.rmSync(at('out.zarr'), { recursive: true })
  fs.rmSync(at('sparse.npy'))
}

interface Seconds {
  readonly reading: number
  readonly computing: number
  readonly writing: number
  readonly elapsed: number
}

const describe = ({ reading, computing, writing, elapsed }: Seconds, whole: number): string =>
  `${whole.toFixed(1)} s with start and plan; boxes ${elapsed.toFixed(1)} s: reading ` +
  `${reading.toFixed(1)}, computing ${computing.toFixed(1)}, writing ${writing.toFixed(1)} s`

async function kills(): Promise<void> {
  filledNpy('in.npy', [96, 256, 256])
  const plan = (out: string): string[] =>
    `job plan in.npy -k gaussian:sigma=1.5 -o ${out} --memory-limit 220M -j ${out}.json`.split(' ')
  await stridefold([...plan('once.zarr'), '--chunks', '16x32x32'])
  const whole = await stridefold(['job', 'run', 'once.zarr.json'])
  if (whole.code !== 0) throw new Error(whole.stderr)
  await stridefold([...plan('killed.zarr'), '--chunks', '16x32x32'])
  let [killed, ended] = [0, 0]
  while (killed < Number(values.kills)) {
    // From before the first line to after the last one.
    const milliseconds = 200 + Math.random() * whole.seconds * 1000
    const { code } = await stridefold(['job', 'run', 'killed.zarr.json'], (child) =>
      setTimeout(() => child.kill('SIGKILL'), milliseconds),
    )
    if (code === null) killed++
    else {
      // It came to the end: half of the chunks are taken away, so that there is work again.
      ended++
      removeHalf(at('killed.zarr'))
    }
  }
  const last = await stridefold(['job', 'run', 'killed.zarr.json'])
  const status = await stridefold(['job', 'status', 'killed.zarr.json'])
  report(
    last.code === 0 && status.code === 0,
    `whole after ${killed} kills, ${ended} other runs came to their end`,
  )
  const [expected, found] = [hashOf(at('once.zarr')), hashOf(at('killed.zarr'))]
  report(expected === found, `every chunk has the bytes of a single run (${found.slice(0, 12)})`)
}

function removeHalf(path: string): void {
  for (const name of chunksOf(path)) if (Math.random() < 0.5) fs.rmSync(join(path, name))
}

const chunksOf = (path: string): string[] =>
  (fs.readdirSync(path, { recursive: true }) as string[])
    .filter((name) => /(^|\/)\d+$/.test(name) && fs.statSync(join(path, name)).isFile())
    .sort()

function hashOf(path: string): string {
  const hash = createHash('sha256')
  for (const name of chunksOf(path)) hash.update(name).update(fs.readFileSync(join(path, name)))
  return hash.digest('hex')
}

/** The volume for the comparison of speed, as Zarr 2 without compression. */
async function speedVolume(): Promise<readonly [number, number, number]> {
  const side = 1024
  const depth = Math.max(8, Math.round((Number(values['speed-gigabytes']) * 1e9) / 4 / side / side))
  const shape = [depth, side, side] as const
  if (fs.existsSync(at('speed.zarr'))) return shape
  filledNpy('speed.npy', shape)
  const line = 'filter speed.npy -k identity:size=1 -o speed.zarr --memory-limit 1G'
  const ran = await stridefold([...line.split(' '), '--chunks', '64x256x256', '--codec', 'none'])
  if (ran.code !== 0) throw new Error(ran.stderr)
  return shape
}

const inMemory = `
import { readFileSync } from 'node:fs'
const { correlate, kernels, ndarray, zeros } = await import(process.argv[1])
const shape = process.argv[2].split('x').map(Number)
const x = zeros(shape)
for (let i = 0; i < x.data.length; i += 7) x.data[i] = i % 100
const out = zeros(shape)
const k = kernels.gaussian({ sigma: 2, rank: 3 })
await correlate(ndarray(x.data.subarray(0, 64 ** 3), [64, 64, 64]), k, { boundary: 'reflect' })
const start = performance.now()
await correlate(x, k, { boundary: 'reflect', out })
console.log((performance.now() - start) / 1000)
`

async function speed(): Promise<void> {
  const shape = await speedVolume()
  const samples = shape.reduce((n, extent) => n * extent, 1)
  const index = new URL('../packages/stridefold/dist/index.js', import.meta.url).href
  const args = ['--input-type=module', '-e', inMemory, index, shape.join('x')]
  const ratios: number[] = []
  for (let round = 0; round < 3; round++) {
    fs.rmSync(at('smooth.zarr'), { recursive: true, force: true })
    // In memory and from the disk in turns: both meet the same load.
    const memory = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
    const line = 'filter speed.zarr -k gaussian:sigma=2 -o smooth.zarr --memory-limit 1G --json'
    const ran = await stridefold(line.split(' '))
    if (ran.code !== 0) throw new Error(ran.stderr)
    const { seconds } = JSON.parse(ran.stdout)
    ratios.push(memory / seconds.elapsed)
    console.log(
      `  in memory ${memory.toFixed(1)} s (${(samples / memory / 1e6).toFixed(0)} M/s), load ` +
        `${loadavg()[0]?.toFixed(1)}; ${describe(seconds, ran.seconds)}; peak ` +
        `${megabytes(ran.peak)}`,
    )
  }
  const middle = ratios.toSorted((a, b) => a - b)[1]!
  report(middle >= 0.6, `${middle.toFixed(2)} of the speed in memory, median of 3 (aim 0.6)`)
}

const daskProgram = `
import resource, sys, time
import dask, dask.array as da
from scipy import ndimage
x = da.from_zarr(sys.argv[1])
start = time.time()
smooth = lambda block: ndimage.gaussian_filter(block, 2, mode='mirror', truncate=4)
y = x.map_overlap(smooth, depth=8, boundary='reflect', dtype='float32')
y.to_zarr(sys.argv[2], overwrite=True, compressor=None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.time() - start, peak / 1000)
`

async function dask(): Promise<void> {
  const python = process.env.PYTHON ?? '/usr/bin/python3'
  try {
    execFileSync(python, ['-c', 'import dask.array, zarr, scipy'], { stdio: 'ignore' })
  } catch {
    console.log(`  left out: ${python} has no dask, zarr and scipy`)
    return
  }
  await speedVolume()
  const args = ['-c', daskProgram, at('speed.zarr'), at('dask.zarr')]
  const [seconds, peak] = execFileSync(python, args, { encoding: 'utf8' }).trim().split(' ')
  const line = 'filter speed.zarr -k gaussian:sigma=2 -o again.zarr --memory-limit 1G --json'
  const ran = await stridefold(line.split(' '))
  console.log(`  Dask map_overlap ${Number(seconds).toFixed(1)} s, peak ${peak} MB`)
  console.log(`  stridefold ${ran.seconds.toFixed(1)} s, peak ${megabytes(ran.peak)}`)
}

async function s3(): Promise<void> {
  filledNpy('s3.npy', [64, 256, 256])
  fs.mkdirSync(at('s3'))
  const server = await s3Server(at('s3'))
  Object.assign(process.env, server.env, { NODE_NO_WARNINGS: '1' })
  try {
    await server.put('in.npy', at('s3.npy'))
    const run = async (line: string): Promise<void> => {
      const { code, stderr } = await stridefold(line.split(' '))
      if (code !== 0) throw new Error(`${line}: ${stderr}`)
    }
    const sigma = '-k gaussian:sigma=1.5 --algorithm separable'
    // With less memory there are more boxes, so a task is killed between two of them.
    const [usual, little] = [`${sigma} --memory-limit 300M`, `${sigma} --memory-limit 220M`]
    await run(`filter s3.npy ${usual} -o here.npy`)
    await run(`filter s3://data/in.npy ${usual} -o there.npy`)
    const isSame = (name: string): boolean =>
      fs.readFileSync(at(name)).equals(fs.readFileSync(at('here.npy')))
    report(isSame('there.npy'), '.npy in a bucket, read by ranges: the bytes of the local file')
    const zarr = `${little} --chunks 16x32x32 -o s3://data/out.zarr -j s3.json`
    await run(`job plan s3://data/in.npy ${zarr}`)
    const task = (i: number): string[] => `job run s3.json --task ${i} --of 3`.split(' ')
    const killed = stridefold(task(0), (child) => void killAfterFirst(child, at('s3/data')))
    const all = await Promise.all([killed, stridefold(task(1)), stridefold(task(2))])
    await run('job run s3.json --task 0 --of 3')
    await run('job status s3.json')
    await run('filter s3://data/out.zarr -k identity:size=1 -o back.npy')
    report(
      isSame('back.npy'),
      `Zarr in a bucket by three tasks (${all.map(({ code }) => code ?? 'killed').join(', ')}), ` +
        'then the killed one again: the same samples',
    )
  } finally {
    server.end()
  }
}

/** Kills a process when the first chunk of the result lies in the folder of the server. */
async function killAfterFirst(child: ChildProcess, bucket: string): Promise<void> {
  const hasChunk = (): boolean =>
    (fs.readdirSync(bucket, { recursive: true }) as string[]).some((name) =>
      /^out\.zarr\/(.*\/)?\d+(\/\d+)*\./.test(name),
    )
  while (child.exitCode === null && !hasChunk()) await wait(20)
  child.kill('SIGKILL')
}

const parts: Readonly<Record<string, () => Promise<void>>> = { bound, kills, speed, s3, dask }
const wanted = positionals.length > 0 ? positionals : Object.keys(parts)
const { version } = process
console.log(`${cpus()[0]?.model}, ${availableParallelism()} cores, ${megabytes(totalmem())}`)
console.log(`Node ${version}, load ${loadavg()[0]?.toFixed(1)}, ${new Date().toISOString()}`)
for (const name of wanted) {
  const part = parts[name]
  if (!part) throw new Error(`There is no part '${name}': ${Object.keys(parts).join(', ')}.`)
  console.log(`\n${name}`)
  await part()
}
process.exitCode = hasFailed ? 1 : 0
