/**
 * The positions of the window along each axis, as a number line: samples and border, a bar for
 * every window, and the samples left over at the end. Below it, the size of the output as a
 * formula.
 */

import type { JSX } from 'preact'
import type { AxisGeometry, ConvGeometry } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import type { Marks } from '../model/marks.ts'
import { product } from '../model/numbers.ts'
import { inputPlaces, outputSizeFormula, windowPlaces } from '../model/output-size.ts'
import { viewModel } from '../model/shared.ts'

const maxPlaces = 64
const maxNamedStarts = 12
const cellSize = 22
const barHeight = 7

export function WindowPositions({ geometry }: { readonly geometry: ConvGeometry }): JSX.Element {
  return (
    <>
      <div class="flow">
        {geometry.axes.map((axis, a) => (
          <Axis key={a} axis={axis} number={a} />
        ))}
      </div>
      <p class="note">{messages().sizeFormula}</p>
    </>
  )
}

/** The coordinates along an axis of all highlighted outputs. */
function coordinates({ places }: Marks, shape: readonly number[], axis: number): Set<number> {
  const stride = product(shape.slice(axis + 1))
  const extent = shape[axis]!
  const found = new Set<number>()
  for (let i = 0; i < places.length && found.size < extent; i++)
    found.add(Math.floor(places[i]! / stride) % extent)
  return found
}

function Axis({
  axis,
  number,
}: {
  readonly axis: AxisGeometry
  readonly number: number
}): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { inputDilation, kernel, stride, dilation, before, after, output } = axis
  const extent = inputPlaces(axis)
  const placeCount = extent + before + after
  const spanBeyondFirst = windowPlaces(axis) - 1
  const leftOver = (placeCount - spanBeyondFirst - 1) % stride
  const isDrawn = placeCount <= maxPlaces
  const starts = Array.from(
    { length: isDrawn ? output : Math.min(output, maxNamedStarts) },
    (_, o) => o * stride - before,
  )
  const stops = isDrawn
    ? coordinates(highlighted.value.marks('output'), viewModel.value.shapes.output, number + 2)
    : new Set()
  const named = starts.slice(0, maxNamedStarts).join(', ')
  const startTexts = `${named}${output > maxNamedStarts ? ', …' : ''}`.replaceAll('-', '−')
  return (
    <figure class="places" data-axis={number}>
      <figcaption>{w.axisName(number)}</figcaption>
      {!isDrawn ? (
        <p class="note">{w.lineTooLong(maxPlaces)}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys must reach scrolled content.
        <div class="grid-scroll" tabIndex={0} role="group" aria-label={w.axisName(number)}>
          <svg
            viewBox={`0 0 ${placeCount * cellSize} ${cellSize + 4 + output * barHeight}`}
            width={placeCount * cellSize}
            role="img"
            aria-label={`${w.lineTitle(number, startTexts, output)}. ${w.remainder(leftOver)}`}
          >
            {Array.from({ length: placeCount }, (_, place) => {
              const at = place - before
              const isSample = at >= 0 && at < extent && at % inputDilation === 0
              return (
                <g key={place} transform={`translate(${place * cellSize} 0)`}>
                  <rect
                    x={1}
                    width={cellSize - 2}
                    height={cellSize - 2}
                    class={
                      place >= placeCount - leftOver
                        ? 'left-over'
                        : isSample
                          ? 'place-sample'
                          : 'place-border'
                    }
                  />
                  <text x={cellSize / 2} y={15}>
                    {String(at).replace('-', '−')}
                  </text>
                </g>
              )
            })}
            {starts.map((start, o) => (
              <g
                key={start}
                class={stops.has(o) ? 'window lit' : 'window'}
                transform={
                  `translate(${(start + before) * cellSize} ` + `${cellSize + 2 + o * barHeight})`
                }
              >
                <line
                  x1={cellSize / 2}
                  x2={spanBeyondFirst * cellSize + cellSize / 2}
                  y1={3}
                  y2={3}
                />
                {Array.from({ length: kernel }, (_, k) => (
                  <rect key={k} x={k * dilation * cellSize + 4} width={cellSize - 8} height={6} />
                ))}
              </g>
            ))}
          </svg>
        </div>
      )}
      <p class="formula">
        {outputSizeFormula(axis)} = <strong data-size>{output}</strong>
      </p>
      <p class="note" data-left={leftOver}>
        {w.remainder(leftOver)}
      </p>
    </figure>
  )
}
