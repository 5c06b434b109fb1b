/**
 * The convolution as a fully connected layer: samples on the left, outputs on the right, one line
 * for each connection. Lines of one colour share one weight. In a dense layer every line would have
 * its own weight.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { explain, type NdArray } from 'stridefold/sync'
import { Grid } from '../grid/grid.tsx'
import type { Role } from '../grid/grid-types.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { indexAt, indices, product } from '../model/numbers.ts'
import type { ViewModel } from '../model/view-model.ts'
import { viewModel } from '../model/shared.ts'
import { pin, preview } from '../state/store.ts'
import { messages } from '../messages/messages.ts'

const maxNodes = 48
const maxLines = 600
const nodeHeight = 14
const drawingWidth = 320

interface VectorProps {
  readonly part: 'input' | 'output'
  /** Other numbers of the same shape, and their name. */
  readonly numbers?: NdArray
  readonly name?: string
}

/** The flattened input or output, one number per row. */
export function Vector({ part, numbers, name }: VectorProps): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { shapes } = viewModel.value
  const array = numbers ?? viewModel.value[part]
  const label = name ?? w[part]
  const marks = useComputed(() => highlighted.value.marks(part))
  const focus = (row: number) =>
    part === 'input'
      ? { input: indexAt(row, shapes.input) }
      : { output: indexAt(row, shapes.output) }
  return (
    <div class="vector">
      <p class="plane-name">{label}</p>
      <Grid
        name={`toeplitz-${part}`}
        label={w.asVector(label)}
        part={part satisfies Role}
        rows={array.data.length}
        columns={1}
        value={(row) => array.data[row]}
        marks={marks}
        describe={(row) =>
          `${label} [${indexAt(row, shapes[part]).join(', ')}]: ${array.data[row]}`
        }
        onPreview={(row) => {
          preview.value = focus(row)
        }}
        onLeave={() => {
          preview.value = undefined
        }}
        onPin={(row) => pin(focus(row))}
        small
      />
    </div>
  )
}

interface Line {
  readonly from: number
  readonly to: number
  readonly tap: number
}

function linesOf({ geometry, shapes }: ViewModel): readonly Line[] {
  const lines: Line[] = []
  for (const output of indices(shapes.output)) {
    for (const { toeplitz, tap } of explain(geometry, { output }).taps) {
      if (toeplitz) lines.push({ to: toeplitz[0], from: toeplitz[1], tap })
    }
  }
  return lines
}

export function Dense(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const lines = useComputed(() => {
    const [outputs, inputs] = viewModel.value.shapes.toeplitz
    const most = outputs * product(viewModel.value.shapes.kernel.slice(1))
    return Math.max(outputs, inputs) <= maxNodes && most <= maxLines
      ? linesOf(viewModel.value)
      : undefined
  })
  if (!lines.value) return <p class="note">{w.denseTooLarge(maxNodes, maxLines)}</p>
  const [outputs, inputs] = viewModel.value.shapes.toeplitz
  const height = Math.max(inputs, outputs) * nodeHeight
  const { focus } = highlighted.value
  const marks = highlighted.value.marks('toeplitz')
  const at = (i: number, count: number): number => ((i + 0.5) * height) / count
  const isHighlighted = ({ from, to, tap }: Line): boolean => {
    const mark = marks.get(to * inputs + from)
    return mark !== undefined && (mark.count !== 1 || mark.tap === tap)
  }
  return (
    <figure class="dense">
      <svg
        viewBox={`-10 0 ${drawingWidth + 20} ${height}`}
        width={drawingWidth + 20}
        role="img"
        aria-label={w.denseTitle(inputs, outputs, lines.value.length)}
      >
        <g class="lines">
          {' '}
          {lines.value.map((line) => (
            <line
              key={`${line.from} ${line.to} ${line.tap}`}
              data-line={`${line.to},${line.from}`}
              data-lit={isHighlighted(line)}
              class={focus && !isHighlighted(line) ? 'faint' : ''}
              stroke={colourOfTap.value(line.tap).background}
              x1={0}
              y1={at(line.from, inputs)}
              x2={drawingWidth}
              y2={at(line.to, outputs)}
            />
          ))}
        </g>
        <Nodes count={inputs} at={at} part="input" />
        <Nodes count={outputs} at={at} part="output" />
      </svg>
      <figcaption>{w.denseCaption}</figcaption>
    </figure>
  )
}

interface NodesProps {
  readonly count: number
  readonly at: (i: number, count: number) => number
  readonly part: 'input' | 'output'
}

function Nodes({ count, at, part }: NodesProps): JSX.Element {
  const highlighted = useHighlight()
  const marks = highlighted.value.marks(part)
  return (
    <>
      {Array.from({ length: count }, (_, i) => (
        <circle
          key={i}
          class={`node-${part}${marks.has(i) ? ' lit' : ''}`}
          cx={part === 'input' ? 0 : drawingWidth}
          cy={at(i, count)}
          r={5}
        />
      ))}
    </>
  )
}
