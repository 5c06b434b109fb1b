/**
 * Turns an Fft into WebAssembly: one function a pass, one that takes blocks apart until they fit the first-level cache, one for the loops.
 *
 *   lanes   vectors lie along another loop, a cache line at a time: every factor is broadcast       (columns of a tile)
 *   along   vectors lie along the points themselves; only the last pass, of radix 4, meets points inside one vector and turns a square of
 *           them round. Its results are stored as they come, so that two digits of their order change places    (rows, signals)
 *   single  one element at a time: whatever fits neither
 *
 * The order of a spectrum depends on points and on their stride alone: `along` is taken wherever points are neighbours and there are enough.
 */

import type { Fft } from '../../../program/steps.ts'
import type { FunctionBody } from '../assembler/body.ts'
import type { ModuleBuilder } from '../assembler/module.ts'
import type { Element } from './element.ts'
import { butterfly, type Complex, constantsOf, turnedBy, Vectors } from './fft-butterfly.ts'
import { factorsOf, type Pass, passesOf, radicesOf } from './fft-passes.ts'
import { type AddressLoop, emitLoops } from './loops.ts'

type Mode = 'lanes' | 'along' | 'single'

interface FftLoop {
  readonly extent: number
  /** Steps in bytes. */
  readonly re: number
  readonly im: number
}

const addresses = ({ extent, re, im }: FftLoop): AddressLoop => ({ extent, steps: [re, im] })

/** A transform as the code generator sees it. */
export interface FftCode {
  readonly points: number
  readonly inverse: boolean
  readonly mode: Mode
  readonly reStep: number
  readonly imStep: number
  /** What the lanes of mode `lanes` lie along; one round in the others. */
  readonly lane: number
  readonly outer: readonly FftLoop[]
  readonly element: Element
  readonly fused: boolean
}

/** Points that are done together, with their factors side by side. */
export const widthOf = ({ mode, element }: FftCode): number => (mode === 'along' ? element.lanes : 1)

/** The table of factors of a transform: transforms with one key share it. */
export const factorTable = (code: FftCode): { key: string; values: () => number[] } => ({
  key: `${code.points}/${widthOf(code)}`,
  values: () => factorsOf(code.points, widthOf(code)),
})

/** Why there is no code for transforms of so many points; undefined where there is. */
export const refusePoints = (points: number): string | undefined =>
  radicesOf(points) === undefined ? `it has no code for transforms of ${points} points, which have a prime factor above 31` : undefined

export function fftCode(step: Fft, gridRank: number, element: Element, fused: boolean): FftCode {
  const { points, re, im } = step
  const { bytes, lanes } = element
  const loops = step.loops
    .map(({ extent }, l) => ({ extent, re: re.strides[gridRank + l]! * bytes, im: im.strides[gridRank + l]! * bytes }))
    .filter(({ extent }) => extent > 1)
  const [reStep, imStep] = [re.strides.at(-1)! * bytes, im.strides.at(-1)! * bytes]
  const common = { points, inverse: step.direction === 'inverse', reStep, imStep, element, fused }
  const square = lanes * 4
  if (reStep === bytes && imStep === bytes && points % square === 0 && points > 1)
    return { ...common, mode: 'along', lane: 1, outer: loops }
  const dense = loops.find((loop) => loop.re === bytes && loop.im === bytes && loop.extent >= lanes)
  if (dense === undefined) return { ...common, mode: 'single', lane: 1, outer: loops }
  return { ...common, mode: 'lanes', lane: dense.extent, outer: loops.filter((loop) => loop !== dense) }
}

/** Vectors side by side that a pass takes along: a cache line of float32. */
const chunk = 4

/** Bytes of a block that stays in the first-level cache while all its passes go over it. */
const blockBytes = 24 * 2 ** 10

/** Cycles of one butterfly on vectors: measured, loads and stores included. */
const butterflyCycles = (radix: number): number => (radix === 2 ? 5.5 : radix === 4 ? 11.5 : (2 * radix * radix + 4 * radix) / 3)

/** Predicted time of one grid item. */
export function fftCycles({ points, mode, lane, outer, element }: FftCode): number {
  const rounds = outer.reduce((n, loop) => n * loop.extent, 1)
  const whole = Math.floor(lane / element.lanes)
  const vectors = mode === 'along' ? 1 / element.lanes : mode === 'single' ? 1 : whole + lane - whole * element.lanes
  const passes = radicesOf(points)!.reduce((sum, radix) => sum + butterflyCycles(radix) / radix, 0)
  return rounds * (vectors * points * passes + 20)
}

const emitted = new WeakMap<ModuleBuilder, Map<string, number>>()

