/**
 * How do threads share a run? The items of stages that may run at the same time form a group. It is
 * cut into one part per thread, and each part into chunks of items. A thread takes the chunks of
 * its own part, which it also took in the run before, so that its cache holds them. Then it takes
 * what is left of the others'. So a thread that comes late, or never, delays nobody. Whoever
 * finishes the last chunk begins the next group.
 *
 *   part 0           part 1
 *   ┌──┬──┬──┬──┐    ┌──┬──┬──┬──┐    Each part is one word: sequence number and chunks left.
 *   │▒▒│▒▒│  │  │    │▒▒│  │  │  │    Taking one is a compare-exchange, which fails once the
 *   └──┴──┴──┴──┘    └──┴──┴──┴──┘    stage is over, however long a thread has slept.
 */

import {
  BUSY,
  CHUNKS,
  DONE,
  END,
  FAILURE,
  maxChunks,
  maxMessage,
  messageWords,
  OVER,
  PROGRAM,
  partWord,
  REMOTE,
  SEQUENCE,
  STAGE,
  stateWord,
  THREADS,
  THREW,
  WAITING,
} from './control.ts'

/** The part of a program that a thread needs. */
export interface SharedStages {
  /** The number of grid items of each stage. */
  readonly items: readonly number[]
  /** For each stage, the index after the last one that may run at the same time: its group. */
  readonly groupEnds: readonly number[]
  /** Runs the grid items in [first, end) of a stage. */
  readonly run: (stage: number, first: number, end: number) => void
  /** Called by the thread that ends the run. */
  readonly onOver: () => void
}

/** A run, as its caller begins it: stages [first, end) of a program. */
export interface Run {
  readonly program: number
  readonly first: number
  readonly end: number
  readonly threads: number
  /** Whether the caller takes no part. */
  readonly isRemote: boolean
}

/** Begins a run. No other may be open. */
export function beginRun(control: Int32Array, run: Run, stages: SharedStages): void {
  Atomics.store(control, FAILURE, 0)
  Atomics.store(control, PROGRAM, run.program)
  Atomics.store(control, THREADS, run.threads)
  Atomics.store(control, END, run.end)
  Atomics.store(control, REMOTE, run.isRemote ? 1 : 0)
  beginStage(control, run.first, stages)
}

/** Ends the run, or begins this stage and its group, or the next one that has grid items. */
function beginStage(control: Int32Array, from: number, stages: SharedStages): void {
  const threads = Atomics.load(control, THREADS)
  const end = Atomics.load(control, FAILURE) === 0 ? Atomics.load(control, END) : 0
  let stage = from
  while (stage < end && stages.items[stage] === 0) stage++
  const isOver = stage >= end
  const items = isOver ? 0 : itemsBetween(stages, stage, groupEnd(control, stages, stage))
  // The word without `OVER`, which is above these bits.
  const sequence = (Atomics.load(control, SEQUENCE) + 1) & 0xffffff
  let total = 0
  const chunks = Array.from({ length: threads }, (_, part) =>
    chunksOf(partStart(items, part + 1, threads) - partStart(items, part, threads)),
  )
  for (const count of chunks) total += count
  Atomics.store(control, STAGE, stage)
  Atomics.store(control, CHUNKS, total)
  Atomics.store(control, DONE, 0)
  chunks.forEach((count, part) => {
    Atomics.store(control, partWord(part), (sequence << 8) | count)
  })
  Atomics.store(control, SEQUENCE, isOver ? sequence + OVER : sequence)
  Atomics.notify(control, SEQUENCE)
  if (isOver) stages.onOver()
}

/** One after the last stage of the current run that may run at the same time as this one. */
const groupEnd = (control: Int32Array, { groupEnds }: SharedStages, stage: number): number =>
  Math.min(groupEnds[stage]!, Atomics.load(control, END))

