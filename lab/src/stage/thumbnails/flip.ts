/**
 * The kernel and the turned kernel, and the grey of both results at the window. What the page
 * computes is at the left.
 */

import { tapColour } from '../../model/colours.ts'
import { greyOf } from '../scale.ts'
import { productsAt, resultOf } from '../stage-model.ts'
import type { Thumbnail } from './thumbnail.ts'

export function drawFlip({ context, width, height, model, place, colours }: Thumbnail): void {
  const { kernel, taps, divisor, bias, outputScale } = model
  const samples = productsAt(model, place)
  const size = Math.min((width / 2 - 9) / kernel.width, (height - 16) / kernel.height)
  for (const isTurned of [false, true]) {
    const left = (isTurned ? width * 0.75 + 4 : width * 0.25 - 4) - (size * kernel.width) / 2
    let sum = 0
    for (let at = 0; at < taps; at++) {
      const tap = isTurned ? taps - 1 - at : at
      sum += samples[at]!.value * kernel.data[tap]!
      context.fillStyle = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
      const x = left + (at % kernel.width) * size
      context.fillRect(x, Math.floor(at / kernel.width) * size, size - 0.75, size - 0.75)
    }
    const grey = greyOf(resultOf(sum, divisor, bias), outputScale)
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`
    context.strokeStyle = colours.out
    const box = [left + 0.75, height - 11, size * kernel.width - 2, 10] as const
    context.fillRect(...box)
    context.strokeRect(...box)
  }
  context.strokeStyle = colours.ink
  context.lineWidth = 1.25
  context.beginPath()
  context.arc(width / 2, height / 2 - 6, 5, Math.PI * 0.9, Math.PI * 2.1)
  context.lineTo(width / 2 + 8, height / 2 - 7)
  context.stroke()
}
