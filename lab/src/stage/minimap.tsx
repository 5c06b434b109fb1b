/**
 * The whole picture, small, with the part whose numbers are shown.
 */

import { useComputed, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { colours } from './colours.ts'
import { PlaneImage, prepare } from './draw-planes.ts'
import { layout } from './layout.ts'
import { isZooming, plateGeometry } from './plate-geometry.ts'
import { isZoomed, region, stageModel } from './stage.ts'

export function Minimap(): JSX.Element | null {
  const canvas = useRef<HTMLCanvasElement>(null)
  const isShown = useComputed(
    () => isZoomed.value && !isZooming.value && !stageModel.value.isSmall && !layout.value.isPhone,
  )
  const scale = useComputed(() => {
    const { padded } = stageModel.value
    const { output: box } = layout.value
    const room = box.height - region.value.output.height * plateGeometry.value.outputCell - 40
    return Math.max(0.1, Math.min(3, room / padded.height, 200 / padded.width))
  })
  const image = useMemo(
    () => new PlaneImage(stageModel.value.input, stageModel.value.inputScale),
    [stageModel.value],
  )
  useSignalEffect(() => {
    if (!isShown.value || !canvas.current) return
    const { padded, before, input } = stageModel.value
    const cell = scale.value
    const context = prepare(canvas.current, padded.width * cell, padded.height * cell)
    const { width, height } = input
    image.draw(context, { x: 0, y: 0, width, height }, before.x * cell, before.y * cell, cell)
    const part = region.value.input
    for (const [colour, line] of [
      [colours.value.halo, 3.5],
      [colours.value.in, 1.8],
    ] as const) {
      context.strokeStyle = colour
      context.lineWidth = line
      context.strokeRect(part.x * cell, part.y * cell, part.width * cell, part.height * cell)
    }
  })
  if (!isShown.value) return null
  const { padded } = stageModel.value
  return (
    <canvas
      ref={canvas}
      class="minimap"
      aria-hidden="true"
      style={{ width: padded.width * scale.value, height: padded.height * scale.value }}
    />
  )
}
