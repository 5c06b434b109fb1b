/**
 * Workers, and the runs that they share with their caller. One run is open at a time.
 *
 *   run        the caller computes as thread 0, workers as 1, 2, …; the caller blocks
 *   runLater   workers compute; the caller's event loop goes on
 *
 * A pool in which a worker has failed takes no more runs (shared-pool.ts opens another).
 */

import { ensure, UnavailableError } from '../../../errors.ts'
import {
  ABORTED,
  ASLEEP,
  BUSY,
  CALLED,
  FAILURE,
  isOpen,
  LOST,
  newControl,
  OVER,
  READY,
  SEQUENCE,
  stateWord,
  THREW,
  takesPart,
  taskWord,
} from './control.ts'
import { nodeModule, startWorker, type WorkerHandle } from './host.ts'
import type { ProgramMessage } from './messages.ts'
import {
  awaitChange,
  beginRun,
  type Run,
  readMessage,
  type SharedStages,
  takeChunks,
} from './share.ts'

export class Pool {
  readonly #control: Int32Array = newControl()
  readonly #url: string | undefined
  readonly #workers: WorkerHandle[] = []
  /** The threads of workers that have ended. */
  readonly #ended = new Set<number>()
  readonly #programs = new Map<number, ProgramMessage>()
  #failure: string | undefined
  /** Called when the state of the remote run may have changed. */
  #onChange: () => void = () => undefined

  /** `url`: the address of the workers' script; undefined: its text is part of the library. */
  constructor(url: string | undefined) {
    this.#url = url
  }

