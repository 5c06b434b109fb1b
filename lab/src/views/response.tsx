/**
 * The frequency response of the weighting: the gain at each frequency, as a curve and as a table.
 * The library computes it.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { shortText } from '../model/number-text.ts'
import { leftMargin, rangeOf } from '../model/plot.ts'
import { viewModel } from '../model/shared.ts'
import { weightProperties } from '../model/weighting.ts'
import { pathOf, Values } from './axes.tsx'

const pointCount = 256
const [chartWidth, chartHeight] = [256, 140]
/** Frequencies of the table, in cycles per sample. */
const tableFrequencies = [0, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2]
const tickFrequencies = [0, 1 / 8, 1 / 4, 3 / 8, 1 / 2]

/**
 * The gains at j / pointCount cycles per sample. With dilation d, the response at frequency f is
 * that of the dense weights at d·f.
 */
const magnitudes: ReadonlySignal<Float64Array> = computed(() => {
  const { data } = weightProperties.value.frequencyResponse(pointCount).magnitude
  const { dilation } = viewModel.value.geometry.axes[0]!
  return Float64Array.from({ length: pointCount }, (_, j) => data[(j * dilation) % pointCount]!)
})

/** The horizontal position of a frequency. */
const x = (frequency: number): number => frequency * 2 * chartWidth

export function Response(): JSX.Element {
  const w = messages()
  const { dilation, stride, inputDilation } = viewModel.value.geometry.axes[0]!
  const half = magnitudes.value.subarray(0, pointCount / 2 + 1)
  const scale = { ...rangeOf(half), top: 0, height: chartHeight }
  const at = (frequency: number): number => half[Math.round(frequency * pointCount)]!
  return (
    <figure class="response">
      <h3>{w.responseTitle}</h3>
      <div class="flow">
        <svg
          class="signal-plot"
          viewBox={`${-leftMargin} -4 ${chartWidth + leftMargin + 16} ${chartHeight + 24}`}
          role="img"
          aria-label={w.responseLabel}
        >
          <line class="axis" x1={0} x2={chartWidth} y1={chartHeight} y2={chartHeight} />
          <line class="axis" x1={0} x2={0} y1={0} y2={chartHeight} />
          <Values scale={scale} x={-4} />
          {tickFrequencies.map((frequency) => (
            <g key={frequency}>
              <line
                class="axis"
                x1={x(frequency)}
                x2={x(frequency)}
                y1={chartHeight}
                y2={chartHeight + 4}
              />
              <text x={x(frequency)} y={chartHeight + 16}>
                {frequency}
              </text>
            </g>
          ))}
          <path class="weight-curve" d={pathOf(half, (j) => x(j / pointCount), scale)} />
        </svg>
        <table class="products">
          <thead>
            <tr>
              <th scope="col">{w.frequency}</th>
              <th scope="col">{w.gain}</th>
              <th scope="col">dB</th>
            </tr>
          </thead>
          <tbody>
            {tableFrequencies.map((frequency) => (
              <tr key={frequency}>
                <td>{frequency}</td>
                <td class="figure" data-gain={frequency}>
                  {gainText(at(frequency))}
                </td>
                <td class="figure">{decibels(at(frequency))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <figcaption data-dilation={dilation}>
        {w.responseCaption(dilation, stride, inputDilation)}
      </figcaption>
    </figure>
  )
}

/**
 * Three decimals, so that the decimal points of the column align. Very small and very large numbers
 * keep their own format.
 */
function gainText(gain: number): string {
  if (isRounding(gain)) return '0.000'
  return gain >= 0.0005 && gain < 1e4 ? gain.toFixed(3) : shortText(gain)
}

function decibels(gain: number): string {
  if (!Number.isFinite(gain)) return ''
  return isRounding(gain)
    ? '−∞'
    : (20 * Math.log10(gain))
        .toFixed(1)
        .replace(/^-0\.0$/, '0.0')
        .replace('-', '−')
}

/** Whether the gain is within the error of rounding the weights to float32. */
const isRounding = (gain: number): boolean => gain <= weightProperties.value.absoluteSum * 2 ** -23
