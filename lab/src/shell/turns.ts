/**
 * Draws sections one after another, each in its own task, so that the page can paint and answer
 * between them. All sections in one task would stop the page.
 */

import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const waiting: (() => void)[] = []

/** Runs `draw` after the next painting, and after everything that was requested before. */
function request(draw: () => void): () => void {
  if (waiting.length === 0) requestAnimationFrame(afterPaint)
  waiting.push(draw)
  return () => {
    const place = waiting.indexOf(draw)
    if (place >= 0) waiting.splice(place, 1)
  }
}

const afterPaint = (): void => void setTimeout(runNext)

function runNext(): void {
  const draw = waiting.shift()
  if (waiting.length > 0) requestAnimationFrame(afterPaint)
  draw?.()
}

/** Whether it is the turn of this section. It loses its turn while `mayDraw` is false. */
export function useTurn(mayDraw: boolean): ReadonlySignal<boolean> {
  const isDrawn: Signal<boolean> = useSignal(false)
  useEffect(() => {
    if (!mayDraw) return
    const withdraw = request(() => {
      isDrawn.value = true
    })
    return () => {
      withdraw()
      isDrawn.value = false
    }
  }, [mayDraw, isDrawn])
  return isDrawn
}
