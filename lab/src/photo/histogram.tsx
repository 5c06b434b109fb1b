/**
 * How often each value occurs before (line) and after (area), on one axis; and what is cut off.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { colours } from '../stage/colours.ts'
import { prepare } from '../stage/draw-planes.ts'
import { texts } from './messages/index.ts'
import { shortText } from './number-text.ts'
import { stats as found } from './photo.ts'
import type { Histogram } from './pixels.ts'
import type { Stats } from './protocol.ts'

const height = 88

export function HistogramPanel(): JSX.Element {
  const text = texts()
  const now = found.value
  return (
    <section class="panel histogram" aria-labelledby="histogram-title">
      <h2 id="histogram-title">{text.histogram}</h2>
      {now && (
        <>
          <HistogramChart stats={now} />
          <p>{text.range(shortText(now.low), shortText(now.high))}</p>
          <p data-clipped={now.clipped.below + now.clipped.above}>{clippedText(now)}</p>
        </>
      )}
    </section>
  )
}

function clippedText({ clipped: { below, above, samples } }: Stats): string {
  const text = texts()
  if (below + above === 0) return text.nothingCut
  const share = (100 * (below + above)) / samples
  return text.cut(below, above, share < 0.1 ? '< 0.1 %' : `${share.toFixed(1)} %`)
}

function HistogramChart({ stats }: { readonly stats: Stats }): JSX.Element {
  const text = texts()
  const canvas = useRef<HTMLCanvasElement>(null)
  const box = useRef<HTMLDivElement>(null)
  useSignalEffect(() => {
    const now = found.value
    const { in: before, out: after, edge } = colours.value
    if (!now || !canvas.current || !box.current) return
    const width = Math.max(120, box.current.clientWidth)
    const context = prepare(canvas.current, width, height)
    const { low, high } = now.after
    const x = (value: number): number => ((value - low) / (high - low)) * width
    context.fillStyle = after
    draw(summed(now.after), (bin) => low + (bin / 256) * (high - low), 'area')
    context.strokeStyle = before
    context.lineWidth = 1.5
    draw(summed(now.before), (bin) => bin, 'line')
    context.strokeStyle = edge
    context.lineWidth = 1
    context.setLineDash([3, 3])
    for (const value of [0, 255]) {
      const at = Math.min(width - 0.5, Math.max(0.5, Math.round(x(value)) + 0.5))
      context.beginPath()
      context.moveTo(at, 0)
      context.lineTo(at, height)
      context.stroke()
    }
    context.setLineDash([])

    function draw(
      counts: Float64Array,
      startOf: (bin: number) => number,
      kind: 'line' | 'area',
    ): void {
      // Square roots, so that rare values are seen beside a peak.
      const most = Math.sqrt(counts.reduce((a, b) => Math.max(a, b), 1))
      context.beginPath()
      if (kind === 'area') context.moveTo(0, height)
      for (const [bin, count] of counts.entries()) {
        const y = height - 1 - (Math.sqrt(count) / most) * (height - 4)
        context.lineTo(x(startOf(bin)), y)
        context.lineTo(x(startOf(bin + 1)), y)
      }
      if (kind === 'area') {
        context.lineTo(width, height)
        context.globalAlpha = 0.55
        context.fill()
        context.globalAlpha = 1
      } else context.stroke()
    }
  })
  const { low, high } = stats.after
  const place = (value: number): string => `${((value - low) / (high - low)) * 100}%`
  return (
    <div ref={box} class="histogram-chart">
      <canvas
        ref={canvas}
        role="img"
        aria-label={text.histogramLabel(shortText(stats.low), shortText(stats.high))}
      />
      <div class="axis" aria-hidden="true">
        <span style={{ left: place(0) }}>0</span>
        <span style={{ left: place(255) }}>255</span>
      </div>
      <p class="key" aria-hidden="true">
        <i class="before" />
        {text.before} <i class="after" />
        {text.after}
      </p>
    </div>
  )
}

/** The counts of all colours together. */
function summed({ counts }: Histogram): Float64Array {
  const sum = new Float64Array(256)
  for (const colour of counts) for (const [bin, count] of colour.entries()) sum[bin]! += count
  return sum
}
