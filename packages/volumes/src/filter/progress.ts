/** How far is a run, and where does its time go? */

/** The state of a run. Plain data. */
export interface Progress {
  /** What is computed: 0 is the result itself, 1 the first of the smaller resolutions. */
  readonly level: number
  readonly boxes: {
    readonly total: number
    /** Written by this run, or by one before it. */
    readonly done: number
    /** Of these, those that were there already. */
    readonly skipped: number
    readonly failed: number
  }
  readonly bytes: { readonly read: number; readonly written: number }
  /** Reading, computing and writing overlap, so their sum may be more than `elapsed`. */
  readonly seconds: {
    readonly reading: number
    readonly computing: number
    readonly writing: number
    readonly elapsed: number
    /** At the rate of the boxes so far. Undefined before the first one. */
    readonly left: number | undefined
  }
}

type Work = 'reading' | 'computing' | 'writing'

export class Meter {
  readonly #start = performance.now()
  readonly #total: number
  readonly #milliseconds = { reading: 0, computing: 0, writing: 0 }
  readonly #bytes = { read: 0, written: 0 }
  #finished = 0
  #skipped = 0
  #failed = 0

  constructor(total: number) {
    this.#total = total
  }

  async time<T>(work: Work, run: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await run()
    } finally {
      this.#milliseconds[work] += performance.now() - start
    }
  }

  addBytes(which: 'read' | 'written', bytes: number): void {
    this.#bytes[which] += bytes
  }

  finish(): void {
    this.#finished++
  }

  skip(): void {
    this.#skipped++
  }

  fail(): void {
    this.#failed++
  }

  progress(): Progress {
    const elapsed = (performance.now() - this.#start) / 1000
    const { reading, computing, writing } = this.#milliseconds
    const worked = this.#finished + this.#failed
    const rest = this.#total - worked - this.#skipped
    return {
      level: 0,
      boxes: {
        total: this.#total,
        done: this.#finished + this.#skipped,
        skipped: this.#skipped,
        failed: this.#failed,
      },
      bytes: { ...this.#bytes },
      seconds: {
        reading: reading / 1000,
        computing: computing / 1000,
        writing: writing / 1000,
        elapsed,
        left: worked === 0 ? (rest === 0 ? 0 : undefined) : (elapsed / worked) * rest,
      },
    }
  }
}
