/**
 * Compiles an Fft to WebAssembly: one function per pass, functions that split blocks until they fit
 * the L1 cache, and one for the outer loops.
 */

import type { ModuleBuilder } from '../assembler/module.ts'
import {
  chunkVectors,
  type FftCode,
  type FftLoop,
  type Mode,
  staysInCache,
  widthOf,
} from '../schedule/fft-code.ts'
import { type Pass, passesOf } from '../schedule/fft-passes.ts'
import { passParameters, writePass } from './fft-pass.ts'
import { type AddressLoop, advancePointer, emitLoops } from './loops.ts'

const addresses = ({ extent, re, im }: FftLoop): AddressLoop => ({ extent, steps: [re, im] })

/**
 * Adds the functions of a transform to a module. Returns the index of the driver, whose parameters
 * are (re, im, factors).
 */
export function emitFft(module: ModuleBuilder, code: FftCode): number {
  const { outer, lane, element, mode } = code
  const wholeVectors = mode === 'lanes' ? Math.floor(lane / element.lanes) : 0
  const vectorFunction = wholeVectors === 0 ? undefined : emitBlocks(module, code, mode)
  const singleFunction =
    mode === 'along'
      ? emitBlocks(module, code, mode)
      : mode === 'single' || lane % element.lanes > 0
        ? emitBlocks(module, code, 'single')
        : undefined
  const line = element.bytes * element.lanes
  return module.func(['i32', 'i32', 'i32'], [], (f) => {
    emitLoops(f, outer.map(addresses), [0, 1], (at) => {
      const run = (func: number, times: number, count: number, step: number): void =>
        emitLoops(f, [{ extent: times, steps: [step, step] }], at, (inner) => {
          f.get(inner[0]!).get(inner[1]!).get(2).i32(count).call(func)
        })
      const chunks = Math.floor(wholeVectors / chunkVectors)
      if (chunks > 0) run(vectorFunction!, chunks, chunkVectors, chunkVectors * line)
      const move = (bytes: number): void => at.forEach((local) => advancePointer(f, local, bytes))
      if (wholeVectors % chunkVectors > 0 || (wholeVectors > 0 && lane % element.lanes > 0))
        move(chunks * chunkVectors * line)
      if (wholeVectors % chunkVectors > 0) run(vectorFunction!, 1, wholeVectors % chunkVectors, 0)
      if (wholeVectors > 0 && lane % element.lanes > 0) move((wholeVectors % chunkVectors) * line)
      const restElements = mode === 'lanes' ? lane % element.lanes : 1
      if (restElements > 0) run(singleFunction!, restElements, 1, element.bytes)
    })
  })
}

/** (re, im, factors, vectors): all passes, depth first until a block fits the cache. */
function emitBlocks(module: ModuleBuilder, code: FftCode, mode: Mode): number {
  const { points, element, inverse, reStep, imStep } = code
  const { bytes, lanes } = element
  const passes = passesOf(points, widthOf(code))
  const functions = passes.map((pass) =>
    module.func(passParameters, [], (f) => writePass(f, code, mode, pass)),
  )
  const blockOf = ({ radix, span }: Pass): number => radix * span
  const emitLevel = (level: number): number =>
    module.func(['i32', 'i32', 'i32', 'i32'], [], (f) => {
      const block = level === passes.length ? 1 : blockOf(passes[level]!)
      const callPass = (pass: Pass, index: number): void => {
        // The last pass of `along` processes as many blocks at a time as a vector has lanes.
        const blocks =
          mode === 'along' && pass.span === 1 ? block / (pass.radix * lanes) : block / blockOf(pass)
        f.get(0).get(1).get(2)
        if (pass.factors > 0) f.i32(pass.factors * bytes).op('i32.add')
        f.i32(blocks).get(3).call(functions[index]!)
      }
      if (staysInCache(code, mode, block) || level >= passes.length - 2) {
        const remainingPasses = passes.map((pass, index) => ({ pass, index })).slice(level)
        for (const { pass, index } of inverse ? remainingPasses.toReversed() : remainingPasses)
          callPass(pass, index)
        return
      }
      const pass = passes[level]!
      const inner = levelFunctions[level + 1]!
      if (!inverse) callPass(pass, level)
      emitLoops(
        f,
        [{ extent: pass.radix, steps: [pass.span * reStep, pass.span * imStep] }],
        [0, 1],
        (at) => {
          f.get(at[0]!).get(at[1]!).get(2).get(3).call(inner)
        },
      )
      if (inverse) callPass(pass, level)
    })
  const levelFunctions = new Array<number>(passes.length + 1)
  for (let level = passes.length; level >= 0; level--) levelFunctions[level] = emitLevel(level)
  return levelFunctions[0]!
}
