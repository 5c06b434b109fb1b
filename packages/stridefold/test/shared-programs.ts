/**
 * Runs programs as threads do: each stage in ranges of its grid items, in random order. Used by
 * shares.test.ts, alongside.test.ts and the tests of boxes.
 */

import { Memory } from '../src/backends/js/memory.ts'
import { orderedProgram } from '../src/backends/js/order.ts'
import { compileStage } from '../src/backends/js/stage.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import type { Bindings, ExternalLayouts } from '../src/program/backend.ts'
import type { Program, Stage } from '../src/program/program.ts'
import { random, shuffled } from './random-geometry.ts'

/** Random ranges [first, end) that cover [0, items), in random order. */
export function randomRanges(items: number, next: (below: number) => number): [number, number][] {
  const starts = Array.from({ length: items }, (_, item) => item).filter(
    (item) => item === 0 || next(2) === 0,
  )
  return shuffled(
    starts.map((start, i): [number, number] => [start, starts[i + 1] ?? items]),
    next,
  )
}

/**
 * Runs a program with the interpreter, item by item in random order. Stages that may run at the
 * same time mix their items.
 */
export function runItemsOnJs(program: Program, bindings: Bindings, seed: number): void {
  const next = random(seed)
  const ordered = orderedProgram(program)
  const memory = new Memory(ordered.buffers)
  memory.withArrays(bindings, () => {
    for (const prepare of [true, false])
      for (const group of groupsOf(ordered.stages.filter((stage) => stage.prepare === prepare))) {
        const items = group.flatMap((stage) => {
          const compiled = compileStage(stage, memory)
          return Array.from({ length: compiled.items }, (_, item) => ({ compiled, item }))
        })
        for (const { compiled, item } of shuffled(items, next)) compiled.runItem(item)
      }
  })
}

/** The stages that may run at the same time, one list after the other. */
export function groupsOf(stages: readonly Stage[]): Stage[][] {
  const groups: Stage[][] = []
  for (const stage of stages)
    if (stage.alongside === true && groups.length > 0) groups.at(-1)!.push(stage)
    else groups.push([stage])
  return groups
}

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

/**
 * Does synchronous work. The stages of a WebAssembly program that is loaded meanwhile run in random
 * ranges in random order, then and later.
 */
export function withRandomRanges(next: (below: number) => number, work: () => void): void {
  const { Instance } = WebAssembly
  const inRanges =
    (run: StageFunction): StageFunction =>
    (first, end, ...addresses) => {
      for (const [start, stop] of randomRanges(end - first, next))
        run(first + start, first + stop, ...addresses)
    }
  class InstanceInRanges {
    readonly exports: Record<string, StageFunction>
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      const exported = Object.entries(new Instance(module, imports).exports)
      this.exports = Object.fromEntries(
        exported.map(([name, run]) => [name, inRanges(run as StageFunction)]),
      )
    }
  }
  try {
    Object.assign(WebAssembly, { Instance: InstanceInRanges })
    work()
  } finally {
    Object.assign(WebAssembly, { Instance })
  }
}

/** Runs a program with WebAssembly, each stage in random ranges in random order. */
export function runItemsOnWasm(
  program: Program,
  externals: ExternalLayouts,
  bindings: Bindings,
  seed: number,
): void {
  const executable = wasmBackend.compile(program, externals, { deterministic: true })
  withRandomRanges(random(seed), () => executable.run(bindings, false))
  executable.dispose()
}
