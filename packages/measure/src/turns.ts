/**
 * Pauses that exist in Node and in browsers alike. `setTimeout(…, 0)` would not do for a turn:
 * after a few of them browsers wait at least 4 ms, as long as a sample.
 */

/** Waits for the next turn of the event loop, so that signals and messages are heard. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

export const rest = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
