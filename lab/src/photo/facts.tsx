/**
 * What the chosen filter does: its sum, its rank, the waves that it lets through, and how the
 * library computes it here.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { texts } from './messages/index.ts'
import { shortText, timeText } from './number-text.ts'
import { analysis, stats } from './photo.ts'
import type { Analysis } from './protocol.ts'

/** Frequencies along each axis. */
const side = 64
const half = side / 2

export function Facts(): JSX.Element {
  const text = texts()
  const now = analysis.value
  const last = stats.value
  return (
    <section class="panel facts" aria-labelledby="facts-title">
      <h2 id="facts-title">{text.facts}</h2>
      {now && (
        <>
          <Response of={now} />
          <p data-rank={now.rank}>{text.rank(now.rank, now.width, now.height)}</p>
          <p>{text.sum(shortText(now.sum), now.isZeroSum)}</p>
          <p>
            {text.planOf}:{' '}
            {Number.isNaN(now.plan.milliseconds)
              ? text.planUntimed(now.plan.algorithm, now.plan.backend)
              : text.plan(now.plan.algorithm, now.plan.backend, timeText(now.plan.milliseconds))}
          </p>
          {last && <p class="time">{text.time(timeText(last.filterMs), timeText(last.wholeMs))}</p>}
          <details>
            <summary>{text.explain}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keys must scroll it. */}
            <pre lang="en" tabIndex={0}>
              {now.plan.text}
            </pre>
          </details>
        </>
      )}
    </section>
  )
}

function Response({ of }: { readonly of: Analysis }): JSX.Element {
  const text = texts()
  const canvas = useRef<HTMLCanvasElement>(null)
  useSignalEffect(() => {
    const now = analysis.value
    if (!now || !canvas.current) return
    const most = now.response.reduce((a, b) => Math.max(a, b), 0) || 1
    const image = new ImageData(side, side)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        // The frequency 0 is in the middle.
        const value = now.response[((y + half) % side) * side + ((x + half) % side)]!
        const grey = (255 * value) / most
        image.data.set([grey, grey, grey, 255], (y * side + x) * 4)
      }
    canvas.current.getContext('2d')!.putImageData(image, 0, 0)
  })
  const most = of.response.reduce((a, b) => Math.max(a, b), 0)
  const [flat, across, down] = [0, half, half * side].map((at) => {
    const value = of.response[at]!
    // What the sums of sines leave of a zero.
    return shortText(value < 1e-9 * most ? 0 : Number(value.toPrecision(3)))
  }) as [string, string, string]
  return (
    <div class="response">
      <canvas
        ref={canvas}
        width={side}
        height={side}
        role="img"
        aria-label={text.responseLabel(flat, across, down)}
      />
      <dl aria-hidden="true">
        <dt>{text.flat}</dt>
        <dd>× {flat}</dd>
        <dt>{text.finestAcross}</dt>
        <dd>× {across}</dd>
        <dt>{text.finestDown}</dt>
        <dd>× {down}</dd>
      </dl>
    </div>
  )
}
