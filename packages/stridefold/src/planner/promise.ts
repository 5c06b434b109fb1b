/**
 * A computation behind a promise, ended early by an AbortSignal.
 *
 * The work waits for a turn of the event loop, so that several calls made together can all be aborted; bad arguments reject.
 */

interface Abortable {
  readonly signal?: AbortSignal
}

export async function promised<T>(work: () => T, options: Abortable | undefined): Promise<T> {
  const signal = options?.signal
  signal?.throwIfAborted()
  await Promise.resolve()
  signal?.throwIfAborted()
  return work()
}
