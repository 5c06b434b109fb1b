/**
 * Brings highlighted cells into sight inside their scrolling box. The page itself never scrolls,
 * and a box does not scroll under the pointer.
 *
 * Boxes are measured once per frame, all before the first one is scrolled. So many grids cost one
 * layout. A box that changes its size, such as an opened one, is measured again.
 */

export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** What to show, in coordinates of the browser window. */
export interface Target {
  /** All highlighted cells, and the cell that matters most if not all of them fit. */
  readonly all: Rect
  readonly first: Rect
}

/** Returns the current target; undefined if nothing is highlighted. */
export type TargetOf = () => Target | undefined

/** Grids side by side may share one box. Its class is `product`. */
const boxOf = (element: Element): HTMLElement | null =>
  element.closest<HTMLElement>('.product') ??
  element.closest<HTMLElement>('.grid-scroll, .canvas-grid')

const targetsByBox = new Map<HTMLElement, Map<Element, TargetOf>>()
const waiting = new Set<HTMLElement>()
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) queue(target as HTMLElement)
})

/** Keeps the target of an element in sight. `stop` ends it; `reveal` is called after a change. */
export function keepInSight(
  element: Element,
  targetOf: TargetOf,
): { readonly reveal: () => void; readonly stop: () => void } {
  const box = boxOf(element)
  if (!box) return { reveal: () => {}, stop: () => {} }
  const targets = targetsByBox.get(box) ?? new Map<Element, TargetOf>()
  targetsByBox.set(box, targets.set(element, targetOf))
  sizes.observe(box)
  return {
    reveal: () => queue(box),
    stop: () => {
      targets.delete(element)
      if (targets.size > 0) return
      targetsByBox.delete(box)
      sizes.unobserve(box)
    },
  }
}

function queue(box: HTMLElement): void {
  if (waiting.size === 0) requestAnimationFrame(scrollBoxes)
  waiting.add(box)
}

function scrollBoxes(): void {
  const moves = [...waiting].flatMap((box) => {
    const by = distanceTo(box)
    return by ? [[box, by] as const] : []
  })
  waiting.clear()
  for (const [box, { x, y }] of moves) box.scrollBy({ left: x, top: y, behavior: 'instant' })
}

/** How far a box must scroll; undefined if it must not. */
function distanceTo(box: HTMLElement): { readonly x: number; readonly y: number } | undefined {
  const isScrollable =
    box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1
  if (!isScrollable || box.matches(':hover')) return undefined
  const targets = [...(targetsByBox.get(box)?.values() ?? [])].flatMap((of) => of() ?? [])
  if (targets.length === 0) return undefined
  const seen = visiblePart(box)
  const [x, y] = (['x', 'y'] as const).map((axis) => {
    const [low, high] = axis === 'x' ? (['left', 'right'] as const) : (['top', 'bottom'] as const)
    const from = Math.min(...targets.map(({ all }) => all[low]))
    const to = Math.max(...targets.map(({ all }) => all[high]))
    const isWide = to - from > seen[high] - seen[low]
    const [first] = targets
    return isWide
      ? shift(first!.first[low], first!.first[high], seen[low], seen[high])
      : shift(from, to, seen[low], seen[high])
  })
  return x === 0 && y === 0 ? undefined : { x: x!, y: y! }
}

/** The smallest shift that brings an interval into sight, with a little space beside it. */
function shift(from: number, to: number, low: number, high: number): number {
  if (from >= low && to <= high) return 0
  const space = Math.max(0, Math.min(24, (high - low - (to - from)) / 2))
  return from < low ? from - low - space : to - high + space
}

/** The box without the headers that stay at its sides. */
function visiblePart(box: HTMLElement): Rect {
  const { left, top } = box.getBoundingClientRect()
  const inside = { left: left + box.clientLeft, top: top + box.clientTop }
  const covered = { left: 0, top: 0, right: 0, bottom: 0 }
  for (const element of box.querySelectorAll<HTMLElement>('[data-sticky]')) {
    const side = element.dataset.sticky as keyof Rect
    const isAcross = side === 'left' || side === 'right'
    const size = isAcross ? element.offsetWidth : element.offsetHeight
    covered[side] = Math.max(covered[side], size)
  }
  return {
    left: inside.left + covered.left,
    top: inside.top + covered.top,
    right: inside.left + box.clientWidth - covered.right,
    bottom: inside.top + box.clientHeight - covered.bottom,
  }
}

/** The smallest rectangle around two others. */
export const around = (a: Rect, b: Rect): Rect => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
})
