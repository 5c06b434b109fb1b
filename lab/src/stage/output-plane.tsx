/**
 * The output with the mark of its current place. It shows what the window has passed.
 */

import { useComputed, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { drawOutput, PlaneImage, prepare } from './draw-planes.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { Minimap } from './minimap.tsx'
import { numberText } from './number.ts'
import { PlaneCaption } from './plane-caption.tsx'
import { penFor } from './plane-pen.ts'
import { boxStyle, plateGeometry } from './plate-geometry.ts'
import { pause } from './player.ts'
import { added, moveTo, passedOutputs, place, position, stageModel } from './stage.ts'

export function OutputPlane(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const image = useComputed(
    () => new PlaneImage(stageModel.value.output, stageModel.value.outputScale),
  )
  useSignalEffect(() => {
    const { output } = layout.value
    const passed = passedOutputs()
    const isAdding = added.value !== undefined
    const current = position.value
    const context = prepare(canvas.current!, output.width, output.height)
    drawOutput(
      penFor(context),
      image.value,
      (number) => passed[number] === 1 && !(isAdding && number === current),
    )
  })
  const isEmpty = useComputed(() => !passedOutputs().includes(1))
  const markStyle = useComputed(() => {
    const { outputCell: cell, outputLeft, outputTop, view } = plateGeometry.value
    const { x, y } = place.value
    // Around a small pixel the mark leaves room, so that the pixel is seen.
    const room = cell < 14 ? 4 : 1
    return boxStyle(
      outputLeft + (x - view.output.x) * cell - room,
      outputTop + (y - view.output.y) * cell - room,
      cell + 2 * room,
      cell + 2 * room,
    )
  })
  const text = texts()
  return (
    <figure class="output-figure">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the frame. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the frame. */}
      <div
        class="plate output-plate"
        onClick={(event) => {
          const { outputCell, outputLeft, outputTop, view } = plateGeometry.value
          const box = canvas.current!.getBoundingClientRect()
          const x = Math.floor((event.clientX - box.left - outputLeft) / outputCell + view.output.x)
          const y = Math.floor((event.clientY - box.top - outputTop) / outputCell + view.output.y)
          const { output } = view
          if (x < output.x || y < output.y) return
          if (x >= output.x + output.width || y >= output.y + output.height) return
          pause()
          moveTo({ x, y }, true)
        }}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <div class="mark" style={markStyle} />
        {isEmpty.value && <p class="empty">{text.nothingYet}</p>}
        <Minimap />
      </div>
      <OutputCaption />
    </figure>
  )
}

function OutputCaption(): JSX.Element {
  const text = texts()
  const { output, outputScale, isSmall } = stageModel.value
  return (
    <PlaneCaption
      of="output"
      name={text.output}
      drawn={() => {
        const { view, outputCell, outputTop } = plateGeometry.value
        return view.output.height * outputCell + 2 * outputTop
      }}
      box={() => layout.value.output.height}
    >
      {isSmall ? (
        <span>{text.planeSize(output.width, output.height)}</span>
      ) : (
        <span class="legend">
          {numberText(outputScale.low)} <i />
          {outputScale.isSigned ? '+' : ''}
          {numberText(outputScale.high)}
          {outputScale.isSigned && <span class="middle">{text.midGrey}</span>}
        </span>
      )}
    </PlaneCaption>
  )
}
