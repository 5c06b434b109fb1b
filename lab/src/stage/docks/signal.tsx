/**
 * Signal: the row under the middle of the window as a curve, its samples, weights and products, and
 * below it the output of the same row. Beside the columns around the window stands the whole row.
 * A signal with one row is drawn whole if it has room.
 */

import './signal.css'
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { dockBox } from '../layout.ts'
import { numberText } from '../number.ts'
import { added, moveTo, place, region, stageModel } from '../stage.ts'
import { outputAt, type StageModel } from '../stage-model.ts'
import { inLanguage } from './language.ts'
import { columnsHeight, SignalChart } from './signal-chart.tsx'
import {
  inputRow,
  marksHeight,
  middleRow,
  panelsFor,
  rangesOf,
  type Span,
} from './signal-layout.ts'
import { SignalTable } from './signal-table.tsx'
import { signalText } from './signal-text.ts'

/** The column of names and numbers at the left. */
const axisWidth = 92
/** The axis of the overview beside it: only numbers. */
const numbersWidth = 40
const captionHeight = 70
/** A column of the detailed chart, and the least width of a sample of a whole signal. */
const [columnWidth, leastSample] = [34, 5]
const [chartGap, phoneHeight, phoneOverview, mostHeight] = [22, 236, 96, 420]

export default function SignalDock(): JSX.Element {
  const w = inLanguage(signalText)
  const { width: room, height, isPhone } = dockBox.value
  const width = Math.floor(room)
  const model = stageModel.value
  const detail = useComputed(() => spanOf(stageModel.value, width)).value
  const isWhole = detail.count === model.padded.width
  const chartHeight = isPhone
    ? phoneHeight
    : Math.min(mostHeight, Math.floor(height) - captionHeight - columnsHeight)
  const panels = useMemo(() => panelsFor(rangesOf(model), chartHeight), [model, chartHeight])
  const overviewPanels = useMemo(
    () => twoPanels(model, isPhone ? phoneOverview : chartHeight),
    [model, chartHeight, isPhone],
  )
  const detailWidth =
    isWhole || isPhone
      ? width
      : axisWidth + Math.min((width - axisWidth) * 0.46, detail.count * columnWidth)
  return (
    <figure class="signal-dock">
      <Slider>
        <SignalChart
          name="detail"
          model={model}
          span={detail}
          width={detailWidth}
          axis={axisWidth}
          panels={panels}
          isDetail
        />
        {!isWhole && (
          <SignalChart
            name="overview"
            model={model}
            span={{ first: 0, count: model.padded.width }}
            width={isPhone ? width : width - detailWidth - chartGap}
            axis={isPhone ? axisWidth : numbersWidth}
            panels={overviewPanels}
            isDetail={false}
            marked={detail}
          />
        )}
      </Slider>
      <SignalTable span={detail} />
      <figcaption class="caption">
        <b>{w.title(model.padded.height === 1)}</b> <Caption />
      </figcaption>
    </figure>
  )
}

/** The columns of the detailed chart: those of the region, or a whole signal. */
function spanOf({ padded }: StageModel, width: number): Span {
  const whole = { first: 0, count: padded.width }
  if (padded.height === 1 && padded.width * leastSample <= width - axisWidth) return whole
  const { x, width: count } = region.value.input
  return x === 0 && count === padded.width ? whole : { first: x, count }
}

/** Only the input and the output. */
function twoPanels(model: StageModel, height: number): ReturnType<typeof panelsFor> {
  const { input, output, weights, products } = rangesOf(model)
  const middle = Math.round(height * 0.5)
  const between = { top: middle, bottom: middle }
  return {
    input: { ...input, top: marksHeight + 1, bottom: middle - 6 },
    weights: { ...weights, ...between },
    products: { ...products, ...between },
    output: { ...output, top: middle + 6, bottom: height - 2 },
    height,
  }
}

/** The charts are one slider: the place of the window in its row. */
function Slider({
  children,
}: {
  readonly children: JSX.Element | (JSX.Element | false)[]
}): JSX.Element {
  const w = inLanguage(signalText)
  const last = useComputed(() => stageModel.value.output.width - 1)
  const now = useComputed(() => place.value.x)
  const text = useComputed(() =>
    w.at(
      place.value.x,
      added.value === undefined ? numberText(outputAt(stageModel.value, place.value)) : '…',
    ),
  )
  const onKeyDown = (event: KeyboardEvent): void => {
    const { x, y } = place.peek()
    const page = region.peek().output.width
    const { width } = stageModel.peek().output
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: x - 1,
      ArrowDown: x - 1,
      ArrowRight: x + 1,
      ArrowUp: x + 1,
      PageDown: x - page,
      PageUp: x + page,
      Home: 0,
      End: width - 1,
    }
    const to = targets[event.key]
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation()
    moveTo({ x: to, y })
  }
  return (
    <div
      class="signal-charts"
      role="slider"
      tabIndex={0}
      aria-label={w.slider}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={now}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  )
}

function Caption(): JSX.Element {
  const w = inLanguage(signalText)
  const text = useComputed(() => {
    const model = stageModel.value
    const { kernel, padded, taps, before, input } = model
    if (padded.height === 1) return w.signalCaption(taps, kindOf(model))
    const row = inputRow(model, place.value, middleRow(model)) - before.y
    const isInside = row >= 0 && row < input.height
    return w.rowCaption(isInside ? row : undefined, kernel.width, taps, kernel.height)
  })
  return <>{text}</>
}

const nearZero = 1e-9

/** Which weights are these: a mean, or differences of samples? */
function kindOf({ kernel }: StageModel): 'mean' | 'difference' | 'sum' {
  const weights = Array.from(kernel.data)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const size = weights.reduce((total, weight) => total + Math.abs(weight), 0)
  if (size > 0 && Math.abs(sum) <= nearZero * size) return 'difference'
  return weights.length > 1 && weights.every((weight) => weight >= 0) && sum > 0 ? 'mean' : 'sum'
}
