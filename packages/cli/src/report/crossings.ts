/**
 * Measures which algorithm is fastest for which problem, and how often `auto` chooses the fastest.
 * Kernels of growing size filter an image, a signal and a layer. A suite of real layers, filters,
 * signals and volumes runs with `auto` and with every algorithm.
 */

import { prepareAlgorithms, problem, type Weights } from '@stridefold/measure'
import type { Baseline } from './baselines.ts'
import { checkBaselines, type Skipped, skippedMessage } from './checked-baselines.ts'
import { type Experiment, seriesOf, type Timed, timeInRounds } from './experiment.ts'
import { range } from './origin.ts'
import { type Cell, type Section, type Series, same, type Words } from './section.ts'

interface Sweep {
  readonly name: string
  readonly title: { readonly en: string; readonly zh: string }
  readonly extents: readonly number[]
  readonly caseOf: (k: number) => string
  /** Whether baselines run it too. */
  readonly hasBaselines?: boolean
}

const sweeps: readonly Sweep[] = [
  {
    name: 'crossing-picture',
    title: {
      en: 'An image of 512 × 512, kernels of k × k that are not separable.',
      zh: '512 × 512 的图片，不可分离的 k × k 卷积核。',
    },
    extents: [3, 5, 7, 9, 11, 15, 21, 31],
    caseOf: (k) => `512x512 * ${k}x${k}`,
    hasBaselines: true,
  },
  {
    name: 'crossing-signal',
    title: {
      en: 'A signal of 100,000 samples, kernels of k taps.',
      zh: '100,000 点的信号，k 点卷积核。',
    },
    extents: [4, 8, 16, 32, 64, 128, 512],
    caseOf: (k) => `100000 * ${k} same`,
  },
  {
    name: 'crossing-layer',
    title: {
      en: 'A layer of 28 × 28, 64 channels and filters, kernels of k × k.',
      zh: '28 × 28、64 通道 64 滤波器的网络层，k × k 卷积核。',
    },
    extents: [1, 3, 5, 7, 9],
    caseOf: (k) => `1x64x28x28 * 64x64x${k}x${k} p${(k - 1) / 2}`,
  },
]

const suite: readonly { readonly text: string; readonly weights?: Weights }[] = [
  { text: '1x64x56x56 * 64x64x3x3 p1' },
  { text: '1x128x28x28 * 128x128x3x3 p1' },
  { text: '1x256x14x14 * 256x256x3x3 p1' },
  { text: '1x3x224x224 * 64x3x7x7 s2 p3' },
  { text: '1x64x56x56 * 256x64x1x1' },
  { text: '1x64x27x27 * 192x64x5x5 p2' },
  { text: '1x64x56x56 * 128x64x3x3 s2 p1' },
  { text: '1x128x28x28 * 128x32x3x3 p1 g4' },
  { text: '1x32x112x112 * 32x1x3x3 p1 g32' },
  { text: '1x17x31x29 * 13x17x3x3 p1' },
  { text: '720x1280 * 3x3 same' },
  { text: '720x1280 * 5x5 same' },
  { text: '720x1280 * 9x9 same' },
  { text: '720x1280 * 15x15 same', weights: 'gaussian' },
  { text: '720x1280 * 31x31 same' },
  { text: '48000 * 16 same' },
  { text: '48000 * 33 same' },
  { text: '48000 * 1025 same' },
  { text: '1x1x48x48x48 * 1x1x3x3x3 p1' },
  { text: '1x1x48x48x48 * 1x1x7x7x7 p3' },
]

const noTime = 'no time was left'

interface SweepRow {
  readonly x: number
  readonly rows: readonly Timed[]
  readonly skipped: readonly Skipped[]
}

/**
 * The fastest algorithm for each range of k. Sizes at which an algorithm had no time are not
 * judged.
 */
function winners(runs: readonly SweepRow[]): Words {
  const stretches: { name: string; from: number; to: number }[] = []
  for (const { x, rows, skipped } of runs) {
    if (rows.length === 0 || skipped.some(({ reason }) => reason === noTime)) continue
    const { name } = rows.reduce((a, b) => (b.median < a.median ? b : a))
    const last = stretches.at(-1)
    if (last?.name === name) last.to = x
    else stretches.push({ name, from: x, to: x })
  }
  const parts = stretches.map(
    ({ name, from, to }) => `${name} (k = ${from === to ? from : `${from}–${to}`})`,
  )
  return { en: `Fastest: ${parts.join(', ')}.`, zh: `最快：${parts.join('，')}。` }
}

