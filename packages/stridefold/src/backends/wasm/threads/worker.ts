/**
 * What a worker does: it waits for runs and takes its share of them. Where it shares no memory with
 * its caller, it computes boxes instead (box-host.ts).
 *
 * This file and what it imports become one string, which the library hands to the engine
 * (scripts/worker-source.ts). So no bundler can lose the worker, and it loads nothing.
 */

import { BoxHost } from './box-host.ts'
import type { BoxAnswer, BoxMessage } from './box-messages.ts'
import {
  ASLEEP,
  isOpen,
  PROGRAM,
  READY,
  REMOTE,
  SEQUENCE,
  stateWord,
  takesPart,
  taskWord,
  WAITING,
} from './control.ts'
import type { WorkerMessage } from './messages.ts'
import { awaitChange, type SharedStages, takeChunks } from './share.ts'

type StageFunction = (first: number, end: number, ...addresses: number[]) => void

interface Host {
  readonly process?: {
    getBuiltinModule?(name: string): unknown
  }
  onmessage: ((event: { readonly data: WorkerMessage }) => void) | null
  postMessage(message: unknown, transfer?: Transferable[]): void
}

/** After this long without a run a worker sleeps in its event loop, where it costs nothing. */
const idleMilliseconds = 1000

const host = globalThis as unknown as Host
const nodeModule = (name: string): unknown => host.process?.getBuiltinModule?.(name)
const nodeThreads = nodeModule('node:worker_threads') as { readonly parentPort: Host } | undefined
const port = nodeThreads?.parentPort ?? host

const programs = new Map<number, SharedStages>()
let control: Int32Array = new Int32Array(0)
let thread = 0

const boxes = new BoxHost()

port.onmessage = ({ data }) => {
  if (isBoxMessage(data)) {
    const answer = boxes.receive(data)
    if (answer !== undefined) port.postMessage(answer, buffersOf(answer))
    return
  }
  if (data.kind === 'start') {
    control = data.control
    thread = data.thread
    Atomics.store(control, taskWord(thread), taskNumber())
    Atomics.add(control, READY, 1)
    Atomics.notify(control, READY)
  }
  if (data.kind === 'program') programs.set(data.id, stagesOf(data))
  if (data.kind === 'release') programs.delete(data.id)
  attend()
}

const isBoxMessage = (message: WorkerMessage): message is BoxMessage =>
  message.kind.startsWith('box')

/** What a caller gets back by transfer. */
const buffersOf = (answer: BoxAnswer): ArrayBuffer[] =>
  answer.kind === 'done' ? [answer.input, answer.output] : []

/** The number of this thread in Linux, where the caller can ask whether it lives. */
function taskNumber(): number {
  try {
    const files = nodeModule('node:fs') as { readlinkSync(path: string): string }
    return Number(files.readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return 0
  }
}

function stagesOf(data: Extract<WorkerMessage, { kind: 'program' }>): SharedStages {
  const { module, memory, stages, threads, addresses, addressCount } = data
  const { exports } = new WebAssembly.Instance(module, { m: { m: memory } })
  const functions = stages.map(({ entry }) => exports[entry] as StageFunction)
  return {
    items: stages.map(({ items }) => items),
    groupEnds: stages.map(({ groupEnd }) => groupEnd),
    run(stage, first, end) {
      const { start, count } = stages[stage]!
      const from = (thread % threads) * addressCount + start
      functions[stage]!(first, end, ...addresses.subarray(from, from + count))
    },
    onOver() {
      if (Atomics.load(control, REMOTE) === 1) port.postMessage(0)
    },
  }
}

/** Takes part in runs until there are none for a while, or one needs a program not yet received. */
function attend(): void {
  const state = stateWord(thread)
  Atomics.store(control, state, WAITING)
  let idleSince = performance.now()
  for (;;) {
    const sequence = Atomics.load(control, SEQUENCE)
    if (isOpenForMe(sequence)) {
      const stages = programs.get(Atomics.load(control, PROGRAM))
      if (stages === undefined) break
      takeChunks(control, thread, sequence, stages)
      idleSince = performance.now()
    }
    if (awaitChange(control, sequence)) continue
    if (performance.now() - idleSince < idleMilliseconds) continue
    Atomics.store(control, state, ASLEEP)
    // A run may have begun before it could see that this thread sleeps.
    if (!isOpenForMe(Atomics.load(control, SEQUENCE))) return
    if (Atomics.compareExchange(control, state, ASLEEP, WAITING) !== ASLEEP) return
  }
  Atomics.store(control, state, ASLEEP)
}

const isOpenForMe = (sequence: number): boolean => isOpen(sequence) && takesPart(control, thread)
