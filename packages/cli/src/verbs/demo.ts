/**
 * `demo [IN]`: filters one image with every algorithm. Compares the results with the definition,
 * prints a table of times and bytes, and writes the images.
 */

import { basename, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ndarray } from 'stridefold/sync'
import { type Comparison, compare, type MeasuredAlgorithm } from '../comparison.ts'
import { demoFolder } from '../demo-folder.ts'
import { usageError } from '../failure.ts'
import { checkFolder, type Manifest, writeFolder } from '../folder.ts'
import { type Format, formatOfName, imageExtensions } from '../images/formats.ts'
import { type Image, maxSampleValue } from '../images/image.ts'
import { toSampleValues } from '../images/levels.ts'
import { readImage } from '../images/read.ts'
import { differenceImage, signedImage } from '../images/visualisation.ts'
import { encodeImage, outputDepth } from '../images/write.ts'
import { absolutePath, colours, type Io, jsonText, print, printJson, tell } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { printable } from '../printable.ts'
import { withProgress } from '../progress.ts'
import { inputName, readInput } from '../read-input.ts'
import { headedTable } from '../table.ts'
import { countOf } from '../units.ts'
import { checkOutput, writeOutput } from '../write-output.ts'

export interface DemoFlags {
  readonly kernel: string
  readonly out?: string
  readonly pictureLimit?: number
  readonly force?: boolean
  readonly json?: boolean
}

const samplePath = fileURLToPath(new URL('../../assets/sample.png', import.meta.url))
const manifest: Manifest = { file: 'demo.json', verb: 'demo' }
const budgetMs = 12_000
// The loops of the definition compute about 60 million products per second (Node 20, one core of a
// Xeon). So this takes 5 seconds.
const maxReferenceProducts = 300e6

export async function demo(input: string | undefined, flags: DemoFlags, io: Io): Promise<void> {
  const { out, force = false } = flags
  const target = targetOf(out)
  if (out === undefined) checkFolder(demoFolder, manifest, true, io)
  else for (const what of ['', 'signed', 'difference']) checkOutput(target.path(what), force, io)
  const kernel = await kernelFrom(flags.kernel, io)
  if (kernel.shape.length !== 2)
    throw usageError(
      `The kernel has ${countOf(kernel.shape.length, 'axis', 'axes')}, but an image ` +
        'needs a kernel with 2 axes.',
    )
  const path = input ?? samplePath
  const name = input === undefined ? 'the sample image' : inputName(input)
  const { image, notes } = await readImage(await readInput(path, io), name, flags.pictureLimit)
  for (const note of notes) await tell(io, `${name}: ${note}`)

  const comparison = await withProgress(io, (progress) =>
    compare({ input: coloursOf(image), kernel, budgetMs, maxReferenceProducts }, progress),
  )
  const images = await encodeImages(comparison, image, target)
  const summary = answer(comparison, image, kernel, name)
  const files = images.map(({ path, what }) => ({ path, what }))
  if (target.folder === undefined)
    for (const { path, bytes } of images) await writeOutput(path, bytes, force, io)
  else {
    const inFolder = images.map(({ path, bytes }) => ({ name: basename(path), bytes }))
    const list = jsonText(manifest.verb, {
      ...summary,
      files: [manifest.file, ...inFolder.map((file) => file.name)],
    })
    await writeFolder(
      target.folder,
      [{ name: manifest.file, bytes: Buffer.from(list) }, ...inFolder],
      manifest,
      true,
      io,
    )
  }
  if (flags.json) return printJson(io, 'demo', { ...summary, files })
  await print(io.stdout, `${report(comparison, image, kernel, name, io)}\n`)
  await print(io.stdout, closing(files, target, io))
}

interface Target {
  readonly format: Exclude<Format, 'npy'>
  /** The path of an image; '' is the result itself. */
  readonly path: (what: string) => string
  readonly folder: string | undefined
}

function targetOf(out: string | undefined): Target {
  if (out === undefined)
    return {
      format: 'png',
      folder: demoFolder,
      path: (what) => join(demoFolder, `${what || 'result'}.png`),
    }
  const format = formatOfName(out)
  if (format === undefined || format === 'npy') {
    const endings = imageExtensions.replace(' .npy', '')
    throw usageError(
      `-o ${out} is not an image file name: end it with one of ${endings}. Use the filter ` +
        'verb for .npy and stdout.',
    )
  }
  const { dir, name, ext } = parse(out)
  return {
    format,
    folder: undefined,
    path: (what) => join(dir, what === '' ? `${name}${ext}` : `${name}-${what}${ext}`),
  }
}

