/**
 * `demo [IN]`: one picture through every algorithm there is. Results are compared with the
 * definition, times and bytes stand in a table, and the pictures are written.
 */

import { basename, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ndarray } from 'stridefold/sync'
import { type Comparison, compare, type Measured } from '../comparison.ts'
import { usageError } from '../failure.ts'
import { checkOutput, inputName, readInput, writeOutput } from '../files.ts'
import { checkFolder, type Manifest, writeFolder } from '../folder.ts'
import { absolute, colours, type Io, jsonText, print, printJson, tell } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { ownFolder } from '../own-folder.ts'
import { type Format, formatOfName, pictureExtensions } from '../pictures/formats.ts'
import { toSampleValues } from '../pictures/levels.ts'
import { type Picture, maxSampleValue } from '../pictures/picture.ts'
import { readPicture } from '../pictures/read.ts'
import { differencePicture, signedPicture } from '../pictures/visualisation.ts'
import { writePicture, writtenDepth } from '../pictures/write.ts'
import { printable } from '../printable.ts'
import { withProgress } from '../progress.ts'
import { headedTable } from '../table.ts'

export interface DemoFlags {
  readonly kernel: string
  readonly out?: string
  readonly pictureLimit?: number
  readonly force?: boolean
  readonly json?: boolean
}

const SAMPLE = fileURLToPath(new URL('../../assets/sample.png', import.meta.url))
const MANIFEST: Manifest = { file: 'demo.json', verb: 'demo' }
const BUDGET_MS = 12_000
// The definition's loops manage some 60 million products a second (Node 20, one core of a Xeon): 5
// seconds of them.
const TRUTH_PRODUCTS = 300e6

export async function demo(input: string | undefined, flags: DemoFlags, io: Io): Promise<void> {
  const { out, force = false } = flags
  const target = targetOf(out)
  if (out === undefined) checkFolder(ownFolder, MANIFEST, true, io)
  else for (const what of ['', 'signed', 'difference']) checkOutput(target.path(what), force, io)
  const kernel = await kernelFrom(flags.kernel, io)
  if (kernel.shape.length !== 2)
    throw usageError(`The kernel has ${kernel.shape.length} axes; a picture needs one of 2.`)
  const path = input ?? SAMPLE
  const name = input === undefined ? 'the sample picture' : inputName(input)
  const { picture, notes } = await readPicture(await readInput(path, io), name, flags.pictureLimit)
  for (const note of notes) await tell(io, `${name}: ${note}`)

  const comparison = await withProgress(io, (progress) =>
    compare(
      { input: coloursOf(picture), kernel, budgetMs: BUDGET_MS, truthProducts: TRUTH_PRODUCTS },
      progress,
    ),
  )
  const pictures = await encoded(comparison, picture, target)
  const says = answer(comparison, picture, kernel, name)
  const files = pictures.map(({ path, what }) => ({ path, what }))
  if (target.folder === undefined)
    for (const { path, bytes } of pictures) await writeOutput(path, bytes, force, io)
  else {
    const inFolder = pictures.map(({ path, bytes }) => ({ name: basename(path), bytes }))
    const list = jsonText(MANIFEST.verb, {
      ...says,
      files: [MANIFEST.file, ...inFolder.map((file) => file.name)],
    })
    await writeFolder(
      target.folder,
      [{ name: MANIFEST.file, bytes: Buffer.from(list) }, ...inFolder],
      MANIFEST,
      true,
      io,
    )
  }
  if (flags.json) return printJson(io, 'demo', { ...says, files })
  await print(io.stdout, `${report(comparison, picture, kernel, name, io)}\n`)
  await print(io.stdout, closing(files, target, io))
}

interface Target {
  readonly format: Exclude<Format, 'npy'>
  /** The path of a picture; '' is the result itself. */
  readonly path: (what: string) => string
  readonly folder: string | undefined
}

function targetOf(out: string | undefined): Target {
  if (out === undefined)
    return {
      format: 'png',
      folder: ownFolder,
      path: (what) => join(ownFolder, `${what || 'result'}.png`),
    }
  const format = formatOfName(out)
  if (format === undefined || format === 'npy') {
    const endings = pictureExtensions.replace(' .npy', '')
    throw usageError(
      `-o ${out} names no picture file: end it with one of ${endings}. The filter verb ` +
        'writes .npy and stdout.',
    )
  }
  const { dir, name, ext } = parse(out)
  return {
    format,
    folder: undefined,
    path: (what) => join(dir, what === '' ? `${name}${ext}` : `${name}-${what}${ext}`),
  }
}

/** The colours as floats, dense: what every algorithm starts from. Alpha stays behind. */
function coloursOf({ width, height, channels, alpha, samples }: Picture) {
  const count = channels - (alpha ? 1 : 0)
  const data = new Float32Array(width * height * count)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < count; channel++)
      data[pixel * count + channel] = samples[pixel * channels + channel]!
  }
  return ndarray(data, [height, width, count])
}

interface WrittenFile {
  readonly path: string
  readonly what: string
}

interface FileBytes {
  readonly bytes: Uint8Array
}