/** Adds the functions of a transform to a module, or finds those of an equal one. Parameters of the result: (re, im, factors). */
export function emitFft(module: ModuleBuilder, code: FftCode): number {
  const known = emitted.get(module) ?? new Map<string, number>()
  emitted.set(module, known)
  const key = JSON.stringify(code)
  const found = known.get(key)
  if (found !== undefined) return found
  const { outer, lane, element, mode } = code
  const whole = mode === 'lanes' ? Math.floor(lane / element.lanes) : 0
  const vectors = whole === 0 ? undefined : emitBlocks(module, code, mode)
  const singles =
    mode === 'along'
      ? emitBlocks(module, code, mode)
      : mode === 'single' || lane % element.lanes > 0
        ? emitBlocks(module, code, 'single')
        : undefined
  const line = element.bytes * element.lanes
  const index = module.func(['i32', 'i32', 'i32'], [], (f) => {
    emitLoops(f, outer.map(addresses), [0, 1], (at) => {
      const run = (func: number, times: number, count: number, step: number): void =>
        emitLoops(f, [{ extent: times, steps: [step, step] }], at, (inner) => {
          f.get(inner[0]!).get(inner[1]!).get(2).i32(count).call(func)
        })
      const chunks = Math.floor(whole / chunk)
      if (chunks > 0) run(vectors!, chunks, chunk, chunk * line)
      const forward = (bytes: number): void => {
        for (const local of at) f.get(local).i32(bytes).op('i32.add').set(local)
      }
      if (whole % chunk > 0 || (whole > 0 && lane % element.lanes > 0)) forward(chunks * chunk * line)
      if (whole % chunk > 0) run(vectors!, 1, whole % chunk, 0)
      if (whole > 0 && lane % element.lanes > 0) forward((whole % chunk) * line)
      const rest = mode === 'lanes' ? lane % element.lanes : 1
      if (rest > 0) run(singles!, rest, 1, element.bytes)
    })
  })
  known.set(key, index)
  return index
}

/** (re, im, factors, vectors): all passes, depth first until a block fits the cache. */
function emitBlocks(module: ModuleBuilder, code: FftCode, mode: Mode): number {
  const { points, element, inverse, reStep, imStep } = code
  const { bytes, lanes } = element
  const passes = passesOf(points, widthOf(code))
  const unit = 2 * bytes * (mode === 'lanes' ? chunk * lanes : 1)
  const functions = passes.map((pass) => module.func(passParameters, [], (f) => writePass(f, code, mode, pass)))
  const blockOf = ({ radix, span }: Pass): number => radix * span
  const from = (level: number): number =>
    module.func(['i32', 'i32', 'i32', 'i32'], [], (f) => {
      const block = level === passes.length ? 1 : blockOf(passes[level]!)
      const call = (pass: Pass, index: number): void => {
        // The last pass of `along` takes as many blocks at once as a vector has lanes.
        const blocks = mode === 'along' && pass.span === 1 ? block / (pass.radix * lanes) : block / blockOf(pass)
        f.get(0).get(1).get(2)
        if (pass.factors > 0) f.i32(pass.factors * bytes).op('i32.add')
        f.i32(blocks).get(3).call(functions[index]!)
      }
      if (block * unit <= blockBytes || level >= passes.length - 2) {
        const rest = passes.map((pass, index) => ({ pass, index })).slice(level)
        for (const { pass, index } of inverse ? rest.toReversed() : rest) call(pass, index)
        return
      }
      const pass = passes[level]!
      const inner = children[level + 1]!
      if (!inverse) call(pass, level)
      emitLoops(f, [{ extent: pass.radix, steps: [pass.span * reStep, pass.span * imStep] }], [0, 1], (at) => {
        f.get(at[0]!).get(at[1]!).get(2).get(3).call(inner)
      })
      if (inverse) call(pass, level)
    })
  const children = new Array<number>(passes.length + 1)
  for (let level = passes.length; level >= 0; level--) children[level] = from(level)
  return children[0]!
}

const passParameters = ['i32', 'i32', 'i32', 'i32', 'i32'] as const

/** (re, im, factors, blocks, vectors): one pass over blocks that follow one another. */
function writePass(f: FunctionBody, code: FftCode, mode: Mode, pass: Pass): void {
  const { element, fused, reStep, imStep } = code
  const v = new Vectors(f, element, fused)
  v.announce(constantsOf(pass.radix))
  const forward = (locals: readonly number[], steps: readonly number[]): void =>
    locals.forEach((local, i) => void f.get(local).i32(steps[i]!).op('i32.add').set(local))
  const counted = (start: () => void, body: () => void): void => {
    const left = f.local('i32')
    start()
    f.set(left)
    f.loop((again) => {
      body()
      f.get(left).i32(1).op('i32.sub').tee(left).brIf(again)
    })
  }
  const { radix, span } = pass
  const { bytes, lanes } = element
  const blocks = (body: () => void): void => counted(() => f.get(3), body)
  if (mode === 'along') {
    const line = bytes * lanes
    if (span === 1) {
      blocks(() => {
        writeSquare(v, code)
        forward([0, 1], [radix * line, radix * line])
      })
      return
    }
    const factors = f.local('i32')
    blocks(() => {
      f.get(2).set(factors)
      counted(
        () => f.i32(span / lanes),
        () => {
          writeButterfly(v, code, mode, pass, [0, 1], factors)
          forward([0, 1, factors], [line, line, (radix - 1) * 2 * line])
        },
      )
      forward([0, 1], [(radix - 1) * span * bytes, (radix - 1) * span * bytes])
    })
    return
  }
  const across = (factors: number | undefined): void => {
    const at = [f.local('i32'), f.local('i32')]
    f.get(0).set(at[0]!).get(1).set(at[1]!)
    if (mode === 'single') return writeButterfly(v, code, mode, pass, at, factors)
    counted(
      () => f.get(4),
      () => {
        writeButterfly(v, code, mode, pass, at, factors)
        forward(at, [bytes * lanes, bytes * lanes])
      },
    )
  }
  const factors = f.local('i32')
  blocks(() => {
    across(undefined)
    forward([0, 1], [reStep, imStep])
    if (span > 1) {
      f.get(2).set(factors)
      counted(
        () => f.i32(span - 1),
        () => {
          across(factors)
          forward([0, 1, factors], [reStep, imStep, (radix - 1) * 2 * bytes])
        },
      )
    }
    forward([0, 1], [(radix - 1) * span * reStep, (radix - 1) * span * imStep])
  })
}

