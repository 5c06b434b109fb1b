/**
 * Signal, flipped weighting, products and result over one axis of places. The pointer or the arrow
 * keys move the place. The curves are drawn once for each problem; the focus is drawn over them.
 */

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { messages } from '../messages/messages.ts'
import { exactText } from '../model/number-text.ts'
import { placeOf } from '../model/numbers.ts'
import { penDown, penMove, penUp } from '../model/pen.ts'
import { isPlaying, pause, play } from '../model/player.ts'
import {
  leftMargin,
  outputAt,
  plot,
  pointerJob,
  rightMargin,
  type Scale,
  shownRow,
  singleOutput,
  width,
  yOf,
} from '../model/plot.ts'
import { highlight, viewModel } from '../model/shared.ts'
import { goToOutput, outputPlace } from '../model/steps.ts'
import { sumText } from '../model/sum-text.ts'
import { preview } from '../state/store.ts'
import { Frame, pathOf, RightScale, Ticks } from './axes.tsx'
import { filled } from './filled.ts'
import { Icon } from './icon.tsx'
import { SignalOverview } from './signal-overview.tsx'
import { AtPlace } from './signal-place.tsx'

/** Smallest distance of places, in pixels, for dots and for texts. */
const [minDotPixels, minTextPixels] = [3, 24]

export function SignalPlot(): JSX.Element {
  const frame = useRef<SVGSVGElement>(null)
  useLayoutEffect(() => {
    const svg = frame.current
    if (!svg) return
    const measure = new ResizeObserver(([entry]) => {
      width.value = Math.max(
        200,
        Math.round((entry?.contentRect.width ?? 900) - leftMargin - rightMargin),
      )
    })
    measure.observe(svg)
    return () => measure.disconnect()
  }, [])
  const { height } = plot.value
  const isPen = pointerJob.value !== 'points'
  const pointerPosition = (
    event: PointerEvent | MouseEvent,
  ): { readonly x: number; readonly y: number } => {
    const { left, top, width: shown } = frame.current!.getBoundingClientRect()
    const scale = (width.value + leftMargin + rightMargin) / shown
    return { x: (event.clientX - left) * scale - leftMargin, y: (event.clientY - top) * scale }
  }
  const placeUnder = (event: PointerEvent | MouseEvent): readonly number[] =>
    outputAt(plot.value.placeAt(pointerPosition(event).x))
  return (
    <>
      <SignalOverview />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the slider below selects a place by key. */}
      <svg
        ref={frame}
        class={`signal-plot${isPen ? ' drawing' : ''}`}
        viewBox={`${-leftMargin} 0 ${width.value + leftMargin + rightMargin} ${height}`}
        role="img"
        aria-label={messages().plotTitle}
        aria-describedby="plot-legend"
        onPointerDown={(event) => {
          if (!isPen || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          penDown(pointerPosition(event))
        }}
        onPointerMove={(event) => {
          if (isPen) penMove(pointerPosition(event))
          else if (event.pointerType !== 'touch') preview.value = { output: placeUnder(event) }
        }}
        onPointerUp={penUp}
        onPointerCancel={penUp}
        onPointerLeave={() => {
          preview.value = undefined
        }}
        onClick={(event) => {
          if (!isPen) goToOutput(placeOf(placeUnder(event), viewModel.value.shapes.output))
        }}
      >
        <Curves />
        <AtPlace />
      </svg>
      <PlaceSlider />
      <Legend />
    </>
  )
}

function Legend(): JSX.Element {
  const w = messages()
  const { hidden } = plot.value
  const areRings = highlight.value.taps.length > 0 && !singleOutput.value
  return (
    <p class="note" id="plot-legend">
      {w.sentences([
        w.plotLegend,
        areRings ? w.ringsLegend : '',
        hidden > 0 ? w.hiddenChannels(hidden) : '',
      ])}
    </p>
  )
}

