/**
 * The engines of a stream: one; and while kernels are exchanged, those that take over from it, one
 * after the other.
 *
 *   y ← y₀;  y ← y + w₁·(y₁ − y);  y ← y + w₂·(y₂ − y) …     w from 0 to 1 in each crossfade
 */

import { turn } from '../ndarray/elementary.ts'
import type { Engine } from './engine.ts'
import type { History } from './history.ts'
import type { UnsteadySamples } from './unsteady.ts'

/** An engine that takes over from those before it. */
interface Fade {
  readonly engine: Engine
  /** The weight of its results, for each sample of the crossfade. */
  readonly weights: Float32Array
  /** The samples of the crossfade that are done. */
  done: number
}

/** w[n] = (1 − cos(π·(n + ½)/N)) / 2: neither it nor its slope has a step. */
const crossfadeWeights = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => (1 - turn(2 * n + 1, 4 * length).cosine) / 2)

/** The most samples of a run. */
const longest = 256

export class Mixer {
  #engines: Engine[]
  /** One for each engine except the first. */
  #fades: Fade[] = []
  readonly #results = new Float32Array(longest)

  constructor(engine: Engine) {
    this.#engines = [engine]
  }

  get engines(): readonly Engine[] {
    return this.#engines
  }

  get newest(): Engine {
    return this.#engines.at(-1)!
  }

  /** An engine takes over within this many samples. It has taken all samples until now. */
  add(engine: Engine, length: number): void {
    this.#engines.push(engine)
    this.#fades.push({ engine, weights: crossfadeWeights(length), done: 0 })
    this.#drop()
  }

  /** The most samples that the next `run` may take. */
  get room(): number {
    let room = longest
    for (let e = 0; e < this.#engines.length; e++) room = Math.min(room, this.#engines[e]!.room)
    return room
  }

  /** The samples before the next one that results depend on. */
  get reach(): number {
    let reach = 0
    for (let e = 0; e < this.#engines.length; e++) reach = Math.max(reach, this.#engines[e]!.reach)
    return reach
  }

  /** Takes the next n samples of the history, and writes the results to `outputs[…][at …]`. */
  run(
    history: History,
    unsteady: UnsteadySamples,
    outputs: readonly Float32Array[],
    at: number,
    n: number,
  ): void {
    for (let e = 0; e < this.#engines.length; e++) this.#engines[e]!.advance(history, n, 0)
    for (let o = 0; o < outputs.length; o++) {
      const out = outputs[o]!
      this.#engines[0]!.read(out, at, n, o, unsteady)
      for (let f = 0; f < this.#fades.length; f++) {
        const { engine, weights, done } = this.#fades[f]!
        const results = this.#results
        engine.read(results, 0, n, o, unsteady)
        for (let k = 0; k < n; k++) {
          const weight = done + k < weights.length ? weights[done + k]! : 1
          out[at + k] =
            weight === 1 ? results[k]! : (1 - weight) * out[at + k]! + weight * results[k]!
        }
      }
    }
    if (this.#fades.length === 0) return
    for (const fade of this.#fades) fade.done += n
    this.#drop()
  }

  /** Ends all crossfades: only the newest engine is left. */
  end(): void {
    for (const fade of this.#fades) fade.done = fade.weights.length
    this.#drop()
  }

  /** Lets go of the engines before the last one that has taken over. */
  #drop(): void {
    const last = this.#fades.findLastIndex(({ done, weights }) => done >= weights.length)
    if (last < 0) return
    for (const engine of this.#engines.splice(0, last + 1)) engine.release()
    this.#fades = this.#fades.slice(last + 1)
  }

  release(): void {
    for (const engine of this.#engines) engine.release()
  }
}
