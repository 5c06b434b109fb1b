/**
 * Compiles a Move to WebAssembly: loops over rows. A row is one run of copied elements between two
 * runs of fill.
 *
 *   row:   fill … | copied elements | … fill    one division per row finds the limits; no test per
 *                                               element
 *
 * The innermost loop is the one that is contiguous in the target. Four kinds of code exist:
 * - whole vectors, if both sides are contiguous and the type conversion has vector code;
 * - four by four elements, if one loop is contiguous in the target and another in the source
 *   (transpose.ts);
 * - four gathered elements per vector, if only the target is contiguous;
 * - otherwise one element at a time.
 */

import type { DType } from '../../../ndarray/dtype.ts'
import { dtypes } from '../../../ndarray/dtype.ts'
import { largestCoordinate } from '../../../program/positions.ts'
import type { BoundsCheck, Loop, Move } from '../../../program/steps.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import {
  emitElementCopy,
  emitVectorCopy,
  pushFilledVector,
  storeElement,
  vectorStep,
} from './convert.ts'
import { emitFillAcross, emitTransposedRun, type MoveLoop, transposedLoops } from './transpose.ts'

export interface MoveCode {
  readonly step: Move
  /** The loops of the stage, outside the loops of the step. */
  readonly grid: readonly Loop[]
  readonly toType: DType
  readonly fromType: DType
}

export interface MoveFunction {
  readonly func: number
  /**
   * The bounds checks with coordinates as the function counts them. The last parameters of the
   * function are these coordinates at the first element.
   */
  readonly bounds: readonly BoundsCheck[]
}

/** Adds one function: (to, from, start of each bound's coordinate …) for one grid item. */
export function emitMove(module: ModuleBuilder, code: MoveCode): MoveFunction {
  const { step, toType, fromType } = code
  const { loops: nested, bounds } = orderedNest(code)
  const toBytes = dtypes[toType].bytes
  const constant = typeof step.from === 'number' ? step.from : undefined
  const transposed =
    toType === fromType && toBytes === 4 && constant === undefined
      ? transposedLoops(nested)
      : undefined
  const inner = transposed?.row ??
    nested.at(-1) ?? { extent: 1, to: 1, from: 1, bounds: step.bounds.map(() => 0) }
  const loops =
    transposed === undefined
      ? nested
      : [
          ...nested.filter((loop) => loop !== transposed.row && loop !== transposed.across),
          transposed.row,
        ]
  const fromBytes = dtypes[fromType].bytes
  const params = 2 + step.bounds.length

  const copyRow =
    transposed !== undefined
      ? emitTransposedRun(module, transposed.row, transposed.across)
      : module.func(['i32', 'i32', 'i32'], [], (f) => {
          if (constant === undefined)
            emitRun(f, { toType, fromType, to: inner.to, from: inner.from })
          else emitFill(f, toType, inner.to, constant)
        })
  const emitFillFunction = (loop: MoveLoop): number =>
    module.func(['i32', 'i32', 'i32'], [], (f) =>
      emitFill(f, toType, loop.to, step.outside as number),
    )
  const fillsOutside = step.bounds.length > 0 && step.outside !== 'skip'
  const fillRow = !fillsOutside
    ? undefined
    : transposed === undefined
      ? emitFillFunction(inner)
      : emitFillAcross(module, transposed, emitFillFunction(transposed.across))

  const func = module.func(new Array<'i32'>(params).fill('i32'), [], (f) => {
    const emitRow = (at: readonly number[]): void => {
      const [to, from] = [at[0]!, at[1]!]
      if (step.bounds.length === 0) {
        f.get(to).get(from).i32(inner.extent).call(copyRow)
        return
      }
      const [low, high] = emitValidRange(f, bounds, inner, at.slice(2))
      const callPart = (func: number, start: () => void, count: () => void): void => {
        f.get(to)
        start()
        f.i32(inner.to * toBytes)
          .op('i32.mul')
          .op('i32.add')
          .get(from)
        start()
        f.i32(inner.from * fromBytes)
          .op('i32.mul')
          .op('i32.add')
        count()
        f.call(func)
      }
      const zero = (): void => void f.i32(0)
      const lowest = (): void => void f.get(low)
      const highest = (): void => void f.get(high)
      callPart(copyRow, lowest, () => f.get(high).get(low).op('i32.sub'))
      if (fillRow !== undefined) {
        callPart(fillRow, zero, lowest)
        callPart(fillRow, highest, () => f.i32(inner.extent).get(high).op('i32.sub'))
      }
    }
    const emitLoops = (remainingLoops: readonly MoveLoop[], at: readonly number[]): void => {
      const [loop, ...others] = remainingLoops
      if (loop === undefined) return emitRow(at)
      const steps = [loop.to * toBytes, loop.from * fromBytes, ...loop.bounds]
      const moving = at.map((local) => {
        const copy = f.local('i32')
        f.get(local).set(copy)
        return copy
      })
      const remaining = f.local('i32')
      f.i32(loop.extent).set(remaining)
      f.loop((again) => {
        emitLoops(others, moving)
        steps.forEach((step, i) => {
          if (step !== 0) f.get(moving[i]!).i32(step).op('i32.add').set(moving[i]!)
        })
        f.get(remaining).i32(1).op('i32.sub').tee(remaining).brIf(again)
      })
    }
    if (loops.some((loop) => loop.extent === 0)) return
    emitLoops(
      loops.slice(0, -1),
      Array.from({ length: params }, (_, i) => i),
    )
  })
  return { func, bounds }
}

