/** The exchange of a kernel: at once, or in pieces while samples pass. */

import { OptionError } from '../errors.ts'
import { describeValue } from '../ndarray/describe-value.ts'
import { validateOptions } from '../ndarray/options.ts'
import type { Engine } from './engine.ts'
import type { History } from './history.ts'
import { checkedCount } from './kernel.ts'
import type { SetKernelOptions } from './set-kernel-options.ts'

export function readSetKernel(options: SetKernelOptions | undefined): Required<SetKernelOptions> {
  const { crossfade = 1024, gradual = false } = validateOptions('setKernel', options, [
    'crossfade',
    'gradual',
  ])
  if (typeof gradual !== 'boolean') {
    throw new OptionError(
      'OPTION_INVALID',
      `setKernel: option 'gradual' is ${describeValue(gradual)}; true or false is needed.`,
    )
  }
  return { crossfade: checkedCount('setKernel', 'crossfade', crossfade, 0), gradual }
}

/** Samples that pass while a piece of the work is done. A piece takes up to about 0.1 ms. */
const samplesPerPiece = 64

/** Samples of the past that an engine takes in one piece. */
const samplesAtOnce = 1024

/** A new engine that is being prepared. */
export class Exchange {
  readonly engine: Engine
  readonly crossfade: number
  readonly #work: Iterator<void, void>
  readonly #time: () => number
  /** Samples that have passed since the latest piece. */
  #passed = 0

  /** `time`: the number of samples of the stream so far. */
  constructor(engine: Engine, crossfade: number, history: History, time: () => number) {
    this.engine = engine
    this.crossfade = crossfade
    this.#time = time
    this.#work = this.#preparation(history)
  }

  /** Prepares the engine, and lets it take the samples so far. Yields after each piece. */
  *#preparation(history: History): Generator<void, void> {
    const { engine } = this
    yield* engine.prepare()
    engine.startBefore(this.#time())
    for (;;) {
      const time = this.#time()
      const end = Math.min(time, engine.time + samplesAtOnce)
      while (engine.time < end)
        engine.advance(history, Math.min(engine.room, end - engine.time), time)
      // Not after a rest: samples may have come in the meantime.
      if (end === time) return
      yield
    }
  }

  /** Does some of the work, after n samples have passed. Returns whether the engine is ready. */
  advance(n: number): boolean {
    this.#passed += n
    for (; this.#passed >= samplesPerPiece; this.#passed -= samplesPerPiece)
      if (this.#work.next().done === true) return true
    return false
  }

  /** Does all the work that is left. */
  finish(): void {
    while (this.#work.next().done !== true);
  }
}
