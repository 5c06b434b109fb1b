/**
 * One level of a partitioned convolution at work (level-program.ts): it collects blocks of samples,
 * and computes the results of a block while the next one comes in.
 *
 * The work of a block is a list of units: the transform of each input; then, for each output, the
 * product, some chunks at a time, and the transform back. `advance` runs as many as are due, so
 * that all are done when the first result is needed. Which call runs a unit changes no bit.
 */

import type { PlacedProgram, PlacedStage } from '../backends/wasm/placed-program.ts'
import { binaryLogarithm } from '../ndarray/elementary.ts'
import { FloatBlock, type Heap, padded } from './heap.ts'
import type { History } from './history.ts'
import { type StreamKernel, tapsStart } from './kernel.ts'
import type { LevelLayout } from './layout.ts'
import {
  chunkPoints,
  inputLengths,
  levelBuffers,
  levelLengths,
  levelProgram,
} from './level-program.ts'

/** A stage, one of whose buffers is at another place in every run. */
interface MovingStage {
  readonly stage: PlacedStage
  readonly slot: number
  /** Where that buffer begins, as an index into the floats of the heap. */
  readonly start: number
}

interface OutputStages {
  readonly product: MovingStage
  readonly inverse: MovingStage
}

/** The places of the predicted cycles. In a typed array they are no objects of their own. */
const [done, due] = [0, 1]

/** Points that are transformed in one piece of the preparation of a kernel. */
const pointsAtOnce = 8192

