/**
 * The measured forms of stridefold. `memory` is a prepared plan on arrays in backend memory, with
 * the algorithm that `auto` chooses; `direct` is the same with direct sums. `whole-last` and
 * `whole-first` are whole calls on heap arrays, channels last or first. With one channel both
 * layouts are the same, so only `whole-first` runs; it writes into `out`, as the baselines do.
 * `bytes` filters uint8 images.
 *
 * With several threads, all but `direct` run with one thread, too: `memory-1`, `whole-last-1` …
 */

import {
  channelsLast,
  elements,
  type Layout,
  type Problem,
  statedErrorBound,
  toPlanes,
} from '@stridefold/measure'
import { floats, type ReadyRival, type Rival } from '@stridefold/measure/rivals'
import {
  conv1d,
  conv2d,
  conv3d,
  correlate,
  type LayerOptions,
  type NdArray,
  ndarray,
  plan,
  zeros,
} from 'stridefold/sync'

const calls = [conv1d, conv2d, conv3d]

/** Returns a shape in `layout`; the parameter has the order [batch, channels, …axes]. */
const shapeInLayout = (
  [batch = 1, channels = 1, ...axes]: readonly number[],
  layout: Layout,
): number[] =>
  layout === 'channels-last' ? [batch, ...axes, channels] : [batch, channels, ...axes]

const isSingle = ({ geometry: g }: Problem): boolean => g.channels === 1 && g.filters === 1

function options({ geometry: g }: Problem, layout: Layout, threads: number): LayerOptions {
  return {
    layout,
    weightLayout: (['OIW', 'OIHW', 'OIDHW'] as const)[g.axes.length - 1]!,
    groups: g.groups,
    stride: g.axes.map((axis) => axis.stride),
    dilation: g.axes.map((axis) => axis.dilation),
    padding: g.axes.map((axis) => [axis.before, axis.after] as const),
    threads,
  }
}

function input(p: Problem, layout: Layout): Float32Array {
  const samples = floats(p.x)
  return layout === 'channels-last' ? channelsLast(samples, p.inputShape) : samples
}

const inMemory =
  (algorithm: 'auto' | 'strided', threads: number) =>
  async (p: Problem): Promise<ReadyRival> => {
    const layout = isSingle(p) ? 'channels-first' : 'channels-last'
    const shape = shapeInLayout(p.inputShape, layout)
    const rank = p.geometry.axes.length
    const kernel = p.k
    const x = ndarray(input(p, layout), shape, { memory: 'backend' })
    const y = zeros(shapeInLayout(p.outputShape, layout), 'float32', { memory: 'backend' })
    const shapes = plan(`conv${rank as 1 | 2 | 3}d`, shape, p.kernelShape, {
      ...options(p, layout, threads),
      algorithm,
      kernel,
    })
    const prepared = shapes.prepare(kernel)
    const run = (): unknown => prepared.runSync(x, undefined, y)
    return {
      call:
        `plan.runSync(x, undefined, out), prepared, ${layout}, ${prepared.algorithm} on ` +
        `${prepared.backend}`,
      output: async () => {
        run()
        return {
          values: Float32Array.from(y.data.subarray(y.offset, y.offset + elements(p.outputShape))),
          layout,
          errorBound: statedErrorBound(prepared),
        }
      },
      run,
      close: () => {
        prepared.dispose()
        shapes.dispose()
        x.release?.()
        y.release?.()
      },
    }
  }

const whole =
  (layout: Layout, threads: number) =>
  async (p: Problem): Promise<ReadyRival> => {
    const rank = p.geometry.axes.length
    const conv = calls[rank - 1]!
    const x = ndarray(input(p, layout), shapeInLayout(p.inputShape, layout))
    const kernel = p.k
    const shape = shapeInLayout(p.outputShape, layout)
    const layerOptions = options(p, layout, threads)
    const callOptions = isSingle(p) ? { ...layerOptions, out: zeros(shape) } : layerOptions
    const axes = `layout: '${layout}', weightLayout: '${callOptions.weightLayout}'`
    return {
      call: `conv${rank}d(x, k, { ${axes}${isSingle(p) ? ', out' : ''} })`,
      output: async () => ({ values: conv(x, kernel, callOptions).data, layout }),
      run: () => conv(x, kernel, callOptions),
      close: () => {},
    }
  }

/** One call that filters an interleaved image of bytes into another, both on the heap. */
const bytes =
  (threads: number) =>
  async (p: Problem): Promise<ReadyRival> => {
    const colours = p.geometry.batch
    const [height, width] = p.geometry.axes.map((axis) => axis.input) as [number, number]
    const x = ndarray(Uint8Array.from(channelsLast(floats(p.x), [1, colours, height, width])), [
      height,
      width,
      colours,
    ])
    const kernel = ndarray(floats(p.k), p.kernelShape.slice(2))
    const padding = p.geometry.axes.map((axis) => [axis.before, axis.after] as const)
    const shape = [...p.outputShape.slice(2), colours]
    const callOptions = {
      channelAxis: -1,
      padding,
      dtype: 'uint8',
      threads,
      out: zeros(shape, 'uint8'),
    } as const
    const run = (): NdArray => correlate(x, kernel, callOptions)
    return {
      call: "correlate(pixels, k, { channelAxis: -1, dtype: 'uint8', out })",
      output: async () => ({ values: toPlanes(run().data, colours) }),
      run,
      close: () => {},
    }
  }

const form = (
  name: string,
  prepare: Rival['prepare'],
  unsupportedReason: Rival['unsupportedReason'],
): Rival => ({
  name,
  version: '',
  about: 'stridefold',
  unsupportedReason,
  prepare,
  close: () => {},
})

const floatsOnly = (p: Problem): string | undefined => (p.isBytes ? 'float32 only' : undefined)

const formsWith = (threads: number, suffix: string): Rival[] => [
  form(`bytes${suffix}`, bytes(threads), (p) => (p.isBytes ? undefined : 'images of bytes only')),
  form(`memory${suffix}`, inMemory('auto', threads), floatsOnly),
  form(
    `whole-last${suffix}`,
    whole('channels-last', threads),
    (p) => floatsOnly(p) ?? (isSingle(p) ? 'one channel: the same as whole-first' : undefined),
  ),
  form(`whole-first${suffix}`, whole('channels-first', threads), floatsOnly),
]

/** The forms with `threads` threads. If that is more than one, the forms with one as well. */
export const formsOf = (threads: number): readonly Rival[] => [
  ...formsWith(threads, ''),
  form(
    'direct',
    inMemory('strided', threads),
    (p) => floatsOnly(p) ?? (isSingle(p) ? 'layers only' : undefined),
  ),
  ...(threads > 1 ? formsWith(1, '-1') : []),
]
