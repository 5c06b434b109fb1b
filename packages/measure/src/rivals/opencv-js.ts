/**
 * OpenCV.js, the prebuilt package without SIMD and threads: filter2D, and sepFilter2D for separable
 * kernels. Destinations are reused.
 */

import { channelsLast, toPlanes } from '../layouts.ts'
import type { Problem } from '../problem.ts'
import { elements } from '../shapes.ts'
import { floats, type Rival, type RivalPlace } from './rival.ts'

interface Mat {
  readonly data32F: Float32Array
  readonly data: Uint8Array
  delete(): void
}
interface Cv {
  readonly Mat: new (rows: number, columns: number, type: number) => Mat
  readonly Point: new (x: number, y: number) => object
  readonly CV_32FC1: number
  readonly CV_8UC1: number
  readonly CV_8UC3: number
  readonly CV_8UC4: number
  readonly BORDER_CONSTANT: number
  filter2D(
    from: Mat,
    to: Mat,
    depth: number,
    kernel: Mat,
    anchor: object,
    delta: number,
    border: number,
  ): void
  add(a: Mat, b: Mat, to: Mat): void
  sepFilter2D(
    from: Mat,
    to: Mat,
    depth: number,
    row: Mat,
    column: Mat,
    anchor: object,
    delta: number,
    border: number,
  ): void
  getBuildInformation(): string
}

/**
 * Loads the library. It is a thenable that resolves to itself, so awaiting it would never end; it
 * is returned inside an object.
 */
function loadLibrary(require: NodeJS.Require): Promise<{ cv: Cv }> {
  const library = require('@techstark/opencv-js') as Partial<Cv> & {
    then?: (use: (cv: Cv) => void) => void
    onRuntimeInitialized?: () => void
  }
  return new Promise((resolve) => {
    if (library.Mat !== undefined) resolve({ cv: library as Cv })
    else if (library.then !== undefined) library.then((cv) => resolve({ cv }))
    else library.onRuntimeInitialized = () => resolve({ cv: library as Cv })
  })
}

export async function opencvJs({ require }: RivalPlace): Promise<Rival> {
  const { cv } = await loadLibrary(require)
  const { version } = require('@techstark/opencv-js/package.json') as { version: string }
  const built = /OpenCV ([\w.-]+)/.exec(cv.getBuildInformation())?.[1] ?? 'of unknown version'
  return {
    name: 'opencv-js',
    version,
    about: `OpenCV.js ${built}, prebuilt: no SIMD, one thread`,
    unsupportedReason: ({ geometry: g, isBytes }) => {
      if (
        g.axes.length !== 2 ||
        g.filters > 1 ||
        (g.batch > 1 && !isBytes) ||
        (g.channels > 1 && isBytes)
      )
        return 'images with one result only'
      if (g.axes.some((axis) => axis.stride * axis.dilation > 1))
        return 'stride 1 and dilation 1 only'
      return g.axes.some((axis) => Math.max(axis.before, axis.after) > axis.kernel / 2)
        ? 'padding of at most half a kernel'
        : undefined
    },
    prepare: async (p) => {
      const [y, x] = p.geometry.axes as [Axis, Axis]
      const colours = p.geometry.batch
      const [samples, weights] = [floats(p.x), floats(p.k)]
      const type = p.isBytes ? [cv.CV_8UC1, 0, cv.CV_8UC3, cv.CV_8UC4][colours - 1]! : cv.CV_32FC1
      const planes = p.geometry.channels
      const from = new cv.Mat(y.input, x.input, type)
      const to = new cv.Mat(y.input, x.input, type)
      if (p.isBytes) from.data.set(channelsLast(samples, [1, colours, y.input, x.input]))
      else from.data32F.set(samples.subarray(0, y.input * x.input))
      const matrix = (values: Float32Array, rows: number, columns: number): Mat => {
        const mat = new cv.Mat(rows, columns, cv.CV_32FC1)
        mat.data32F.set(values)
        return mat
      }
      const kernel = matrix(weights.subarray(0, y.kernel * x.kernel), y.kernel, x.kernel)
      // Its filters do not sum over channels: that takes a filter per channel, and additions.
      const otherChannels = Array.from({ length: planes - 1 }, (_, i) => ({
        from: matrix(planeOf(samples, i + 1, planes), y.input, x.input),
        kernel: matrix(planeOf(weights, i + 1, planes), y.kernel, x.kernel),
        to: new cv.Mat(y.input, x.input, type),
      }))
      const anchor = new cv.Point(-1, -1)
      const separable = p.weights !== 'random' && planes === 1
      const row = matrix(sumsAlong(weights, y.kernel, x.kernel, 'columns'), 1, x.kernel)
      const column = matrix(sumsAlong(weights, y.kernel, x.kernel, 'rows'), y.kernel, 1)
      const run = separable
        ? (): void => cv.sepFilter2D(from, to, -1, row, column, anchor, 0, cv.BORDER_CONSTANT)
        : (): void => {
            cv.filter2D(from, to, -1, kernel, anchor, 0, cv.BORDER_CONSTANT)
            for (const channel of otherChannels) {
              cv.filter2D(
                channel.from,
                channel.to,
                -1,
                channel.kernel,
                anchor,
                0,
                cv.BORDER_CONSTANT,
              )
              cv.add(to, channel.to, to)
            }
          }
      return {
        call:
          `cv.${separable ? 'sepFilter2D' : 'filter2D'}(from, to, …, ` +
          `BORDER_CONSTANT)${planes > 1 ? ' of each channel, and cv.add' : ''}`,
        output: async () => {
          run()
          return {
            values: cropToOutput(p.isBytes ? toPlanes(to.data, colours) : to.data32F, p),
            levels: 1,
          }
        },
        run,
        close: () => {
          for (const mat of [
            from,
            to,
            kernel,
            row,
            column,
            ...otherChannels.flatMap((channel) => Object.values(channel)),
          ])
            mat.delete()
        },
      }
    },
    close: () => {},
  }
}

type Axis = Problem['geometry']['axes'][number]

/** Returns plane `at` of `count` consecutive planes. */
const planeOf = (values: Float32Array, at: number, count: number): Float32Array =>
  values.subarray((at * values.length) / count, ((at + 1) * values.length) / count)

/** Returns a factor of a separable kernel of sum 1: the sums over its other axis. */
function sumsAlong(
  k: Float32Array,
  rows: number,
  columns: number,
  axis: 'rows' | 'columns',
): Float32Array {
  const of = (a: number, b: number): number =>
    axis === 'rows' ? k[a * columns + b]! : k[b * columns + a]!
  const [outer, inner] = axis === 'rows' ? [rows, columns] : [columns, rows]
  return Float32Array.from({ length: outer }, (_, a) =>
    Array.from({ length: inner }, (_, b) => of(a, b)).reduce((n, v) => n + v, 0),
  )
}

/** Crops a result of the input's size to the outputs of the case. */
function cropToOutput(values: ArrayLike<number>, { geometry, outputShape }: Problem): Float32Array {
  const [y, x] = geometry.axes as [Axis, Axis]
  const [top, left] = [Math.floor(y.kernel / 2) - y.before, Math.floor(x.kernel / 2) - x.before]
  const area = y.output * x.output
  return Float32Array.from({ length: elements(outputShape) }, (_, i) => {
    const [plane, at] = [Math.floor(i / area), i % area]
    return values[
      plane * y.input * x.input +
        (top + Math.floor(at / x.output)) * x.input +
        left +
        (at % x.output)
    ]!
  })
}
