/**
 * The contractions of Winograd: into the transformed space one axis at a time, one product over
 * channels, then back one axis at a time.
 *
 *   in:    [ξ… of axes done][tiles… of axes done][samples… of later axes][c]
 *   out:   [ξ… of later axes][outputs… of axes done][tiles… of later axes][f]
 *
 * An axis with one tap has tiles of one sample and needs no matrix. Its samples, points, tiles and
 * outputs are the same.
 */

import type { ConvGeometry } from '../../geometry/geometry.ts'
import type { Contraction, Loop, Step } from '../../program/steps.ts'
import { axisName, loop, move, type ProgramBuilder } from '../builder.ts'
import { guardStep } from '../guard.ts'
import type { PolyphaseComponent } from '../polyphase.ts'
import type { TileAxis } from './tiling.ts'
import { type Matrix, transforms } from './transforms.ts'

/** One dimension of an array between two steps: its name and extent. */
type Dimension = Loop

/**
 * An array indexed by the names of loops. `step` returns the stride of a loop; 0 for a loop that
 * the array does not have.
 */
interface NamedStrides {
  readonly buffer: string
  readonly offset: number
  step(name: string): number
}

/** A buffer as an array in row-major order. */
class NamedArray implements NamedStrides {
  readonly buffer: string
  readonly offset = 0
  readonly dimensions: readonly Dimension[]

  constructor(buffer: string, dimensions: readonly Dimension[]) {
    this.buffer = buffer
    this.dimensions = dimensions
  }

  /** The stride of a dimension; 0 for one that the array does not have. */
  step(name: string): number {
    const at = this.dimensions.findIndex((d) => d.name === name)
    return at < 0 ? 0 : this.dimensions.slice(at + 1).reduce((n, d) => n * d.extent, 1)
  }

  get length(): number {
    return this.dimensions.reduce((n, d) => n * d.extent, 1)
  }
}

const names = (
  a: number,
  rank: number,
): { point: string; tile: string; sample: string; tap: string; inside: string } => {
  const axis = axisName('y', a, rank)
  return { point: `p${axis}`, tile: `t${axis}`, sample: axis, tap: `k${axis}`, inside: `i${axis}` }
}

const isTransformed = (axis: TileAxis): boolean => axis.r > 1

/**
 * Adds the stage that applies G along every axis, once per kernel and channel by channel:
 * [ξ…][c][f]. Returns its buffer.
 */
export function transformKernel(
  builder: ProgramBuilder,
  g: ConvGeometry,
  component: PolyphaseComponent,
  axes: readonly TileAxis[],
): string {
  const rank = axes.length
  const { kernel } = builder
  const channels = g.channels / g.groups
  const [channel, filter] = [loop('c', channels), loop('f', g.filters)]
  const points = axes.map((axis, a) => loop(names(a, rank).point, axis.n))
  const transformed = axes.flatMap((axis, a) => (isTransformed(axis) ? [a] : []))
  // The taps of a channel, filters innermost: the lanes of all later steps run along filters.
  const taps = axes.map((axis, a) => loop(names(a, rank).tap, axis.r))
  const length = [...taps, filter].reduce((n, d) => n * d.extent, 1)
  let from = new NamedArray(builder.buffer('taps', 'local', length), [...taps, filter])
  const loops = [...taps, filter]
  const to = {
    buffer: from.buffer,
    offset: 0,
    strides: [0, ...loops.map((l) => from.step(l.name))],
  }
  const kernelSteps = component.map((axis, a) => axis.kernelStep * kernel.axes[a]!)
  const offset = component.reduce(
    (at, axis, a) => at + axis.kernelStart * kernel.axes[a]!,
    kernel.offset,
  )
  const steps: Step[] = [
    move(loops, to, {
      buffer: kernel.buffer,
      offset,
      strides: [kernel.channel, ...kernelSteps, kernel.outer],
    }),
  ]
  // A kernel with one tap along every axis is only copied, by a 1×1 matrix.
  const order = transformed.length > 0 ? transformed : [0]
  order.forEach((a, i) => {
    const matrix = isTransformed(axes[a]!) ? transforms(axes[a]!.m, axes[a]!.r).kernel : [[1]]
    const laterAxes = order.slice(i + 1)
    const dimensionsAfter = axes.map((axis, b) =>
      laterAxes.includes(b) ? loop(names(b, rank).tap, axis.r) : points[b]!,
    )
    const last = laterAxes.length === 0
    const dimensions = last ? [...dimensionsAfter, channel, filter] : [...dimensionsAfter, filter]
    const length = dimensions.reduce((n, d) => n * d.extent, 1)
    const to = new NamedArray(
      builder.buffer('weights', last ? 'prepared' : 'local', length),
      dimensions,
    )
    const sum = loop(names(a, rank).tap, matrix[0]!.length)
    const step = {
      grid: [channel],
      result: [...dimensionsAfter, filter],
      sum,
      row: names(a, rank).point,
      to,
      from,
    }
    steps.push(transformStep(builder, matrix, step))
    from = to
  })
  builder.stage('transform weights', [channel], steps, true)
  return from.buffer
}

