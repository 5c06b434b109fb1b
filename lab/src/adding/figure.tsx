/** Input, kernel, what one sample sends, and the output so far, beside each other. */

import { Fragment, type JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { Plane } from '../pages/plane.tsx'
import { useWidth } from '../pages/use-width.ts'
import { numberText } from '../stage/number.ts'
import { cell, choose, model, sample, sentCount, settings } from './adding.ts'
import { type AddingModel, cellsOf, samplesOf } from './adding-model.ts'
import { texts } from './messages/index.ts'
import { player } from './player.ts'

const [largest, smallest] = [64, 22]
/** The height of everything but the planes. */
const besides = 420
/** Of a plane that stands alone in its line. */
const largestAlone = 36
/** A sign between two planes, and what is left at the sides and by names. */
const [gap, margins] = [44, 48]

/** The size of cells: all planes in one line, else the output below the others, else each alone. */
function cellSize({ input, kernel, counts }: AddingModel, width: number): number {
  const rows = Math.max(input.rows, kernel.rows, counts.rows)
  const highest = Math.max(smallest, Math.min(largest, Math.floor((innerHeight - besides) / rows)))
  const first = input.columns + kernel.columns + counts.columns
  const lines = [
    [first + counts.columns, 3],
    [first, 2],
    [Math.max(input.columns, counts.columns), 0],
  ] as const
  for (const [columns, gaps] of lines) {
    const size = Math.floor((width - gaps * gap - margins) / columns)
    if (size < (gaps === 3 ? 24 : smallest)) continue
    return Math.min(highest, gaps === 0 ? largestAlone : size, size)
  }
  return smallest
}

export function Figure(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const text = texts()
  const now = model.value
  const { isTransposed, hasCounts } = settings.value
  const [chosen, at] = [cell.value, sample.value]
  const size = cellSize(now, width)
  const places = Array.from({ length: now.counts.data.length }, (_, place) => place)
  const reached = at === undefined ? [] : cellsOf(now, at)
  const { columns } = now.counts
  const senders = chosen === undefined ? [] : samplesOf(now, chosen)
  const so = chosen === undefined ? now.after[sentCount.value]! : now.after.at(-1)!
  const most = Math.max(...Array.from(now.counts.data))
  const kernelAsSent = isTransposed
    ? now.kernel
    : { ...now.kernel, data: [...Array.from(now.kernel.data)].reverse() }
  const spokenOutput =
    chosen === undefined
      ? text.noCell
      : text.spokenOutput(
          Math.floor(chosen / columns),
          chosen % columns,
          numberText(so.data[chosen]!),
          senders.length,
        )
  return (
    <div ref={box} class="adding-planes">
      <Plane
        id="adding-input"
        kind="input"
        title={text.input}
        numbers={now.input}
        size={size}
        lit={chosen === undefined ? (at === undefined ? [] : [at]) : senders}
        framed={at}
        spoken={() => (at === undefined ? text.nothingSent : text.spokenSample(...placeOf(at)))}
        onChoose={(place) => player.moveTo(place + 1)}
      />
      <span class="sign" aria-hidden="true">
        ×
      </span>
      <Plane
        id="adding-kernel"
        kind="kernel"
        title={isTransposed ? text.kernel : text.kernelTurned}
        numbers={kernelAsSent}
        size={size}
        lit={[]}
        framed={undefined}
      />
      <span class="sign" aria-hidden="true">
        =
      </span>
      <Plane
        id="adding-sent"
        kind="product"
        title={chosen === undefined ? text.sent : text.sentThere}
        {...(chosen === undefined
          ? {
              numbers: now.sent[at ?? 0]!,
              lit: reached,
              empty: places.filter((place) => !reached.includes(place)),
            }
          : {
              numbers: { ...now.input, data: now.sent.map(({ data }) => data[chosen]!) },
              lit: senders,
              empty: now.sent.flatMap((_, place) => (senders.includes(place) ? [] : [place])),
            })}
        size={size}
        framed={undefined}
        widest={now.sent.flatMap(({ data }) => Array.from(data))}
        room={now.counts}
      />
      <div class="result">
        <span class="sign" aria-hidden="true">
          →
        </span>
        <Plane
          id="adding-output"
          kind="output"
          title={
            hasCounts
              ? text.counts
              : text.output(chosen === undefined ? sentCount.value : undefined)
          }
          numbers={hasCounts ? now.counts : so}
          size={size}
          lit={reached}
          framed={chosen}
          widest={hasCounts ? now.counts.data : now.after.flatMap(({ data }) => Array.from(data))}
          {...(hasCounts && { shades: Array.from(now.counts.data, (count) => count / most) })}
          spoken={() => spokenOutput}
          onChoose={(place) => {
            player.pause()
            choose(place)
          }}
        />
      </div>
    </div>
  )
}

const placeOf = (at: number): [row: number, column: number, value: string] => {
  const { columns, data } = model.value.input
  return [Math.floor(at / columns), at % columns, numberText(data[at]!)]
}

/** What is shown, as a sentence: what a sample sends, or what an output is the sum of. */
export function Telling(): JSX.Element {
  const text = texts()
  const now = model.value
  const { hasCounts } = settings.value
  const [chosen, at] = [cell.value, sample.value]
  if (chosen !== undefined) {
    const { columns } = now.counts
    const senders = samplesOf(now, chosen)
    return (
      <p class="telling">
        {text.cellIs(Math.floor(chosen / columns), chosen % columns, senders.length)}{' '}
        <span class="sum">
          {senders.map((sender, i) => (
            <Fragment key={sender}>
              {i > 0 && ' + '}
              <span>
                <b class="of-input">{numberText(now.input.data[sender]!)}</b> ×{' '}
                <b class="of-kernel">{signed(now.weights[sender]!.data[chosen]!)}</b>
              </span>
            </Fragment>
          ))}{' '}
          = <b class="of-output">{numberText(now.after.at(-1)!.data[chosen]!)}</b>
        </span>
      </p>
    )
  }
  if (hasCounts) {
    const counts = [...new Set(Array.from(now.counts.data))].sort((a, b) => a - b)
    return <p class="telling">{text.countsAre(counts)}</p>
  }
  if (at === undefined) return <p class="telling">{text.start}</p>
  return <p class="telling">{text.sampleSends(...placeOf(at), cellsOf(now, at).length)}</p>
}

const signed = (value: number): string => (value < 0 ? `(${numberText(value)})` : numberText(value))
