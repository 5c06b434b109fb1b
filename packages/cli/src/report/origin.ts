/**
 * The origin of a figure, in one line below it: number of samples, machine, runtime, version and
 * commit.
 */

import { type Machine, machineLine } from '@stridefold/measure'
import type { Block, Words } from './section.ts'

/**
 * The smallest and largest number of samples behind a figure; undefined if nothing was measured.
 */
export function samplesOf(block: Block): readonly [fewest: number, most: number] | undefined {
  if (block.kind === 'table') return block.samples
  if (block.kind !== 'chart') return undefined
  return range(
    block.chart.series.flatMap(({ points }) =>
      points.flatMap(({ samples }) => (samples === undefined ? [] : [samples])),
    ),
  )
}

/** The smallest and largest count; undefined for none. */
export const range = (counts: readonly number[]): readonly [number, number] | undefined =>
  counts.length === 0 ? undefined : [Math.min(...counts), Math.max(...counts)]

export function origin([fewest, most]: readonly [number, number], machine: Machine): Words {
  const [many, date] = [
    fewest === most ? `${most}` : `${fewest}–${most}`,
    machine.date.slice(0, 10),
  ]
  const where = `${machineLine(machine)}; ${date}`
  return { en: `Samples of each: ${many}. ${where}`, zh: `每项样本数：${many}。${where}` }
}
