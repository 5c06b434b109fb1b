/** What the page and the worker of the race tell each other. */

import type { SizeResult } from './results.ts'

export type Request =
  | ({ readonly kind: 'measure' } & SizeRequest)
  /** Ends the size that is measured. Its answer has what was measured so far. */
  | { readonly kind: 'stop' }

export interface SizeRequest {
  readonly course: string
  readonly n: number
  /** Runners that do not start. */
  readonly without: readonly string[]
  /** What was measured at this size before it was stopped. */
  readonly before: SizeResult | undefined
}

export interface Clock {
  readonly stepMs: number
  readonly sampleMs: number
}

export type Answer =
  /** The smallest step of this browser's clock, and the shortest sample, in milliseconds. */
  | ({ readonly kind: 'clock' } & Clock)
  | { readonly kind: 'progress'; readonly share: number; readonly runner: string }
  | { readonly kind: 'sized'; readonly result: SizeResult }
  | { readonly kind: 'fault'; readonly message: string }
