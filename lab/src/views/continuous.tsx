/**
 * The integral that the sum approximates: a continuous signal, an exponential weighting, and their
 * product. The sum of samples approaches the area under the product as the sampling rate grows.
 */

import type { JSX } from 'preact'
import { leftMargin, yOf } from '../model/plot.ts'
import { continuous, riemannSum } from '../model/signals.ts'
import { change, part } from '../state/store.ts'
import { messages } from '../messages/messages.ts'
import { Ticks, Values } from './axes.tsx'

const rate = part('rate')

const [WIDTH, HEIGHT] = [320, 140]
/** The drawn time span, and the time of the sum. */
const [SPAN, TIME] = [6, 7]
const HIGH = 3

const x = (time: number): number => ((time - TIME + SPAN) / SPAN) * WIDTH
const scale = { low: 0, high: HIGH, top: 0, height: HEIGHT }
const y = (value: number): number => yOf(scale, value)
const curve = (of: (time: number) => number): string =>
  Array.from({ length: 181 }, (_, i) => TIME - SPAN + (i / 180) * SPAN)
    .map((time, i) => `${i === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(of(time)).toFixed(1)}`)
    .join('')

const weighted = (time: number): number =>
  continuous.signal(time) * continuous.weighting(TIME - time)

export function Continuous(): JSX.Element {
  const w = messages()
  const step = 1 / rate.value
  const sum = riemannSum(TIME, step)
  const area = continuous.integral(TIME)
  const bars = Array.from({ length: SPAN * rate.value }, (_, i) => TIME - i * step)
  return (
    <figure class="continuous">
      <h3>{w.continuousTitle}</h3>
      <p class="formula">
        <var>s</var>(t) = ∫ <var>x</var>(a) <var>w</var>(t − a) d<var>a</var> ≈ Σ <var>x</var>(kh){' '}
        <var>w</var>(t − kh) h
      </p>
      <svg
        class="signal-plot"
        viewBox={`${-leftMargin} -4 ${WIDTH + leftMargin + 16} ${HEIGHT + 24}`}
        role="img"
        aria-label={w.continuousLabel}
      >
        <line class="axis" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
        <line class="axis" x1={0} x2={0} y1={0} y2={HEIGHT} />
        <Values scale={scale} x={-4} />
        <Ticks scale={scale} from={TIME - SPAN} to={TIME} x={x} />
        {bars.map((time) => (
          <rect
            key={time}
            class="product-bar"
            x={x(time) - step * (WIDTH / SPAN)}
            width={step * (WIDTH / SPAN)}
            y={y(weighted(time))}
            height={HEIGHT - y(weighted(time))}
          />
        ))}
        <path class="signal" d={curve(continuous.signal)} />
        <path class="weight-curve" d={curve((time) => continuous.weighting(TIME - time))} />
        <path class="result" d={curve(weighted)} />
      </svg>
      <label class="row">
        {w.samplesPerUnit}
        <input
          type="range"
          class="scrub"
          min={1}
          max={64}
          value={rate.value}
          data-rate
          aria-valuetext={w.perUnit(rate.value)}
          onInput={(event) => change({ rate: event.currentTarget.valueAsNumber })}
        />
        <span class="count">{w.perUnit(rate.value)}</span>
      </label>
      <p class="formula" data-sum={sum} data-integral={area}>
        {w.sumAndIntegral(sum.toFixed(4), area.toFixed(4), Math.abs(sum - area).toFixed(4))}
      </p>
      <figcaption>{w.continuousCaption}</figcaption>
    </figure>
  )
}
