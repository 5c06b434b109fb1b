/**
 * What lives longer than a call? Everything that the library keeps is here: recent plans, what they
 * compiled, the previous call, calls that wait for their turn. Files of this room declare what they
 * keep with `kept`; `forgetAll` lets go of all of it at once.
 */

let values = new Map<object, unknown>()

/**
 * Declares one thing to keep. `make` makes it at the first use, and again at the first use after
 * everything was forgotten.
 */
export function kept<T>(make: () => T): { get(): T } {
  const name = {}
  return {
    get() {
      const value = values.get(name) as T | undefined
      if (value !== undefined) return value
      const made = make()
      values.set(name, made)
      return made
    },
  }
}

/** Lets go of everything that was kept. */
export function forgetAll(): void {
  values = new Map()
}
