/**
 * The experiment of article 2 on an image: an “emboss” kernel summed over the channels, by the
 * article's loops, by its matrix, and by stridefold. It also shows what the cast to uint8 does to
 * negative results.
 */

import { usualErrorBound } from '@stridefold/measure'
import { asUint8, conv, convMatmul, type Volume } from '@stridefold/measure/articles'
import sharp from 'sharp'
import { correlate, ndarray, plan, reshape } from 'stridefold/sync'
import { compareWithDefinition, definition } from 'stridefold/verify'
import { renderSampleImage } from '../sample-image/render.ts'
import { type Experiment, timeInRounds } from './experiment.ts'
import { range } from './origin.ts'
import type { Block } from './section.ts'

const [height, width] = [220, 330]

/** The kernel of the article for one channel, repeated for three channels. */
export const emboss: Float32Array = Float32Array.from({ length: 27 }, (_, i) =>
  Math.floor(i / 3) === 4 ? -0.8 : 0.1,
)

export const sampleVolume = (): Volume => {
  const rgba = renderSampleImage({ width, height })
  return {
    shape: [height, width, 3],
    data: Float32Array.from(
      { length: height * width * 3 },
      (_, i) => rgba[Math.floor(i / 3) * 4 + (i % 3)]!,
    ),
  }
}

export async function embossBlocks(experiment: Experiment): Promise<Block[]> {
  const x = sampleVolume()
  const k: Volume = { shape: [3, 3, 3], data: emboss }
  const [input, kernel] = [ndarray(x.data, x.shape), ndarray(emboss, [3, 3, 3])]
  const options = { mode: ['same', 'same', 'valid'] } as const
  const ours = (algorithm: string) =>
    correlate(input, kernel, { ...options, mode: [...options.mode], algorithm })
  const { geometry } = plan('correlate', x.shape, [3, 3, 3], { mode: [...options.mode] })
  const expected = definition(geometry, {
    input: reshape(input, [1, 1, ...x.shape]),
    kernel: reshape(kernel, [1, 1, 3, 3, 3]),
  })
  const forms = {
    'article: conv': () => conv(x, k, 1).data,
    'article: conv_matmul': () => convMatmul(x, k, 1).data,
    'stridefold im2col': () => ours('im2col').data,
    'stridefold strided': () => ours('strided').data,
    'stridefold auto': () => ours('auto').data,
  }
  for (const [name, run] of Object.entries(forms)) {
    const { fault } = compareWithDefinition(expected, ndarray(run(), expected.shape), {
      errorBound: usualErrorBound(geometry),
    })
    if (fault !== undefined)
      throw new Error(`${name} differs from the definition at output ${fault.at} of the image`)
  }
  const rows = await timeInRounds(
    Object.entries(forms).map(([name, run]) => ({ name, run })),
    experiment,
    experiment.quick ? 2000 : 8000,
    (share, what) => experiment.progress(share, `image: ${what}`),
  )
  const samples = range(rows.map(({ count }) => count))
  const loops = rows.find(({ name }) => name === 'article: conv')?.median
  const result = forms['article: conv']()
  const negative = result.filter((v) => v < 0).length
  const grey = (samples: Uint8Array): Promise<Buffer> =>
    sharp(samples, { raw: { width, height, channels: 1 } })
      .png()
      .toBuffer()
  const colour = sharp(Uint8Array.from(x.data), { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
  return [
    {
      kind: 'text',
      text: {
        en:
          'Article 2: an image, filtered by the same 3×3 kernel on all three channels, and ' +
          'summed. The article reports “79 % less time”, which means “4.8 times as fast”. The ' +
          'table shows both.',
        zh: '文章 2：一张图片，三个通道用同一 3×3 卷积核并求和。文章说“时间少 79 %”，也就是“快 4.8 倍”。这里两种说法都给出。',
      },
    },
    {
      kind: 'table',
      name: 'picture-table',
      caption: {
        en: `An image of ${width} × ${height} with three channels; medians in milliseconds.`,
        zh: `${width} × ${height} 三通道图片；毫秒，中位数。`,
      },
      head: [
        { en: 'form', zh: '写法' },
        { en: 'ms', zh: '毫秒' },
        { en: 'samples', zh: '样本数' },
        { en: 'times as fast', zh: '快的倍数' },
        { en: '% less time', zh: '时间减少 %' },
      ],
      rows: rows.map(({ name, median, count }) => [
        name,
        median,
        count,
        loops === undefined ? undefined : loops / median,
        loops === undefined ? undefined : 100 * (1 - median / loops),
      ]),
      ...(samples && { samples }),
    },
    {
      kind: 'picture',
      name: 'picture-input',
      caption: { en: 'The input.', zh: '输入。' },
      png: await colour,
    },
    {
      kind: 'picture',
      name: 'picture-saturated',
      caption: { en: 'The result, with negative values clipped to 0.', zh: '结果，负值截为 0。' },
      png: await grey(Uint8Array.from(result, (v) => Math.min(255, Math.max(0, Math.round(v))))),
    },
    {
      kind: 'picture',
      name: 'picture-wrapped',
      caption: {
        en:
          'As the article saves it: a cast to uint8 wraps around, so the ' +
          `${negative.toLocaleString('en')} negative results of ` +
          `${result.length.toLocaleString('en')} become bright. This is the speckle in the image ` +
          'of the article.',
        zh: `照文章那样保存：转成 uint8 会回绕，${result.length.toLocaleString('en')} 个结果中的 ${negative.toLocaleString('en')} 个负值变成亮点。文章图中的噪点即由此而来。`,
      },
      png: await grey(asUint8(result)),
    },
  ]
}
