/**
 * What belongs to the focus, over the curves. One output: the turned weighting on the signal, the products, their sum. A sample, a weight or
 * a byte: every sample and every result that its products belong to.
 */

import type { JSX } from 'preact'
import type { Tap } from 'stridefold/sync'
import { oneOutput, type Panel, plot, type Scale, tapPlace, yOf } from '../model/plot.ts'
import { light } from '../model/shared.ts'
import { part } from '../state/store.ts'

const looked = part('tap')

/** The products of the shown row that are in sight. */
function tapsInSight(): readonly Tap[] {
  const { item, filter, first, count } = plot.value
  return light.value.taps.filter(({ output, position }) => {
    const place = tapPlace(position)
    return output[0] === item && output[1] === filter && place >= first && place < first + count
  })
}

export function AtPlace(): JSX.Element | null {
  const { panels } = plot.value
  const taps = tapsInSight()
  const own = ({ channel }: Panel): readonly Tap[] => taps.filter(({ kernel }) => kernel[1] === channel - panels[0]!.channel)
  const at = oneOutput.value?.[2]
  return at === undefined ? (
    <>
      {panels.map((panel) => (
        <Rings key={panel.channel} panel={panel} taps={own(panel)} />
      ))}
      <Results taps={taps} />
    </>
  ) : (
    <g data-at={at}>
      <Sum at={at} />
      {panels.map((panel) => (
        <Bars key={panel.channel} panel={panel} taps={own(panel)} />
      ))}
    </g>
  )
}

interface Part {
  readonly panel: Panel
  readonly taps: readonly Tap[]
}

function Bars({ panel, taps }: Part): JSX.Element | null {
  const { x, first, count } = plot.value
  if (taps.length === 0) return null
  const wide = Math.max(1, (x(first + count) - x(first)) / count) * 0.8
  const bar = ({ position, tap }: Tap, scale: Scale, value: number, name: string): JSX.Element => (
    <rect
      key={`${name} ${tap}`}
      class={`${name}${tap === looked.value ? ' looked' : ''}`}
      data-tap={tap}
      x={x(tapPlace(position)) - wide / 2}
      width={wide}
      y={Math.min(yOf(scale, 0), yOf(scale, value))}
      height={Math.max(0.5, Math.abs(yOf(scale, value) - yOf(scale, 0)))}
    />
  )
  const drawable = (value: number | undefined): number => (value !== undefined && Number.isFinite(value) ? value : 0)
  const places = taps.map(({ position }) => x(tapPlace(position)))
  const zero = yOf(panel.weights, 0)
  return (
    <>
      <line class="weight-curve" x1={Math.min(...places) - wide} x2={Math.max(...places) + wide} y1={zero} y2={zero} />
      {taps.map((tap) => bar(tap, panel.weights, drawable(tap.weight), 'weight-bar'))}
      {taps.map((tap) => bar(tap, panel.products, drawable(tap.product), 'product-bar'))}
    </>
  )
}

function Sum({ at }: { readonly at: number }): JSX.Element | null {
  const { result, x, stride, first, count } = plot.value
  const place = at * stride
  if (place < first || place >= first + count) return null
  const y = yOf(result.scale, Number.isFinite(result.values[at]) ? result.values[at]! : 0)
  return (
    <>
      <line class="now" x1={x(place)} x2={x(place)} y1={plot.value.panels[0]!.scale.top} y2={y} />
      <circle class="now-dot" cx={x(place)} cy={y} r={5} />
    </>
  )
}

/** Every place of a panel that a product reads, once. */
function Rings({ panel, taps }: Part): JSX.Element {
  const { x, first } = plot.value
  const places = new Set(taps.map(({ position }) => tapPlace(position)))
  return (
    <>
      {[...places].map((place) => (
        <circle key={place} class="ring" data-read={place} cx={x(place)} cy={yOf(panel.scale, panel.values[place - first] || 0)} r={5} />
      ))}
    </>
  )
}

function Results({ taps }: { readonly taps: readonly Tap[] }): JSX.Element {
  const { x, stride, result, first, count } = plot.value
  const outputs = new Set(taps.map(({ output }) => output[2]!).filter((at) => at * stride >= first && at * stride < first + count))
  return (
    <>
      {[...outputs].map((at) => (
        <circle key={at} class="ring" data-result={at} cx={x(at * stride)} cy={yOf(result.scale, result.values[at] || 0)} r={5} />
      ))}
    </>
  )
}
