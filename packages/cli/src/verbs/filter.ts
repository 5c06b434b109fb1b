/**
 * `filter IN… -k KERNEL… -o OUT`: filters an image or an array, or many into a folder, and reports
 * every change.
 */

import * as fs from 'node:fs'
import { basename, join } from 'node:path'
import { lint, ndarray, slice } from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { type FilterFlags, filterOptions } from '../filter-flags.ts'
import { kernelsOf } from '../filter-kernels.ts'
import { filterOne } from '../filter-one.ts'
import { formatOfName, imageExtensions, isReadOnlyName } from '../images/formats.ts'
import { isMany, statusOf } from '../input-files.ts'
import { absolutePath, type Io, printJson, tell } from '../io.ts'
import { type Kernel, kernelOfRank } from '../kernel-argument.ts'
import type { Outcome } from '../outcome.ts'
import { inputName, inputPath } from '../read-input.ts'
import { withRecipe } from '../recipe.ts'
import { status } from '../status.ts'
import { checkOutput, outputPath } from '../write-output.ts'

export async function filter(
  words: readonly string[],
  givenFlags: FilterFlags,
  io: Io,
): Promise<void> {
  const flags = await withRecipe({ ...givenFlags, out: outputPath(givenFlags.out) }, io)
  const { out, json = false } = flags
  if (out === '-' && json)
    throw usageError("'-o -' and --json both write to stdout. Write the result to a file.")
  const [input, ...others] = words.map(inputPath) as [string, ...string[]]
  if (others.length > 0 || (await isMany(input, io))) {
    if (out === '-') throw usageError("'-o -' is one result. Name a folder with -o for several.")
    const { filterMany } = await import('../filter-many.ts')
    const kernels = await kernelsOf(flags, io)
    return onBackend(flags, io, () => filterMany([input, ...others], kernels, flags, io))
  }
  const alone = { ...flags, out: fileIn(out, input, io) }
  return onBackend(flags, io, () => filterAlone(input, alone, io))
}

/** Opens a GPU first if the flags ask for it. */
const onBackend = async (
  { backend }: FilterFlags,
  io: Io,
  work: () => Promise<void>,
): Promise<void> => (backend === 'webgpu' ? (await import('../gpu.ts')).withGpu(io, work) : work())

/** The file of that name in a folder, if `out` is one: it exists, or ends with a slash. */
function fileIn(out: string, input: string, io: Io): string {
  if (out === '-' || input === '-') return out
  const isFolder = statusOf(out, io)?.isDirectory()
  if (!isFolder && !/[/\\]$/.test(out)) return out
  if (!isFolder) fs.mkdirSync(absolutePath(out, io), { recursive: true })
  return join(out, basename(input))
}

async function filterAlone(input: string, flags: FilterFlags, io: Io): Promise<void> {
  const { out, force = false } = flags
  if (out !== '-' && flags.format === undefined && formatOfName(out) === undefined) {
    const problem = isReadOnlyName(out)
      ? 'is of a format that is read, but not written'
      : 'has no known file extension'
    throw usageError(`${out} ${problem}. End it with one of ${imageExtensions}, or give --format.`)
  }
  checkOutput(out, force, io)
  const kernels = await kernelsOf(flags, io)
  const progress = status(io)
  try {
    const outcome = await filterOne({ input, out }, kernels, flags, io, progress.show)
    progress.done()
    await printOutcome(outcome, input, kernels, flags, io)
  } finally {
    progress.done()
  }
}

async function printOutcome(
  outcome: Outcome,
  input: string,
  given: readonly Kernel[],
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  for (const { isInline, weights, shape } of given)
    if (isInline && weights.length > 1) await tell(io, `The kernel is ${shape.join('×')}.`)
  const { bytes, input: axes, clippingNote, notes: changes, ...properties } = outcome
  const notes = clippingNote === undefined ? changes : [...changes, clippingNote]
  for (const note of notes) await tell(io, note)
  if (!flags.json) return
  const moving = axes.rank - (axes.channelAxis === undefined ? 0 : 1)
  const kernels = given.map((kernel) => kernelOfRank(kernel, moving))
  const { mode, boundary } = filterOptions(flags)
  const options = {
    call: flags.flip ? 'convolve' : 'correlate',
    alpha: flags.alpha === 'filter',
    mode,
    boundary,
  } as const
  const warnings = kernels.flatMap((kernel) => warningsOf(kernel, axes, options))
  const described = kernels.map(({ text, shape, weights }) => ({ text, shape, weights }))
  await printJson(io, 'filter', {
    ...{ input: inputName(input), output: flags.out, bytes: bytes.length },
    ...(described.length === 1 ? { kernel: described[0] } : { kernels: described }),
    ...(flags.combine && { combine: flags.combine }),
    ...{ mode, boundary },
    ...properties,
    notes,
    warnings,
  })
}

/** The warnings about a kernel, or about that of each channel; each warning once. */
function warningsOf(
  { weights, shape }: Kernel,
  { rank, channelAxis }: Outcome['input'],
  options: Parameters<typeof lint>[1],
): ReturnType<typeof lint> {
  const whole = ndarray([...weights], shape)
  if (channelAxis === undefined || shape.length !== rank) return lint(whole, options)
  const perChannel = Array.from({ length: shape[channelAxis]! }, (_, channel) =>
    lint(
      slice(whole, ...shape.map((__, axis) => (axis === channelAxis ? channel : null))),
      options,
    ),
  )
  return [...new Map(perChannel.flat().map((warning) => [warning.message, warning])).values()]
}
