/**
 * Why a matrix product is fast: the same product of 256 × 256 matrices climbs from naive loops to vector code, each rung checked, then timed.
 *
 * The upper rungs are stridefold's own contraction, asked for as a layer of 1×1 kernels, which is a matrix product and nothing else.
 */

import { ndarray, plan, zeros } from 'stridefold/sync'
import { peakMeter, peakOf } from '../measure/peak.ts'
import { signed } from '../measure/random.ts'
import { type Section, same, type Words } from './section.ts'
import { type Study, timed } from './study.ts'

const n = 256

type Product = (a: Float32Array, b: Float32Array, c: Float32Array) => void

const loops: Product = (a, b, c) => {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!
      c[i * n + j] = sum
    }
  }
}

/** Another order of the same loops: both inner walks go along rows. */
const ordered: Product = (a, b, c) => {
  c.fill(0)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const one = a[i * n + k]!
      for (let j = 0; j < n; j++) c[i * n + j]! += one * b[k * n + j]!
    }
  }
}

/** Four rows by four columns at a time: sixteen sums stay in registers, every element read serves four of them. */
function tiled(at: (k: number, j: number) => number, b: Float32Array, a: Float32Array, c: Float32Array, stride: number): void {
  for (let j = 0; j < n; j += 4) {
    for (let i = 0; i < n; i += 4) {
      let [c00, c01, c02, c03, c10, c11, c12, c13] = [0, 0, 0, 0, 0, 0, 0, 0]
      let [c20, c21, c22, c23, c30, c31, c32, c33] = [0, 0, 0, 0, 0, 0, 0, 0]
      let from = at(0, j)
      for (let k = 0; k < n; k++, from += stride) {
        const [b0, b1, b2, b3] = [b[from]!, b[from + 1]!, b[from + 2]!, b[from + 3]!]
        const [a0, a1, a2, a3] = [a[i * n + k]!, a[(i + 1) * n + k]!, a[(i + 2) * n + k]!, a[(i + 3) * n + k]!]
        c00 += a0 * b0
        c01 += a0 * b1
        c02 += a0 * b2
        c03 += a0 * b3
        c10 += a1 * b0
        c11 += a1 * b1
        c12 += a1 * b2
        c13 += a1 * b3
        c20 += a2 * b0
        c21 += a2 * b1
        c22 += a2 * b2
        c23 += a2 * b3
        c30 += a3 * b0
        c31 += a3 * b1
        c32 += a3 * b2
        c33 += a3 * b3
      }
      c.set([c00, c01, c02, c03], i * n + j)
      c.set([c10, c11, c12, c13], (i + 1) * n + j)
      c.set([c20, c21, c22, c23], (i + 2) * n + j)
      c.set([c30, c31, c32, c33], (i + 3) * n + j)
    }
  }
}

const blocked: Product = (a, b, c) => tiled((k, j) => k * n + j, b, a, c, n)

/** Columns four by four one behind the other: what the inner loop reads lies in a row. */
const panels = new Float32Array(n * n)
const packed: Product = (a, b, c) => {
  for (let j = 0; j < n; j += 4) for (let k = 0; k < n; k++) for (let l = 0; l < 4; l++) panels[j * n + k * 4 + l] = b[k * n + j + l]!
  tiled((_, j) => j * n, panels, a, c, 4)
}

const rungs: readonly { readonly name: Words; readonly key: string; readonly product: Product }[] = [
  { key: 'loops', name: { en: 'three loops, as one writes them', zh: '三重循环，直写' }, product: loops },
  { key: 'ordered', name: { en: 'loops in another order', zh: '调整循环次序' }, product: ordered },
  { key: 'blocked', name: { en: 'blocked: 4 × 4 sums in registers', zh: '分块：4 × 4 个和留在寄存器' }, product: blocked },
  { key: 'packed', name: { en: 'blocked and packed', zh: '分块并打包' }, product: packed },
]

