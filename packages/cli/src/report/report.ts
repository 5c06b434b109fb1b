/**
 * Measures the report part by part and writes its files: one page, one JSON file, and CSV, SVG and
 * PNG of each table and chart.
 *
 * After an interrupt, the current part returns what it has, later parts are skipped, and the page
 * has a note.
 */

import { type Machine, machine, machineLine } from '@stridefold/measure'
import sharp from 'sharp'
import type { FolderFile, Manifest } from '../folder.ts'
import { jsonText } from '../io.ts'
import type { Baselines } from './baselines.ts'
import { drawChart } from './charts.ts'
import { crossingsSection } from './crossings.ts'
import { defectsSection } from './defects.ts'
import { embossBlocks } from './emboss.ts'
import type { Experiment } from './experiment.ts'
import { ladderSection } from './ladder.ts'
import { measureAllMemory, memorySection } from './memory.ts'
import { networkSection } from './network.ts'
import { origin, samplesOf } from './origin.ts'
import { pageOf } from './page.ts'
import type { Axis, Block, Cell, Section, Words } from './section.ts'
import { type Sweep, sweepOf, sweepSection, tableSection } from './sweep.ts'
import { whoSection } from './who-does-what.ts'

export interface Report {
  readonly machine: Machine
  readonly sections: readonly Section[]
  readonly interrupted: boolean
}

/** A part of the report and its share of the time. */
interface Part {
  readonly share: number
  readonly work: (experiment: Experiment) => Promise<Section[]>
}

export interface ReportRequest {
  readonly quick: boolean
  /** Other libraries to compare with; none by default. */
  readonly baselines?: Baselines
}

export async function writeReport(
  { quick, baselines = { available: [], missing: [], close: () => {} } }: ReportRequest,
  signal: AbortSignal,
  progress: (share: number, what: string) => void,
): Promise<Report> {
  const about = machine()
  let sweep: Sweep[] = []
  const parts: readonly Part[] = [
    {
      share: 30,
      work: async (experiment) => {
        sweep = await sweepOf(experiment, baselines.available)
        return [sweepSection(sweep, baselines.available, baselines.missing)]
      },
    },
    { share: 10, work: async (experiment) => [memorySection(await measureAllMemory(experiment))] },
    { share: 6, work: async (experiment) => [tableSection(sweep, await embossBlocks(experiment))] },
    { share: 3, work: async (experiment) => [await networkSection(experiment)] },
    { share: 6, work: async (experiment) => [await ladderSection(experiment)] },
    { share: 1, work: async () => [defectsSection()] },
    {
      share: 44,
      work: async (experiment) => [await crossingsSection(experiment, baselines.available)],
    },
    { share: 0, work: async () => [whoSection()] },
  ]
  const total = parts.reduce((sum, { share }) => sum + share, 0)
  const sections: Section[] = []
  let before = 0
  for (const { share, work } of parts) {
    if (signal.aborted && share > 1) continue
    const from = before
    sections.push(
      ...(await work({
        quick,
        signal,
        progress: (done, what) => progress((from + Math.min(done, 1) * share) / total, what),
      })),
    )
    before += share
  }
  return { machine: about, sections: sections.map(withoutEmpty), interrupted: signal.aborted }
}

/** Removes tables and charts that are empty after an interrupt. */
const withoutEmpty = (section: Section): Section => ({
  ...section,
  blocks: section.blocks.filter(
    (block) =>
      (block.kind !== 'table' || block.rows.length > 0) &&
      (block.kind !== 'chart' || block.chart.series.length > 0),
  ),
})

/** The file that lists all files of the report. */
export const reportManifest: Manifest = { file: 'report.json', verb: 'report' }

/** All files, the page first. */
export async function filesOf({
  machine: about,
  sections,
  interrupted,
}: Report): Promise<FolderFile[]> {
  const notes: Words[] = interrupted
    ? [
        {
          en: 'The run was interrupted: the report has only the finished measurements.',
          zh: '运行被中断：这里是此前测得的部分，其余缺失。',
        },
      ]
    : []
  const text = (name: string, content: string): FolderFile => ({
    name,
    bytes: Buffer.from(content),
  })
  const files: FolderFile[] = [text('index.html', pageOf(sections, about, notes))]
  for (const block of sections.flatMap(({ blocks }) => blocks)) {
    if (block.kind === 'table')
      files.push(text(`${block.name}.csv`, csv([block.head, ...block.rows])))
    if (block.kind === 'picture') files.push({ name: `${block.name}.png`, bytes: block.png })
    if (block.kind === 'chart') {
      const samples = samplesOf(block)
      const foot = samples === undefined ? machineLine(about) : origin(samples, about).en
      const svg = drawChart(
        block.chart,
        'en',
        { text: '#1c2024', grid: '#d5d9de' },
        block.caption.en,
        foot,
      )
      const rows = block.chart.series.flatMap(({ name, points }) =>
        points.map((p): Cell[] => [name, p.x, p.y, p.low, p.high, p.samples]),
      )
      files.push(
        text(`${block.name}.svg`, svg),
        {
          name: `${block.name}.png`,
          bytes: await sharp(Buffer.from(svg), { density: 144 })
            .flatten({ background: '#ffffff' })
            .png()
            .toBuffer(),
        },
        text(
          `${block.name}.csv`,
          csv([
            [
              'series',
              block.chart.x.label,
              `${block.chart.y.label.en}${units[block.chart.y.unit]}`,
              'lower quartile',
              'upper quartile',
              'samples',
            ],
            ...rows,
          ]),
        ),
      )
    }
  }
  const names = [reportManifest.file, ...files.map(({ name }) => name)]
  const { file, verb } = reportManifest
  files.splice(
    1,
    0,
    text(
      file,
      jsonText(verb, { machine: about, interrupted, files: names, sections: sections.map(plain) }),
    ),
  )
  return files
}

const units: Readonly<Record<Axis['unit'], string>> = {
  number: '',
  milliseconds: ' (ms)',
  bytes: ' (bytes)',
}

/** The section without image data, which is in separate files. */
const plain = (section: Section): object => ({
  ...section,
  blocks: section.blocks.map((block: Block) =>
    block.kind === 'picture'
      ? { kind: block.kind, name: block.name, caption: block.caption }
      : block,
  ),
})

const csv = (rows: readonly (readonly Cell[])[]): string =>
  `${rows
    .map((row) =>
      row
        .map((cell) => (cell === undefined ? '' : typeof cell === 'object' ? cell.en : `${cell}`))
        .map((word) => (/[",\n]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word))
        .join(','),
    )
    .join('\n')}\n`
