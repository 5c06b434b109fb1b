/**
 * Profiles a small network: convolutions and a dense layer, as in the first image of article 1,
 * with the time of each part.
 */

import { median, signedUniform } from '@stridefold/measure'
import { ndarray, plan } from 'stridefold/sync'
import type { Experiment } from './experiment.ts'
import { type Cell, type Section, same } from './section.ts'

interface Layer {
  readonly name: string
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly padding: number
}

/**
 * 32 × 32 images, as in many tutorials. The dense layer is a convolution whose kernel covers the
 * whole input.
 */
const layers: readonly Layer[] = [
  { name: 'conv 5×5, 3 → 32', input: [1, 3, 32, 32], kernel: [32, 3, 5, 5], padding: 2 },
  { name: 'conv 3×3, 32 → 64', input: [1, 32, 32, 32], kernel: [64, 32, 3, 3], padding: 1 },
  { name: 'linear 64·32·32 → 10', input: [1, 64, 32, 32], kernel: [10, 64, 32, 32], padding: 0 },
]

const count = (shape: readonly number[]): number => shape.reduce((n, e) => n * e, 1)

export async function networkSection(experiment: Experiment): Promise<Section> {
  const runs = experiment.quick ? 9 : 25
  const measured = layers.map(({ name, input, kernel, padding }, i) => {
    experiment.progress(i / layers.length, `network: ${name}`)
    const [x, k] = [
      ndarray(signedUniform(count(input), 5), input),
      ndarray(signedUniform(count(kernel), 6), kernel),
    ]
    const p = plan('conv2d', input, kernel, { padding, activation: 'relu', threads: 1 })
    const prepared = p.prepare(k)
    for (let r = 0; r < 3; r++) prepared.timeSync(x)
    const runParts = Array.from({ length: runs }, () => prepared.timeSync(x).parts)
    const parts = runParts[0]!.map((part, at) => ({
      ...{ name: part.name, calls: part.calls, flops: part.flops, bytes: part.bytes },
      ms: median(runParts.map((parts) => parts[at]?.milliseconds ?? 0)),
    }))
    const chosen = { algorithm: p.algorithm, decision: p.decision }
    p.dispose()
    return { name, parts, ...chosen, ms: parts.reduce((sum, part) => sum + part.ms, 0) }
  })
  const total = measured.reduce((sum, { ms }) => sum + ms, 0)
  const convolutions = measured.slice(0, 2).reduce((sum, { ms }) => sum + ms, 0)
  const rows = measured.flatMap(({ name, algorithm, parts, ms }): Cell[][] => [
    [`${name}: ${algorithm}`, undefined, ms, (100 * ms) / total, undefined, undefined],
    ...parts.map((part): Cell[] => [
      `· ${part.name}`,
      part.calls,
      part.ms,
      (100 * part.ms) / total,
      part.flops / 1e6,
      part.bytes / 1e6,
    ]),
  ])
  return {
    id: 'network',
    title: { en: 'The profile of a small network', zh: '小网络的性能剖析' },
    blocks: [
      {
        kind: 'text',
        text: {
          en:
            'Article 1 begins with a profile of one convolution and one dense layer, in which ' +
            'the convolution takes most of the time. Here the two convolutions take ' +
            `${((100 * convolutions) / total).toFixed(0)} % of it. Work that is fused into a ` +
            'stage (the gather of a border, the activation) counts in the row of the stage.',
          zh: `文章 1 以“一个卷积加一个全连接层”的剖析开头：卷积占去大部分时间。这里两个卷积占 ${((100 * convolutions) / total).toFixed(0)} %。融合在一个阶段里的部分（取边界、激活）留在该行。`,
        },
      },
      {
        kind: 'table',
        name: 'network',
        caption: {
          en:
            `Medians in milliseconds of ${runs} runs with prepared weights. A row with a dot ` +
            'is a part of the layer above.',
          zh: `毫秒，${runs} 次运行的中位数，权重已预处理；带点的行是上一层的一部分。`,
        },
        head: [
          { en: 'layer, algorithm, part', zh: '层、算法、部分' },
          { en: 'calls', zh: '次数' },
          same('ms'),
          { en: '% of all', zh: '占比 %' },
          same('Mflop'),
          same('MB'),
        ],
        rows,
        samples: [runs, runs],
      },
    ],
  }
}
