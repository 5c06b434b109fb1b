/**
 * The lens: the samples in the window × the weights = the products, as three grids. A weight can be
 * typed, and so can a sample of a small example.
 */

import type { JSX } from 'preact'
import { ProductCell, SampleCell, SampleField, WeightField } from './lens-cells.tsx'
import { LensGrid } from './lens-grid.tsx'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { stageModel } from './stage.ts'

export function Lens(): JSX.Element {
  const { kernel, geometry, divisor, bias, isPicture, isSmall, taps } = stageModel.value
  const text = texts()
  return (
    <div class={kernel.width < 3 ? 'lens few' : 'lens'}>
      <div class="lens-label of-input">{text.samples(taps, isPicture)}</div>
      <span />
      <div class="lens-label of-kernel">
        <span>{text.weights(taps)}</span>
        <span class="divisor">
          {geometry.flip && <span title={text.turned}>↻ 180°</span>}{' '}
          {divisor !== 1 && `÷ ${numberText(divisor)}`}
          {divisor === 1 && bias !== 0 && `${bias < 0 ? '−' : '+'} ${numberText(Math.abs(bias))}`}
        </span>
      </div>
      <span />
      <div class="lens-label of-product">{text.products(taps)}</div>
      <LensGrid name="window" label={text.samples(taps, isPicture)}>
        {(tap, isStop) =>
          isSmall ? (
            <SampleField key={tap} tap={tap} isStop={isStop} />
          ) : (
            <SampleCell key={tap} tap={tap} isStop={isStop} />
          )
        }
      </LensGrid>
      <div class="operator" aria-hidden="true">
        ×
      </div>
      <LensGrid name="weights" label={text.weights(taps)}>
        {(tap, isStop) => <WeightField key={`${kernel.width} ${tap}`} tap={tap} isStop={isStop} />}
      </LensGrid>
      <div class="operator" aria-hidden="true">
        =
      </div>
      <LensGrid name="products" label={text.products(taps)}>
        {(tap, isStop) => <ProductCell key={tap} tap={tap} isStop={isStop} />}
      </LensGrid>
    </div>
  )
}
