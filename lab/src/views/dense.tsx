/**
 * The convolution as a fully connected layer: samples on the left, outputs on the right, one line
 * for each connection. Lines of one colour share one weight. In a dense layer every line would have
 * its own weight.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { explain } from 'stridefold/sync'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { indices, product } from '../model/numbers.ts'
import { viewModel } from '../model/shared.ts'
import { colourOfTap } from '../model/tap-colours.ts'
import type { ViewModel } from '../model/view-model.ts'

const maxNodes = 48
const maxLines = 600
/** The height of the drawing, and the distance from node to node, in pixels. */
const usualHeight = 460
const [minPitch, maxPitch] = [10, 22]
const drawingWidth = 320

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

/** Two products with the same sample, at a repeated border, are one connection. */
const connectionCount = (lines: readonly Line[]): number =>
  new Set(lines.map(({ from, to }) => `${from} ${to}`)).size

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
  const most = Math.max(inputs, outputs)
  const pitch = Math.max(minPitch, Math.min(maxPitch, usualHeight / most))
  const height = most * pitch
  const { focus } = highlighted.value
  const marks = highlighted.value.marks('toeplitz')
  // Both sides have one pitch. The shorter one is in the middle.
  const at = (i: number, count: number): number => (i + 0.5 + (most - count) / 2) * pitch
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
        aria-label={w.denseTitle(inputs, outputs, connectionCount(lines.value))}
      >
        <g class="lines">
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
          r={4}
        />
      ))}
    </>
  )
}