export class Level {
  readonly layout: LevelLayout
  readonly #heap: Heap
  readonly #kernel: StreamKernel
  readonly #floats: FloatBlock
  readonly #program: PlacedProgram
  readonly #samples: number
  readonly #rest: {
    readonly taps: number
    readonly product: number
    readonly kernels: number
    readonly rings: number
    readonly results: number
    readonly end: number
  }
  /** The floats from one slot of a ring to the next. */
  readonly #ringSlot: number
  readonly #loads: readonly PlacedStage[]
  readonly #forwards: readonly MovingStage[]
  readonly #outputs: readonly OutputStages[]
  /** Blocks whose results are kept at the same time. */
  readonly #kept: number
  readonly #cycles: { readonly transform: number; readonly chunk: number; readonly all: number }
  /** The number of complete blocks. */
  #blocks = 0
  /** The slot of the newest spectrum. */
  #slot = 0
  /** The next unit of the newest block, and the next chunk of its product. */
  #unit: number
  #chunk = 0
  /** Predicted cycles of the units that are done, and of those that are due. */
  readonly #work = new Float64Array(2)

  constructor(heap: Heap, kernel: StreamKernel, layout: LevelLayout) {
    const { size, partitions, from } = layout
    const { groups, inputs, outputs, shared } = kernel
    const form = { size, partitions, inputs }
    const lengths = levelLengths(form)
    const [allInputs, allOutputs] = [groups * inputs, groups * outputs]
    const sets = (shared ? 1 : groups) * outputs
    this.layout = layout
    this.#heap = heap
    this.#kernel = kernel
    this.#kept = Math.floor(from / size) + 1
    this.#ringSlot = inputs * inputLengths.ring
    const parts = [
      allInputs * lengths.samples,
      allInputs * lengths.points,
      ...[lengths.points, padded(size), sets * lengths.kernel, groups * lengths.ring],
      allOutputs * this.#kept * size,
    ]
    const total = parts.reduce((sum, length) => sum + length, 0)
    this.#floats = new FloatBlock(heap, total)
    const [samples, points, product, taps, kernels, rings, results] = parts.map((length) =>
      this.#floats.part(length),
    ) as [number, number, number, number, number, number, number]
    this.#samples = samples
    this.#rest = { taps, product, kernels, rings, results, end: samples + total }
    const program = heap.program('level', form, levelProgram, levelBuffers)
    this.#program = program
    const stage = (name: string, places: Readonly<Record<string, number>>): PlacedStage =>
      program.stage(
        name,
        Object.fromEntries(levelBuffers.map((buffer) => [buffer, 4 * (places[buffer] ?? 0)])),
      )
    const each = <T>(count: number, make: (index: number) => T): T[] =>
      Array.from({ length: count }, (_, index) => make(index))
    this.#loads = each(allInputs, (c) =>
      stage('load', {
        samples: samples + c * lengths.samples,
        points: points + c * lengths.points,
      }),
    )
    this.#forwards = each(allInputs, (c) => {
      const forward = stage('forward', { points: points + c * lengths.points })
      const ring = rings + Math.floor(c / inputs) * lengths.ring
      const start = ring + (c % inputs) * inputLengths.ring
      return { stage: forward, slot: forward.slotOf('slot'), start }
    })
    this.#outputs = each(allOutputs, (o) => {
      const group = Math.floor(o / outputs)
      const set = shared ? o % outputs : o
      const multiply = stage('product', {
        kernel: kernels + set * lengths.kernel,
        points: product,
      })
      const inverse = stage('inverse', { points: product })
      return {
        product: {
          ...{ stage: multiply, slot: multiply.slotOf('window') },
          start: rings + group * lengths.ring,
        },
        inverse: {
          ...{ stage: inverse, slot: inverse.slotOf('results') },
          start: results + o * this.#kept * size,
        },
      }
    })
    const transform = 2 * size * binaryLogarithm(size)
    const chunk = 3 * chunkPoints * partitions * inputs
    const chunks = size / chunkPoints
    const all = (allInputs + allOutputs) * transform + allOutputs * chunks * chunk
    this.#cycles = { transform, chunk, all }
    this.#unit = this.#unitCount
  }

  get #unitCount(): number {
    return this.#loads.length + 2 * this.#outputs.length
  }

  /** Computes the spectra of the kernel. `latency`: the lag of tap 0. Yields after each piece. */
  *prepare(latency: number): Generator<void, void> {
    yield* this.#floats.clear()
    const { size, from, to, partitions } = this.layout
    const { groups, inputs, outputs, shared, values } = this.#kernel
    const { taps, product, kernels } = this.#rest
    const lengths = levelLengths({ size, partitions, inputs })
    const places = Object.fromEntries(levelBuffers.map((buffer) => [buffer, 0]))
    const load = this.#program.stage('load kernel', {
      ...places,
      taps: 4 * taps,
      points: 4 * product,
    })
    const transform = this.#program.stage('transform kernel', { ...places, points: 4 * product })
    const slot = transform.slotOf('part')
    for (let set = 0; set < (shared ? 1 : groups) * outputs; set++)
      for (let i = 0; i < inputs; i++)
        for (let p = 0; p < partitions; p++) {
          const first = from + p * size
          const count = Math.min(size, to - first)
          const start =
            tapsStart(this.#kernel, Math.floor(set / outputs), set % outputs, i) + first - latency
          const { floats } = this.#heap
          for (let t = 0; t < count; t++) floats[taps + t] = values[start + t]!
          floats.fill(0, taps + count, taps + size)
          load.run(0, 1)
          const part = set * lengths.kernel + (p * inputs + i) * inputLengths.kernel
          transform.move(slot, 4 * (kernels + part))
          transform.run(0, 1)
          if (((p + 1) * size) % pointsAtOnce === 0) yield
        }
  }

  /** Takes the samples of n times from `time` on. They are at `at` in their block. */
  write(history: History, time: number, at: number, n: number): void {
    const { size } = this.layout
    const { floats } = this.#heap
    for (let c = 0; c < history.channels; c++)
      history.copy(c, time, n, floats, this.#samples + (2 * c + 1) * size + at)
  }

  /**
   * The newest block of samples is complete: its work begins. `until`: results before this time are
   * not needed, and the work for them is left out.
   */
  complete(until: number): void {
    const { size, partitions, from } = this.layout
    const block = this.#blocks++
    this.#slot = (this.#slot + partitions - 1) % partitions
    for (let c = 0; c < this.#loads.length; c++) this.#loads[c]!.run(0, 1)
    const inputs = this.#loads.length
    this.#chunk = 0
    this.#work[done] = 0
    this.#unit = (block + partitions) * size + from <= until ? this.#unitCount : 0
    if (this.#unit > 0 || (block + 1) * size + from > until) return
    while (this.#unit < inputs) this.#runUnit()
    this.#unit = this.#unitCount
  }

  /** Runs the units that are due `n` samples after the block was complete. */
  advance(n: number): void {
    const { spread } = this.layout
    const work = this.#work
    work[due] = n >= spread ? Infinity : (this.#cycles.all * n) / spread
    while (this.#unit < this.#unitCount && work[done]! < work[due]!) this.#runUnit()
  }

  /** Runs the next unit: of a product, the chunks that are due. */
  #runUnit(): void {
    const work = this.#work
    const { size } = this.layout
    const { transform, chunk } = this.#cycles
    const ring = this.#ringSlot
    const inputs = this.#loads.length
    if (this.#unit < inputs) {
      const { stage, slot, start } = this.#forwards[this.#unit++]!
      stage.move(slot, 4 * (start + this.#slot * ring))
      stage.run(0, 1)
      work[done]! += transform
      return
    }
    const index = this.#unit - inputs
    const { product, inverse } = this.#outputs[index >> 1]!
    if ((index & 1) === 1) {
      const block = (this.#blocks - 1) % this.#kept
      inverse.stage.move(inverse.slot, 4 * (inverse.start + block * size))
      inverse.stage.run(0, 1)
      work[done]! += transform
      this.#unit++
      return
    }
    const { items } = product.stage
    const end = Math.min(items, this.#chunk + Math.ceil((work[due]! - work[done]!) / chunk))
    product.stage.move(product.slot, 4 * (product.start + this.#slot * ring))
    product.stage.run(this.#chunk, end)
    work[done]! += (end - this.#chunk) * chunk
    this.#chunk = end < items ? end : 0
    if (end === items) this.#unit++
  }

  /**
   * Where the results of an output begin that belong to the block of `time`, as an index into the
   * floats of the heap; −1 if there are none. `time` ≥ 0 counts from the first sample.
   */
  results(output: number, time: number): number {
    const { size, from } = this.layout
    if (time < from) return -1
    const block = Math.floor((time - from) / size) % this.#kept
    return this.#outputs[output]!.inverse.start + block * size
  }

  /** Forgets all samples. */
  reset(): void {
    const { rings, end, taps } = this.#rest
    this.#heap.floats.fill(0, this.#samples, taps)
    this.#heap.floats.fill(0, rings, end)
    this.#blocks = 0
    this.#slot = 0
    this.#unit = this.#unitCount
  }

  release(): void {
    this.#floats.release()
  }
}
