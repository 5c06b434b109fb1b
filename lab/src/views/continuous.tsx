/**
 * The integral that the sum approximates: a continuous signal, an exponential weighting, and their
 * product. The sum of samples approaches the area under the product as the sampling rate grows.
 */

import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { leftMargin, yOf } from '../model/plot.ts'
import { continuous, riemannSum } from '../model/signals.ts'
import { change, part } from '../state/store.ts'
import { Ticks, Values } from './axes.tsx'
import { filled } from './filled.ts'

const rate = part('rate')

const [chartWidth, chartHeight] = [256, 140]
/** The drawn time span, and the time of the sum. */
const [timeSpan, sumTime] = [6, 7]
const maxValue = 3

const x = (time: number): number => ((time - sumTime + timeSpan) / timeSpan) * chartWidth
const scale = { low: 0, high: maxValue, top: 0, height: chartHeight }
const y = (value: number): number => yOf(scale, value)
const curve = (of: (time: number) => number): string =>
  Array.from({ length: 181 }, (_, i) => sumTime - timeSpan + (i / 180) * timeSpan)
    .map((time, i) => `${i === 0 ? 'M' : 'L'}${x(time).toFixed(1)} ${y(of(time)).toFixed(1)}`)
    .join('')

const weighted = (time: number): number =>
  continuous.signal(time) * continuous.weighting(sumTime - time)

export function Continuous(): JSX.Element {
  const w = messages()
  const step = 1 / rate.value
  const sum = riemannSum(sumTime, step)
  const area = continuous.integral(sumTime)
  const bars = Array.from({ length: timeSpan * rate.value }, (_, i) => sumTime - i * step)
  return (
    <figure class="continuous">
      <h3>{w.continuousTitle}</h3>
      <Formula />
      <svg
        class="signal-plot"
        viewBox={`${-leftMargin} -4 ${chartWidth + leftMargin + 16} ${chartHeight + 24}`}
        role="img"
        aria-label={w.continuousLabel}
      >
        <line class="axis" x1={0} x2={chartWidth} y1={chartHeight} y2={chartHeight} />
        <line class="axis" x1={0} x2={0} y1={0} y2={chartHeight} />
        <Values scale={scale} x={-4} />
        <Ticks scale={scale} from={sumTime - timeSpan} to={sumTime} x={x} />
        {bars.map((time) => (
          <rect
            key={time}
            class="product-bar"
            x={x(time) - step * (chartWidth / timeSpan)}
            width={step * (chartWidth / timeSpan)}
            y={y(weighted(time))}
            height={chartHeight - y(weighted(time))}
          />
        ))}
        <path class="signal" d={curve(continuous.signal)} />
        <path class="weight-curve" d={curve((time) => continuous.weighting(sumTime - time))} />
        <path class="product-curve" d={curve(weighted)} />
      </svg>
      <label class="row">
        {w.samplesPerUnit}
        <input
          type="range"
          class="scrub"
          min={1}
          max={64}
          value={rate.value}
          style={filled(rate.value, 1, 64)}
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

function Formula(): JSX.Element {
  const integral = (
    <>
      ∫ <var>x</var>(a) <var>w</var>(t − a) d<var>a</var>
    </>
  )
  return (
    <p class="formula">
      <var>s</var>(t) = {integral} ≈ Σ <var>x</var>(kh) <var>w</var>(t − kh) h
    </p>
  )
}
