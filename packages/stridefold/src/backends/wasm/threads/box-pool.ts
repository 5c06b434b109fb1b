/**
 * Workers without shared memory, and the boxes that they compute for their caller. One run is open
 * at a time. The caller only copies: it fills the next buffer while the workers compute.
 *
 *   caller    │fill 0│fill 1│fill 2│  take 0 │fill 3│ take 1 │ …     Each worker has at most two
 *   worker 1         │ box 0      │ box 2         │ box 4            boxes: one that it computes,
 *   worker 2                │ box 1      │ box 3         │           and the next one.
 *
 * A worker that failed, or that does not end its box soon after an abort, is ended. The next run
 * starts another one in its place.
 */

import { UnavailableError } from '../../../errors.ts'
import type { Boxes } from '../../../program/backend.ts'
import type { BoxAnswer, BoxMessage, BoxProgramMessage } from './box-messages.ts'
import { eventLoopTurn, type WorkerHandle, type WorkerListener } from './host.ts'
import { Pace } from './pace.ts'

/** The program of a run, and the weights that its workers must have. */
export interface BoxTask {
  readonly program: BoxProgramMessage
  /** Changes with the weights. */
  readonly version: number
  /** The message with the weights, for one worker. */
  weights(pace: Pace): Promise<Extract<BoxMessage, { kind: 'box weights' }>>
  readonly bias: ArrayBuffer | undefined
}

/** A worker, as the pool sees it. */
interface Member {
  readonly handle: WorkerHandle
  /** The versions of the weights of each program that it has. */
  readonly versions: Map<number, number>
  /** Boxes that it has. */
  boxes: number
  /** The size of its memory in bytes. */
  bytes: number
  /** Whether it has ever answered. */
  hasAnswered: boolean
}

type Done = Extract<BoxAnswer, { kind: 'done' }>

/** What is going on in the open run. */
interface OpenRun {
  readonly results: Done[]
  failure: UnavailableError | undefined
  /** Why no worker could start. */
  notStarted: string | undefined
}

export class BoxPool {
  readonly #open: (listener: WorkerListener) => WorkerHandle
  readonly #budget: () => number
  readonly #members = new Set<Member>()
  #run: OpenRun = noRun()
  /** Called when something has happened. */
  #onChange: () => void = () => undefined

  /** `budget`: the bytes by which the memories of all workers together may grow. */
  constructor(open: (listener: WorkerListener) => WorkerHandle, budget: () => number) {
    this.#open = open
    this.#budget = budget
  }