/** The place as a slider over the output, for keyboard and screen reader. */
function PlaceSlider(): JSX.Element {
  const w = messages()
  const length = plot.value.result.values.length
  const place = outputPlace() % length
  const { count } = highlight.value
  const isAt = singleOutput.value?.[2] === place
  return (
    <div class="row transport">
      <button
        type="button"
        class="primary"
        aria-pressed={isPlaying.value}
        onClick={() => (isPlaying.value ? pause() : play())}
      >
        <Icon name={isPlaying.value ? 'pause' : 'play'} />
        {isPlaying.value ? w.pause : w.play}
      </button>
      <label class="scrub">
        {w.plotPlace}
        <input
          type="range"
          class="scrub"
          min={0}
          max={length - 1}
          value={place}
          style={filled(place, 0, length - 1)}
          data-place
          aria-valuetext={
            isAt
              ? w.plotAt(place, count, sumText(highlight.value, viewModel.value, w.bias))
              : w.placeOf(place + 1, length)
          }
          onInput={(event) =>
            goToOutput(shownRow.value * length + event.currentTarget.valueAsNumber)
          }
        />
        <span class="count">{w.placeOf(place + 1, length)}</span>
      </label>
    </div>
  )
}

/** The curves. They change only with the problem. */
function Curves(): JSX.Element {
  const w = messages()
  const { panels, result, x, first, count, stride } = plot.value
  const [step] = viewModel.value.padded.steps as [number]
  const samples = viewModel.value.shapes.input[2]!
  const from = Math.max(0, Math.ceil(first / stride))
  const results = result.values.subarray(
    from,
    Math.max(from, Math.floor((first + count - 1) / stride) + 1),
  )
  return (
    <>
      {panels.map(({ values, scale, weights, products, channel }) => (
        <g key={channel}>
          <Frame
            scale={scale}
            name={panels.length > 1 ? `${w.signalName}, ${w.channel(channel)}` : w.signalName}
            of="input"
            wide={width.value}
          />
          <Ticks
            scale={scale}
            from={Math.max(0, first / step)}
            to={Math.min(samples - 1, (first + count - 1) / step)}
            x={(i) => x(i * step)}
          />
          <path class="signal" d={pathOf(values, (i) => x(first + i), scale)} />
          <Dots values={values} scale={scale} />
          <RightScale scale={weights} name={w.weighting} of="weights" wide={width.value} />
          <Frame scale={products} name={w.productsName} of="product" wide={width.value} />
        </g>
      ))}
      <Frame scale={result.scale} name={w.resultName} of="output" wide={width.value} />
      <Ticks
        scale={result.scale}
        from={from}
        to={from + results.length - 1}
        x={(t) => x(t * stride)}
      />
      <path class="result" d={pathOf(results, (i) => x((from + i) * stride), result.scale)} />
      {(width.value / count) * stride >= minTextPixels && (
        <NonFiniteTexts values={results} x={(i) => x((from + i) * stride)} scale={result.scale} />
      )}
    </>
  )
}

/** A dot for every sample; border and inserted zeros are pale. */
function Dots({
  values,
  scale,
}: {
  readonly values: Float64Array
  readonly scale: Scale
}): JSX.Element | null {
  const { x, first, count } = plot.value
  const [step] = viewModel.value.padded.steps as [number]
  const samples = viewModel.value.shapes.input[2]!
  const isSample = (place: number): boolean =>
    place >= 0 && place <= (samples - 1) * step && place % step === 0
  const pixelsPerPlace = width.value / count
  if (pixelsPerPlace < minDotPixels) return null
  return (
    <>
      {[...values].map(
        (value, i) =>
          Number.isFinite(value) && (
            <circle
              key={i}
              class={isSample(first + i) ? 'dot' : 'dot border'}
              cx={x(first + i)}
              cy={yOf(scale, value)}
              r={Math.min(2.5, pixelsPerPlace * 0.35)}
            />
          ),
      )}
      {pixelsPerPlace >= minTextPixels && (
        <NonFiniteTexts values={values} x={(i) => x(first + i)} scale={scale} />
      )}
    </>
  )
}

interface NonFiniteProps {
  readonly values: Float64Array
  readonly x: (i: number) => number
  readonly scale: Scale
}

/** The text of each value that is not finite, in the gap of the curve: ∞, −∞ or NaN. */
function NonFiniteTexts({ values, x, scale }: NonFiniteProps): JSX.Element {
  return (
    <>
      {[...values].map(
        (value, i) =>
          !Number.isFinite(value) && (
            <text key={i} x={x(i)} y={yOf(scale, 0) - 4}>
              {exactText(value)}
            </text>
          ),
      )}
    </>
  )
}
