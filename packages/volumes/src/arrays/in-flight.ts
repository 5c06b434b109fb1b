/** Runs a task for each item, some at once. Ends with the first error, after those that run. */

export async function inFlight<T>(
  items: Iterable<T>,
  limit: number,
  task: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed = false
  const worker = async (): Promise<void> => {
    for (;;) {
      const next = failed ? undefined : iterator.next()
      if (!next || next.done) return
      signal?.throwIfAborted()
      await task(next.value)
    }
  }
  const guarded = async (): Promise<void> => {
    try {
      await worker()
    } catch (error) {
      failed = true
      throw error
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: limit }, guarded))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
