/** The width of an element, also after it changes. */

import { useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** Before the first layout. */
const usualWidth = 900

export function useWidth(box: RefObject<HTMLElement | null>): number {
  const width = useSignal(usualWidth)
  useLayoutEffect(() => {
    const node = box.current!
    // Before its styles are there, an element may have no width.
    const measure = (): void => {
      if (node.clientWidth > 0) width.value = node.clientWidth
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    return () => observer.disconnect()
  }, [])
  return width.value
}