/** One butterfly in place; `factors` is where its factors lie, if it has any. */
function writeButterfly(
  v: Vectors,
  code: FftCode,
  mode: Mode,
  { radix, span }: Pass,
  at: readonly number[],
  factors: number | undefined,
): void {
  const { inverse, reStep, imStep, element } = code
  const { f } = v
  const { bytes, lanes } = element
  const factor = (m: number, part: 0 | 1): number => {
    const width = mode === 'along' ? lanes : 1
    const offset = ((m - 1) * 2 + part) * width * bytes
    return v.kept(() => f.get(factors!).vmem(mode === 'along' ? 'v128.load' : element.splatLoad, offset))
  }
  const turnedAll = (x: readonly Complex[]): Complex[] =>
    x.map((value, m) => (m === 0 || factors === undefined ? value : turnedBy(v, value, { re: factor(m, 0), im: factor(m, 1) }, inverse)))
  const load = mode === 'single' ? element.zeroLoad : 'v128.load'
  const points = Array.from(
    { length: radix },
    (_, l): Complex => ({
      re: v.kept(() => f.get(at[0]!).vmem(load, l * span * reStep)),
      im: v.kept(() => f.get(at[1]!).vmem(load, l * span * imStep)),
    }),
  )
  const results = inverse ? butterfly(v, turnedAll(points), true) : turnedAll(butterfly(v, points, false))
  const store = (address: number, offset: number, value: number): void => {
    f.get(address).get(value)
    if (mode === 'single') f.lmem(element.laneStore, offset, 0)
    else f.vmem('v128.store', offset)
  }
  results.forEach(({ re, im }, m) => {
    store(at[0]!, m * span * reStep, re)
    store(at[1]!, m * span * imStep, im)
  })
}

/** The last pass along the points: as many butterflies of radix 4 as a vector has lanes, which lie one behind the other. */
function writeSquare(v: Vectors, { inverse, element }: FftCode): void {
  const { f } = v
  const line = element.bytes * element.lanes
  const loaded = [0, 1].map((part) => [0, 1, 2, 3].map((i) => v.kept(() => f.get(part).vmem('v128.load', i * line))))
  const [re, im] = (inverse ? loaded : loaded.map((rows) => transposed(v, rows))) as [number[], number[]]
  const results = butterfly(
    v,
    re.map((local, l) => ({ re: local, im: im[l]! })),
    inverse,
  )
  const parts = [results.map((x) => x.re), results.map((x) => x.im)]
  parts.forEach((rows, part) => {
    const out = inverse ? transposedBack(v, rows) : rows
    out.forEach(
      (row, i) =>
        void f
          .get(part)
          .get(row)
          .vmem('v128.store', i * line),
    )
  })
}

/** Points l of every butterfly in one vector, from vectors that hold the points as they lie. */
function transposed(v: Vectors, rows: readonly number[]): number[] {
  const { lanes } = v.element
  const [a, b, c, d] = rows as [number, number, number, number]
  if (lanes === 2) return [low64(v, a, c), high64(v, a, c), low64(v, b, d), high64(v, b, d)]
  const [t0, t1] = [low32(v, a, b), low32(v, c, d)]
  const [t2, t3] = [high32(v, a, b), high32(v, c, d)]
  return [low64(v, t0, t1), high64(v, t0, t1), low64(v, t2, t3), high64(v, t2, t3)]
}

function transposedBack(v: Vectors, rows: readonly number[]): number[] {
  if (v.element.lanes === 4) return transposed(v, rows)
  const [a, b, c, d] = rows as [number, number, number, number]
  return [low64(v, a, b), low64(v, c, d), high64(v, a, b), high64(v, c, d)]
}

const shuffled =
  (words: readonly number[]) =>
  (v: Vectors, a: number, b: number): number =>
    v.kept(() =>
      v.f
        .get(a)
        .get(b)
        .shuffle(words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte))),
    )
const low32 = shuffled([0, 4, 1, 5])
const high32 = shuffled([2, 6, 3, 7])
const low64 = shuffled([0, 1, 4, 5])
const high64 = shuffled([2, 3, 6, 7])
