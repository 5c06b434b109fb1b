/**
 * `npm run bench:photos -- FOLDER`: the processor time of `stridefold filter` on many photos,
 * against the same by hand: sharp decodes, `filterImage` filters, sharp encodes with the same
 * settings. Every run is a new process, and the runs of both alternate. FOLDER has pictures of any
 * kind; they are scaled to photos of 12 megapixels, in two shapes, some of them rotated by EXIF.
 */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os, { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import sharp from 'sharp'

interface Case {
  readonly name: string
  /** Flags of the command. */
  readonly flags: readonly string[]
  /** Arguments of `filterImage`, as code. */
  readonly call: string
}

const cases: readonly Case[] = [
  {
    name: 'Gaussian, sigma 2',
    flags: ['-k', 'gaussian:sigma=2'],
    call: 'kernels.gaussian({ sigma: 2 }), {}',
  },
  { name: 'sharpen', flags: ['-k', 'sharpen'], call: 'kernels.sharpen(), {}' },
  {
    name: 'Sobel, magnitude',
    flags: ['-k', 'sobel', '--combine', 'magnitude'],
    call: "[kernels.sobelX(), kernels.sobelY()], { combine: 'magnitude' }",
  },
]

const byHand = (call: string): string => `
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { filterImage, kernels } from 'stridefold/sync'
const [out, jobs, ...files] = process.argv.slice(1)
let next = 0
const work = async () => {
  for (let i = next++; i < files.length; i = next++) {
    const { data, info } = await sharp(files[i]).autoOrient().raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    const { data: bytes } = filterImage({ data, width, height }, ${call})
    await sharp(bytes, { raw: { width, height, channels } })
      .jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toFile(join(out, basename(files[i])))
  }
}
await Promise.all(Array.from({ length: Number(jobs) }, work))
`

/** Prints the processor time in ms and the peak of the memory in bytes. */
const atExit = `data:text/javascript,process.on('exit',()=>{
const {user,system}=process.cpuUsage(),rss=process.resourceUsage().maxRSS*1024;
console.error(JSON.stringify({cpu:(user+system)/1000,rss}))})`.replaceAll('\n', '')

interface Run {
  readonly cpu: number
  readonly rss: number
}

function run(args: readonly string[]): Run {
  const { status, stderr } = spawnSync(process.execPath, ['--import', atExit, ...args], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}`)
  return JSON.parse(stderr.trim().split('\n').at(-1)!)
}

const command = join(import.meta.dirname, '../packages/cli/dist/main.js')

const filterFiles = (flags: readonly string[], folder: string, out: string, jobs: number): Run =>
  run([
    command,
    'filter',
    join(folder, '*.jpg'),
    ...flags,
    '-o',
    out,
    '--jobs',
    `${jobs}`,
    '--force',
  ])

function filterByHand(call: string, folder: string, out: string, jobs: number): Run {
  const files = readdirSync(folder).map((name) => join(folder, name))
  return run(['--input-type=module', '-e', byHand(call), out, `${jobs}`, ...files])
}

/** Photos of 12 megapixels from other pictures: in turn wide, tall, and tall by their EXIF. */
async function makePhotos(pictures: string, folder: string, count: number): Promise<void> {
  const names = readdirSync(pictures, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort()
  if (names.length === 0) throw new Error(`${pictures} has no picture (.jpg, .png, .webp).`)
  for (let i = 0; i < count; i++) {
    const isTall = i % 3 === 1
    const [width, height] = isTall ? [3000, 4000] : [4000, 3000]
    await sharp(join(pictures, names[i % names.length]!))
      .resize(width, height, { fit: 'cover' })
      .flatten()
      .toColourspace('srgb')
      .withMetadata(i % 3 === 2 ? { orientation: 6 } : {})
      .jpeg({ quality: 90 })
      .toFile(join(folder, `${String(i).padStart(3, '0')}.jpg`))
  }
}

/** The largest difference of two results in a sample. */
async function difference(a: string, b: string): Promise<number> {
  const [x, y] = await Promise.all([a, b].map((file) => sharp(file).raw().toBuffer()))
  let largest = x!.length === y!.length ? 0 : 255
  for (let i = 0; i < x!.length; i++) largest = Math.max(largest, Math.abs(x![i]! - y![i]!))
  return largest
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

async function main(pictures: string, { count, rounds, jobs, only }: Flags): Promise<void> {
  if (!existsSync(command)) throw new Error(`${command} is missing. Run npm run build first.`)
  const folder = mkdtempSync(join(tmpdir(), 'stridefold-photos-'))
  const [photos, ours, others] = ['photos', 'ours', 'others'].map((name) =>
    mkdtempSync(join(folder, name)),
  ) as [string, string, string]
  try {
    await makePhotos(pictures, photos, Number(count))
    const load = os.loadavg()[0]!.toFixed(1)
    console.log(
      `${count} photos, ${jobs} at once; ${os.cpus()[0]?.model}, ${os.availableParallelism()} ` +
        `cores, load ${load}; Node ${process.version}`,
    )
    for (const { name, flags, call } of cases) {
      if (only !== undefined && !name.includes(only)) continue
      const [a, b]: [Run[], Run[]] = [[], []]
      for (let round = 0; round < Number(rounds); round++) {
        a.push(filterFiles(flags, photos, ours, Number(jobs)))
        b.push(filterByHand(call, photos, others, Number(jobs)))
      }
      const [first] = readdirSync(photos)
      const apart = await difference(join(ours, first!), join(others, first!))
      const of = (runs: Run[], key: keyof Run): number => median(runs.map((one) => one[key]))
      const ratio = median(a.map(({ cpu }, i) => cpu / b[i]!.cpu))
      console.log(
        `${name}: ${ratio.toFixed(2)} × by hand; ` +
          `${(of(a, 'cpu') / Number(count)).toFixed(0)} and ` +
          `${(of(b, 'cpu') / Number(count)).toFixed(0)} ms of CPU per photo; peak ` +
          `${mebibytes(of(a, 'rss'))} and ${mebibytes(of(b, 'rss'))} MiB; ` +
          `samples at most ${apart} apart`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Flags {
  readonly count: string
  readonly rounds: string
  readonly jobs: string
  readonly only?: string
}

await new Command('npm run bench:photos --')
  .description('Processor time of `stridefold filter` on photos, against the same by hand.')
  .argument('<folder>', 'pictures from which the photos are made')
  .option('--count <n>', 'photos', '50')
  .option('--rounds <n>', 'runs of each', '3')
  .option('--jobs <n>', 'photos in work at once', `${os.availableParallelism()}`)
  .option('--only <text>', 'only cases whose name has this text')
  .action(main)
  .parseAsync()
