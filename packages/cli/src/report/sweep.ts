/**
 * Measures time against input size with a 2×2 kernel and one channel: the plots and the table of
 * article 1. The code of the article runs unchanged beside every algorithm of stridefold.
 */

import { check, faultText, prepareAlgorithms, problem } from '@stridefold/measure'
import {
  type Allocated,
  article1Calls,
  article1Forms,
  type Matrix,
} from '@stridefold/measure/articles'
import type { Baseline, Baselines } from './baselines.ts'
import { checkBaselines, type Skipped, skippedMessage } from './checked-baselines.ts'
import { type Experiment, seriesOf, type Timed, timeInRounds } from './experiment.ts'
import { range } from './origin.ts'
import { type Section, same, type Words } from './section.ts'

const sizes = {
  quick: [3, 10, 25, 50, 100, 250, 500],
  whole: [3, 10, 25, 50, 100, 150, 250, 500, 1000, 2000],
}

/** A form of the article. `allocated` is called for every array that it creates. */
interface Form {
  readonly name: Words
  readonly run: (x: Matrix, k: Matrix, allocated?: Allocated) => Matrix
}

export const articleForms: Readonly<Record<string, Form>> = {
  'article: loops': {
    name: { en: 'article: loops', zh: '文章：循环' },
    run: article1Forms['article: loops'],
  },
  'article: im2col': {
    name: { en: 'article: im2col', zh: '文章：im2col' },
    run: article1Forms['article: im2col'],
  },
  'article: strides': {
    name: { en: 'article: strides', zh: '文章：跨距' },
    run: article1Forms['article: strides'],
  },
}

const wholeCall = 'auto, whole call'
const wholeCallName: Words = { en: wholeCall, zh: 'auto，整次调用' }

export interface Sweep {
  readonly x: number
  readonly rows: readonly Timed[]
  /** Baselines that were skipped. */
  readonly skipped: readonly Skipped[]
}

/** Times one call for each size. Throws for a wrong result. */
export async function sweepOf(
  experiment: Experiment,
  baselines: readonly Baseline[],
): Promise<Sweep[]> {
  const all = experiment.quick ? sizes.quick : sizes.whole
  const sweep: Sweep[] = []
  for (const [i, n] of all.entries()) {
    if (experiment.signal.aborted) break
    const p = problem(`${n}x${n} * 2x2`)
    const forms = article1Calls(p).map(({ name, run, errorBound }) => {
      const wrong = faultText(check(p, { values: run(), errorBound }), p)
      if (wrong !== undefined) throw new Error(`${name}: ${wrong}`)
      return { name, run: () => run() }
    })
    const ours = prepareAlgorithms(p, { mostMs: 400 })
    const incorrect = ours.ready.find(({ wrong }) => wrong !== undefined)
    if (incorrect !== undefined) throw new Error(`${incorrect.name}: ${incorrect.wrong}`)
    const { prepared: others, skipped } = await checkBaselines(baselines, p)
    const report = (share: number, what: string): void =>
      experiment.progress((i + share) / all.length, `${n}×${n}: ${what}`)
    const rows = await timeInRounds(
      [...forms, ...ours.ready, ...others],
      experiment,
      experiment.quick ? 1500 : 6000,
      report,
    )
    ours.close()
    for (const other of others) other.close()
    sweep.push({ x: n, rows, skipped })
  }
  return sweep
}

const axes = {
  x: { label: { en: 'N, of an N × N input', zh: '输入边长 N（N × N）' }, unit: 'number' },
  y: { label: { en: 'time of one call', zh: '每次调用的时间' }, unit: 'milliseconds' },
} as const

