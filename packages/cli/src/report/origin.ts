/**
 * Where does a figure come from? How many samples, which machine, runtime, version and commit: one
 * line that stands under every one of them.
 */

import { type Machine, machineLine } from '../measure/machine.ts'
import type { Block, Words } from './section.ts'

/** The fewest and the most samples behind a figure's values; undefined where none was measured. */
export function samplesOf(block: Block): readonly [fewest: number, most: number] | undefined {
  if (block.kind === 'table') return block.samples
  if (block.kind !== 'chart') return undefined
  return range(
    block.chart.series.flatMap(({ points }) =>
      points.flatMap(({ samples }) => (samples === undefined ? [] : [samples])),
    ),
  )
}

/** The smallest and the largest of some counts; undefined for none. */
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
