/**
 * What the caller posts to its workers. A worker that shares memory only posts back that a run is
 * over: everything else is in words that they share (control.ts). The messages of workers without
 * shared memory are in box-messages.ts.
 */

import type { BoxMessage } from './box-messages.ts'

/** A program, for the workers that will run it. */
export interface ProgramMessage {
  readonly kind: 'program'
  readonly id: number
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly stages: readonly StageMessage[]
  /** The most threads of a run. */
  readonly threads: number
  /** The addresses of all stages, once per thread. Shared: the caller writes them before a run. */
  readonly addresses: Int32Array
  /** The number of addresses of one thread. */
  readonly addressCount: number
}

/** A stage: its export, its items, the end of its group (share.ts), and its addresses. */
export interface StageMessage {
  readonly entry: string
  readonly items: number
  readonly groupEnd: number
  readonly start: number
  readonly count: number
}

export type WorkerMessage =
  | { readonly kind: 'start'; readonly control: Int32Array; readonly thread: number }
  | ProgramMessage
  | { readonly kind: 'release'; readonly id: number }
  | { readonly kind: 'wake' }
  | BoxMessage
