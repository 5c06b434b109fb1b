/**
 * A computed signal whose formula also reads plain values, such as an extent or a property of a
 * component.
 *
 * `useComputed` of @preact/signals keeps what it computed until one of its signals changes. A new
 * problem changes the signals first and the extents later, when the component is drawn again, so
 * the result would mix the new marks with the old extents.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'

/**
 * `inputs` lists the plain values that the formula reads. If one changes, the result is a new
 * signal.
 */
export function useDerived<T>(formula: () => T, inputs: readonly unknown[]): ReadonlySignal<T> {
  return useMemo(() => computed(formula), inputs)
}
