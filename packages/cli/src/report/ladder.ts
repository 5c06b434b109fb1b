/**
 * Shows why a matrix product is fast. The same product of 512 × 512 matrices runs in several
 * versions, from naive loops to vector code. Each version is checked, then timed.
 *
 * The upper versions are the contraction of stridefold, called as a layer of 1×1 kernels, which is
 * a matrix product.
 */

import { measurePeak, peakOf, signedUniform, usualErrorBound } from '@stridefold/measure'
import { type NdArray, ndarray, parseCase, plan, transpose, zeros } from 'stridefold/sync'
import { compareWithDefinition, definition } from 'stridefold/verify'
import { type Experiment, timeInRounds } from './experiment.ts'
import { range } from './origin.ts'
import { type Section, same, type Words } from './section.ts'

const n = 512
const checkedElements = 10_000

type Product = (a: Float32Array, b: Float32Array, c: Float32Array) => void

const multiplyLoops: Product = (a, b, c) => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!
      c[i * n + j] = sum
    }
  }
}

/**
 * Computes two rows × four columns at a time. Eight sums and their operands fit into registers, and
 * each element that is read serves several sums. `panels`: columns are stored in panels of four.
 * Without destructuring, because V8 is slow with it in such a loop.
 */
function multiplyTiled(a: Float32Array, b: Float32Array, c: Float32Array, panels: boolean): void {
  const step = panels ? 4 : n
  for (let j = 0; j < n; j += 4) {
    for (let i = 0; i < n; i += 2) {
      let c00 = 0
      let c01 = 0
      let c02 = 0
      let c03 = 0
      let c10 = 0
      let c11 = 0
      let c12 = 0
      let c13 = 0
      let q = panels ? j * n : j
      for (let k = 0; k < n; k++) {
        const a0 = a[i * n + k]!
        const a1 = a[i * n + n + k]!
        const b0 = b[q]!
        const b1 = b[q + 1]!
        const b2 = b[q + 2]!
        const b3 = b[q + 3]!
        q += step
        c00 += a0 * b0
        c01 += a0 * b1
        c02 += a0 * b2
        c03 += a0 * b3
        c10 += a1 * b0
        c11 += a1 * b1
        c12 += a1 * b2
        c13 += a1 * b3
      }
      c.set([c00, c01, c02, c03], i * n + j)
      c.set([c10, c11, c12, c13], (i + 1) * n + j)
    }
  }
}

const multiplyBlocked: Product = (a, b, c) => multiplyTiled(a, b, c, false)

/** The operands of the inner loop are contiguous and fit into a cache. */
const panels = new Float32Array(n * n)
const multiplyPacked: Product = (a, b, c) => {
  for (let j = 0; j < n; j += 4)
    for (let k = 0; k < n; k++)
      for (let l = 0; l < 4; l++) panels[j * n + k * 4 + l] = b[k * n + j + l]!
  multiplyTiled(a, panels, c, true)
}

const rungs: readonly { readonly name: Words; readonly key: string; readonly product: Product }[] =
  [
    {
      key: 'loops',
      name: { en: 'three plain loops', zh: '三重循环，直写' },
      product: multiplyLoops,
    },
    {
      key: 'blocked',
      name: { en: 'blocked: 2 × 4 sums in registers', zh: '分块：2 × 4 个和留在寄存器' },
      product: multiplyBlocked,
    },
    {
      key: 'packed',
      name: { en: 'blocked and packed', zh: '分块并打包' },
      product: multiplyPacked,
    },
  ]

const engine: readonly {
  readonly name: Words
  readonly key: string
  readonly algorithm: string
}[] = [
  {
    key: 'naive',
    name: {
      en: 'stridefold, one result at a time (WebAssembly)',
      zh: 'stridefold，逐个结果（WebAssembly）',
    },
    algorithm: 'naive',
  },
  {
    key: 'simd',
    name: {
      en: 'stridefold, generated SIMD, packed weights',
      zh: 'stridefold，生成的 SIMD 代码，权重打包',
    },
    algorithm: 'strided',
  },
]

