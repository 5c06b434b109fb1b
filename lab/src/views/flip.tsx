/**
 * Convolution beside correlation, and the difference of their results. A slider rotates the kernel
 * from 0° to 180°; its numbers stay upright.
 */

import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../grid/derived.ts'
import { shortText } from '../model/number-text.ts'
import { Tensor } from '../grid/tensor.tsx'
import {
  type FlipComparison,
  flipComparison,
  type Highlights,
  highlightsOf,
} from '../model/flip-comparison.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { noHighlight } from '../model/highlight.ts'
import type { Marks } from '../model/marks.ts'
import { placeOf } from '../model/numbers.ts'
import { planesOf } from '../model/planes.ts'
import { viewModel } from '../model/shared.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { messages } from '../messages/messages.ts'
import { Computing } from './computing.tsx'

const turn = part('turn')
const maxExtent = 9
const cellSize = 34

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
        <RotatingKernel />
        <FlippedKernel {...comparison} />
      </div>
      <div class="flow">
        <Result way="convolution" {...comparison} highlights={highlights} />
        <Result way="correlation" {...comparison} highlights={highlights} />
        <Difference {...comparison} highlights={highlights} />
      </div>
      <Libraries />
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
  return (
    <Tensor
      name={`flip-${way}`}
      label={messages()[way]}
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

/**
 * The flipped kernel. A weight keeps its colour at its new place, and pointing there selects the
 * weight.
 */
function FlippedKernel({ flipped }: FlipComparison): JSX.Element {
  const highlighted = useHighlight()
  const [filters = 1, channels = 1, ...extents] = flipped.shape
  const origin = ([f = 0, c = 0, ...at]: readonly number[]): readonly number[] => [
    f,
    c,
    ...at.map((i, a) => extents[a]! - 1 - i),
  ]
  const size = flipped.data.length / filters / channels
  const marks = useDerived((): Marks => {
    const mirrorPlace = (place: number): number =>
      place - (place % size) + size - 1 - (place % size)
    return highlighted.value.marks('kernel').mapPlaces(mirrorPlace)
  }, [highlighted, size])
  const w = messages()
  return (
    <Tensor
      name="flip-turned"
      label={w.flippedKernel}
      part="kernel"
      array={flipped}
      marks={marks}
      planeName={([f = 0, c = 0, ...more]) =>
        w.plane([w.filter(f), w.channel(c), ...more.map((i) => w.layer(i))])
      }
      onPreview={(index) => {
        preview.value = index && { kernel: origin(index) }
      }}
      onPin={(index) => pin({ kernel: origin(index) })}
      small
    />
  )
}

/** The kernel plane of the focus, rotated by the angle of the slider. */
function RotatingKernel(): JSX.Element {
  const highlighted = useHighlight()
  const { kernel, geometry } = viewModel.value
  const { rows, columns } = planesOf(kernel.shape)
  const w = messages()
  if (geometry.axes.length > 2 || rows > maxExtent || columns > maxExtent)
    return <p class="note">{w.rotateTooLarge(maxExtent)}</p>
  const marks = highlighted.value.marks('kernel')
  const [lowest = 0] = marks.places
  const first = lowest - (lowest % (rows * columns))
  const halfDiagonal = Math.ceil(Math.hypot(rows, columns) * cellSize) / 2 + 2
  const degrees = turn.value
  return (
    <figure class="turning role-kernel">
      <svg
        viewBox={`${-halfDiagonal} ${-halfDiagonal} ${2 * halfDiagonal} ${2 * halfDiagonal}`}
        width={2 * halfDiagonal}
        role="img"
        aria-label={w.rotateTitle(degrees)}
      >
        <g transform={`rotate(${degrees})`}>
          {Array.from({ length: rows * columns }, (_, i) => {
            const [x, y] = [
              ((i % columns) - columns / 2) * cellSize,
              (Math.floor(i / columns) - rows / 2) * cellSize,
            ]
            const mark = marks.get(first + i)
            const colour = mark && mark.tap >= 0 ? colourOfTap.value(mark.tap) : undefined
            return (
              <g key={i} transform={`translate(${x + cellSize / 2} ${y + cellSize / 2})`}>
                <rect
                  x={-cellSize / 2}
                  y={-cellSize / 2}
                  width={cellSize}
                  height={cellSize}
                  {...(colour && { fill: colour.background })}
                />
                <text
                  transform={`rotate(${-degrees})`}
                  dy="0.35em"
                  {...(colour && { fill: colour.ink })}
                >
                  {shortText(kernel.data[first + i])}
                </text>
              </g>
            )
          })}
        </g>
      </svg>
      <label class="row">
        {w.rotate}
        <input
          type="range"
          class="scrub"
          min={0}
          max={180}
          step={15}
          value={degrees}
          aria-valuetext={w.degrees(degrees)}
          data-turn
          onInput={(event) => change({ turn: event.currentTarget.valueAsNumber })}
        />
        <span class="count">{w.degrees(degrees)}</span>
      </label>
      <figcaption>{w.rotateCaption}</figcaption>
    </figure>
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
