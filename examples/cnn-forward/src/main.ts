/** The page: a drawing goes through the network, and every layer is shown. */

import { addLayer } from './layers.ts'
import { openNetwork, softmax } from './network.ts'
import { drawStroke, imageOf, listenToStrokes, type Point } from './paper.ts'
import file from './shapes.json' with { type: 'json' }

const find = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}

const paper = find<HTMLCanvasElement>('#paper')
const answer = find<HTMLElement>('#answer')
const status = find<HTMLElement>('#status')
const side = file.input.at(-1)!

const network = openNetwork(file)
addEventListener('pagehide', ({ persisted }) => {
  // A page that may come back keeps its network.
  if (!persisted) network.close()
})

const rows = network.classes.map((name) => {
  const row = document.createElement('li')
  const [bar, share] = [document.createElement('progress'), document.createElement('output')]
  bar.ariaLabel = name
  row.append(name, bar, share)
  find('#scores').append(row)
  return { bar, share }
})

const layerViews = [
  addLayer(find('#layers'), `What the network gets: ${side} × ${side} pixels`, [1, side, side]),
  ...network
    .forward(new Float32Array(side * side))
    .slice(0, -1)
    .map(({ shape }, i) => {
      const [, channels, height, width] = shape as [number, number, number, number]
      const size = `${channels} maps of ${height} × ${width}`
      return addLayer(find('#layers'), `Layer ${i + 1}: ${size}`, [channels, height, width])
    }),
]

/** Corners around the middle, so that nobody must draw to see something. */
const examples: Readonly<Record<string, readonly Point[]>> = {
  circle: corners(90),
  square: corners(4),
  triangle: corners(3),
  star: corners(10, [1, 0.45]),
}
let stroke: readonly Point[] = []

for (const [name, points] of Object.entries(examples)) {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = `Draw a ${name}`
  button.addEventListener('click', () => see(points))
  find('#examples').append(button)
}
listenToStrokes(paper, see)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => see(stroke))
see(examples.star!)

/** Points on circles whose radii take turns. The first one is at the top. */
function corners(count: number, radii: readonly number[] = [1]): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const [angle, radius] = [(2 * Math.PI * i) / count, 0.38 * radii[i % radii.length]!]
    return [0.5 + radius * Math.sin(angle), 0.5 - radius * Math.cos(angle)]
  })
}

function see(points: readonly Point[]): void {
  stroke = points
  drawStroke(paper, points)
  const image = imageOf(points, side)
  const start = performance.now()
  const results = network.forward(image)
  const milliseconds = performance.now() - start
  const shares = softmax(results.at(-1)!.data)
  const coverage = image.map((value) => (value + 1) / 2)
  for (const [i, view] of layerViews.entries()) view.show(i === 0 ? coverage : results[i - 1]!.data)
  for (const [i, { bar, share }] of rows.entries()) {
    bar.value = shares[i]!
    share.value = `${(100 * shares[i]!).toFixed(1)} %`
  }
  answer.textContent = network.classes[shares.indexOf(Math.max(...shares))] ?? ''
  status.textContent = `${network.parameters} parameters, computed in ${milliseconds.toFixed(1)} ms`
}
