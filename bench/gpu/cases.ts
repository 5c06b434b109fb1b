/** What the benchmark of the GPU measures: layers, pictures and transforms, as data. */

import type { LayerOptions } from 'stridefold'

export type CallName = 'correlate' | 'conv1d' | 'conv2d' | 'convTranspose1d' | 'convTranspose3d'

export interface GpuCase {
  readonly name: string
  readonly call: CallName
  /** For layers the batch is 1: the measurement raises it until a run takes a millisecond. */
  readonly input: readonly number[]
  readonly kernel: readonly number[]
  readonly options: LayerOptions
  readonly algorithm: 'auto' | 'strided' | 'winograd' | 'fft'
  /** What limits it: arithmetic, counted as by the definition, or memory: input and result. */
  readonly share: 'peak' | 'memory'
}

const layer = (extent: number, channels: number, algorithm: GpuCase['algorithm']): GpuCase => ({
  name: `3×3 layer ${extent}²·${channels}`,
  call: 'conv2d',
  input: [1, channels, extent, extent],
  kernel: [channels, channels, 3, 3],
  options: { padding: 1 },
  ...{ algorithm, share: 'peak' },
})

const picture = (height: number, width: number, n: number): GpuCase => ({
  name: `${n}×${n} over ${width}×${height}`,
  call: 'correlate',
  input: [height, width],
  kernel: [n, n],
  options: {},
  ...{ algorithm: n > 9 ? 'auto' : 'strided', share: 'memory' },
})

const others = (size: 'full' | 'tiny'): GpuCase[] => {
  const [c, n] = size === 'full' ? [64, 56] : [4, 12]
  const [wide, line, cube] = size === 'full' ? [32, 4096, 16] : [4, 64, 4]
  return [
    {
      ...{ name: `1×1 layer ${n}²·${4 * c} → ${c}`, call: 'conv2d', input: [1, 4 * c, n, n] },
      ...{ kernel: [c, 4 * c, 1, 1], options: {}, algorithm: 'strided', share: 'peak' },
    },
    {
      ...{ name: `depthwise 3×3 ${2 * n}²·${wide}`, call: 'conv2d' },
      ...{ input: [1, wide, 2 * n, 2 * n], kernel: [wide, 1, 3, 3] },
      ...{ options: { padding: 1, groups: wide }, algorithm: 'strided', share: 'memory' },
    },
    {
      ...{ name: `7×7 layer, stride 2, ${4 * n}²·3 → ${c}`, call: 'conv2d' },
      ...{ input: [1, 3, 4 * n, 4 * n], kernel: [c, 3, 7, 7] },
      ...{ options: { padding: 3, stride: 2 }, algorithm: 'strided', share: 'peak' },
    },
    {
      ...{ name: `1-D transposed layer ${line}·${c}, stride 2`, call: 'convTranspose1d' },
      ...{ input: [1, c, line], kernel: [c, c, 4], options: { padding: 1, stride: 2 } },
      ...{ algorithm: 'auto', share: 'peak' },
    },
    {
      ...{ name: `3-D transposed layer ${cube}³·${c / 2}, stride 2`, call: 'convTranspose3d' },
      ...{ input: [1, c / 2, cube, cube, cube], kernel: [c / 2, c / 2, 4, 4, 4] },
      ...{ options: { padding: 1, stride: 2 }, algorithm: 'auto', share: 'peak' },
    },
  ]
}

/** The cases of a GPU, and tiny ones that show on a slow adapter that all of this works. */
export const casesOf = (size: 'full' | 'tiny'): GpuCase[] => {
  const layers =
    size === 'full'
      ? [
          [56, 64],
          [28, 128],
          [14, 256],
          [7, 512],
        ]
      : [[8, 16]]
  const [height, width] = size === 'full' ? [2160, 3840] : [24, 40]
  const fft: GpuCase = { ...picture(height, width, size === 'full' ? 63 : 9), algorithm: 'fft' }
  return [
    ...layers.map(([extent, channels]) => layer(extent!, channels!, 'strided')),
    ...layers.map(([extent, channels]) => layer(extent!, channels!, 'winograd')),
    ...others(size),
    ...(size === 'full' ? [3, 5, 15] : [3, 5]).map((n) => picture(height, width, n)),
    { ...fft, name: `FFT, ${fft.name}` },
  ]
}

/** The case with another batch. Pictures have none. */
export const withBatch = (item: GpuCase, batch: number): GpuCase =>
  item.call === 'correlate' ? item : { ...item, input: [batch, ...item.input.slice(1)] }
