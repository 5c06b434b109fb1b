/**
 * A slider turns the kernel from 0° to 180°; its numbers stay upright. At both ends the weights lie
 * on the samples of a window, and the products and their sum are shown: correlation at 0°,
 * convolution at 180°.
 */

import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { exactText, shortText } from '../model/number-text.ts'
import { placeOf } from '../model/numbers.ts'
import { planesOf } from '../model/planes.ts'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { type TurnedProducts, turnedProducts } from '../model/turned-products.ts'
import { change, part } from '../state/store.ts'
import { filled } from './filled.ts'
import { Follows } from './follows.tsx'

export const turn: ReadonlySignal<number> = part('turn')
const maxExtent = 7
const cellSize = 38
const gap = 34
/** The height of the bar in the colour of a weight. */
const footHeight = 5

export function Turning(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const degrees = turn.value
  const isBetween = degrees !== 0 && degrees !== 180
  const products = turnedProducts(highlighted.value, degrees === 180)
  const { rows, columns } = planesOf(viewModel.value.kernel.shape)
  const isDrawn =
    viewModel.value.geometry.axes.length <= 2 && rows <= maxExtent && columns <= maxExtent
  return (
    <figure class="turned">
      {!isDrawn && <p class="note">{w.rotateTooLarge(maxExtent)}</p>}
      {isDrawn && products && (
        <Drawing {...products} rows={rows} columns={columns} degrees={degrees} />
      )}
      <label class="row">
        {w.rotate}
        <input
          type="range"
          class="scrub"
          min={0}
          max={180}
          step={15}
          value={degrees}
          style={filled(degrees, 0, 180)}
          aria-valuetext={w.degrees(degrees)}
          data-turn
          onInput={(event) => change({ turn: event.currentTarget.valueAsNumber })}
        />
        <span class="count">{w.degrees(degrees)}</span>
      </label>
      <div id="turned-sum">
        <Follows lines={3} label={w.turnedTitle}>
          {isBetween ? (
            <p class="note">{w.turnedBetween}</p>
          ) : (
            products && <Sum {...products} isTurned={degrees === 180} />
          )}
        </Follows>
      </div>
    </figure>
  )
}

function Sum({
  output,
  taps,
  channels,
  result,
  isTurned,
}: TurnedProducts & { readonly isTurned: boolean }): JSX.Element {
  const w = messages()
  const sum = taps
    .map(({ product = 0 }, i) =>
      i === 0
        ? shortText(product)
        : product < 0
          ? `− ${shortText(-product)}`
          : `+ ${shortText(product)}`,
    )
    .join(' ')
  return (
    <p class="formula" data-turned-sum={result}>
      {isTurned ? w.turnedIsConvolution : w.turnedIsCorrelation} y[{output.join(', ')}] = {sum}
      {channels > 1 && ` + … (${w.moreChannels(channels - 1)})`}
      {viewModel.value.bias !== 0 && ` + ${w.bias} ${exactText(viewModel.value.bias)}`} ={' '}
      <strong>{exactText(result)}</strong>
    </p>
  )
}

interface DrawingProps extends TurnedProducts {
  readonly rows: number
  readonly columns: number
  readonly degrees: number
}

/** Window × kernel = products, at one size. */
function Drawing(props: DrawingProps): JSX.Element {
  const { rows, columns, degrees, taps, firstWeight, result } = props
  const w = messages()
  const { kernel, shapes } = viewModel.value
  const isBetween = degrees !== 0 && degrees !== 180
  const [wide, high] = [columns * cellSize, rows * cellSize]
  // The kernel turns in a square that its diagonal fits into.
  const side = Math.ceil(Math.hypot(wide, high))
  const middle = side / 2
  const kernelAt = wide + gap
  const productsAt = kernelAt + side + gap
  const cells = Array.from({ length: rows * columns }, (_, i) => ({
    i,
    x: (i % columns) * cellSize,
    y: Math.floor(i / columns) * cellSize,
  }))
  const weightOf = (i: number): number => {
    const tap = taps[i]
    return tap ? placeOf(tap.kernel, shapes.kernel) - firstWeight : -1
  }
  return (
    <svg
      viewBox={`-2 -2 ${productsAt + wide + 4} ${side + 4}`}
      width={productsAt + wide + 4}
      role="img"
      aria-describedby="turned-sum"
      aria-label={isBetween ? w.rotateTitle(degrees) : w.turnedLabel(degrees, exactText(result))}
    >
      <g class="of-input" transform={`translate(0 ${middle - high / 2})`}>
        {cells.map(({ i, x, y }) => (
          <g key={i} transform={`translate(${x} ${y})`} class={taps[i]?.padded ? 'is-padded' : ''}>
            <rect width={cellSize} height={cellSize} />
            <text x={cellSize / 2} y={cellSize / 2}>
              {shortText(taps[i]?.value, 3)}
            </text>
          </g>
        ))}
      </g>
      <text class="sign" x={wide + gap / 2} y={middle}>
        ×
      </text>
      <g
        class="of-kernel"
        transform={`translate(${kernelAt + middle} ${middle}) rotate(${degrees})`}
      >
        {cells.map(({ i, x, y }) => (
          <g
            key={i}
            transform={`translate(${x - wide / 2 + cellSize / 2} ${y - high / 2 + cellSize / 2})`}
          >
            <rect x={-cellSize / 2} y={-cellSize / 2} width={cellSize} height={cellSize} />
            <g transform={`rotate(${-degrees})`}>
              <Foot weight={i} x={-cellSize / 2} y={cellSize / 2} />
              <text>{shortText(kernel.data[firstWeight + i], 3)}</text>
            </g>
          </g>
        ))}
      </g>
      <text class="sign" x={productsAt - gap / 2} y={middle}>
        =
      </text>
      <g class="of-product" transform={`translate(${productsAt} ${middle - high / 2})`}>
        {cells.map(({ i, x, y }) => (
          <g key={i} transform={`translate(${x} ${y})`}>
            <rect width={cellSize} height={cellSize} />
            {!isBetween && (
              <>
                <Foot weight={weightOf(i)} x={0} y={cellSize} />
                <text x={cellSize / 2} y={cellSize / 2}>
                  {shortText(taps[i]?.product, 3)}
                </text>
              </>
            )}
          </g>
        ))}
      </g>
    </svg>
  )
}

/** A bar in the colour of a weight, at the lower side of its cell. */
function Foot({
  weight,
  x,
  y,
}: {
  readonly weight: number
  readonly x: number
  readonly y: number
}): JSX.Element {
  return (
    <rect
      class="weight-foot"
      x={x + 2}
      y={y - footHeight - 1}
      width={cellSize - 4}
      height={footHeight}
      fill={colourOfTap.value(weight).background}
    />
  )
}