  /** Why no run can use this pool any more; undefined while one can. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** How many workers have started. Read from shared memory: a caller that computes sees it. */
  get ready(): number {
    return Atomics.load(this.#control, READY)
  }

  /** How many workers there are, whether they have started or not. */
  get size(): number {
    return this.#workers.length
  }

  /** Whether workers run something for a caller that goes on. */
  get isBusy(): boolean {
    return this.#isRunning()
  }

  /** Starts workers until there are this many. */
  start(workers: number): void {
    while (this.#workers.length < workers) {
      const thread = this.#workers.length + 1
      const worker = startWorker(this.#url, {
        onMessage: () => this.#onChange(),
        onEnd: (why) => {
          this.#failure ??= why
          this.#ended.add(thread)
          this.#onChange()
        },
      })
      this.#workers.push(worker)
      worker.post({ kind: 'start', control: this.#control, thread })
      for (const program of this.#programs.values()) worker.post(program)
    }
  }

  /** Gives a program to the workers, once. */
  load(program: ProgramMessage): void {
    if (this.#programs.has(program.id)) return
    this.#programs.set(program.id, program)
    for (const worker of this.#workers) worker.post(program)
  }

  /** The workers let go of a program. */
  release(id: number): void {
    if (!this.#programs.delete(id)) return
    for (const worker of this.#workers) worker.post({ kind: 'release', id })
  }

  /**
   * Runs on the calling thread and the workers; returns when all is done. Throws what a chunk threw
   * on this thread, and `UnavailableError` (`WORKER_FAILED`) if one failed on a worker.
   */
  run(run: Run, stages: SharedStages): void {
    const control = this.#control
    let thrown: { readonly error: unknown } | undefined
    const own: SharedStages = {
      ...stages,
      run(stage, first, end) {
        try {
          stages.run(stage, first, end)
        } catch (error) {
          thrown = { error }
          throw error
        }
      },
    }
    this.#begin(run, own)
    let since = performance.now()
    for (;;) {
      const sequence = Atomics.load(control, SEQUENCE)
      if (!isOpen(sequence)) break
      takeChunks(control, 0, sequence, own)
      if (awaitChange(control, sequence)) {
        since = performance.now()
        continue
      }
      if (performance.now() - since > lostMilliseconds && this.#hasLost()) {
        this.#giveUp(LOST, own)
        while (this.#isComputing()) Atomics.wait(control, SEQUENCE, sequence, 5)
        this.#end()
      }
    }
    if (thrown !== undefined) throw thrown.error
    this.#throwFailure()
  }

  /**
   * Runs on the workers; resolves when all is done, with false if none could start. Rejects with
   * the reason of the signal, and with `UnavailableError` (`WORKER_FAILED`) if a worker failed.
   */
  async runLater(
    run: Run,
    stages: SharedStages,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    ensure(!this.isBusy, 'POOL_BUSY', 'workers were given a run while another one was open.')
    let patience: ReturnType<typeof setTimeout> | undefined
    const start = setTimeout(() => this.#giveUpStarting(), startMilliseconds)
    const onAbort = (): void => {
      this.#giveUp(ABORTED, stages)
      patience = setTimeout(() => void this.close(), patienceMilliseconds)
    }
    for (const worker of this.#workers) worker.hold(true)
    this.#begin(run, stages)
    signal?.addEventListener('abort', onAbort)
    if (signal?.aborted === true) onAbort()
    try {
      await this.#over(stages)
    } finally {
      signal?.removeEventListener('abort', onAbort)
      clearTimeout(patience)
      clearTimeout(start)
      for (const worker of this.#workers) worker.hold(false)
    }
    if (signal?.aborted === true && Atomics.load(this.#control, FAILURE) === ABORTED)
      throw signal.reason
    if (this.#failure !== undefined && this.ready === 0) return false
    this.#throwFailure()
    return true
  }

  /** Resolves when the remote run is over. Ends it if a worker has ended. */
  #over(stages: SharedStages): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#isRunning() && this.#failure !== undefined) {
          this.#giveUp(LOST, stages)
          if (this.#isComputing()) {
            setTimeout(look, 5)
            return
          }
          this.#end()
        }
        if (this.#isRunning()) return
        this.#onChange = () => undefined
        resolve()
      }
      this.#onChange = look
      look()
    })
  }

  #isRunning(): boolean {
    return isOpen(Atomics.load(this.#control, SEQUENCE))
  }

  #begin(run: Run, stages: SharedStages): void {
    beginRun(this.#control, run, stages)
    // Workers that sleep in their event loop see only messages.
    this.#workers.forEach((worker, i) => {
      const state = stateWord(i + 1)
      if (
        takesPart(this.#control, i + 1) &&
        Atomics.compareExchange(this.#control, state, ASLEEP, CALLED) === ASLEEP
      )
        worker.post({ kind: 'wake' })
    })
  }

  /** Nothing more of the run is computed. What is left to take is counted as done, here. */
  #giveUp(code: number, stages: SharedStages): void {
    const control = this.#control
    Atomics.compareExchange(control, FAILURE, 0, code)
    takeChunks(control, 0, Atomics.load(control, SEQUENCE), stages)
  }

  /** An engine may neither start a worker nor say why. */
  #giveUpStarting(): void {
    if (this.ready > 0) return
    this.#failure ??= `none started within ${startMilliseconds} ms`
    this.#onChange()
  }

  /** Ends a run of which a worker took a part with it. */
  #end(): void {
    Atomics.or(this.#control, SEQUENCE, OVER)
  }

  /** Whether a worker ended in the middle of a run. */
  #hasLost(): boolean {
    if (this.#failure === undefined && this.#workers.some((_, i) => !this.#isAlive(i + 1)))
      this.#failure = 'it ended'
    return this.#failure !== undefined
  }

  /** Whether a worker that lives is in the middle of a chunk. */
  #isComputing(): boolean {
    return this.#workers.some(
      (_, i) => Atomics.load(this.#control, stateWord(i + 1)) === BUSY && this.#isAlive(i + 1),
    )
  }

  /** Whether a worker lives. Only Linux tells a caller that does not return to its event loop. */
  #isAlive(thread: number): boolean {
    const task = Atomics.load(this.#control, taskWord(thread))
    if (this.#ended.has(thread)) return false
    if (task === 0) return true
    const files = nodeModule('node:fs') as { existsSync(path: string): boolean }
    return files.existsSync(`/proc/self/task/${task}`)
  }

  #throwFailure(): void {
    const code = Atomics.load(this.#control, FAILURE)
    if (code === 0) return
    const why = code >= THREW ? readMessage(this.#control) : this.#failure
    throw new UnavailableError(
      'WORKER_FAILED',
      `a worker failed while it computed its part: ${why}. Call again: new workers will start. ` +
        'With threads: 1 the call needs none.',
    )
  }

  /** Ends the workers, wherever they are. */
  async close(): Promise<void> {
    this.#failure ??= 'the pool was closed'
    await Promise.all(
      this.#workers.map(async (worker, i) => {
        await worker.terminate()
        this.#ended.add(i + 1)
      }),
    )
    this.#onChange()
  }
}

/** After this long without progress the caller looks whether its workers live, in milliseconds. */
const lostMilliseconds = 50

/** Workers that have not started after this long never will, in milliseconds. */
const startMilliseconds = 10_000

/** How long after an abort the chunks in progress may take, before the workers are ended. */
const patienceMilliseconds = 60
