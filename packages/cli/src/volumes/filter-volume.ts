/** `filter` on volumes: box by box, within the memory limit; the same line goes on where it was. */

import { type FilteredVolume, filterVolume, type Job, type Progress } from '@stridefold/volumes'
import { exitCodes, Failure, usageError } from '../failure.ts'
import { type Io, printJson, tell } from '../io.ts'
import { withProgress } from '../progress.ts'
import { withVolumeErrors } from './volume-failure.ts'
import {
  checkVolumeFlags,
  type VolumeFilterFlags,
  volumeAddress,
  volumeKernelOf,
  volumeOptions,
} from './volume-request.ts'
import { endText, interruptedText, planLines, progressText, shareOf } from './volume-text.ts'

export async function filterOneVolume(
  inputs: readonly string[],
  flags: VolumeFilterFlags,
  io: Io,
): Promise<void> {
  const [input, ...others] = inputs as readonly [string, ...string[]]
  const { out, json = false, force = false, keepGoing = false } = flags
  if (others.length > 0)
    throw usageError(`Volumes are filtered one at a time, but ${inputs.length} are named.`)
  if (out === '-') throw usageError("'-o -' is stdout, but a volume needs a folder or a file.")
  checkVolumeFlags(flags)
  const kernel = await volumeKernelOf(flags, io)
  const ran = await withVolumeErrors(() =>
    withVolumeProgress(out, io, (onProgress) =>
      filterVolume(volumeAddress(input, io), kernel, volumeAddress(out, io), {
        ...volumeOptions(flags),
        ...{ force, keepGoing, onProgress },
        onPlan: (job) => tellPlan(job, io),
      }),
    ),
  )
  await tell(io, endText(out, { ...ran, of: 1 }))
  if (json) await printSummary(input, ran, flags, io)
  throwFailures(out, ran.failed, io)
}

/** Shows a bar while `work` runs. Ctrl-C ends it with a sentence about what is done. */
export function withVolumeProgress<T>(
  name: string,
  io: Io,
  work: (onProgress: (state: Progress) => void) => Promise<T>,
): Promise<T> {
  let last: Progress | undefined
  return io.tellOnInterrupt(
    () => interruptedText(name, last),
    () =>
      withProgress(io, (progress) =>
        work((state) => {
          last = state
          progress(shareOf(state), progressText(state))
        }),
      ),
  )
}

/** On a terminal, the plan comes before the bar. */
function tellPlan(job: Job, io: Io): void {
  if (!io.stderr.isTTY) return
  for (const line of planLines(job)) void tell(io, line)
  void tell(io, 'Ctrl-C ends it. The same command goes on.')
}

/** Lists what failed. Exit code 3: the rest was done. */
export function throwFailures(
  name: string,
  failed: FilteredVolume['failed'],
  io: Pick<Io, 'stderr'>,
): void {
  if (failed.length === 0) return
  for (const { box, message } of failed)
    io.stderr.write(`box ${box.map((range) => range.join(':')).join(', ')}: ${message}\n`)
  const boxes = failed.length === 1 ? 'A box' : `${failed.length} boxes`
  throw new Failure(
    exitCodes.input,
    `${boxes} of ${name} failed (listed above); the others are done. Repair the source and run ` +
      'the same command again.',
  )
}

function printSummary(
  input: string,
  { job, computed, skipped, failed, isWhole, progress }: FilteredVolume,
  { out }: VolumeFilterFlags,
  io: Io,
): Promise<void> {
  const { operation, result, plan, box, boxes, memory, halo, hash } = job
  const { kernel, ...options } = operation
  return printJson(io, 'filter', {
    ...{ input, output: out, hash },
    kernel: { text: kernel.text, shape: kernel.shape },
    options,
    result: { ...result, address: undefined },
    ...{ plan, box, boxes, memory, halo, computed, skipped, failed, isWhole },
    seconds: progress.seconds,
    bytes: progress.bytes,
  })
}