export async function ladderSection(experiment: Experiment): Promise<Section> {
  const [a, b] = [signedUniform(n * n, 3), signedUniform(n * n, 4)]
  // Rows of A are pixels with n channels. Columns of B are filters.
  const pixels = ndarray(a, [1, n, 1, n], { memory: 'backend' })
  const filters = ndarray(
    Float32Array.from({ length: n * n }, (_, at) => b[(at % n) * n + Math.floor(at / n)]!),
    [n, n, 1, 1],
  )
  const geometry = parseCase(`1x${n}x${n}x1 * ${n}x${n}x1x1`)
  const channelsFirst = (x: NdArray): NdArray => transpose(x, [0, 3, 1, 2])
  const expected = definition(
    geometry,
    { input: channelsFirst(pixels), kernel: filters },
    { outputs: checkedElements },
  )
  const checkProduct = (name: string, c: Float32Array): void => {
    const { fault } = compareWithDefinition(expected, channelsFirst(ndarray(c, [1, n, 1, n])), {
      errorBound: usualErrorBound(geometry),
    })
    if (fault !== undefined)
      throw new Error(
        `${name}: element ${fault.index[2]! * n + fault.index[1]!} of the product is ` +
          `${fault.actual} instead of ${fault.expected}`,
      )
  }
  const timedRungs = rungs.map(({ key, product }) => {
    const c = new Float32Array(n * n)
    product(a, b, c)
    checkProduct(key, c)
    return { name: key, run: () => product(a, b, c) }
  })
  const out = zeros([1, n, 1, n], 'float32', { memory: 'backend' })
  for (const { key, algorithm } of engine) {
    const p = plan('conv2d', [1, n, 1, n], [n, n, 1, 1], {
      layout: 'channels-last',
      weightLayout: 'OIHW',
      algorithm,
      threads: 1,
    }).prepare(filters)
    p.runSync(pixels, undefined, out)
    checkProduct(key, out.data.subarray(out.offset, out.offset + n * n))
    timedRungs.push({ name: key, run: () => p.runSync(pixels, undefined, out) as never })
  }
  const peak = measurePeak()
  const peaks = [peak(), peak(), peak()]
  const rows = await timeInRounds(
    timedRungs,
    experiment,
    experiment.quick ? 4000 : 10_000,
    (share, what) => experiment.progress(share, `matrix product: ${what}`),
  )
  const peakGflops = peakOf([...peaks, peak(), peak(), peak()])
  const all = [...rungs, ...engine]
  const samples = range(rows.map(({ count }) => count))
  const first = rows.find(({ name }) => name === 'loops')?.median
  return {
    id: 'ladder',
    title: { en: 'Why a matrix product is fast', zh: '矩阵乘法为什么快' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'Article 1 passes its matrices to BLAS and gives this as the reason for the speed. ' +
            `This table shows what BLAS does, step by step, for our own product of two ${n} × ` +
            `${n} matrices. The first three steps are TypeScript. The others are code that ` +
            'stridefold generates, on one thread. The next step would be threads: plans use them ' +
            'for large problems.',
          zh: `文章 1 把矩阵交给 BLAS，并说这就是快的原因。这里用两个 ${n} × ${n} 矩阵的乘积逐级展示 BLAS 做了什么：前三级是 TypeScript，其余是 stridefold 生成的代码。都只用一个线程。再下一级是多线程：大问题的计划会使用它。`,
        },
      },
      {
        kind: 'table',
        name: 'ladder',
        caption: {
          en: `One thread; the measured peak of 128-bit SIMD is ${peakGflops.toFixed(0)} GFLOP/s.`,
          zh: `单线程；本机实测 128 位 SIMD 峰值 ${peakGflops.toFixed(0)} GFLOP/s。`,
        },
        head: [
          { en: 'step', zh: '级' },
          { en: 'ms', zh: '毫秒' },
          same('GFLOP/s'),
          { en: '% of the peak', zh: '峰值 %' },
          { en: 'times as fast', zh: '快的倍数' },
        ],
        ...(samples && { samples }),
        rows: all.flatMap(({ key, name }) => {
          const row = rows.find((r) => r.name === key)
          if (row === undefined) return []
          const gflops = (2 * n ** 3) / row.median / 1e6
          return [
            [
              name,
              row.median,
              gflops,
              (100 * gflops) / peakGflops,
              first === undefined ? undefined : first / row.median,
            ],
          ]
        }),
      },
    ],
  }
}
