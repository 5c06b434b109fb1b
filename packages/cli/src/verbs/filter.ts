/**
 * `filter IN -k KERNEL -o OUT`: filters an image or an array, writes the result, and reports every
 * change.
 */

import { lint, ndarray, slice } from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { type FilterFlags, filterOptions } from '../filter-flags.ts'
import type { FilterRequest } from '../filter-request.ts'
import { filterFile, type Outcome, type OutputRequest } from '../filtered-file.ts'
import { formatOfName, imageExtensions, isReadOnlyName } from '../images/formats.ts'
import { type Io, printJson, tell } from '../io.ts'
import { type Kernel, kernelFrom } from '../kernel-argument.ts'
import { inputName, inputPath, readInput } from '../read-input.ts'
import { status } from '../status.ts'
import { checkOutput, outputPath, writeOutput } from '../write-output.ts'

export async function filter(from: string, givenFlags: FilterFlags, io: Io): Promise<void> {
  const [input, flags] = [inputPath(from), { ...givenFlags, out: outputPath(givenFlags.out) }]
  const { out, force = false, json = false } = flags
  if (out === '-' && json)
    throw usageError("'-o -' and --json both write to stdout. Write the result to a file.")
  if (out !== '-' && flags.format === undefined && formatOfName(out) === undefined) {
    const problem = isReadOnlyName(out)
      ? 'is of a format that is read, but not written'
      : 'has no known file extension'
    throw usageError(`${out} ${problem}. End it with one of ${imageExtensions}, or give --format.`)
  }
  checkOutput(out, force, io)
  const kernel = await kernelFrom(flags.kernel, io)
  const progress = status(io)
  try {
    progress.show(`reading ${inputName(input)}`)
    const bytes = await readInput(input, io)
    const request: FilterRequest = {
      name: inputName(input),
      kernel,
      flip: flags.flip ?? false,
      channels: flags.channels,
      options: filterOptions(flags),
    }
    progress.show(`filtering ${inputName(input)} with ${kernel.text}`)
    const { channelAxis, pictureLimit } = flags
    const outcome = await filterFile(
      { bytes, name: inputName(input), channelAxis, imageLimit: pictureLimit },
      request,
      outputOf(flags),
    )
    progress.show(`writing ${out}`)
    await writeOutput(out, outcome.bytes, force, io)
    progress.done()
    await printOutcome(outcome, input, kernel, flags, io)
  } finally {
    progress.done()
  }
}

function outputOf({ out, format, alpha, output }: FilterFlags): OutputRequest {
  const requestedFormat = format ?? (out === '-' ? undefined : formatOfName(out))
  return {
    name: out,
    ...(requestedFormat && { format: requestedFormat }),
    ...(alpha && { alpha }),
    ...(output && { policy: output }),
  }
}

async function printOutcome(
  outcome: Outcome,
  input: string,
  kernel: Kernel,
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  if (kernel.isInline && kernel.weights.length > 1)
    await tell(io, `The kernel is ${kernel.shape.join('×')}.`)
  for (const note of outcome.notes) await tell(io, note)
  if (!flags.json) return
  const { bytes, kernelAxis, ...properties } = outcome
  const { mode, boundary } = filterOptions(flags)
  const warnings = warningsOf(kernel, kernelAxis, {
    call: flags.flip ? 'convolve' : 'correlate',
    alpha: flags.alpha === 'filter',
    mode,
    boundary,
  })
  const { text, shape, weights } = kernel
  await printJson(io, 'filter', {
    ...{
      input: inputName(input),
      output: flags.out,
      bytes: bytes.length,
      kernel: { text, shape, weights },
      mode,
      boundary,
    },
    ...properties,
    warnings,
  })
}

/** The warnings about a kernel, or about each kernel along `kernelAxis`; each warning once. */
function warningsOf(
  { weights, shape }: Kernel,
  kernelAxis: number | undefined,
  options: Parameters<typeof lint>[1],
): ReturnType<typeof lint> {
  const whole = ndarray([...weights], shape)
  if (kernelAxis === undefined) return lint(whole, options)
  const perChannel = Array.from({ length: shape[kernelAxis]! }, (_, channel) =>
    lint(slice(whole, ...shape.map((__, axis) => (axis === kernelAxis ? channel : null))), options),
  )
  return [...new Map(perChannel.flat().map((warning) => [warning.message, warning])).values()]
}
