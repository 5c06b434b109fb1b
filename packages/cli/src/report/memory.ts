/**
 * Measures memory against input size: the prediction of each algorithm, beside measured memory.
 *
 * Each algorithm of stridefold runs in a separate process. It measures how much of its WebAssembly
 * memory is in use before and after the run. The code of the article reports every array that it
 * creates.
 */

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Allocated, type Matrix, matrix } from '@stridefold/measure/articles'
import { planCase } from 'stridefold/sync'
import type { Experiment } from './experiment.ts'
import { type Cell, type Section, type Series, same, type Words } from './section.ts'
import { articleForms } from './sweep.ts'

const sizes = { quick: [100, 500, 1000], whole: [100, 250, 500, 1000, 2000] }

const ours = ['naive', 'im2col', 'strided', 'toeplitz', 'fft'] as const

interface MemoryRow {
  readonly n: number
  readonly name: string
  readonly predicted: number | undefined
  readonly measured: number
}

/** Bytes that a form of the article allocates, with its result. */
function bytesOf(run: (x: Matrix, k: Matrix, allocated: Allocated) => unknown, n: number): number {
  let bytes = 0
  run(matrix(n, n), matrix(2, 2), (more) => {
    bytes += more
  })
  return bytes
}

/** WebAssembly memory in use in a fresh process after one run of a case. */
function measureMemory(text: string, algorithm: string): Promise<number> {
  const file = fileURLToPath(
    new URL(`./weigh${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  )
  return new Promise((resolve, reject) => {
    // Detached, because Ctrl-C reaches every process of the terminal's group, and would end this
    // process before it answers.
    const child = fork(file, [text, algorithm], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let bytes: number | undefined
    child.on('message', (message) => {
      bytes = Number(message)
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      bytes === undefined
        ? reject(new Error(`the process that measures ${algorithm} on ${text} ended with ${code}`))
        : resolve(bytes),
    )
  })
}

export async function measureAllMemory(experiment: Experiment): Promise<MemoryRow[]> {
  const all = experiment.quick ? sizes.quick : sizes.whole
  const rows: MemoryRow[] = []
  for (const [i, n] of all.entries()) {
    for (const [name, { run }] of Object.entries(articleForms))
      rows.push({ n, name, predicted: undefined, measured: bytesOf(run, n) })
    for (const [j, name] of ours.entries()) {
      if (experiment.signal.aborted) return rows
      experiment.progress((i + j / ours.length) / all.length, `${n}×${n}: ${name}`)
      const text = `${n}x${n} * 2x2`
      const candidate = planCase(text, { algorithm: name }).candidates.find(
        ({ algorithm }) => algorithm === name,
      )
      if (candidate === undefined || candidate.refused !== undefined) continue
      rows.push({
        n,
        name,
        predicted: candidate.workspaceBytes,
        measured: await measureMemory(text, name),
      })
    }
  }
  return rows
}

export function memorySection(rows: readonly MemoryRow[]): Section {
  const names = [...new Set(rows.map(({ name }) => name))]
  const series = (
    key: string,
    name: Words,
    of: (row: MemoryRow) => number | undefined,
  ): Series => ({
    ...{ key, name },
    points: rows.flatMap((row) => {
      const y = of(row)
      return row.name === key && y !== undefined && y > 0 ? [{ x: row.n, y, samples: 1 }] : []
    }),
  })
  const predicted: Series = {
    ...{ key: 'predicted', name: { en: 'predicted', zh: '预测' }, marksOnly: true },
    points: names.flatMap((name) => series(name, same(name), (row) => row.predicted).points),
  }
  const all = [
    ...names.map((name) =>
      series(name, articleForms[name]?.name ?? same(name), (row) => row.measured),
    ),
    predicted,
  ].filter(({ points }) => points.length > 0)
  const mebi = (bytes: number | undefined): Cell =>
    bytes === undefined ? undefined : bytes / 2 ** 20
  return {
    id: 'memory',
    title: { en: 'Memory against size', zh: '内存与输入大小' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'Memory in addition to the input. The article says that strides save memory. But ' +
            'the reshape after them cannot be a view: it copies every window, four times the ' +
            'input for a 2×2 kernel, as much as im2col. The line “article: strides” shows ' +
            'this. The strided algorithm of stridefold reads windows without a copy. It needs ' +
            'only boxes of fixed size, for arrays outside its memory, and the result. The ' +
            'counter measures free memory before and after in pieces of 4 KiB. The article ' +
            'uses float64 (8 bytes, as NumPy); stridefold uses float32 (4 bytes) here.',
          zh:
            '输入之外的内存。文章称赞跨距视图节省内存，但随后的 reshape 无法只是视图：它复制了每一个窗口，对 2×2 卷积核是输入的四倍，与 im2col 一样多——见“article: strides”一线。' +
            'stridefold 的 strided 就地读取窗口：只需固定大小的分块与结果。计数器在运行前后以 4 KiB 为单位填满空闲内存来计量。文章的数为 float64（8 字节，同 NumPy），这里 stridefold 用 float32（4 字节）。',
        },
      },
      {
        kind: 'chart',
        name: 'memory',
        caption: {
          en:
            'Memory in addition to the input. Lines: measured; open circles: predicted before ' +
            'the run.',
          zh: '输入之外的内存：线为实测，空心圆为运行前的预测。',
        },
        chart: {
          x: { label: { en: 'N, of an N × N input', zh: '输入边长 N（N × N）' }, unit: 'number' },
          y: { label: { en: 'memory', zh: '内存' }, unit: 'bytes' },
          series: all,
        },
      },
      {
        kind: 'table',
        name: 'memory-table',
        caption: {
          en: 'MiB: predicted by the plan, and measured.',
          zh: 'MiB：计划所说，与计数器所见。',
        },
        head: [
          same('N'),
          { en: 'form', zh: '写法' },
          { en: 'predicted', zh: '预测' },
          { en: 'measured', zh: '实测' },
        ],
        rows: rows.map(({ n, name, predicted: predictedBytes, measured: bytes }) => [
          n,
          articleForms[name]?.name ?? name,
          mebi(predictedBytes),
          mebi(bytes),
        ]),
        ...(rows.length > 0 && { samples: [1, 1] }),
      },
    ],
  }
}