interface MoveNest {
  readonly loops: readonly MoveLoop[]
  readonly bounds: readonly BoundsCheck[]
}

/**
 * The loops of the step, without loops of extent 1, largest target stride first. Neighbouring loops
 * are merged if all operands and bounds allow it.
 *
 * Let two loops have indices x (outer) and n (inner, extent N). A bound 0 ≤ c + x < E on the outer
 * loop becomes the bound 0 ≤ c·N + (x·N + n) < E·N on the merged loop. So the colours of a pixel,
 * or the channels of a position, are copied together with their row.
 */
function orderedNest({ step, grid }: MoveCode): MoveNest {
  const from = step.from
  const constant = typeof from === 'number'
  const loops = step.loops
    .map((loop, index): MoveLoop => {
      const l = grid.length + index
      return {
        extent: loop.extent,
        to: step.to.strides[l]!,
        from: constant ? 0 : from.strides[l]!,
        bounds: step.bounds.map((bound) => bound.strides[l]!),
      }
    })
    .filter((loop) => loop.extent !== 1)
    .toSorted((x, y) => Math.abs(y.to) - Math.abs(x.to))
  let merged: MoveLoop[] = []
  let bounds = step.bounds
  const scaleBounds = (loop: MoveLoop, scale: readonly number[]): MoveLoop => ({
    ...loop,
    bounds: loop.bounds.map((stride, b) => stride * scale[b]!),
  })
  // The factor by which the coordinates of each bound were scaled so far. Scaled coordinates must
  // fit in 32-bit integers.
  let boundScales = bounds.map(() => 1)
  const sizes = bounds.map((bound) => largestCoordinate(bound, [...grid, ...step.loops]))
  for (const unscaled of loops) {
    const loop = scaleBounds(unscaled, boundScales)
    const outer = merged.at(-1)
    const isMergeable =
      outer !== undefined &&
      outer.to === loop.to * loop.extent &&
      (constant || outer.from === loop.from * loop.extent) &&
      outer.bounds.every((stride, b) => loop.bounds[b] === 0 && (stride === 0 || stride === 1)) &&
      outer.bounds.every(
        (stride, b) => stride === 0 || sizes[b]! * boundScales[b]! * loop.extent < 2 ** 31,
      )
    if (!isMergeable) {
      merged.push(loop)
      continue
    }
    const scale = outer.bounds.map((stride) => (stride === 1 ? loop.extent : 1))
    boundScales = boundScales.map((all, b) => all * scale[b]!)
    bounds = bounds.map((bound, b) => ({
      extent: bound.extent * scale[b]!,
      offset: bound.offset * scale[b]!,
      strides: bound.strides.map((stride) => stride * scale[b]!),
    }))
    merged = [
      ...merged.slice(0, -1).map((other) => scaleBounds(other, scale)),
      { ...loop, extent: outer.extent * loop.extent, bounds: outer.bounds },
    ]
  }
  return { loops: merged, bounds }
}

/**
 * Returns the locals [low, high), the range of inner indices at which every bound holds: 0 ≤ low ≤
 * high ≤ extent.
 */
