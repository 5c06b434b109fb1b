/**
 * One pass of a transform over consecutive blocks: butterflies in place, with the vectors along
 * either loop.
 */

import type { FunctionBody } from '../assembler/body.ts'
import type { FftCode, Mode } from '../schedule/fft-code.ts'
import type { Pass } from '../schedule/fft-passes.ts'
import { butterfly, type Complex, multiplyByTwiddle, Vectors } from './fft-butterfly.ts'
import { advancePointer, emitCountedLoop } from './loops.ts'
import { withOps } from './vector-ops.ts'

export const passParameters = ['i32', 'i32', 'i32', 'i32', 'i32'] as const

/** (re, im, factors, blocks, vectors): one pass over consecutive blocks. */
export function writePass(f: FunctionBody, code: FftCode, mode: Mode, pass: Pass): void {
  const v = new Vectors(f, withOps(code.element), code.fused)
  if (mode === 'along') writePassAlong(v, code, pass)
  else writePassAcross(v, code, mode, pass)
}

/** Vectors run along the points. */
function writePassAlong(v: Vectors, code: FftCode, pass: Pass): void {
  const { f } = v
  const { bytes, lanes } = code.element
  const { radix, span } = pass
  const line = bytes * lanes
  if (span === 1) {
    emitBlocks(f, () => {
      writeSquare(v, code)
      advance(f, [0, 1], [radix * line, radix * line])
    })
    return
  }
  const factors = f.local('i32')
  emitBlocks(f, () => {
    f.get(2).set(factors)
    emitCountedLoop(
      f,
      () => f.i32(span / lanes),
      () => {
        writeButterfly(v, code, 'along', pass, [0, 1], factors)
        advance(f, [0, 1, factors], [line, line, (radix - 1) * 2 * line])
      },
    )
    advance(f, [0, 1], [(radix - 1) * span * bytes, (radix - 1) * span * bytes])
  })
}

/** Vectors run along another loop, or there is one element at a time. */
function writePassAcross(v: Vectors, code: FftCode, mode: Mode, pass: Pass): void {
  const { f } = v
  const { reStep, imStep, element } = code
  const { radix, span } = pass
  const emitAcross = (factors: number | undefined): void => {
    const at = [f.local('i32'), f.local('i32')]
    f.get(0).set(at[0]!).get(1).set(at[1]!)
    if (mode === 'single') return writeButterfly(v, code, mode, pass, at, factors)
    emitCountedLoop(
      f,
      () => f.get(4),
      () => {
        writeButterfly(v, code, mode, pass, at, factors)
        advance(f, at, [element.bytes * element.lanes, element.bytes * element.lanes])
      },
    )
  }
  const factors = f.local('i32')
  emitBlocks(f, () => {
    emitAcross(undefined)
    advance(f, [0, 1], [reStep, imStep])
    if (span > 1) {
      f.get(2).set(factors)
      emitCountedLoop(
        f,
        () => f.i32(span - 1),
        () => {
          emitAcross(factors)
          advance(f, [0, 1, factors], [reStep, imStep, (radix - 1) * 2 * element.bytes])
        },
      )
    }
    advance(f, [0, 1], [(radix - 1) * span * reStep, (radix - 1) * span * imStep])
  })
}

const emitBlocks = (f: FunctionBody, body: () => void): void =>
  emitCountedLoop(f, () => f.get(3), body)

function advance(f: FunctionBody, locals: readonly number[], steps: readonly number[]): void {
  locals.forEach((local, i) => advancePointer(f, local, steps[i]!))
}

/** One butterfly in place. `factors` is the address of its factors, if it has any. */
function writeButterfly(
  v: Vectors,
  code: FftCode,
  mode: Mode,
  { radix, span }: Pass,
  at: readonly number[],
  factors: number | undefined,
): void {
  const { inverse, reStep, imStep } = code
  const { f, element } = v
  const { bytes, lanes } = element
  const factor = (m: number, part: 0 | 1): number => {
    const width = mode === 'along' ? lanes : 1
    const offset = ((m - 1) * 2 + part) * width * bytes
    return v.storeResult(() =>
      f.get(factors!).vmem(mode === 'along' ? 'v128.load' : element.splatLoad, offset),
    )
  }
  const multiplyTwiddles = (x: readonly Complex[]): Complex[] =>
    x.map((value, m) =>
      m === 0 || factors === undefined
        ? value
        : multiplyByTwiddle(v, value, { re: factor(m, 0), im: factor(m, 1) }, inverse),
    )
  const load = mode === 'single' ? element.zeroLoad : 'v128.load'
  const points = Array.from(
    { length: radix },
    (_, l): Complex => ({
      re: v.storeResult(() => f.get(at[0]!).vmem(load, l * span * reStep)),
      im: v.storeResult(() => f.get(at[1]!).vmem(load, l * span * imStep)),
    }),
  )
  const results = inverse
    ? butterfly(v, multiplyTwiddles(points), true)
    : multiplyTwiddles(butterfly(v, points, false))
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

/**
 * The last pass along the points: as many butterflies of radix 4 as a vector has lanes. Their
 * points are consecutive in memory.
 */
function writeSquare(v: Vectors, { inverse, element }: FftCode): void {
  const { f } = v
  const line = element.bytes * element.lanes
  const loadedParts = [0, 1].map((part) =>
    [0, 1, 2, 3].map((i) => v.storeResult(() => f.get(part).vmem('v128.load', i * line))),
  )
  const [re, im] = (inverse ? loadedParts : loadedParts.map((rows) => transpose(v, rows))) as [
    number[],
    number[],
  ]
  const results = butterfly(
    v,
    re.map((local, l) => ({ re: local, im: im[l]! })),
    inverse,
  )
  const parts = [results.map((x) => x.re), results.map((x) => x.im)]
  parts.forEach((rows, part) => {
    const out = inverse ? transposeBack(v, rows) : rows
    out.forEach(
      (row, i) =>
        void f
          .get(part)
          .get(row)
          .vmem('v128.store', i * line),
    )
  })
}

/** Returns vectors that hold point l of every butterfly, from vectors in memory order. */
function transpose(v: Vectors, rows: readonly number[]): number[] {
  const { lanes } = v.element
  const [a, b, c, d] = rows as [number, number, number, number]
  if (lanes === 2) return [low64(v, a, c), high64(v, a, c), low64(v, b, d), high64(v, b, d)]
  const [t0, t1] = [low32(v, a, b), low32(v, c, d)]
  const [t2, t3] = [high32(v, a, b), high32(v, c, d)]
  return [low64(v, t0, t1), high64(v, t0, t1), low64(v, t2, t3), high64(v, t2, t3)]
}

function transposeBack(v: Vectors, rows: readonly number[]): number[] {
  if (v.element.lanes === 4) return transpose(v, rows)
  const [a, b, c, d] = rows as [number, number, number, number]
  return [low64(v, a, b), low64(v, c, d), high64(v, a, b), high64(v, c, d)]
}

const shuffleWords =
  (words: readonly number[]) =>
  (v: Vectors, a: number, b: number): number =>
    v.storeResult(() =>
      v.f
        .get(a)
        .get(b)
        .shuffle(words.flatMap((word) => [0, 1, 2, 3].map((byte) => word * 4 + byte))),
    )
const low32 = shuffleWords([0, 4, 1, 5])
const high32 = shuffleWords([2, 6, 3, 7])
const low64 = shuffleWords([0, 1, 4, 5])
const high64 = shuffleWords([2, 3, 6, 7])