function itemsBetween({ items }: SharedStages, stage: number, end: number): number {
  let sum = 0
  for (let s = stage; s < end; s++) sum += items[s]!
  return sum
}

/** The first grid item of a part. */
const partStart = (items: number, part: number, parts: number): number =>
  Math.floor((items * part) / parts)

const chunksOf = (items: number): number => Math.min(items, maxChunks)

/**
 * Computes chunks of the stage with this sequence number until none is left to take. After a
 * failure the chunks are only counted, so that the run ends.
 */
export function takeChunks(
  control: Int32Array,
  thread: number,
  sequence: number,
  stages: SharedStages,
): void {
  const stage = Atomics.load(control, STAGE)
  const threads = Atomics.load(control, THREADS)
  const nextStage = groupEnd(control, stages, stage)
  const items = itemsBetween(stages, stage, nextStage)
  const total = Atomics.load(control, CHUNKS)
  for (let i = 0; i < threads; i++) {
    const part = (thread + i) % threads
    const start = partStart(items, part, threads)
    const size = partStart(items, part + 1, threads) - start
    const chunks = chunksOf(size)
    for (;;) {
      const word = Atomics.load(control, partWord(part))
      if (word >>> 8 !== sequence) return
      const left = word & 0xff
      if (left === 0) break
      Atomics.store(control, stateWord(thread), BUSY)
      if (Atomics.compareExchange(control, partWord(part), word, word - 1) === word) {
        const first = start + Math.floor((size * (chunks - left)) / chunks)
        const end = start + Math.floor((size * (chunks - left + 1)) / chunks)
        computeChunk(control, thread, stages, [stage, first, end])
        if (Atomics.add(control, DONE, 1) + 1 === total) beginStage(control, nextStage, stages)
      }
      Atomics.store(control, stateWord(thread), WAITING)
    }
  }
}

/**
 * Computes items [first, end) of a group, counted from the first item of its first stage, or
 * nothing if the run has failed. An error is left to the caller of the run.
 */
function computeChunk(
  control: Int32Array,
  thread: number,
  stages: SharedStages,
  [stage, first, end]: readonly [stage: number, first: number, end: number],
): void {
  if (Atomics.load(control, FAILURE) !== 0) return
  try {
    for (let [s, start] = [stage, 0]; start < end; s++) {
      const items = stages.items[s]!
      if (first < start + items)
        stages.run(s, Math.max(first - start, 0), Math.min(end - start, items))
      start += items
    }
  } catch (error) {
    if (Atomics.compareExchange(control, FAILURE, 0, THREW + thread) === 0)
      writeMessage(control, String(error))
  }
}

function writeMessage(control: Int32Array, text: string): void {
  const length = Math.min(text.length, maxMessage)
  for (let i = 0; i < length; i++) Atomics.store(control, messageWords + 1 + i, text.charCodeAt(i))
  Atomics.store(control, messageWords, length)
}

/** The text of the error that ended the run. */
export function readMessage(control: Int32Array): string {
  const length = Atomics.load(control, messageWords)
  const codes = control.subarray(messageWords + 1, messageWords + 1 + length)
  return String.fromCharCode(...codes)
}

/** How long threads look at a word before they let the operating system wake them, in ms. */
const spinMilliseconds = 0.04
/** The longest uninterrupted wait, in ms. */
const sliceMilliseconds = 100

const { pause = (): void => undefined } = Atomics as { readonly pause?: () => void }

/** Waits until the sequence number is another one, but not for long. Returns whether it is. */
export function awaitChange(control: Int32Array, sequence: number): boolean {
  const start = performance.now()
  do {
    for (let i = 0; i < 64; i++) {
      if (Atomics.load(control, SEQUENCE) !== sequence) return true
      pause()
    }
  } while (performance.now() - start < spinMilliseconds)
  return Atomics.wait(control, SEQUENCE, sequence, sliceMilliseconds) !== 'timed-out'
}