  /** The bytes of the memories of its workers. */
  get bytes(): number {
    return [...this.#members].reduce((sum, member) => sum + member.bytes, 0)
  }

  /**
   * Computes the boxes on this many workers. Resolves with whether a guard tripped, or with the
   * reason why no worker can start. Rejects with the reason of the signal, and with
   * `UnavailableError` if a worker failed.
   */
  async run(
    task: BoxTask,
    boxes: Boxes,
    workers: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean | string> {
    this.#run = noRun()
    const onAbort = (): void => this.#onChange()
    signal?.addEventListener('abort', onAbort)
    const late = setTimeout(() => this.#giveUpStarting(), startMilliseconds)
    try {
      const count = Math.min(workers, boxes.count)
      await this.#start(count)
      for (const { handle } of this.#members) handle.hold(true)
      return await this.#computeAll([...this.#members].slice(0, count), task, boxes, signal)
    } finally {
      clearTimeout(late)
      signal?.removeEventListener('abort', onAbort)
      await this.#settle()
      for (const { handle } of this.#members) handle.hold(false)
    }
  }

  /** The workers let go of a program. */
  release(id: number): void {
    for (const { handle, versions } of this.#members)
      if (versions.delete(id)) handle.post({ kind: 'box release', id })
  }

  /** Ends the workers, wherever they are. */
  async close(): Promise<void> {
    this.#run.failure ??= workerFailed('the pool was closed')
    this.#onChange()
    await Promise.all([...this.#members].map((member) => this.#end(member)))
  }

  /**
   * Starts workers until there are this many, each in a turn of the event loop. With fewer, the run
   * takes longer.
   */
  async #start(workers: number): Promise<void> {
    try {
      while (this.#members.size < workers && this.#run.failure === undefined) {
        await eventLoopTurn()
        this.#members.add(this.#newMember())
      }
    } catch (error) {
      if (this.#members.size === 0) this.#run.notStarted = String(error)
    }
  }

  #newMember(): Member {
    const handle = this.#open({
      onMessage: (answer) => this.#receive(member, answer as BoxAnswer),
      onEnd: (why) => this.#lose(member, why),
    })
    const member: Member = {
      ...{ handle, versions: new Map(), boxes: 0, bytes: 0, hasAnswered: false },
    }
    return member
  }

  async #computeAll(
    team: readonly Member[],
    task: BoxTask,
    boxes: Boxes,
    signal: AbortSignal | undefined,
  ): Promise<boolean | string> {
    const run = this.#run
    const pace = new Pace()
    const spare: Done[] = []
    let [next, done, guardTripped] = [0, 0, false]
    while (done < boxes.count) {
      if (isAborted(signal)) throw signal!.reason
      if (run.notStarted !== undefined) return run.notStarted
      if (run.failure !== undefined) throw run.failure
      // Results that wait hold memory.
      const mayFill = next < boxes.count && run.results.length < team.length
      const member = mayFill ? leastBusy(team) : undefined
      const result = run.results[0]
      if (member !== undefined) {
        await this.#prepare(member, task, pace)
        await sendBox(member, next++, task, boxes, spare.pop(), pace, signal)
      } else if (result !== undefined) {
        run.results.shift()
        guardTripped ||= result.guardTripped
        for (const _ of boxes.copyOut(result.job, result.output)) {
          await pace.rest()
          // From then on the output belongs to the caller again.
          if (isAborted(signal)) throw signal!.reason
        }
        spare.push(result)
        done++
      } else {
        await this.#change()
        pace.begin()
      }
    }
    return guardTripped
  }

  /** Gives a worker the program and the weights, unless it has them. */
  async #prepare(
    { handle, versions, bytes }: Member,
    { program, version, weights }: BoxTask,
    pace: Pace,
  ): Promise<void> {
    if (!versions.has(program.id)) {
      versions.set(program.id, -1)
      handle.post({ ...program, mostBytes: bytes + this.#budget() / this.#members.size })
      await pace.rest()
    }
    if (versions.get(program.id) === version) return
    const message = await weights(pace)
    handle.post(message, [message.kernel])
    versions.set(program.id, version)
  }

  #receive(member: Member, answer: BoxAnswer): void {
    // A worker that was ended may have answered before.
    if (!this.#members.has(member)) return
    member.hasAnswered = true
    if (answer.kind === 'loaded') member.bytes = answer.bytes
    else if (answer.kind === 'done') {
      member.boxes--
      this.#run.results.push(answer)
    } else this.#fail(member, failureOf(answer))
    this.#onChange()
  }

  /** A worker has ended by itself. */
  #lose(member: Member, why: string): void {
    if (!this.#members.has(member)) return
    const isNew = ![...this.#members].some(({ hasAnswered }) => hasAnswered)
    if (isNew) this.#run.notStarted ??= why
    this.#fail(member, workerFailed(why))
    this.#onChange()
  }

  #fail(member: Member, failure: UnavailableError): void {
    this.#run.failure ??= failure
    void this.#end(member)
  }

  /** An engine may neither start a worker nor say why. */
  #giveUpStarting(): void {
    if ([...this.#members].some(({ hasAnswered }) => hasAnswered)) return
    this.#run.notStarted ??= `none started within ${startMilliseconds} ms`
    this.#onChange()
  }

  /** Waits a little for the boxes in progress, then ends the workers that still compute. */
  async #settle(): Promise<void> {
    const end = performance.now() + patienceMilliseconds
    const busy = (): Member[] => [...this.#members].filter(({ boxes }) => boxes > 0)
    while (busy().length > 0 && performance.now() < end) await this.#change(patienceMilliseconds)
    await Promise.all(busy().map((member) => this.#end(member)))
    this.#run = noRun()
  }

  async #end(member: Member): Promise<void> {
    this.#members.delete(member)
    await member.handle.terminate()
  }

  /** Resolves when something has happened, or after some milliseconds. */
  #change(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds)
      this.#onChange = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** Fills the buffers of a box and gives it to a worker. `spare`: buffers to use again. */
async function sendBox(
  member: Member,
  job: number,
  { program: { id }, bias }: BoxTask,
  boxes: Boxes,
  spare: Done | undefined,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<void> {
  const input = spare?.input ?? new ArrayBuffer(boxes.inputBytes)
  const output = spare?.output ?? new ArrayBuffer(boxes.outputBytes)
  for (const _ of boxes.copyIn(job, input)) {
    await pace.rest()
    // From then on the input belongs to the caller again.
    if (isAborted(signal)) throw signal!.reason
  }
  member.boxes++
  const offsets = boxes.offsets(job)
  member.handle.post({ kind: 'box', id, job, input, output, bias, offsets }, [input, output])
}

/** A worker that can take a box; of several that with the fewest. */
function leastBusy(team: readonly Member[]): Member | undefined {
  let best: Member | undefined
  for (const member of team)
    if (member.boxes < boxesPerWorker && member.boxes < (best?.boxes ?? Infinity)) best = member
  return best
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

const noRun = (): OpenRun => ({ results: [], failure: undefined, notStarted: undefined })

function failureOf({ why, code }: Extract<BoxAnswer, { kind: 'failed' }>): UnavailableError {
  return code === undefined ? workerFailed(why) : new UnavailableError(code, why)
}

const workerFailed = (why: string): UnavailableError =>
  new UnavailableError(
    'WORKER_FAILED',
    `a worker failed while it computed its part: ${why}. Call again: new workers will start. ` +
      'A synchronous call needs none.',
  )

/** One that it computes, and one that waits for it. */
const boxesPerWorker = 2

/** Workers that have not started after this long never will, in milliseconds. */
const startMilliseconds = 10_000

/** How long after an abort the boxes in progress may take, before their workers are ended. */
const patienceMilliseconds = 60
