/**
 * `filter IN -k KERNEL -o OUT`: a picture or an array goes in, its filtered twin comes out, and
 * what was done to it is said.
 */

import { lint, ndarray } from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { checkOutput, inputName, inputPath, outputPath, readInput, writeOutput } from '../files.ts'
import { type ConvolveFlags, convolveOptions } from '../filter-options.ts'
import { filteredFile, type Outcome, type OutputRequest } from '../filtered-file.ts'
import type { FilterRequest } from '../filtering.ts'
import { type Io, printJson, tell } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { type Format, formatOfName, pictureExtensions } from '../pictures/formats.ts'
import type { OutputPolicy } from '../pictures/levels.ts'
import { status } from '../status.ts'

export interface FilterFlags extends ConvolveFlags {
  readonly kernel: string
  readonly out: string
  readonly format?: Format
  readonly channels: 'each' | 'sum'
  readonly channelAxis?: number | 'none'
  readonly alpha?: 'keep' | 'filter'
  readonly output?: OutputPolicy
  readonly pictureLimit?: number
  readonly force?: boolean
  readonly json?: boolean
}

export async function filter(from: string, given: FilterFlags, io: Io): Promise<void> {
  const [input, flags] = [inputPath(from), { ...given, out: outputPath(given.out) }]
  const { out, force = false, json = false } = flags
  if (out === '-' && json)
    throw usageError("'-o -' and --json both want stdout. Write the result into a file.")
  if (out !== '-' && flags.format === undefined && formatOfName(out) === undefined) {
    throw usageError(
      `${out} does not say which format to write. End it with one of ${pictureExtensions}, ` +
        'or give --format.',
    )
  }
  checkOutput(out, force, io)
  const kernel = await kernelFrom(flags.kernel, io)
  const progress = status(io)
  try {
    progress.say(`reading ${inputName(input)}`)
    const bytes = await readInput(input, io)
    const request: FilterRequest = {
      kernel,
      flip: flags.flip ?? false,
      channels: flags.channels,
      options: convolveOptions(flags),
    }
    progress.say(`filtering ${inputName(input)} with ${kernel.text}`)
    const { channelAxis, pictureLimit } = flags
    const outcome = await filteredFile(
      { bytes, name: inputName(input), channelAxis, pictureLimit },
      request,
      outputOf(flags),
    )
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
  return {
    name: out,
    ...(asked && { format: asked }),
    ...(alpha && { alpha }),
    ...(output && { policy: output }),
  }
}

async function told(
  outcome: Outcome,
  input: string,
  kernel: Kernel,
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  for (const note of outcome.notes) await tell(io, note)
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
    ...{
      input: inputName(input),
      output: flags.out,
      bytes: bytes.length,
      kernel: { text, shape, weights },
    },
    ...facts,
    warnings,
  })
}
