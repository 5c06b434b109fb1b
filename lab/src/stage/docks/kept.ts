/**
 * A computed signal of plain data that keeps its object while the data stays the same. So what
 * depends on it is drawn again only if something in it changed.
 */

import { type ReadonlySignal, useComputed } from '@preact/signals'
import { useRef } from 'preact/hooks'

export function useKept<T>(compute: () => T): ReadonlySignal<T> {
  const last = useRef<{ readonly text: string; readonly value: T } | undefined>(undefined)
  return useComputed(() => {
    const value = compute()
    const text = JSON.stringify(value)
    if (last.current?.text !== text) last.current = { text, value }
    return last.current!.value
  })
}