interface TransformLoops {
  readonly grid: readonly Loop[]
  readonly result: readonly Loop[]
  readonly sum: Loop
  /** The name of the result loop over the rows of the matrix. */
  readonly row: string
  readonly to: NamedStrides
  readonly from: NamedStrides
}

/** Returns the step to[… row …] = Σ_s matrix[row, s] · from[… s …]: one axis of a transform. */
function transformStep(
  builder: ProgramBuilder,
  matrix: Matrix<number>,
  { grid, result, sum, row, to, from }: TransformLoops,
): Contraction {
  const columns = matrix[0]!.length
  const constant = builder.buffer(
    'matrix',
    'constant',
    matrix.length * columns,
    flattenMatrix(matrix),
  )
  const outer = [...grid, ...result]
  return {
    kind: 'contract',
    result,
    sum: [sum],
    to: { buffer: to.buffer, offset: to.offset, strides: outer.map((l) => to.step(l.name)) },
    a: {
      buffer: from.buffer,
      offset: from.offset,
      strides: [...outer, sum].map((l) => from.step(l.name)),
    },
    b: {
      buffer: constant,
      offset: 0,
      strides: [...outer.map((l) => (l.name === row ? columns : 0)), 1],
    },
    start: 'zero',
  }
}

/**
 * Returns all steps from the samples of a block, in the first of two buffers, to its outputs; and
 * the buffer that holds the outputs.
 */
export function blockSteps(
  builder: ProgramBuilder,
  g: ConvGeometry,
  axes: readonly TileAxis[],
  grid: readonly Loop[],
  weights: string,
  buffers: readonly [string, string],
): { readonly steps: readonly Contraction[]; readonly buffer: string } {
  const rank = axes.length
  const steps: Contraction[] = []
  let bufferIndex = 0
  const channel = loop('c', g.channels)
  const filter = loop('f', g.filters)
  const name = axes.map((_, a) => names(a, rank))
  const point = axes.map((axis, a) => loop(name[a]!.point, axis.n))
  const tile = axes.map((axis, a) => loop(name[a]!.tile, axis.block))
  const sample = axes.map((axis, a) => loop(name[a]!.sample, axis.block * axis.m + axis.r - 1))
  const output = axes.map((axis, a) => loop(name[a]!.sample, axis.block * axis.m))
  // An axis that is not transformed has one point. Its samples are its tiles.
  const next = (dimensions: readonly Dimension[]): NamedArray =>
    new NamedArray(buffers[++bufferIndex % 2]!, dimensions)
  let from = new NamedArray(buffers[0], [
    ...axes.map((axis, a) => (isTransformed(axis) ? sample[a]! : tile[a]!)),
    channel,
  ])
  axes.forEach((axis, a) => {
    if (!isTransformed(axis)) return
    const before = axes.slice(0, a + 1)
    const laterAxes = axes
      .slice(a + 1)
      .map((other, i) => (isTransformed(other) ? sample[a + 1 + i]! : tile[a + 1 + i]!))
    const to = next(
      [...point.slice(0, a + 1), ...tile.slice(0, a + 1), ...laterAxes, channel].filter(
        (_, i) => i > a || isTransformed(before[i]!),
      ),
    )
    const { point: row, tile: along, sample: inside } = name[a]!
    const source = from
    const samples: NamedStrides = {
      ...{ buffer: source.buffer, offset: 0 },
      step: (n) => (n === along ? axis.m * source.step(inside) : source.step(n)),
    }
    const sum = loop(inside, axis.n)
    steps.push(
      transformStep(builder, transforms(axis.m, axis.r).input, {
        grid,
        result: to.dimensions,
        sum,
        row,
        to,
        from: samples,
      }),
    )
    from = to
  })
  const transformed = axes.flatMap((axis, a) => (isTransformed(axis) ? [a] : []))
  const product = next([...transformed.map((a) => point[a]!), ...tile, filter])
  const epilogue = (result: readonly Loop[]): Pick<Contraction, 'epilogue'> => {
    const contents = builder.epilogue([
      ...grid.map(() => 0),
      ...result.map((l) => (l.name === 'f' ? 1 : l.name === 'g' ? g.filters / g.groups : 0)),
    ])
    return contents === undefined ? {} : { epilogue: contents }
  }
  const multiply = productStep(
    g,
    from,
    product,
    weights,
    grid,
    transformed.map((a) => point[a]!),
  )
  steps.push(transformed.length === 0 ? { ...multiply, ...epilogue(multiply.result) } : multiply)
  from = product
  transformed.forEach((a, i) => {
    const axis = axes[a]!
    const laterAxes = transformed.slice(i + 1)
    const to = next([
      ...laterAxes.map((b) => point[b]!),
      ...axes.map((other, b) => (!isTransformed(other) || b > a ? tile[b]! : output[b]!)),
      filter,
    ])
    // The outputs of an axis, as tiles and outputs inside a tile.
    const { tile: along, inside, point: sum } = name[a]!
    const result = to.dimensions.flatMap((d) =>
      d === output[a]! ? [tile[a]!, loop(inside, axis.m)] : [d],
    )
    const inTiles: NamedStrides = {
      ...{ buffer: to.buffer, offset: 0 },
      step: (n) =>
        n === inside
          ? to.step(output[a]!.name)
          : n === along
            ? axis.m * to.step(output[a]!.name)
            : to.step(n),
    }
    const loops = { grid, result, sum: loop(sum, axis.n), row: inside, to: inTiles, from }
    const step = transformStep(builder, transforms(axis.m, axis.r).output, loops)
    // Every point of M but the last is part of the first output of its tile. The last one is part
    // of the last output. So the guard reads these two outputs.
    const ends = {
      ...inTiles,
      dimensions: result.map((d) => (d.name === inside ? loop(inside, 2) : d)),
    }
    const twoRows = {
      ...ends,
      step: (n: string) => (n === inside ? (axis.m - 1) * inTiles.step(n) : inTiles.step(n)),
    }
    const last = laterAxes.length === 0
    if (i === 0 && last) steps.push(tileGuard(builder, grid, from))
    steps.push(last ? { ...step, ...epilogue(result) } : step)
    if (i === 0 && !last) steps.push(tileGuard(builder, grid, twoRows))
    from = to
  })
  return { steps, buffer: from.buffer }
}

