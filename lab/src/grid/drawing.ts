/**
 * Draws canvases one after another. A page has up to thirty, and a new problem changes all of them.
 * In one task they would stop the page, so a task draws only as many as fit into a few
 * milliseconds.
 */

const budgetMs = 8

const drawings = new Map<object, () => void>()

/** Draws soon. A newer drawing of the same canvas replaces the older one. */
export function drawSoon(canvas: object, draw: () => void): void {
  if (drawings.size === 0) setTimeout(drawNext)
  drawings.set(canvas, draw)
}

/** Forgets the drawing of a canvas that is gone. */
export function forgetDrawing(canvas: object): void {
  drawings.delete(canvas)
}

function drawNext(): void {
  const start = performance.now()
  for (const [canvas, draw] of drawings) {
    drawings.delete(canvas)
    draw()
    if (performance.now() - start > budgetMs) break
  }
  if (drawings.size > 0) setTimeout(drawNext)
}
