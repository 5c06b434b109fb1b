/**
 * The input with the frame of the window. A press or a drag anywhere on it moves the window.
 */

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { drawInput, PlaneImage, prepare } from './draw-planes.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { MoveHint } from './move-hint.tsx'
import { PlaneCaption } from './plane-caption.tsx'
import { penFor } from './plane-pen.ts'
import { boxStyle, plateGeometry } from './plate-geometry.ts'
import { pause } from './player.ts'
import { activeSample, isZoomed, moveTo, region, stageModel } from './stage.ts'
import type { Place } from './stage-model.ts'
import { WindowFrame } from './window-frame.tsx'

/** Whether the user has moved the window. The hint is shown until then. */
let hasMoved = false

export function InputPlane(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const plate = useRef<HTMLDivElement>(null)
  const isHinting = useSignal(!hasMoved)
  const image = useComputed(
    () => new PlaneImage(stageModel.value.input, stageModel.value.inputScale),
  )
  useSignalEffect(() => {
    const { input } = layout.value
    const context = prepare(canvas.current!, input.width, input.height)
    drawInput(penFor(context), image.value)
  })
  const touched = (): void => {
    hasMoved = true
    isHinting.value = false
    pause()
  }
  const target = (event: PointerEvent): Place => {
    const { inputCell, inputLeft, view } = plateGeometry.value
    const { stride, window } = stageModel.value
    const box = plate.current!.getBoundingClientRect()
    const at = (client: number, start: number, first: number, extent: number, by: number): number =>
      Math.round(((client - start) / inputCell + first - extent / 2) / by)
    return inRegion({
      x: at(event.clientX, box.left + inputLeft, view.input.x, window.x, stride.x),
      y: at(event.clientY, box.top, view.input.y, window.y, stride.y),
    })
  }
  return (
    <figure class="input-figure">
      <div
        ref={plate}
        class="plate input-plate"
        onPointerDown={(event) => {
          if (event.button !== 0) return
          touched()
          plate.current!.setPointerCapture(event.pointerId)
          plate.current!.dataset.dragging = ''
          moveTo(target(event), true)
          plate.current!.querySelector<HTMLElement>('.frame')?.focus({ preventScroll: true })
          event.preventDefault()
        }}
        onPointerMove={(event) => {
          if ('dragging' in plate.current!.dataset) moveTo(target(event))
        }}
        onLostPointerCapture={() => {
          delete plate.current!.dataset.dragging
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <WindowFrame onKey={touched} />
        <SampleMark />
        {isHinting.value && <MoveHint />}
      </div>
      <InputCaption />
    </figure>
  )
}

/** While numbers are shown, the window stays among them. */
function inRegion(at: Place): Place {
  if (!isZoomed.value) return at
  const { x, y, width, height } = region.value.output
  return {
    x: Math.max(x, Math.min(x + width - 1, at.x)),
    y: Math.max(y, Math.min(y + height - 1, at.y)),
  }
}

/** The sample that is pointed at in a docked view. It may lie outside the window. */
function SampleMark(): JSX.Element {
  const style = useComputed(() => {
    const { inputCell: cell, inputLeft, view } = plateGeometry.value
    const sample = activeSample.value
    if (!sample) return 'display:none'
    const [x, y] = [sample.x - view.input.x, sample.y - view.input.y]
    return boxStyle(inputLeft + x * cell - 1, y * cell - 1, cell + 2, cell + 2)
  })
  return <div class="sample-mark" style={style} />
}

function InputCaption(): JSX.Element {
  const text = texts()
  const { input, padded, isPicture } = stageModel.value
  const { input: part } = region.value
  const size =
    isZoomed.value && (part.width < padded.width || part.height < padded.height)
      ? text.partSize(part.width, part.height, padded.width, padded.height)
      : isPicture
        ? text.pictureSize(input.width, input.height)
        : text.planeSize(input.width, input.height)
  return (
    <PlaneCaption
      of="input"
      name={text.input}
      drawn={() => plateGeometry.value.view.input.height * plateGeometry.value.inputCell}
      box={() => layout.value.input.height}
    >
      <span>{size}</span>
    </PlaneCaption>
  )
}
