/**
 * Convolution beside correlation, and the difference of their results. A slider turns the kernel
 * from one to the other.
 */

import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../grid/derived.ts'
import { Tensor } from '../grid/tensor.tsx'
import { messages } from '../messages/messages.ts'
import {
  type FlipComparison,
  flipComparison,
  type Highlights,
  highlightsOf,
} from '../model/flip-comparison.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { noHighlight } from '../model/highlight.ts'
import type { Marks } from '../model/marks.ts'
import { placeOf } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'
import { Computing } from './computing.tsx'
import { Legend } from './legend.tsx'
import { TurnedKernel } from './turned-kernel.tsx'
import { Turning, turn } from './turning.tsx'

export function Flip(): JSX.Element {
  const comparison = flipComparison.value
  return comparison ? <Comparison {...comparison} /> : <Computing />
}

function Comparison(comparison: FlipComparison): JSX.Element {
  const highlighted = useHighlight()
  // Reads the current comparison, not that of the last drawing. After a change of the problem the
  // focus already belongs to the new problem.
  const highlights = useComputed(
    (): Highlights =>
      flipComparison.value
        ? highlightsOf(flipComparison.value, highlighted.value)
        : { convolution: noHighlight, correlation: noHighlight },
  )
  const { symmetry, differenceCount: different, difference } = comparison
  const w = messages()
  return (
    <>
      <p class="note" data-symmetry={symmetry}>
        {w.symmetry[symmetry]} {w.differ(different, difference.data.length)}
      </p>
      <div class="flow">
        <Turning />
        <TurnedKernel name="flip-turned" label={w.flippedKernel} small />
      </div>
      <div class="flow">
        <Result way="convolution" {...comparison} highlights={highlights} />
        <Result way="correlation" {...comparison} highlights={highlights} />
        <Difference {...comparison} highlights={highlights} />
      </div>
      <Libraries />
      <Legend more={['above']} />
    </>
  )
}

const previewOutput = (index: readonly number[] | undefined): void => {
  preview.value = index && { output: index }
}

function usePlaneName(): (lead: readonly number[]) => string {
  const w = messages()
  const isBatch = viewModel.value.geometry.batch > 1
  return ([n = 0, f = 0, ...more]) =>
    w.plane([isBatch ? w.batch(n) : '', w.filter(f), ...more.map((i) => w.layer(i))])
}

interface HighlightsProps {
  readonly highlights: ReadonlySignal<Highlights>
}

function Result({
  way,
  highlights,
  ...comparison
}: FlipComparison &
  HighlightsProps & { readonly way: 'convolution' | 'correlation' }): JSX.Element {
  const marks = useDerived(() => highlights.value[way].marks('output'), [highlights, way])
  const isShown = turn.value === (way === 'convolution' ? 180 : 0)
  return (
    <Tensor
      name={`flip-${way}`}
      label={isShown ? `${messages()[way]} · ${messages().asTurned}` : messages()[way]}
      part="output"
      array={comparison[way].output}
      marks={marks}
      planeName={usePlaneName()}
      onPreview={previewOutput}
      onPin={(index) => pin({ output: index })}
      small
    />
  )
}

/** A result is highlighted here if it is highlighted in either of the two. */
function Difference({ difference, highlights }: FlipComparison & HighlightsProps): JSX.Element {
  const marks = useDerived((): Marks => {
    const { convolution, correlation } = highlights.value
    return convolution.marks('output').merge(correlation.marks('output'))
  }, [highlights])
  return (
    <Tensor
      name="flip-difference"
      label={messages().difference}
      part="output"
      array={difference}
      marks={marks}
      planeName={usePlaneName()}
      kind={(index) => {
        const value = difference.data[placeOf(index, difference.shape)]!
        return value > 0 ? 'above' : value < 0 ? 'below' : 'value'
      }}
      onPreview={previewOutput}
      onPin={(index) => pin({ output: index })}
      small
    />
  )
}

const flippingLibraries = [
  'stridefold convolve',
  'numpy.convolve',
  'scipy.signal.convolve',
  'scipy.ndimage.convolve',
  'MATLAB conv2',
]
const nonFlippingLibraries = [
  'stridefold conv2d',
  'torch.nn.Conv2d',
  'tf.nn.conv2d',
  'cv2.filter2D',
  'scipy.ndimage.correlate',
]

function Libraries(): JSX.Element {
  const w = messages()
  return (
    <table class="products">
      <caption>{w.whoFlips}</caption>
      <tbody>
        <tr>
          <th scope="row">{w.doesFlip}</th>
          <td>{flippingLibraries.join(', ')}</td>
        </tr>
        <tr>
          <th scope="row">{w.doesNotFlip}</th>
          <td>{nonFlippingLibraries.join(', ')}</td>
        </tr>
      </tbody>
    </table>
  )
}
