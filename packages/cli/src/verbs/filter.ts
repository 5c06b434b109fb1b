/**
 * `filter IN -k KERNEL -o OUT`: a picture or an array goes in, its filtered twin comes out, and what was done to it is said.
 */

import { type Command, Option } from 'commander'
import { lint, ndarray } from 'stridefold/sync'
import { usage } from '../failure.ts'
import { checkOutput, inputName, readInput, writeOutput } from '../files.ts'
import { addConvolveOptions, type ConvolveFlags, convolveOptions } from '../filter-options.ts'
import { filteredFile, type Outcome, type OutputRequest } from '../filtered-file.ts'
import type { FilterRequest } from '../filtering.ts'
import { type Io, print, printJson } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { type Format, formatNames, formatOfName, pictureExtensions } from '../pictures/formats.ts'
import { type OutputPolicy, outputPolicies } from '../pictures/levels.ts'
import { status } from '../status.ts'

interface FilterFlags extends ConvolveFlags {
  readonly kernel: string
  readonly out: string
  readonly format?: Format
  readonly channels: 'each' | 'sum'
  readonly channelAxis?: number | 'none'
  readonly alpha?: 'keep' | 'filter'
  readonly output?: OutputPolicy
  readonly force?: boolean
  readonly json?: boolean
}

const EXAMPLES = `Examples:
  $ stridefold filter photo.jpg -k sobel-x --output abs -o edges.png
  $ stridefold filter photo.png -k "0.1 0.1 0.1; 0.1 -0.8 0.1; 0.1 0.1 0.1" --channels sum -o out.png
  $ stridefold filter photo.webp -k gaussian:sigma=2 --boundary reflect -o soft.webp
  $ stridefold filter photo.tiff -k weights.csv --flip -o exact.npy
  $ cat photo.png | stridefold filter - -k sharpen -o - > sharp.png
`

export function addFilter(program: Command, io: Io): void {
  const command = program
    .command('filter')
    .summary('filter a picture or an array')
    .description(
      'Filters a picture (PNG, JPEG, WebP, TIFF, AVIF, PNM) or an array (.npy). The kernel is not turned round: correlation, as image filters and networks do it, unless --flip.',
    )
    .argument('<in>', "a file, known by its contents; '-' is stdin")
    .requiredOption('-k, --kernel <kernel>', 'a name (gaussian:sigma=2), a matrix ("1 0 -1; 2 0 -2; 1 0 -1") or a file (.json .csv .npy)')
    .requiredOption('-o, --out <file>', `${pictureExtensions}; '-' is stdout`)
    .addOption(new Option('--format <format>', "format of the result (default: the name's; for stdout the input's)").choices(formatNames))
    .addOption(new Option('--channels <how>', 'each channel by itself, or their sum as one grey').choices(['each', 'sum']).default('each'))
    .option('--channel-axis <axis>', 'of an array: the axis of the channels, or none (default: the last of three, if at most 4)', axis)
    .addOption(new Option('--alpha <how>', 'keep the alpha channel as it is, or filter it too (default: keep)').choices(['keep', 'filter']))
    .addOption(
      new Option('--output <policy>', 'levels of a picture file from results that may be negative (default: clip)').choices(outputPolicies),
    )
    .option('--force', 'replace a file that exists')
    .option('--json', 'say what was done as JSON on stdout')
    .addHelpText('before', EXAMPLES)
    .action((input: string, flags: FilterFlags) => filter(input, flags, io))
  addConvolveOptions(command)
}

const axis = (word: string): number | 'none' => {
  if (word === 'none') return word
  if (!/^-?\d+$/.test(word)) throw usage(`--channel-axis is '${word}': a whole number is needed, such as -1 for the last axis, or none.`)
  return Number(word)
}

async function filter(input: string, flags: FilterFlags, io: Io): Promise<void> {
  const { out, force = false, json = false } = flags
  if (out === '-' && json) throw usage("'-o -' and --json both want stdout. Write the result into a file.")
  if (out !== '-' && flags.format === undefined && formatOfName(out) === undefined) {
    throw usage(`${out} does not say which format to write. End it with one of ${pictureExtensions}, or give --format.`)
  }
  checkOutput(out, force, io)
  const kernel = await kernelFrom(flags.kernel, io)
  const progress = status(io)
  try {
    progress.say(`reading ${inputName(input)}`)
    const bytes = await readInput(input, io)
    const request: FilterRequest = { kernel, flip: flags.flip ?? false, channels: flags.channels, options: convolveOptions(flags) }
    progress.say(`filtering ${inputName(input)} with ${kernel.text}`)
    const outcome = await filteredFile({ bytes, name: inputName(input), channelAxis: flags.channelAxis }, request, outputOf(flags), io)
    progress.say(`writing ${out}`)
    await writeOutput(out, outcome.bytes, force, io)
    progress.done()
    await told(outcome, input, kernel, flags, io)
  } finally {
    progress.done()
  }
}

function outputOf({ out, format, alpha, output }: FilterFlags): OutputRequest {
  const asked = format ?? (out === '-' ? undefined : formatOfName(out))
  return { name: out, ...(asked && { format: asked }), ...(alpha && { alpha }), ...(output && { policy: output }) }
}

async function told(outcome: Outcome, input: string, kernel: Kernel, flags: FilterFlags, io: Io): Promise<void> {
  for (const note of outcome.notes) await print(io.stderr, note)
  if (!flags.json) return
  const { bytes, ...facts } = outcome
  const { mode, boundary } = convolveOptions(flags)
  const warnings = lint(ndarray([...kernel.weights], kernel.shape), {
    call: flags.flip ? 'convolve' : 'correlate',
    alpha: flags.alpha === 'filter',
    ...(mode && { mode }),
    ...(boundary && { boundary }),
  })
  const { text, shape, weights } = kernel
  await printJson(io, 'filter', {
    ...{ input: inputName(input), output: flags.out, bytes: bytes.length, kernel: { text, shape, weights } },
    ...facts,
    warnings,
  })
}
