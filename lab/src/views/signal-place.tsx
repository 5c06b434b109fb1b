/**
 * Draws the focus over the curves. For one output: the flipped weighting on the signal, the
 * products, and their sum. For a sample, a weight or a byte: a ring at every sample and result of
 * its products, and the products at their results.
 */

import type { JSX } from 'preact'
import { type Panel, plot, type Scale, shownRow, singleOutput, yOf } from '../model/plot.ts'
import { highlight, viewModel } from '../model/shared.ts'
import { part } from '../state/store.ts'

const activeTap = part('tap')

/** A product of the shown row in the drawn part. */
interface DrawnTap {
  readonly tap: number
  /** The channel within its group, and the place that is read, counted from the first sample. */
  readonly local: number
  readonly place: number
  readonly output: number
  readonly weight: number
  readonly product: number
}

function tapsInSight(): readonly DrawnTap[] {
  const { first, count, panels } = plot.value
  const { shapes, padded, kernel } = viewModel.value
  const [extent = 1, length = 1, size = 1] = [shapes.padded[2], shapes.output[2], shapes.kernel[2]]
  const taps: DrawnTap[] = []
  const reads = highlight.value.list('padded')
  const [outputs, weights] = [highlight.value.list('output'), highlight.value.list('kernel')]
  for (let i = 0; i < reads.places.length; i++) {
    const [read, output, weightPlace] = [reads.places[i]!, outputs.places[i]!, weights.places[i]!]
    const place = (read % extent) - padded.before[0]!
    const local = Math.floor(weightPlace / size) % shapes.kernel[1]!
    const isDrawn = place >= first && place < first + count && local < panels.length
    if (!isDrawn || Math.floor(output / length) !== shownRow.value) continue
    const weight = kernel.data[weightPlace]!
    const product = padded.array.data[read]! * weight
    taps.push({ tap: reads.taps[i]!, local, place, output: output % length, weight, product })
  }
  return taps
}

export function AtPlace(): JSX.Element | null {
  const { panels } = plot.value
  const taps = tapsInSight()
  const tapsOf = ({ channel }: Panel): readonly DrawnTap[] =>
    taps.filter(({ local }) => local === channel - panels[0]!.channel)
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
  readonly taps: readonly DrawnTap[]
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
    { place, tap }: DrawnTap,
    scale: Scale,
    value: number | undefined,
    name: string,
  ): JSX.Element => (
    <rect
      key={`${name} ${tap}`}
      class={`${name}${tap === activeTap.value ? ' looked' : ''}`}
      data-tap={tap}
      x={x(place) - barPixels / 2}
      width={barPixels}
      {...barExtent(scale, value)}
    />
  )
  const places = taps.map(({ place }) => x(place))
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
  const places = new Set(taps.map(({ place }) => place))
  const barPixels = Math.max(1, barWidth())
  const drawnTaps = taps.filter(
    ({ output }) => output * stride >= first && output * stride < first + count,
  )
  return (
    <>
      {drawnTaps.map(({ output, tap, product }) => (
        <rect
          key={`${output} ${tap}`}
          class="product-bar"
          data-into={output}
          x={x(output * stride) - barPixels / 2}
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

function Results({ taps }: { readonly taps: readonly DrawnTap[] }): JSX.Element {
  const { x, stride, result, first, count } = plot.value
  const outputs = new Set(
    taps
      .map(({ output }) => output)
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
