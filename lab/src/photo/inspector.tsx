/**
 * The pixel under the pointer: what is around it before and after, its numbers, and the way to the
 * first screen, which shows the same products one by one.
 */

import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { change } from '../state/store.ts'
import { divisorOf, isFault, weightsOf } from './kernel-weights.ts'
import { texts } from './messages/index.ts'
import { shortText } from './number-text.ts'
import { analysis, askHood, cursor, probed, selected, selectedFilter, settings } from './photo.ts'
import type { Probed } from './protocol.ts'

const spokenMs = 400

export function Inspector(): JSX.Element {
  const text = texts()
  const now = probed.value
  const channel = useSignal(1)
  return (
    <section class="panel inspector" aria-labelledby="inspector-title">
      <h2 id="inspector-title">{text.inspector}</h2>
      {now ? (
        <>
          <p class="where">
            {text.pixelAt(now.y + 1, now.x + 1)}
            {cursor.value?.isKept && <small>{text.kept}</small>}
          </p>
          <div class="loupes">
            <Loupe probe={now} of="before" />
            <span aria-hidden="true">→</span>
            <Loupe probe={now} of="after" />
          </div>
          <Values probe={now} channel={channel} />
          <LensButton probe={now} channel={now.results.length === 1 ? 0 : channel.value} />
        </>
      ) : (
        <p class="quiet-text">{text.noPixel}</p>
      )}
      <Spoken />
    </section>
  )
}

/** The pixels around, enlarged. The frame is what the chosen filter reads, and what it makes. */
function Loupe({
  probe,
  of,
}: {
  readonly probe: Probed
  readonly of: 'before' | 'after'
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const side = 2 * probe.radius + 1
  useEffect(() => {
    const image = new ImageData(side, side)
    image.data.set(probe[of])
    canvas.current!.getContext('2d')!.putImageData(image, 0, 0)
  }, [probe])
  const { width = 1, height = 1 } = of === 'before' ? (analysis.value ?? {}) : {}
  const at = (extent: number): string => `${((probe.radius - ((extent - 1) >> 1)) / side) * 100}%`
  return (
    <div class={`loupe loupe-${of}`} aria-hidden="true">
      <canvas ref={canvas} width={side} height={side} />
      <i
        style={{
          left: at(width),
          top: at(height),
          width: `${(width / side) * 100}%`,
          height: `${(height / side) * 100}%`,
        }}
      />
    </div>
  )
}

/** The stored value that a colour of the filter had, as far as it is one byte. */
function sourceValues({ source, results }: Probed): readonly number[] {
  if (results.length > 1) return source.slice(0, 3)
  const { channels } = settings.value
  const [red = 0, green = 0, blue = 0] = source
  if (channels === 'red') return [red]
  if (channels === 'green') return [green]
  if (channels === 'blue') return [blue]
  return [Math.round(0.2126 * red + 0.7152 * green + 0.0722 * blue)]
}

function Values({
  probe,
  channel,
}: {
  readonly probe: Probed
  readonly channel: { value: number }
}): JSX.Element {
  const text = texts()
  const before = sourceValues(probe)
  const isOne = probe.results.length === 1
  return (
    <div class="values" role="group" aria-label={text.channels}>
      {probe.results.map((result, c) => {
        const name = isOne ? text.grey : text.colours[c]!
        const line = (
          <>
            <span class="value-name">{name}</span>
            <span class="of-input">{before[c]}</span>
            <span aria-hidden="true">→</span>
            <span class="of-output" data-result={result}>
              {shortText(result)}
            </span>
          </>
        )
        return isOne ? (
          <p key={name}>{line}</p>
        ) : (
          <label key={name}>
            <input
              type="radio"
              name="channel"
              checked={channel.value === c}
              onChange={() => {
                channel.value = c
              }}
            />
            {line}
          </label>
        )
      })}
    </div>
  )
}

/** The most rows and columns of numbers that the first screen shows as digits. */
const mostDigits = 9

/** How many windows around the pixel the first screen gets. */
const marginOf = (width: number, height: number): number =>
  Math.max(1, Math.min(3, (mostDigits - Math.max(width, height)) >> 1))

function LensButton({
  probe,
  channel,
}: {
  readonly probe: Probed
  readonly channel: number
}): JSX.Element | null {
  const text = texts()
  const filter = selectedFilter.value
  if (!filter) return null
  const weights = weightsOf(filter.kernel)
  if (isFault(weights)) return null
  const { width, height, values } = weights
  const margin = marginOf(width, height)
  const [columns, rows] = [width + 2 * margin, height + 2 * margin]
  const open = (): void =>
    askHood({ x: probe.x, y: probe.y, filter: selected.peek(), margin, channel }, (hood) =>
      change({
        problem: `1x1x${rows}x${columns} * 1x1x${height}x${width}`,
        // float32 has seven digits.
        input: { values: hood.values.map((value) => Number(value.toPrecision(7))) },
        kernel: { values: [...values] },
        divisor: divisorOf(filter, values),
        bias: filter.offset,
        focus: { output: [0, 0, margin, margin] },
        tap: undefined,
        wrote: undefined,
        photo: undefined,
        views: [],
      }),
    )
  return (
    <p class="to-first">
      <button type="button" class="quiet" id="open-lens" onClick={open}>
        {text.openLens}
      </button>
      <small>{text.openLensHint(columns, rows)}</small>
    </p>
  )
}

/** The numbers of the pixel for screen readers, when it has come to rest. */
function Spoken(): JSX.Element {
  const spoken = useSignal('')
  useSignalEffect(() => {
    const now = probed.value
    const text = texts()
    if (!now || !cursor.value?.isKept) return
    const before = sourceValues(now)
    const names = now.results.length === 1 ? [text.grey] : text.colours
    const values = now.results
      .map((result, c) => `${names[c]} ${before[c]} → ${shortText(result)}`)
      .join(', ')
    const timer = setTimeout(() => {
      spoken.value = text.spoken(now.y + 1, now.x + 1, values)
    }, spokenMs)
    return () => clearTimeout(timer)
  })
  return (
    <div class="hidden" role="status" aria-live="polite">
      {spoken}
    </div>
  )
}
