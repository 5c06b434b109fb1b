/** Draws the answer of a room: its loudness over time, left above and right below. */

import { type Room, sampleRate } from './rooms.ts'

/** What is softer than the loudest part by so many decibels is not drawn. */
const range = 60
const columns = 320

export function drawAnswer(canvas: HTMLCanvasElement, room: Room): void {
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no more canvases.')
  const { width, height } = canvas
  const powers = room.map(powersOf)
  const most = Math.max(...powers.flat())
  context.clearRect(0, 0, width, height)
  context.fillStyle = getComputedStyle(canvas).color
  const step = width / columns
  for (const [side, values] of powers.entries())
    for (const [column, power] of values.entries()) {
      const loudness = Math.max(0, 1 + (10 * Math.log10(power / most)) / range)
      const bar = Math.max(2, 0.45 * loudness * height)
      context.fillRect(column * step, height / 2 - (side === 0 ? bar : 0), step - 2, bar)
    }
  context.fillStyle = getComputedStyle(document.body).color
  context.font = '30px system-ui, sans-serif'
  const seconds = room[0].length / sampleRate
  for (let tick = 0; tick < seconds; tick += seconds > 3 ? 1 : 0.5)
    context.fillText(`${tick} s`, (tick / seconds) * width + 12, height - 16)
}

/** The mean power of the samples in each column. */
function powersOf(samples: Float32Array): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const [start, end] = [column, column + 1].map((c) => Math.round((c * samples.length) / columns))
    const part = samples.subarray(start, end)
    return part.reduce((sum, value) => sum + value * value, 0) / (part.length || 1)
  })
}
