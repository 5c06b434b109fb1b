/** Paper to draw on: one stroke, filled. And the small image of it that a network reads. */

export type Point = readonly [x: number, y: number]

/** Calls `onStroke` whenever the stroke changes. Points are parts of the width of the canvas. */
export function listenToStrokes(
  canvas: HTMLCanvasElement,
  onStroke: (points: readonly Point[]) => void,
): void {
  let points: Point[] = []
  const add = ({ clientX, clientY }: PointerEvent): void => {
    const { left, top, width } = canvas.getBoundingClientRect()
    points.push([(clientX - left) / width, (clientY - top) / width])
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    points = []
    add(event)
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    for (const part of event.getCoalescedEvents?.() ?? [event]) add(part)
    if (points.length > 2) onStroke(points)
  })
}

export function drawStroke(canvas: HTMLCanvasElement, points: readonly Point[]): void {
  const context = contextOf(canvas)
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  const path = pathOf(points.map(([x, y]) => [x * width, y * width]))
  context.fillStyle = context.strokeStyle = getComputedStyle(canvas).color
  context.lineWidth = width / 100
  context.lineJoin = 'round'
  context.globalAlpha = 0.25
  context.fill(path)
  context.globalAlpha = 1
  context.stroke(path)
}

/**
 * The shape in the middle of a small image, as large as those that the network has learned: −1
 * outside, 1 inside, and between these on its edge.
 */
export function imageOf(points: readonly Point[], side: number): Float32Array<ArrayBuffer> {
  const [left, right, top, bottom] = [0, 1].flatMap((axis) => {
    const values = points.map((point) => point[axis]!)
    return [Math.min(...values), Math.max(...values)]
  }) as [number, number, number, number]
  const scale = (0.6 * side) / Math.max(right - left, bottom - top, 1e-6)
  const fitted = points.map(
    ([x, y]): Point => [
      side / 2 + scale * (x - (left + right) / 2),
      side / 2 + scale * (y - (top + bottom) / 2),
    ],
  )
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width: side, height: side })
  const context = contextOf(canvas)
  context.fill(pathOf(fitted))
  const { data } = context.getImageData(0, 0, side, side)
  return Float32Array.from({ length: side * side }, (_, i) => (2 * data[4 * i + 3]!) / 255 - 1)
}

function pathOf(points: readonly Point[]): Path2D {
  const path = new Path2D()
  for (const [x, y] of points) path.lineTo(x, y)
  path.closePath()
  return path
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser gives no more canvases.')
  return context
}
