/**
 * The schedule of a share of a contraction: that of the whole contraction with fewer iterations. So
 * a share is computed with the same loops, in the same order of sums, by tiles of the same size.
 */

import { iterations } from '../../../ndarray/loops.ts'
import type { Contraction, Loop } from '../../../program/steps.ts'
import type { Schedule } from './mapping.ts'
import type { NestLoop } from './nest.ts'

/**
 * The schedule of a share. Undefined if a loop of the schedule merges loops of the step of which an
 * inner one was cut: then the share cannot run through them as one loop.
 */
export function scheduleOfShare(whole: Schedule, share: Contraction): Schedule | undefined {
  const { result } = share
  const shared = new Map<NestLoop, NestLoop>()
  for (const loop of [whole.lane, whole.row, whole.outerRow, ...whole.outer]) {
    if (loop === undefined || loop.parts.length === 0) continue
    // Parts of the sum have higher numbers, and are never cut.
    const parts = loop.parts.map((index): Loop | undefined => result[index])
    if (parts.every((part) => part?.whole === undefined)) continue
    const merged = parts.filter((part) => part !== undefined)
    if (!isOneLoop(merged)) return undefined
    shared.set(loop, { ...loop, extent: iterations(merged) })
  }
  const shareOf = (loop: NestLoop): NestLoop => shared.get(loop) ?? loop
  const { lane, row, outerRow, outer, cycles } = whole
  return {
    ...whole,
    lane: shareOf(lane),
    row: shareOf(row),
    outerRow: outerRow && shareOf(outerRow),
    outer: outer.map(shareOf),
    cycles: cycles * fractionOf(result),
  }
}

/** Whether the parts of a merged loop, outermost first, still follow each other in memory. */
function isOneLoop(parts: readonly Loop[]): boolean {
  const cut = parts.findLastIndex(({ whole }) => whole !== undefined)
  return parts.slice(0, cut).every(({ extent }) => extent === 1)
}

/** Which part of the whole a share is. */
const fractionOf = (result: readonly Loop[]): number =>
  result.reduce(
    (part, { extent, whole }) => (whole === undefined ? part : (part * extent) / whole),
    1,
  )
