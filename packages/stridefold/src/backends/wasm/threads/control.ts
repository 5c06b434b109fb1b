/**
 * The words that all threads of a pool share: which stage of which program runs, what is left of
 * it, and what each thread does.
 *
 *   SEQUENCE | DONE | stage, items, threads, program … | part 0 | part 1 … | thread 0 | thread 1 …
 *
 * Words that many threads write have a cache line each. The sequence number changes whenever a
 * stage begins or a run ends; threads wait for that, so it is the barrier between stages.
 */

/**
 * The number of the current stage, counted from the start of the pool, modulo 2²⁴; plus `OVER`
 * while no run is open. One word says both, and it is written last: whoever sees that a run is over
 * may begin the next one, because nothing more is written for the old one.
 */
export const SEQUENCE = 0
export const OVER: number = 2 ** 24
/** Finished chunks of the current stage. */
export const DONE = 16
/** The index of the current stage in its program. */
export const STAGE = 32
/** One after the last stage of the run. */
export const END = 33
/** The number of threads of the run, and of the parts of its stages. */
export const THREADS = 34
/** The identity of the program, as its message named it. */
export const PROGRAM = 35
/** Chunks of the current stage. */
export const CHUNKS = 36
/** Why the run ends early: 0, or one of the codes below. */
export const FAILURE = 38
/** Workers that have started. */
export const READY = 39
/** 1 if the caller takes no part in the run, and waits for a message that it is over. */
export const REMOTE = 40

/** Values of FAILURE. */
export const ABORTED = -1
export const LOST = -2
/** FAILURE is this, plus the index of the thread that threw. */
export const THREW = 1

/** The most threads of a run. A pool may have a caller besides. */
export const maxThreads = 63
/** Chunks of a part of a stage; they must fit 8 bits. */
export const maxChunks = 8

/**
 * Threads of a run are numbered from 0. The caller is 0. If it takes no part, workers are all
 * threads of the run, and the last of them takes the place of the caller.
 */
export const takesPart = (control: Int32Array, thread: number): boolean => {
  const threads = Atomics.load(control, THREADS)
  return Atomics.load(control, REMOTE) === 1 ? thread <= threads : thread < threads
}

/** What is left of the part of a thread: the sequence number in 24 bits, and chunks in 8. */
export const partWord = (part: number): number => 64 + 16 * part

const threadWords = 64 + 16 * maxThreads
/** What a thread does, one of the states below. */
export const stateWord = (thread: number): number => threadWords + 16 * thread
/** The number by which the operating system knows a thread; 0 if unknown. */
export const taskWord = (thread: number): number => threadWords + 16 * thread + 1

/** States of a thread. */
export const STARTING = 0
/** In its event loop: only a message reaches it. */
export const ASLEEP = 1
/** In its event loop, but a message is on its way. */
export const CALLED = 2
/** Looks at the sequence number. */
export const WAITING = 3
/** Computes a chunk. */
export const BUSY = 4

/** The words of the message of an error, after their number. */
export const messageWords: number = threadWords + 16 * (maxThreads + 1)
export const maxMessage = 200

/** The words of a pool that has no run. */
export function newControl(): Int32Array {
  const control = new Int32Array(new SharedArrayBuffer(4 * (messageWords + 1 + maxMessage)))
  control[SEQUENCE] = OVER
  return control
}

/** Whether a run is open at this word `SEQUENCE`. */
export const isOpen = (sequence: number): boolean => sequence < OVER
