/**
 * Where does the window stop along each axis? A number line: the samples with the border around
 * them, a bar for every window, and what is left over at the end; below it the size of the output
 * as a formula with its numbers.
 */

import type { JSX } from 'preact'
import type { AxisGeometry, ConvGeometry } from 'stridefold/sync'
import { useHighlight } from '../model/follow-highlight.ts'
import { messages } from '../words/words.ts'

const MOST = 64
const CELL = 22
const BAR = 7

export function WindowPositions({ geometry }: { readonly geometry: ConvGeometry }): JSX.Element {
  return (
    <div class="flow">
      {geometry.axes.map((axis, a) => (
        <Axis key={a} axis={axis} number={a} />
      ))}
    </div>
  )
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
  const { input, inputDilation, kernel, stride, dilation, before, after, output } = axis
  const extent = (input - 1) * inputDilation + 1
  const room = extent + before + after
  const reach = dilation * (kernel - 1)
  const left = (room - reach - 1) % stride
  const starts = Array.from({ length: output }, (_, o) => o * stride - before)
  const stops = new Set(highlighted.value.taps.map((tap) => tap.output[number + 2]))
  const listed = `${starts.slice(0, 12).join(', ')}${output > 12 ? ', …' : ''}`.replaceAll('-', '−')
  const signed = (value: number): string => (value < 0 ? `− ${-value}` : `+ ${value}`)
  return (
    <figure class="places" data-axis={number}>
      <figcaption>{w.axisName(number)}</figcaption>
      {room > MOST ? (
        <p class="note">{w.lineTooLong(MOST)}</p>
      ) : (
        <svg
          viewBox={`0 0 ${room * CELL} ${CELL + 4 + output * BAR}`}
          width={room * CELL}
          role="img"
          aria-label={`${w.lineTitle(number, listed, output)}. ${w.remainder(left)}`}
        >
          {Array.from({ length: room }, (_, place) => {
            const at = place - before
            const isSample = at >= 0 && at < extent && at % inputDilation === 0
            return (
              <g key={place} transform={`translate(${place * CELL} 0)`}>
                <rect
                  x={1}
                  width={CELL - 2}
                  height={CELL - 2}
                  class={
                    place >= room - left ? 'left-over' : isSample ? 'place-sample' : 'place-border'
                  }
                />
                <text x={CELL / 2} y={15}>
                  {String(at).replace('-', '−')}
                </text>
              </g>
            )
          })}
          {starts.map((start, o) => (
            <g
              key={start}
              class={stops.has(o) ? 'window lit' : 'window'}
              transform={`translate(${(start + before) * CELL} ${CELL + 2 + o * BAR})`}
            >
              <line x1={CELL / 2} x2={reach * CELL + CELL / 2} y1={3} y2={3} />
              {Array.from({ length: kernel }, (_, k) => (
                <rect key={k} x={k * dilation * CELL + 4} width={CELL - 8} height={6} />
              ))}
            </g>
          ))}
        </svg>
      )}
      <p class="formula">
        ⌊({extent} {signed(before)} {signed(after)} − {dilation}·({kernel} − 1) − 1) / {stride}⌋ + 1
        = <strong data-size>{output}</strong>
      </p>
      <p class="note" data-left={left}>
        {w.remainder(left)}
      </p>
    </figure>
  )
}
