/**
 * The backends as unfriendly workers would be: every stage is cut into as many shares as possible,
 * its items run in random ranges in random order, and so do the boxes of a problem. No bit may
 * differ. Used by boxes.test.ts and by `npm run random -- cuts`.
 */

import { jsBackend } from '../src/backends/js/js.ts'
import { wasmBackend } from '../src/backends/wasm/wasm.ts'
import type { Backend, Executable, SynchronousExecutable } from '../src/program/backend.ts'
import type { Program } from '../src/program/program.ts'
import { withShares } from '../src/program/shares.ts'
import { random, shuffled } from './random-geometry.ts'
import { runItemsOnJs, withRandomRanges } from './shared-programs.ts'
import { slowBackend } from './slow-backend.ts'

type Random = (below: number) => number

/** A backend, and the same one in random order. */
export interface OrderPair {
  readonly name: string
  readonly backend: Backend
  inAnyOrder(seed: number): Backend
}

/** js, wasm, and the slow backend of slow-backend.ts. */
export const orderPairs: readonly OrderPair[] = [
  {
    ...{ name: 'js', backend: jsBackend },
    inAnyOrder: (seed) =>
      inShares(jsBackend, random(seed), (program) => itemsOnJs(program, random(seed))),
  },
  {
    ...{ name: 'wasm', backend: wasmBackend },
    inAnyOrder(seed) {
      const next = random(seed)
      return inShares(wasmBackend, next, (program, externals, options) =>
        inRanges(wasmBackend.compile(program, externals, options), next),
      )
    },
  },
  {
    // Options name it. Its items and boxes have a random order already.
    ...{ name: 'slow', backend: slowBackend(1, 'js') },
    inAnyOrder(seed) {
      const backend = slowBackend(seed, 'js')
      return inShares(backend, random(seed), backend.compile)
    },
  },
]

function inShares(backend: Backend, next: Random, compile: Backend['compile']): Backend {
  return {
    ...backend,
    boxOrder: (boxes) => shuffled([...new Array(boxes).keys()], next),
    compile: (program, externals, options): Executable =>
      compile(
        withShares(program, { isLarge: () => true, minItems: 2 + next(4) }),
        externals,
        options,
      ),
  }
}

/** An executable that prepares the weights in each run. */
function itemsOnJs(program: Program, next: Random): SynchronousExecutable {
  const unused = (): never => {
    throw new Error('this executable only runs.')
  }
  return {
    prepare() {},
    run: (bindings) => runItemsOnJs(program, bindings, next(2 ** 31)),
    ...{ runFresh: unused, replaceConstants: unused },
    guardTripped: () => false,
    dispose() {},
  }
}

/** The executable with its stages in random ranges. */
function inRanges(executable: SynchronousExecutable, next: Random): SynchronousExecutable {
  return {
    prepare: (kernel, onStage) => withRandomRanges(next, () => executable.prepare(kernel, onStage)),
    run: (bindings, prepared, onStage) =>
      withRandomRanges(next, () => executable.run(bindings, prepared, onStage)),
    runFresh: (bindings, onStage) => executable.runFresh(bindings, onStage),
    replaceConstants: (buffers) => executable.replaceConstants(buffers),
    guardTripped: () => executable.guardTripped(),
    dispose: () => executable.dispose(),
  }
}