/**
 * Returns the step that checks all elements of this array. A non-finite sample of a tile appears in
 * some point of M for every filter, whatever its weights.
 */
function tileGuard(
  builder: ProgramBuilder,
  grid: readonly Loop[],
  array: NamedStrides & { readonly dimensions: readonly Dimension[] },
): Contraction {
  const loops = array.dimensions.map((d) => ({ ...d, stride: array.step(d.name) }))
  const isFilter = (d: Dimension): boolean => d.name === 'f'
  return guardStep(
    builder,
    grid,
    { buffer: array.buffer, offset: array.offset },
    loops.filter(isFilter),
    loops.filter((d) => !isFilter(d)),
  )
}

/** The step M[ξ][tile][f] = Σ_c V[ξ][tile][c] · U[ξ][c][f], group by group. */
function productStep(
  g: ConvGeometry,
  from: NamedArray,
  to: NamedArray,
  weights: string,
  grid: readonly Loop[],
  points: readonly Loop[],
): Contraction {
  const [channels, filters] = [g.channels / g.groups, g.filters / g.groups]
  const dimensions = to.dimensions.slice(0, -1)
  const gridZeros = grid.map(() => 0)
  const weightStep = (name: string): number => {
    const at = points.findIndex((d) => d.name === name)
    if (at < 0) return 0
    return points.slice(at + 1).reduce((n, d) => n * d.extent, channels * g.filters)
  }
  return {
    kind: 'contract',
    result: [loop('g', g.groups), ...dimensions, loop('f', filters)],
    sum: [loop('c', channels)],
    to: {
      buffer: to.buffer,
      offset: 0,
      strides: [...gridZeros, filters, ...dimensions.map((d) => to.step(d.name)), 1],
    },
    a: {
      buffer: from.buffer,
      offset: 0,
      strides: [...gridZeros, channels, ...dimensions.map((d) => from.step(d.name)), 0, 1],
    },
    b: {
      buffer: weights,
      offset: 0,
      strides: [...gridZeros, filters, ...dimensions.map((d) => weightStep(d.name)), 1, g.filters],
    },
    start: 'zero',
  }
}

/**
 * Returns the same list object for the same matrix, so that values derived from it can be cached.
 */
function flattenMatrix(matrix: readonly (readonly number[])[]): readonly number[] {
  const cached = flatLists.get(matrix)
  if (cached !== undefined) return cached
  const list = matrix.flat()
  flatLists.set(matrix, list)
  return list
}

const flatLists = new WeakMap<readonly (readonly number[])[], readonly number[]>()
