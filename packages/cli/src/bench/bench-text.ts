/**
 * Formats a benchmark as tables: one per case, the fastest row first.
 */

import { machineLine, summary } from '@stridefold/measure'
import { printable } from '../printable.ts'
import { headedTable } from '../table.ts'
import { byteSize, digits, duration, percent } from '../units.ts'
import type { BenchCase, BenchResult, BenchRow } from './bench.ts'

const headings = [
  '',
  'algorithm',
  'median',
  'quartiles',
  'fastest',
  'samples',
  'GFLOP/s',
  'of peak',
  'GB/s',
  'workspace',
  'differs by',
]

export function benchText(result: BenchResult, bold: (text: string) => string): string {
  const { cases, machine, bandwidthGBs } = result
  return [
    ...cases.flatMap((benchCase) => [caseText(benchCase, bandwidthGBs, bold), '']),
    'median of the samples, quartiles: their middle half; GFLOP/s: flops of the definition, ' +
      'two per product, whatever the algorithm computes;',
    'of peak: share of the 128-bit SIMD peak of one thread, measured between the rounds ' +
      '(above 100 % if an algorithm saves products);',
    'GB/s: input, kernel and output once each; differs by: largest difference from the ' +
      'definition in float64, at the checked outputs.',
    'Whole call: arrays on the heap and a new result. Other rows: prepared weights, arrays ' +
      'in backend memory. workspace: for arrays on the heap, with their copies.',
    `${machineLine(machine)}; ${machine.date.slice(0, 16).replace('T', ' ')} UTC; memory ` +
      `${digits(bandwidthGBs)} GB/s`,
  ].join('\n')
}

function caseText(
  benchCase: BenchCase,
  bandwidthGBs: number,
  bold: (text: string) => string,
): string {
  const rows = benchCase.rows.toSorted(
    (a, b) => summary(a.samples).median - summary(b.samples).median,
  )
  const { name, case: text } = benchCase
  const heading = name === text ? text : `${printable(name)}   ${text}`
  const title = `${bold(heading)}   peak ` + `${digits(benchCase.peakGflops)} GFLOP/s`
  const table = headedTable(
    headings,
    rows.map((row) => rowOf(row, benchCase)),
    headings.map((_, column) => (column < 2 ? 'left' : 'right')),
  )
  const memory = benchCase.bytes / bandwidthGBs / 1e6
  const best = rows[0] === undefined ? Number.NaN : summary(rows[0].samples).median
  return [
    title,
    rows.length === 0 ? '   no algorithm was timed' : table,
    ...benchCase.notTimed.map(({ name, reason }) => `   ${name} was skipped: ${printable(reason)}`),
    `   auto chooses ${benchCase.chosen.decision}.`,
    ...(memory > best / 3
      ? [
          `   Reading and writing memory alone takes ${duration(memory)} at ` +
            `${digits(bandwidthGBs)} GB/s, unless a cache holds the arrays.`,
        ]
      : []),
  ].join('\n')
}

function rowOf(row: BenchRow, { flops, bytes, peakGflops, chosen }: BenchCase): string[] {
  const { median, lowerQuartile, upperQuartile, min, count } = summary(row.samples)
  const gflops = flops / median / 1e6
  return [
    row.algorithm === chosen.algorithm && row.backend === chosen.backend ? '→' : '',
    row.name,
    duration(median),
    `${duration(lowerQuartile)} – ${duration(upperQuartile)}`,
    duration(min),
    String(count),
    digits(gflops),
    percent(gflops / peakGflops),
    digits(bytes / median / 1e6),
    byteSize(row.workspaceBytes),
    row.difference === 0 ? '0' : row.difference.toExponential(1),
  ]
}
