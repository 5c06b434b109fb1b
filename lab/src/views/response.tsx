/**
 * What does the weighting do to waves? The factor by which each frequency grows, as the library finds it; in a table beside the curve.
 */

import { computed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import { cellText } from '../grid/grid.tsx'
import { scene } from '../model/shared.ts'
import { facts } from '../model/weighting.ts'
import { words } from '../words/words.ts'

const POINTS = 256
const [WIDTH, HEIGHT] = [420, 140]
/** Frequencies of the table, in cycles a sample. */
const LISTED = [0, 1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2]

/** At j / POINTS cycles a sample. Weights that stand `dilation` samples apart meet a wave as one that is as many times faster. */
const magnitudes: ReadonlySignal<Float64Array> = computed(() => {
  const { data } = facts.value.frequencyResponse(POINTS).magnitude
  const { dilation } = scene.value.geometry.axes[0]!
  return Float64Array.from({ length: POINTS }, (_, j) => data[(j * dilation) % POINTS]!)
})

export function Response(): JSX.Element {
  const w = words()
  const magnitude = magnitudes.value
  const half = Array.from(magnitude).slice(0, POINTS / 2 + 1)
  const most = half.reduce((high, value) => Math.max(high, value), 0) || 1
  const at = (frequency: number): number => magnitude[Math.round(frequency * POINTS) % POINTS]!
  const y = (value: number): number => HEIGHT - (value / most) * (HEIGHT - 10)
  const path = Array.from(
    half,
    (value, i) => `${i === 0 ? 'M' : 'L'}${((i / (half.length - 1)) * WIDTH).toFixed(1)} ${y(value).toFixed(1)}`,
  ).join('')
  return (
    <figure class="response">
      <h3>{w.responseTitle}</h3>
      <div class="flow">
        <svg class="signal-plot" viewBox={`-8 -4 ${WIDTH + 24} ${HEIGHT + 24}`} width={WIDTH} role="img" aria-label={w.responseLabel}>
          <line class="axis" x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
          {LISTED.map((frequency) => (
            <g key={frequency}>
              <line class="axis" x1={frequency * 2 * WIDTH} x2={frequency * 2 * WIDTH} y1={HEIGHT} y2={HEIGHT + 4} />
              <text x={frequency * 2 * WIDTH} y={HEIGHT + 16}>
                {frequency}
              </text>
            </g>
          ))}
          <path class="weight-curve" d={path} />
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
            {LISTED.map((frequency) => (
              <tr key={frequency}>
                <td>{frequency}</td>
                <td class="figure" data-gain={frequency}>
                  {cellText(Number(at(frequency).toPrecision(4)))}
                </td>
                <td class="figure">{at(frequency) < 1e-6 ? '−∞' : (20 * Math.log10(at(frequency))).toFixed(1).replace('-', '−')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <figcaption>{w.responseCaption}</figcaption>
    </figure>
  )
}