async function encoded(
  comparison: Comparison,
  picture: Picture,
  target: Target,
): Promise<(WrittenFile & FileBytes)[]> {
  const { result, farthest, truth } = comparison
  const [height, width, channels] = result.shape as readonly [number, number, number]
  const white = maxSampleValue(picture.depth)
  const depth = writtenDepth(target.format, picture.depth)
  const { levels, clipping } = toSampleValues(result.data, { policy: 'clip', white, depth })
  const clipped = clipping.below + clipping.above
  const profile = {
    ...(picture.profile && { profile: picture.profile }),
    ...(picture.density && { density: picture.density }),
  }
  const share =
    `${((100 * clipped) / clipping.samples).toFixed(1)} % of its samples clipped to the ` +
    `picture's levels`
  const pictures: { what: string; says: string; made: Picture }[] = [
    {
      what: '',
      says: `the result, ${share}`,
      made: { width, height, channels, alpha: false, depth, samples: levels, ...profile },
    },
    {
      what: 'signed',
      says: 'the same with its sign: grey is 0, darker is negative',
      made: signedPicture(result),
    },
  ]
  if (target.folder !== undefined)
    pictures.unshift({ what: 'input', says: 'what came in', made: picture })
  if (farthest) {
    const says =
      `where ${farthest.algorithm} differs from the definition: black not at all, white the ` +
      'most'
    pictures.push({ what: 'difference', says, made: differencePicture(farthest.result, truth) })
  }
  const files: (WrittenFile & FileBytes)[] = []
  for (const { what, says, made } of pictures) {
    const path = target.path(what)
    const { bytes } = await writePicture(made, target.format, path)
    files.push({ path, what: says, bytes })
  }
  return files
}

function report(
  comparison: Comparison,
  picture: Picture,
  kernel: Kernel,
  name: string,
  io: Io,
): string {
  const { measured, refused, chosen, truth } = comparison
  const paint = colours(io, io.stdout)
  const kind =
    `${picture.width}×${picture.height}, ${['grey', 'RGB'][picture.channels > 2 ? 1 : 0]}, ` +
    `${picture.depth} bits`
  const rows = measured
    .toSorted((a, b) => a.median - b.median)
    .map((row) => rowOf(row, row.algorithm === chosen.algorithm))
  const head = ['', 'algorithm', 'time', 'spread', 'runs', 'workspace', 'differs by']
  const few = measured.filter(({ times }) => times.length < 3).map(({ algorithm }) => algorithm)
  return [
    `${paint.bold(`${printable(kernel.text)} (${kernel.shape.join('×')}) on ${printable(name)} (${kind}), ` + 'every algorithm on one thread')}`,
    '',
    headedTable(head, rows, ['left', 'left', 'right', 'right', 'right', 'right', 'right']),
    ...refused.map(({ algorithm, reason }) => `   ${algorithm} is left out: ${reason}`),
    '',
    'time: median of the runs; spread: fastest to slowest; workspace: memory beside the ' +
      'picture and the result;',
    'differs by: largest difference from the definition in float64, in levels of ' +
      `0–${maxSampleValue(picture.depth)}${truth.whole ? '' : `, over the ${truth.width}×${truth.height} pixels in the middle`}.`,
    ...(few.length > 0 ? [`Fewer than three runs where one is long: ${few.join(', ')}.`] : []),
    '',
    `${paint.green('auto chose')} ${chosen.decision}.`,
    '',
  ].join('\n')
}

function rowOf(
  { algorithm, times, median, workspaceBytes, difference }: Measured,
  isChosen: boolean,
): string[] {
  const spread = `${milliseconds(times[0]!)} – ${milliseconds(times.at(-1)!)}`
  const differs = difference === 0 ? '0' : difference.toExponential(1)
  return [
    isChosen ? '→' : '',
    algorithm,
    milliseconds(median),
    spread,
    String(times.length),
    byteCount(workspaceBytes),
    differs,
  ]
}

const milliseconds = (time: number): string =>
  time < 1000 ? `${time.toPrecision(3)} ms` : `${(time / 1000).toPrecision(3)} s`
const byteCount = (count: number): string => `${count.toLocaleString('en-US')} B`

function closing(files: readonly WrittenFile[], target: Target, io: Io): string {
  const paint = colours(io, io.stdout)
  const longest = Math.max(...files.map(({ path }) => printable(path).length))
  const list = files
    .map(({ path, what }) => `  ${printable(path).padEnd(longest)}  ${what}`)
    .join('\n')
  const sentence =
    target.folder === undefined
      ? `The result picture is ${absolute(files[0]!.path, io)}, the others lie beside it.`
      : `The result pictures are in ${absolute(target.folder, io)}.`
  return `${list}\n\n${paint.bold(printable(sentence))}`
}

function answer(comparison: Comparison, picture: Picture, kernel: Kernel, name: string): object {
  const { measured, refused, chosen, truth } = comparison
  return {
    picture: {
      name,
      width: picture.width,
      height: picture.height,
      channels: picture.channels,
      depth: picture.depth,
    },
    kernel: { name: kernel.text, shape: kernel.shape, weights: kernel.weights },
    algorithms: measured.map(({ times, median, ...row }) => ({
      ...row,
      medianMs: median,
      minMs: times[0],
      maxMs: times.at(-1),
      runs: times.length,
    })),
    refused,
    chosen,
    truth: { whole: truth.whole, width: truth.width, height: truth.height },
  }
}
