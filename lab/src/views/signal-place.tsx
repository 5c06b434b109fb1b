/**
 * Draws the focus over the curves. For one output: the flipped weighting on the signal, the
 * products, and their sum. For a sample, a weight or a byte: a ring at every sample and result of
 * its products, and the products at their results.
 */

import type { JSX } from 'preact'
import type { Tap } from 'stridefold/sync'
import { singleOutput, type Panel, plot, type Scale, tapPlace, yOf } from '../model/plot.ts'
import { highlight } from '../model/shared.ts'
import { part } from '../state/store.ts'

const activeTap = part('tap')

/** The products of the shown row in the drawn part. */
function tapsInSight(): readonly Tap[] {
  const { item, filter, first, count } = plot.value
  return highlight.value.taps.filter(({ output, position }) => {
    const place = tapPlace(position)
    return output[0] === item && output[1] === filter && place >= first && place < first + count
  })
}

export function AtPlace(): JSX.Element | null {
  const { panels } = plot.value
  const taps = tapsInSight()
  const tapsOf = ({ channel }: Panel): readonly Tap[] =>
    taps.filter(({ kernel }) => kernel[1] === channel - panels[0]!.channel)
  const at = singleOutput.value?.[2]
  return at === undefined ? (
    <>
      {panels.map((panel) => (
        <Spread key={panel.channel} panel={panel} taps={tapsOf(panel)} />
      ))}
      <Results taps={taps} />
    </>
  ) : (
    <g data-at={at}>
      <Sum at={at} />
      {panels.map((panel) => (
        <Bars key={panel.channel} panel={panel} taps={tapsOf(panel)} />
      ))}
    </g>
  )
}

interface PanelTaps {
  readonly panel: Panel
  readonly taps: readonly Tap[]
}

/** Slightly less than the distance of two places, so that bars do not touch. */
function barWidth(): number {
  const { x, first, count } = plot.value
  return (0.8 * (x(first + count) - x(first))) / count
}

/** The height of a value. Values that are not finite are drawn at 0. */
const heightOf = (scale: Scale, value = 0): number => yOf(scale, Number.isFinite(value) ? value : 0)

/** The extent of a bar from 0 to a value. */
function barExtent(scale: Scale, value?: number): { readonly y: number; readonly height: number } {
  const [zero, end] = [yOf(scale, 0), heightOf(scale, value)]
  return { y: Math.min(zero, end), height: Math.max(0.5, Math.abs(end - zero)) }
}

function Bars({ panel, taps }: PanelTaps): JSX.Element | null {
  const { x } = plot.value
  if (taps.length === 0) return null
  const barPixels = Math.max(1, barWidth())
  const bar = (
    { position, tap }: Tap,
    scale: Scale,
    value: number | undefined,
    name: string,
  ): JSX.Element => (
    <rect
      key={`${name} ${tap}`}
      class={`${name}${tap === activeTap.value ? ' looked' : ''}`}
      data-tap={tap}
      x={x(tapPlace(position)) - barPixels / 2}
      width={barPixels}
      {...barExtent(scale, value)}
    />
  )
  const places = taps.map(({ position }) => x(tapPlace(position)))
  const zero = yOf(panel.weights, 0)
  return (
    <>
      <line
        class="weight-curve"
        x1={Math.min(...places) - barPixels}
        x2={Math.max(...places) + barPixels}
        y1={zero}
        y2={zero}
      />
      {taps.map((tap) => bar(tap, panel.weights, tap.weight, 'weight-bar'))}
      {taps.map((tap) => bar(tap, panel.products, tap.product, 'product-bar'))}
    </>
  )
}

function Sum({ at }: { readonly at: number }): JSX.Element | null {
  const { result, x, stride, first, count } = plot.value
  const place = at * stride
  if (place < first || place >= first + count) return null
  const value = result.values[at]!
  const y = heightOf(result.scale, value)
  // The line leaves out the ticks between the panels, so that it crosses no number.
  const parts = [
    ...plot.value.panels.flatMap(({ scale, products }) =>
      [scale, products].map(({ top, height }) => [top, top + height]),
    ),
    [result.scale.top, y],
  ]
  return (
    <>
      {parts.map(([from, to]) => (
        <line key={from} class="now" x1={x(place)} x2={x(place)} y1={from} y2={to} />
      ))}
      {Number.isFinite(value) && <circle class="now-dot" cx={x(place)} cy={y} r={5} />}
    </>
  )
}

/**
 * A ring at every place that a product reads; and each product as a bar at the place of its result.
 */
function Spread({ panel, taps }: PanelTaps): JSX.Element {
  const { x, first, count, stride } = plot.value
  const places = new Set(taps.map(({ position }) => tapPlace(position)))
  const barPixels = Math.max(1, barWidth())
  const drawnTaps = taps.filter(
    ({ output }) => output[2]! * stride >= first && output[2]! * stride < first + count,
  )
  return (
    <>
      {drawnTaps.map(({ output, tap, product }) => (
        <rect
          key={`${output[2]} ${tap}`}
          class="product-bar"
          data-into={output[2]}
          x={x(output[2]! * stride) - barPixels / 2}
          width={barPixels}
          {...barExtent(panel.products, product)}
        />
      ))}
      {[...places].map((place) => (
        <circle
          key={place}
          class="ring"
          data-read={place}
          cx={x(place)}
          cy={heightOf(panel.scale, panel.values[place - first])}
          r={5}
        />
      ))}
    </>
  )
}

function Results({ taps }: { readonly taps: readonly Tap[] }): JSX.Element {
  const { x, stride, result, first, count } = plot.value
  const outputs = new Set(
    taps
      .map(({ output }) => output[2]!)
      .filter((at) => at * stride >= first && at * stride < first + count),
  )
  return (
    <>
      {[...outputs].map((at) => (
        <circle
          key={at}
          class="ring"
          data-result={at}
          cx={x(at * stride)}
          cy={heightOf(result.scale, result.values[at])}
          r={5}
        />
      ))}
    </>
  )
}