const engine: readonly { readonly name: Words; readonly key: string; readonly algorithm: string }[] = [
  {
    key: 'naive',
    name: { en: 'stridefold, one result at a time (WebAssembly)', zh: 'stridefold，逐个结果（WebAssembly）' },
    algorithm: 'naive',
  },
  {
    key: 'simd',
    name: { en: 'stridefold, generated SIMD, packed weights', zh: 'stridefold，生成的 SIMD 代码，权重打包' },
    algorithm: 'strided',
  },
]

export async function ladderSection(study: Study): Promise<Section> {
  const [a, b] = [signed(n * n, 3), signed(n * n, 4)]
  const truth = Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += a[Math.floor(at / n) * n + k]! * b[k * n + (at % n)]!
    return sum
  })
  const checked = (name: string, c: ArrayLike<number>): void => {
    for (let i = 0; i < n * n; i++)
      if (!(Math.abs(c[i]! - truth[i]!) < 1e-3)) throw new Error(`${name}: element ${i} of the product is ${c[i]}, not ${truth[i]}`)
  }
  const contenders = rungs.map(({ key, product }) => {
    const c = new Float32Array(n * n)
    product(a, b, c)
    checked(key, c)
    return { name: key, run: () => product(a, b, c) }
  })
  // Rows of A are pixels with n channels, columns of B are filters.
  const pixels = ndarray(a, [1, n, 1, n], { memory: 'backend' })
  const filters = ndarray(
    Float32Array.from({ length: n * n }, (_, at) => b[(at % n) * n + Math.floor(at / n)]!),
    [n, n, 1, 1],
  )
  const out = zeros([1, n, 1, n], 'float32', { memory: 'backend' })
  for (const { key, algorithm } of engine) {
    const p = plan('conv2d', [1, n, 1, n], [n, n, 1, 1], { layout: 'channels-last', algorithm }).prepare(filters)
    p.runSync(pixels, undefined, out)
    checked(key, out.data.subarray(out.offset, out.offset + n * n))
    contenders.push({ name: key, run: () => p.runSync(pixels, undefined, out) as never })
  }
  const peak = peakMeter()
  const peaks = [peak(), peak(), peak()]
  const rows = await timed(contenders, study, study.quick ? 2500 : 8000, (share, what) => study.progress(share, `matrix product: ${what}`))
  const peakGflops = peakOf(peaks)
  const all = [...rungs, ...engine]
  const first = rows.find(({ name }) => name === 'loops')?.median
  return {
    id: 'ladder',
    title: { en: 'Why a matrix product is fast', zh: '矩阵乘法为什么快' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `Article 1 sends its matrices to BLAS and says that this is why. Here is what BLAS does, rung by rung, on our own product of two ${n} × ${n} matrices. The first four are TypeScript; the others the code that stridefold generates. Threads would be the next rung: stridefold has none yet.`,
          zh: `文章 1 把矩阵交给 BLAS，并说这就是快的原因。这里用两个 ${n} × ${n} 矩阵的乘积逐级展示 BLAS 做了什么：前四级是 TypeScript，其余是 stridefold 生成的代码。再下一级是多线程：stridefold 目前还没有。`,
        },
      },
      {
        kind: 'table',
        name: 'ladder',
        caption: {
          en: `One thread; the peak of 128-bit SIMD measured here is ${peakGflops.toFixed(0)} GFLOP/s.`,
          zh: `单线程；本机实测 128 位 SIMD 峰值 ${peakGflops.toFixed(0)} GFLOP/s。`,
        },
        head: [
          { en: 'rung', zh: '级' },
          { en: 'ms', zh: '毫秒' },
          same('GFLOP/s'),
          { en: '% of the peak', zh: '峰值 %' },
          { en: 'times the first', zh: '第一级的倍数' },
        ],
        rows: all.flatMap(({ key, name }) => {
          const row = rows.find((r) => r.name === key)
          if (row === undefined) return []
          const gflops = (2 * n ** 3) / row.median / 1e6
          return [[name, row.median, gflops, (100 * gflops) / peakGflops, first === undefined ? undefined : first / row.median]]
        }),
      },
    ],
  }
}