/** Section 1: the three plots of the article, then all algorithms and baselines. */
export function sweepSection(
  sweep: readonly Sweep[],
  baselines: readonly Baseline[],
  missing: Baselines['missing'],
): Section {
  const formSeries = Object.entries(articleForms).map(([key, { name }]) =>
    seriesOf(name, key, sweep),
  )
  const names = [...new Set(sweep.flatMap(({ rows }) => rows.map((row) => row.name)))].filter(
    (name) => !(name in articleForms) && !baselines.some((baseline) => baseline.name === name),
  )
  const ours = names.map((name) =>
    seriesOf(name === wholeCall ? wholeCallName : same(name), name, sweep),
  )
  const chart = (name: string, caption: Words, series: readonly ReturnType<typeof seriesOf>[]) =>
    ({
      kind: 'chart',
      name,
      caption,
      chart: { ...axes, series: series.filter(({ points }) => points.length > 0) },
    }) as const
  const auto = ours.filter(({ key }) => key === wholeCall)
  const absent = skippedMessage(sweep, 'N')
  return {
    id: 'time',
    title: { en: 'Time against size', zh: '时间与输入大小' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'One channel, a 2×2 kernel, no padding. The three forms of the article are its own ' +
            'loops, written in TypeScript. The others are algorithms of stridefold with a ' +
            'prepared plan and arrays in backend memory, and one whole call with arrays on the ' +
            'heap. Both axes are logarithmic: a line of slope two means time in proportion to ' +
            'the number of outputs, N², not “O(n)”.',
          zh: '单通道，2×2 卷积核，不填充。文章的三种写法是其原样循环（改写为 TypeScript）；其余是 stridefold 的算法（数据在后端内存、计划已就绪），另有一次普通数组的整次调用。两轴均为对数：斜率为 2 的直线表示时间与输出个数 N² 成正比，而不是“O(n)”。',
        },
      },
      chart(
        'time-naive',
        { en: 'First plot of the article: two loops.', zh: '文章第一张图：两重循环。' },
        [...auto, formSeries[0]!],
      ),
      chart(
        'time-im2col',
        { en: 'Second plot: the windows as a matrix.', zh: '第二张：把窗口排成矩阵。' },
        [...auto, ...formSeries.slice(0, 2)],
      ),
      chart(
        'time-strided',
        { en: 'Third plot: windows by memory strides.', zh: '第三张：用内存跨距取窗口。' },
        [...auto, ...formSeries],
      ),
      ...(baselines.length === 0
        ? []
        : [
            chart(
              'time-rivals',
              {
                en:
                  'Compared with other libraries, one thread: ' +
                  `${baselines.map((r) => `${r.name} ${r.version}`).join(', ')}.`,
                zh: `与其他库比较（单线程）：${baselines.map((r) => `${r.name} ${r.version}`).join('，')}。`,
              },
              [...auto, ...baselines.map(({ name }) => seriesOf(same(name), name, sweep))],
            ),
          ]),
      ...(absent === undefined ? [] : [{ kind: 'text', text: absent } as const]),
      ...(missing.length === 0
        ? []
        : [
            {
              kind: 'text',
              text: {
                en: `Not available: ${missing.map(({ name, reason }) => `${name} (${reason})`).join('; ')}.`,
                zh: `未安装：${missing.map(({ name, reason }) => `${name}（${reason}）`).join('；')}。`,
              },
            } as const,
          ]),
      chart('time-all', { en: 'Every algorithm of stridefold.', zh: 'stridefold 的全部算法。' }, [
        ...auto,
        ...formSeries.slice(0, 1),
        ...ours.filter((series) => !auto.includes(series)),
      ]),
    ],
  }
}

/** Section 3, first half: the last table of article 1, with the ratio to its loops. */
export function tableSection(sweep: readonly Sweep[], extra: Section['blocks']): Section {
  const keys = [...Object.keys(articleForms), 'naive', 'im2col', 'strided', wholeCall]
  const microseconds = (rows: readonly Timed[], key: string): number | undefined => {
    const row = rows.find((r) => r.name === key)
    return row === undefined ? undefined : row.median * 1000
  }
  const samples = range(
    sweep.flatMap(({ rows: timedRows }) =>
      timedRows.filter(({ name }) => keys.includes(name)).map((row) => row.count),
    ),
  )
  const rows = sweep.map(({ x, rows: timedRows }) => {
    const loops = microseconds(timedRows, 'article: loops')
    const auto = microseconds(timedRows, wholeCall)
    const ratio = loops === undefined || auto === undefined ? undefined : loops / auto
    return [
      `${x}²`,
      ...keys.map((key) => microseconds(timedRows, key)),
      ratio,
      ratio === undefined ? undefined : 100 * (1 - 1 / ratio),
    ]
  })
  return {
    id: 'table',
    title: { en: 'The final table and the image', zh: '最终表格与图片实验' },
    blocks: [
      {
        kind: 'table',
        name: 'final-table',
        caption: {
          en:
            'Medians in microseconds per call. The last two columns compare the whole call of ' +
            'stridefold with the loops of the article: as a ratio, and as saved time. A value ' +
            'below 0 means slower.',
          zh: '每次调用的微秒数（中位数）。最后两列用 stridefold 的整次调用与文章的循环相比：倍数，以及节省的时间；小于 0 表示更慢。',
        },
        head: [
          { en: 'input', zh: '输入' },
          ...keys.map(
            (key) => articleForms[key]?.name ?? (key === wholeCall ? wholeCallName : same(key)),
          ),
          { en: 'times as fast', zh: '快的倍数' },
          { en: '% less time', zh: '时间减少 %' },
        ],
        rows,
        ...(samples && { samples }),
      },
      ...extra,
    ],
  }
}