async function rowsOf(
  text: string,
  weights: Weights | undefined,
  experiment: Experiment,
  baselines: readonly Baseline[],
  report: (share: number, what: string) => void,
): Promise<{ rows: Timed[]; chosen: string; skipped: readonly Skipped[] }> {
  // More baselines get more time, so that slow ones do not use the time of the others.
  const budgetMs = (experiment.quick ? 500 : 2000) * (1 + baselines.length / 2)
  const p = problem(text, weights === undefined ? {} : { weights })
  const set = prepareAlgorithms(p, { mostMs: experiment.quick ? 50 : 200 })
  const checkedBaselines = await checkBaselines(baselines, p)
  const correct = set.ready.filter(
    ({ wrong, name }) => wrong === undefined && !name.includes('whole call'),
  )
  const rows = await timeInRounds(
    [...correct, ...checkedBaselines.prepared],
    experiment,
    budgetMs,
    report,
  )
  set.close()
  for (const baseline of checkedBaselines.prepared) baseline.close()
  const untimed = [...correct, ...checkedBaselines.prepared].filter(
    ({ name }) => !rows.some((row) => row.name === name),
  )
  return {
    rows,
    chosen: set.chosen.algorithm,
    skipped: [
      ...set.refused,
      ...checkedBaselines.skipped,
      ...untimed.map(({ name }) => ({ name, reason: noTime })),
    ],
  }
}

export async function crossingsSection(
  experiment: Experiment,
  baselines: readonly Baseline[],
): Promise<Section> {
  const blocks: Section['blocks'][number][] = []
  const steps = sweeps.reduce((n, s) => n + s.extents.length, suite.length)
  let done = 0
  const report = (share: number, what: string): void =>
    experiment.progress((done + share) / steps, what)
  for (const { name, title, extents, caseOf, hasBaselines } of sweeps) {
    const runs: SweepRow[] = []
    for (const k of extents) {
      if (experiment.signal.aborted) break
      const selectedBaselines = hasBaselines === true ? baselines : []
      const { rows, skipped } = await rowsOf(
        caseOf(k),
        undefined,
        experiment,
        selectedBaselines,
        (share, what) => report(share, `${caseOf(k)}: ${what}`),
      )
      runs.push({ x: k, rows, skipped })
      done++
    }
    const names = [...new Set(runs.flatMap(({ rows }) => rows.map((row) => row.name)))]
    const series: Series[] = names
      .map((key) => seriesOf(same(key), key, runs))
      .filter(({ points }) => points.length > 0)
    if (series.length === 0) continue
    const x = { label: { en: 'k', zh: 'k' }, unit: 'number' } as const
    const y = {
      label: { en: 'time of one call', zh: '每次调用的时间' },
      unit: 'milliseconds',
    } as const
    blocks.push(
      { kind: 'chart', name, caption: title, chart: { x, y, series } },
      { kind: 'text', text: winners(runs) },
    )
    const absent = skippedMessage(runs, 'k')
    if (absent !== undefined) blocks.push({ kind: 'text', text: absent })
  }
  const rows: Cell[][] = []
  const counts: number[] = []
  let [near, judged] = [0, 0]
  for (const { text, weights } of suite) {
    if (experiment.signal.aborted) break
    const { rows: all, chosen } = await rowsOf(text, weights, experiment, [], (share, what) =>
      report(share, `${text}: ${what}`),
    )
    done++
    const chosenRow = all.find(({ name }) => name === chosen)
    if (chosenRow === undefined) continue
    counts.push(...all.map(({ count }) => count))
    const best = all.reduce((a, b) => (b.median < a.median ? b : a))
    judged++
    const ratio = chosenRow.median / best.median
    if (ratio <= 1.5) near++
    rows.push([
      text + (weights === undefined ? '' : ` ${weights}`),
      chosen,
      chosenRow.median,
      best.name,
      best.median,
      ratio,
    ])
  }
  const samples = range(counts)
  blocks.push({
    kind: 'table',
    name: 'auto',
    caption: {
      en:
        `auto is within 1.5 × of the best on ${near} of ${judged} problems. Prepared plans, ` +
        'arrays in backend memory; medians in milliseconds.',
      zh: `在 ${judged} 个问题中，auto 有 ${near} 个不超过最优的 1.5 倍。计划已就绪，数据在后端内存；毫秒，中位数。`,
    },
    head: [
      { en: 'problem', zh: '问题' },
      { en: 'choice of auto', zh: 'auto 选择' },
      same('ms'),
      { en: 'best', zh: '最优' },
      same('ms'),
      { en: 'ratio to the best', zh: '最优的倍数' },
    ],
    rows,
    ...(samples && { samples }),
  })
  return {
    id: 'crossings',
    title: { en: 'Which algorithm is fastest', zh: '何时谁最快' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'No algorithm is the fastest for every problem. The time of the direct sum grows ' +
            'with the kernel. The time of products of spectra hardly grows. Winograd tiles ' +
            'take kernels with 2 to 5 taps. The planner predicts from a fixed table and from ' +
            'the prices of the code generator.',
          zh: '没有处处最快的算法：直接求和随卷积核增长，频域乘积几乎不变，Winograd 适用于 2 至 5 点。规划器依据固定的表与代码生成器自身的估价来预测。',
        },
      },
      ...blocks,
    ],
  }
}