/** The colours as dense floats: the input of every algorithm. Alpha is dropped. */
function coloursOf({ width, height, channels, alpha, samples }: Image) {
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

async function encodeImages(
  comparison: Comparison,
  image: Image,
  target: Target,
): Promise<(WrittenFile & FileBytes)[]> {
  const { result, farthest } = comparison
  const [height, width, channels] = result.shape as readonly [number, number, number]
  const white = maxSampleValue(image.depth)
  const depth = outputDepth(target.format, image.depth)
  const { sampleValues: levels, clipping } = toSampleValues(result.data, {
    policy: 'clip',
    white,
    depth,
  })
  const clipped = clipping.below + clipping.above
  const profile = {
    ...(image.profile && { profile: image.profile }),
    ...(image.density && { density: image.density }),
  }
  const share =
    `${((100 * clipped) / clipping.samples).toFixed(1)} % of its samples clipped to the ` +
    'range of the image'
  const images: { what: string; caption: string; image: Image }[] = [
    {
      what: '',
      caption: `the result, ${share}`,
      image: { width, height, channels, alpha: false, depth, samples: levels, ...profile },
    },
    {
      what: 'signed',
      caption: 'the result with its sign: grey is 0, darker is negative',
      image: signedImage(result),
    },
  ]
  if (target.folder !== undefined) images.unshift({ what: 'input', caption: 'the input', image })
  if (farthest) {
    const { algorithm } = farthest
    const caption = `difference of ${algorithm} from the definition: black 0, white largest`
    images.push({ what: 'difference', caption, image: differenceImage(farthest.differences) })
  }
  const files: (WrittenFile & FileBytes)[] = []
  for (const { what, caption, image } of images) {
    const path = target.path(what)
    const { bytes } = await encodeImage(image, target.format, path)
    files.push({ path, what: caption, bytes })
  }
  return files
}

function report(
  comparison: Comparison,
  image: Image,
  kernel: Kernel,
  name: string,
  io: Io,
): string {
  const { measured, skipped, chosen, reference } = comparison
  const paint = colours(io, io.stdout)
  const kind =
    `${image.width}×${image.height}, ${['grey', 'RGB'][image.channels > 2 ? 1 : 0]}, ` +
    `${image.depth} bits`
  const rows = measured
    .toSorted((a, b) => a.median - b.median)
    .map((row) => rowOf(row, row.algorithm === chosen.algorithm))
  const head = ['', 'algorithm', 'time', 'spread', 'runs', 'workspace', 'differs by']
  const few = measured.filter(({ times }) => times.length < 3).map(({ algorithm }) => algorithm)
  const checkedPart = reference.isComplete
    ? ''
    : `, over the ${reference.width}×${reference.height} pixels in the middle`
  const filterText = `${printable(kernel.text)} (${kernel.shape.join('×')})`
  return [
    paint.bold(`${filterText} on ${printable(name)} (${kind}), every algorithm on one thread`),
    '',
    headedTable(head, rows, ['left', 'left', 'right', 'right', 'right', 'right', 'right']),
    ...skipped.map(({ algorithm, reason }) => `   ${algorithm} was skipped: ${reason}`),
    '',
    'time: median of the runs; spread: fastest to slowest; workspace: memory in addition to ' +
      'the image and the result;',
    'differs by: largest difference from the definition in float64, in sample values of ' +
      `0–${maxSampleValue(image.depth)}${checkedPart}.`,
    ...(few.length > 0
      ? [`Fewer than three runs, because one run is long: ${few.join(', ')}.`]
      : []),
    '',
    `${paint.green('auto chose')} ${chosen.decision}.`,
    '',
  ].join('\n')
}

function rowOf(
  { algorithm, times, median, workspaceBytes, difference }: MeasuredAlgorithm,
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
      ? `The result image is ${absolutePath(files[0]!.path, io)}. The other images are beside ` +
        'it.'
      : `The result images are in ${absolutePath(target.folder, io)}.`
  return `${list}\n\n${paint.bold(printable(sentence))}`
}

function answer(comparison: Comparison, image: Image, kernel: Kernel, name: string): object {
  const { measured, skipped, chosen, reference } = comparison
  return {
    picture: {
      name,
      width: image.width,
      height: image.height,
      channels: image.channels,
      depth: image.depth,
    },
    kernel: { name: kernel.text, shape: kernel.shape, weights: kernel.weights },
    algorithms: measured.map(({ times, median, ...row }) => ({
      ...row,
      medianMs: median,
      minMs: times[0],
      maxMs: times.at(-1),
      runs: times.length,
    })),
    refused: skipped,
    chosen,
    truth: { whole: reference.isComplete, width: reference.width, height: reference.height },
  }
}
