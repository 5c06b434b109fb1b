/** Filters one file: reads it, computes, writes the result whole or not at all. */

import { type FilterFlags, filterOptions } from './filter-flags.ts'
import type { FilterRequest } from './filter-request.ts'
import { filterFile } from './filtered-file.ts'
import { formatOfName } from './images/formats.ts'
import type { Io } from './io.ts'
import type { Kernel } from './kernel-argument.ts'
import type { Outcome, OutputRequest } from './outcome.ts'
import { inputName, readInput } from './read-input.ts'
import { writeOutput } from './write-output.ts'

export interface OneFile {
  readonly input: string
  readonly out: string
}

/** Told before each part of the work: `reading a.png`. */
export type Report = (what: string) => void

export async function filterOne(
  { input, out }: OneFile,
  kernels: readonly Kernel[],
  flags: FilterFlags,
  io: Io,
  report: Report,
): Promise<Outcome> {
  const { channels = 'each', flip = false, combine, channelAxis, pictureLimit, missing } = flags
  const name = inputName(input)
  report(`reading ${name}`)
  const bytes = await readInput(input, io)
  const request: FilterRequest = {
    name,
    kernels,
    ...(combine && { combine }),
    flip,
    channels,
    ...(missing && { missing }),
    options: filterOptions(flags),
  }
  report(`filtering ${name} with ${kernels.map(({ text }) => text).join(', ')}`)
  const outcome = await filterFile(
    { bytes, name, channelAxis, imageLimit: pictureLimit },
    request,
    outputOf(out, flags),
  )
  report(`writing ${out}`)
  await writeOutput(out, outcome.bytes, flags.force ?? false, io)
  return outcome
}

function outputOf(out: string, { format, alpha, output }: FilterFlags): OutputRequest {
  const requestedFormat = format ?? (out === '-' ? undefined : formatOfName(out))
  return {
    name: out,
    ...(requestedFormat && { format: requestedFormat }),
    ...(alpha && { alpha }),
    ...(output && { policy: output }),
  }
}