function emitValidRange(
  f: FunctionBody,
  bounds: readonly BoundsCheck[],
  inner: MoveLoop,
  coordinates: readonly number[],
): [low: number, high: number] {
  const [low, high, limit] = [f.local('i32'), f.local('i32'), f.local('i32')]
  f.i32(0).set(low).i32(inner.extent).set(high)
  const raiseLow = (): void =>
    void f.set(limit).get(limit).get(low).get(limit).get(low).op('i32.gt_s').op('select').set(low)
  const lowerHigh = (): void =>
    void f
      .set(limit)
      .get(limit)
      .get(high)
      .get(limit)
      .get(high)
      .op('i32.lt_s')
      .op('select')
      .set(high)
  bounds.forEach((bound, b) => {
    const at = coordinates[b]!
    const stride = inner.bounds[b]!
    if (stride === 0) {
      f.get(at).i32(bound.extent).op('i32.ge_u')
      f.if(() => f.i32(0).set(high))
      return
    }
    // Ascending: low = ⌈−at / s⌉, high = ⌈(extent − at) / s⌉. Descending: the same with the
    // mirrored coordinate.
    const s = Math.abs(stride)
    const mirrored = (): void => {
      if (stride > 0) f.get(at)
      else
        f.i32(bound.extent - 1)
          .get(at)
          .op('i32.sub')
    }
    const ceilDiv = (): void => {
      if (s > 1)
        f.i32(s - 1)
          .op('i32.add')
          .i32(s)
          .op('i32.div_s')
    }
    const atLeastZero = (): void =>
      void f.set(limit).get(limit).i32(0).get(limit).i32(0).op('i32.gt_s').op('select')
    f.i32(0)
    mirrored()
    f.op('i32.sub')
    atLeastZero()
    ceilDiv()
    raiseLow()
    f.i32(bound.extent)
    mirrored()
    f.op('i32.sub')
    atLeastZero()
    ceilDiv()
    lowerHigh()
  })
  // An empty range is placed at `low` if `low` is inside the row, so that the two fills cover the
  // row.
  f.get(low).i32(inner.extent).op('i32.gt_s')
  f.if(() => f.i32(inner.extent).set(low))
  f.get(high).get(low).op('i32.lt_s')
  f.if(() => f.get(low).set(high))
  return [low, high]
}

interface Run {
  readonly toType: DType
  readonly fromType: DType
  readonly to: number
  readonly from: number
}

/** Parameters (to, from, count): copies and converts a run of elements. */
function emitRun(f: FunctionBody, run: Run): void {
  const width = vectorStep(run.toType, run.fromType, run.to, run.from)
  const toStep = run.to * dtypes[run.toType].bytes
  const fromStep = run.from * dtypes[run.fromType].bytes
  const advance = (elements: number): void => {
    f.get(0)
      .i32(toStep * elements)
      .op('i32.add')
      .set(0)
    f.get(1)
      .i32(fromStep * elements)
      .op('i32.add')
      .set(1)
    f.get(2).i32(elements).op('i32.sub').set(2)
  }
  f.block((done) => {
    if (width > 1) {
      f.block((short) => {
        f.loop((again) => {
          f.get(2).i32(width).op('i32.lt_s').brIf(short)
          emitVectorCopy(f, run.toType, run.fromType, fromStep, 0, 1)
          advance(width)
          f.br(again)
        })
      })
    }
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0)
      emitElementCopy(f, run.toType, run.fromType, 1)
      advance(1)
      f.br(again)
    })
  })
}

/** Parameters (to, from, count): writes one number along a run. */
function emitFill(f: FunctionBody, type: DType, stride: number, value: number): void {
  const { bytes } = dtypes[type]
  const step = stride * bytes
  const dense = stride === 1
  f.block((done) => {
    if (dense) {
      f.block((short) => {
        f.loop((again) => {
          f.get(2)
            .i32(16 / bytes)
            .op('i32.lt_s')
            .brIf(short)
          f.get(0)
          pushFilledVector(f, type, value)
          f.vmem('v128.store', 0)
          f.get(0)
            .i32(16)
            .op('i32.add')
            .set(0)
            .get(2)
            .i32(16 / bytes)
            .op('i32.sub')
            .set(2)
            .br(again)
        })
      })
    }
    f.loop((again) => {
      f.get(2).i32(0).op('i32.le_s').brIf(done)
      f.get(0)
      storeElement(f, type, value)
      f.get(0).i32(step).op('i32.add').set(0).get(2).i32(1).op('i32.sub').set(2).br(again)
    })
  })
}
