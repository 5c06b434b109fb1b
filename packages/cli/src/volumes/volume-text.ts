/** What is told about a job on volumes: its cut, its progress, and its end. */

import type { Job, JobRan, Progress } from '@stridefold/volumes'
import { byteSize, countOf, digits } from '../units.ts'

/** The lines of a plan. */
export function planLines(job: Job): string[] {
  const { source, result, plan, box, boxes, memory, halo, levels = [] } = job
  const { bound } = memory
  const parts = (
    [
      ['samples', 2 * bound.samples],
      ['results', 2 * bound.results],
      ['workspace', bound.workspace],
      ['reading', bound.reading],
      ['writing', bound.writing],
      ['program', bound.program],
    ] as const
  ).map(([name, bytes]) => `${name} ${byteSize(bytes)}`)
  return [
    `source    ${source.shape.join('×')} ${source.dtype}, chunks of ${source.chunks.join('×')}`,
    `result    ${result.shape.join('×')} ${result.dtype}, ${formatText(job)}`,
    `algorithm ${plan.algorithm} on ${plan.backend}` +
      (plan.cutKeepsBits
        ? '; the bits of the whole array'
        : `; bits depend on the boxes: ${plan.why}`),
    `boxes     ${boxes.toLocaleString('en-US')} of ${box.join('×')} results; reads ` +
      `${digits(halo.read)} times the samples, decodes ${digits(halo.decoded)} times`,
    `memory    at most ${byteSize(bound.total)} of ${byteSize(memory.limit)}: ${parts.join(', ')}`,
    ...(levels.length === 0
      ? []
      : [
          `pyramid   ${countOf(levels.length, 'smaller resolution')}, by the task that finds all ` +
            `boxes done; at most ${byteSize(memory.levels ?? 0)}`,
        ]),
  ]
}

function formatText({ result: { format, chunks, shards, codec } }: Job): string {
  const version = format === 'npy' ? '.npy' : format === 'zarr3' ? 'Zarr 3' : 'Zarr 2'
  const pieces = shards === undefined ? '' : `, shards of ${shards.join('×')}`
  return `${version}, chunks of ${chunks.join('×')}${pieces}${codec ? `, ${codec.name}` : ''}`
}

/** What stands beside the bar: `37 of 64 boxes · 210 MiB/s`. */
export function progressText({ level, boxes, bytes, seconds }: Progress): string {
  const rate = Math.round((bytes.read + bytes.written) / Math.max(0.001, seconds.elapsed))
  const failed = boxes.failed > 0 ? ` · ${boxes.failed} failed` : ''
  const resolution = level === 0 ? '' : `resolution ${level} · `
  const done = `${boxes.done} of ${countOf(boxes.total, 'box', 'boxes')}`
  return `${resolution}${done} · ${byteSize(rate)}/s${failed}`
}

/** The part of the work of this run that is done. */
export function shareOf({ boxes }: Progress): number {
  const work = boxes.total - boxes.skipped
  return work === 0 ? 1 : (boxes.done - boxes.skipped + boxes.failed) / work
}

/** The sentence after Ctrl-C. `state`: the last one that was told, if there was one. */
export function interruptedText(name: string, state: Progress | undefined): string {
  const again = 'The same command goes on where it was.'
  if (state === undefined) return `Interrupted before the first box of ${name}. ${again}`
  const { level, boxes } = state
  const now = boxes.done - boxes.skipped
  const what = level === 0 ? name : `resolution ${level} of ${name}`
  return (
    `Interrupted: ${boxes.done} of ${countOf(boxes.total, 'box', 'boxes')} of ${what} ` +
    `${boxes.done === 1 ? 'is' : 'are'} done, ${now} of them by this run. ${again}`
  )
}

/** The sentence at the end. */
export function endText(
  name: string,
  { computed, skipped, isWhole, progress, of }: RanText,
): string {
  if (computed === 0 && isWhole)
    return `${name} is whole already: ${countOf(skipped, 'box', 'boxes')} of the same job.`
  const { bytes, seconds } = progress
  const rate = Math.round((bytes.read + bytes.written) / Math.max(0.001, seconds.elapsed))
  const before = skipped > 0 ? `, ${skipped} were there before` : ''
  const times = (['reading', 'computing', 'writing'] as const)
    .map((work) => `${work} ${digits(seconds[work])} s`)
    .join(', ')
  const state = isWhole ? 'whole' : of > 1 ? 'not whole yet' : 'not whole'
  return (
    `${name}: ${countOf(computed, 'box', 'boxes')} in ${digits(seconds.elapsed)} s, ` +
    `${byteSize(rate)}/s (${times}; they overlap)${before}. It is ${state}.`
  )
}

export type RanText = Pick<JobRan, 'computed' | 'skipped' | 'isWhole' | 'progress'> & {
  readonly of: number
}
