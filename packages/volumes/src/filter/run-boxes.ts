/**
 * Computes boxes of a result, one after the other. While a box is computed, the next one is read
 * and the one before is written: so there are samples of two boxes and results of two, not more.
 *
 *   read      0   1   2   3
 *   compute       0   1   2   3
 *   write             0   1   2   3
 */

import type { DType, TypedArray } from 'stridefold'
import { product } from '../arrays/boxes.ts'
import type { Range, WritableArray } from '../arrays/stored-array.ts'
import { insideBox } from '../cut/box-size.ts'
import { boxAt, chunksOfBox, extentsOf, type Grid, positionsIn } from '../cut/grid.ts'
import { sampleCount } from '../cut/memory-bound.ts'
import { VolumeError } from '../errors.ts'
import { elementsOf } from './elements.ts'
import type { FilterPlan } from './plan-filter.ts'
import { Meter, type Progress } from './progress.ts'
import { type Reading, readSamples } from './read-samples.ts'
import { writeResults } from './write-results.ts'

export interface BoxesRun {
  readonly plan: FilterPlan
  readonly reading: Reading
  readonly target: WritableArray
  readonly grid: Grid
  /** The numbers of the boxes. */
  readonly boxes: Range
  /** Called for a box that cannot be read. Without it the first such box ends the run. */
  readonly onFailure?: (index: number, error: VolumeError) => Promise<void>
  /** Called for a box that is done, after its chunks are written. */
  readonly onDone?: (index: number) => Promise<void>
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

export interface BoxesRan {
  readonly computed: number
  readonly skipped: number
  readonly failed: number
  readonly progress: Progress
}

/** A box whose samples are being read. */
interface Started {
  readonly index: number
  readonly box: readonly Range[]
  readonly reads: readonly (readonly Range[])[]
  readonly samples: TypedArray
  readonly isRead: Promise<void>
}

export async function runBoxes(run: BoxesRun): Promise<BoxesRan> {
  const { plan, reading, target, grid, onFailure, onDone, onProgress } = run
  // A failure ends what is in progress, too.
  const stop = new AbortController()
  const signal = run.signal ? AbortSignal.any([run.signal, stop.signal]) : stop.signal
  const meter = new Meter(run.boxes[1] - run.boxes[0])
  // Freed memory comes back late, so the largest arrays are made at once and kept.
  const middle = insideBox(grid.box, grid.shape)
  const samples = new Buffers(reading.source.dtype, sampleCount(plan.readsOf(middle)))
  const results = new Buffers(target.dtype, product(grid.box))
  let [computed, skipped, failed] = [0, 0, 0]
  const order = inOrder(run)
  let next = order.next()
  const report = (): void => onProgress?.(meter.progress())

  /** Begins to read the next box that is not done. */
  const start = async (before: Started | undefined): Promise<Started | undefined> => {
    for (; !next.done; next = order.next()) {
      signal.throwIfAborted()
      if (!(await isBoxWritten(target, boxAt(grid, next.value)))) break
      skipped++
      meter.skip()
      report()
    }
    if (next.done) return undefined
    const index = next.value
    next = order.next()
    const box = boxAt(grid, index)
    const reads = plan.readsOf(box)
    const memory = samples.take(sampleCount(reads))
    const isRead = meter.time('reading', async () =>
      meter.addBytes('read', await readSamples(reading, reads, memory, before, signal)),
    )
    // Whoever waits for it gets the failure.
    isRead.catch(() => {})
    return { index, box, reads, samples: memory, isRead }
  }

  let writing: Promise<void> = Promise.resolve()
  let following: Promise<Started | undefined> = start(undefined)
  try {
    report()
    for (let current = await following; current; current = await following) {
      const { index, box, isRead } = current
      try {
        await isRead
      } catch (error) {
        if (signal.aborted || !onFailure || !(error instanceof VolumeError)) throw error
        await onFailure(index, error)
        failed++
        meter.fail()
        report()
        following = start(undefined)
        continue
      }
      following = start(current)
      following.catch(() => {})
      const memory = results.take(product(extentsOf(box)))
      await meter.time('computing', () => plan.run(box, current.samples, memory, signal))
      await writing
      writing = meter.time('writing', async () => {
        meter.addBytes('written', await writeResults(target, box, memory, signal))
        await onDone?.(index)
        computed++
        meter.finish()
        report()
      })
      writing.catch(() => {})
    }
    await writing
    return { computed, skipped, failed, progress: meter.progress() }
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled([writing, following.then((started) => started?.isRead)])
    throw error
  }
}

/** The boxes of a run. One that reads most comes first, so that no memory grows later. */
function* inOrder({ plan, grid, boxes: [start, end] }: BoxesRun): Generator<number, void> {
  let [largest, most] = [start, 0]
  for (let index = start; index < Math.min(end, start + searchedBoxes); index++) {
    const count = sampleCount(plan.readsOf(boxAt(grid, index)))
    if (count > most) [largest, most] = [index, count]
  }
  if (start < end) yield largest
  for (let index = start; index < end; index++) if (index !== largest) yield index
}

const searchedBoxes = 4096

/** Whether all chunks of a box are there. */
export async function isBoxWritten(
  target: Pick<WritableArray, 'chunks' | 'isWritten'>,
  box: readonly Range[],
): Promise<boolean> {
  for (const chunk of positionsIn(chunksOfBox(box, target.chunks)))
    if (!(await target.isWritten(chunk))) return false
  return true
}

/** Two arrays in turns: one is in use while the other is filled. */
class Buffers {
  readonly #create: () => TypedArray
  readonly #arrays: TypedArray[] = []
  #turn = 0

  constructor(dtype: DType, length: number) {
    this.#create = () => elementsOf(dtype).create(length)
  }

  take(length: number): TypedArray {
    const turn = this.#turn
    this.#turn = 1 - turn
    this.#arrays[turn] ??= this.#create()
    return this.#arrays[turn]!.subarray(0, length)
  }
}
