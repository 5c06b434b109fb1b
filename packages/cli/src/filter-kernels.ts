/** The kernels that the flags of `filter` ask for. */

import { usageError } from './failure.ts'
import type { FilterFlags } from './filter-flags.ts'
import type { Io } from './io.ts'
import { type Kernel, kernelFrom } from './kernel-argument.ts'

/** Names that stand for two kernels, for --combine. */
const pairs: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['sobel', 'prewitt', 'scharr'].map((name) => [name, [`${name}-x`, `${name}-y`]]),
)

export async function kernelsOf(flags: FilterFlags, io: Io): Promise<readonly Kernel[]> {
  const { kernel: texts, combine, bias } = flags
  if (texts.length === 0)
    throw usageError(
      'A kernel is needed: -k sobel-x, -k "1 0 -1; 2 0 -2; 1 0 -1", or a --recipe that names one.',
    )
  for (const text of combine ? [] : texts) {
    const pair = pairs[text]
    if (pair)
      throw usageError(
        `-k ${text} is ${pair.join(' and ')}. Give one of them, or --combine magnitude for both.`,
      )
  }
  const kernels: Kernel[] = []
  for (const text of texts.flatMap((word) => pairs[word] ?? [word]))
    kernels.push(await kernelFrom(text, io))
  if (kernels.length > 1 && bias !== undefined)
    throw usageError('--bias is for one kernel: with several it would be added more than once.')
  return kernels
}
