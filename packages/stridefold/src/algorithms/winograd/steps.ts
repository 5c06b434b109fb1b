/**
 * The contractions of Winograd: one axis at a time into the transformed space, one product over
 * channels, one axis at a time back.
 *
 *   in:    [ξ… of axes done][tiles… of axes done][samples… of axes to come][c]
 *   out:   [ξ… of axes to come][outputs… of axes done][tiles… of axes to come][f]
 *
 * An axis with one tap has tiles of one sample and needs no matrix: samples, points, tiles and
 * outputs are the same there.
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
 * Elements found by the names of loops: by how much each of them moves the address, 0 for those
 * that do not.
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

  /** The step along a dimension; 0 along one that the array does not have. */
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
 * G along every axis, once for a kernel and one channel after the other: [ξ…][c][f]. Returns its
 * buffer.
 */
export function transformedKernel(
  builder: ProgramBuilder,
  g: ConvGeometry,
  phase: PolyphaseComponent,
  axes: readonly TileAxis[],
): string {
  const rank = axes.length
  const { kernel } = builder
  const channels = g.channels / g.groups
  const [channel, filter] = [loop('c', channels), loop('f', g.filters)]
  const points = axes.map((axis, a) => loop(names(a, rank).point, axis.n))
  const transformed = axes.flatMap((axis, a) => (isTransformed(axis) ? [a] : []))
  // The taps of a channel, filters innermost: along them run the lanes of all that follows.
  const taps = axes.map((axis, a) => loop(names(a, rank).tap, axis.r))
  const length = [...taps, filter].reduce((n, d) => n * d.extent, 1)
  let from = new NamedArray(builder.buffer('taps', 'local', length), [...taps, filter])
  const loops = [...taps, filter]
  const to = {
    buffer: from.buffer,
    offset: 0,
    strides: [0, ...loops.map((l) => from.step(l.name))],
  }
  const kernelSteps = phase.map((axis, a) => axis.kernelStep * kernel.axes[a]!)
  const offset = phase.reduce(
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
  // A kernel of one tap everywhere is only copied into its place, by a matrix of one.
  const order = transformed.length > 0 ? transformed : [0]
  order.forEach((a, i) => {
    const matrix = isTransformed(axes[a]!) ? transforms(axes[a]!.m, axes[a]!.r).kernel : [[1]]
    const rest = order.slice(i + 1)
    const done = axes.map((axis, b) =>
      rest.includes(b) ? loop(names(b, rank).tap, axis.r) : points[b]!,
    )
    const last = rest.length === 0
    const dimensions = last ? [...done, channel, filter] : [...done, filter]
    const length = dimensions.reduce((n, d) => n * d.extent, 1)
    const to = new NamedArray(
      builder.buffer('weights', last ? 'prepared' : 'local', length),
      dimensions,
    )
    const sum = loop(names(a, rank).tap, matrix[0]!.length)
    const step = {
      grid: [channel],
      result: [...done, filter],
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
  /** Name of the result loop over the matrix's rows. */
  readonly row: string
  readonly to: NamedStrides
  readonly from: NamedStrides
}

/** to[… row …] = Σ_s matrix[row, s] · from[… s …]: one axis of a transform. */
function transformStep(
  builder: ProgramBuilder,
  matrix: Matrix<number>,
  { grid, result, sum, row, to, from }: TransformLoops,
): Contraction {
  const columns = matrix[0]!.length
  const constant = builder.buffer('matrix', 'constant', matrix.length * columns, flattened(matrix))
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
 * Everything between the samples of a block, in the first of two buffers, and its outputs; and
 * which buffer these are in.
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
  let turn = 0
  const channel = loop('c', g.channels)
  const filter = loop('f', g.filters)
  const name = axes.map((_, a) => names(a, rank))
  const point = axes.map((axis, a) => loop(name[a]!.point, axis.n))
  const tile = axes.map((axis, a) => loop(name[a]!.tile, axis.block))
  const sample = axes.map((axis, a) => loop(name[a]!.sample, axis.block * axis.m + axis.r - 1))
  const output = axes.map((axis, a) => loop(name[a]!.sample, axis.block * axis.m))
  // An axis that is not transformed has one point, and its samples are its tiles.
  const next = (dimensions: readonly Dimension[]): NamedArray =>
    new NamedArray(buffers[++turn % 2]!, dimensions)
  let from = new NamedArray(buffers[0], [
    ...axes.map((axis, a) => (isTransformed(axis) ? sample[a]! : tile[a]!)),
    channel,
  ])
  axes.forEach((axis, a) => {
    if (!isTransformed(axis)) return
    const before = axes.slice(0, a + 1)
    const coming = axes
      .slice(a + 1)
      .map((other, i) => (isTransformed(other) ? sample[a + 1 + i]! : tile[a + 1 + i]!))
    const to = next(
      [...point.slice(0, a + 1), ...tile.slice(0, a + 1), ...coming, channel].filter(
        (_, i) => i > a || isTransformed(before[i]!),
      ),
    )
    const { point: row, tile: along, sample: inside } = name[a]!
    const here = from
    const samples: NamedStrides = {
      ...{ buffer: here.buffer, offset: 0 },
      step: (n) => (n === along ? axis.m * here.step(inside) : here.step(n)),
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
    const made = builder.epilogue([
      ...grid.map(() => 0),
      ...result.map((l) => (l.name === 'f' ? 1 : l.name === 'g' ? g.filters / g.groups : 0)),
    ])
    return made === undefined ? {} : { epilogue: made }
  }
  const multiplied = productStep(
    g,
    from,
    product,
    weights,
    grid,
    transformed.map((a) => point[a]!),
  )
  steps.push(
    transformed.length === 0 ? { ...multiplied, ...epilogue(multiplied.result) } : multiplied,
  )
  from = product
  transformed.forEach((a, i) => {
    const axis = axes[a]!
    const coming = transformed.slice(i + 1)
    const to = next([
      ...coming.map((b) => point[b]!),
      ...axes.map((other, b) => (!isTransformed(other) || b > a ? tile[b]! : output[b]!)),
      filter,
    ])
    // The outputs of an axis as tiles and what is inside a tile.
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
    // Every point of M is in the first output of its tile but the last, which is in the last one.
    const ends = {
      ...inTiles,
      dimensions: result.map((d) => (d.name === inside ? loop(inside, 2) : d)),
    }
    const twoRows = {
      ...ends,
      step: (n: string) => (n === inside ? (axis.m - 1) * inTiles.step(n) : inTiles.step(n)),
    }
    const last = coming.length === 0
    if (i === 0 && last) steps.push(tileGuard(builder, grid, from))
    steps.push(last ? { ...step, ...epilogue(result) } : step)
    if (i === 0 && !last) steps.push(tileGuard(builder, grid, twoRows))
    from = to
  })
  return { steps, buffer: from.buffer }
}

/**
 * Looks at everything that this array holds. What is not finite among a tile's samples is in some
 * point of M for every filter, whatever its weights.
 */
function tileGuard(
  builder: ProgramBuilder,
  grid: readonly Loop[],
  array: NamedStrides & { readonly dimensions: readonly Dimension[] },
): Contraction {
  const looked = array.dimensions.map((d) => ({ ...d, stride: array.step(d.name) }))
  const isFilter = (d: Dimension): boolean => d.name === 'f'
  return guardStep(
    builder,
    grid,
    { buffer: array.buffer, offset: array.offset },
    looked.filter(isFilter),
    looked.filter((d) => !isFilter(d)),
  )
}

/** M[ξ][tile][f] = Σ_c V[ξ][tile][c] · U[ξ][c][f], group by group. */
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
  const still = grid.map(() => 0)
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
      strides: [...still, filters, ...dimensions.map((d) => to.step(d.name)), 1],
    },
    a: {
      buffer: from.buffer,
      offset: 0,
      strides: [...still, channels, ...dimensions.map((d) => from.step(d.name)), 0, 1],
    },
    b: {
      buffer: weights,
      offset: 0,
      strides: [...still, filters, ...dimensions.map((d) => weightStep(d.name)), 1, g.filters],
    },
    start: 'zero',
  }
}

/** The same list for the same matrix, so that what is worked out for its values can be kept. */
function flattened(matrix: readonly (readonly number[])[]): readonly number[] {
  const found = lists.get(matrix)
  if (found !== undefined) return found
  const made = matrix.flat()
  lists.set(matrix, made)
  return made
}

const lists = new WeakMap<readonly (readonly number[])[], readonly number[]>()
