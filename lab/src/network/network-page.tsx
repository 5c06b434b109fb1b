/**
 * The page “Network”: a shape drawn by hand, what every layer makes of it, and the answer. A cell
 * shows its receptive field, and the same taps backwards show what would change the answer.
 */

import '../stack/figure-page.css'
import './network.css'
import type { JSX } from 'preact'
import { Faults } from '../pages/faults.tsx'
import { PageFrame } from '../pages/page-frame.tsx'
import { numberText } from '../stage/number.ts'
import { change } from '../state/store.ts'
import { emptyDrawing, filled, isEmpty, type ShapeName, shapeNames, side } from './drawing.ts'
import { DrawingPlane, Field } from './drawing-plane.tsx'
import { Maps } from './maps.tsx'
import { texts } from './messages/index.ts'
import {
  answer,
  best,
  changeSettings,
  drawing,
  faults,
  gradient,
  isErasing,
  network,
  pass,
  settings,
  showDrawing,
} from './network.ts'
import { receptiveField } from './network-model.ts'
import { Plane, Shades } from './plane.tsx'
import { shadePaths } from './plane-paths.ts'

export function NetworkPage(): JSX.Element {
  const text = texts()
  return (
    <PageFrame
      kind="figure-page network-page"
      title={text.title}
      headline={text.headline}
      skip={{ text: text.skip, to: 'network-drawing' }}
      back={{ text: text.toLens, go: () => change({ page: undefined }) }}
    >
      <Faults text={text.fault} faults={faults.value} />
      <p class="note">
        {text.trained(network.tested, shareText(network.accuracy), shareText(network.handAccuracy))}
      </p>
      <div class="network-columns">
        <div class="network-column">
          <DrawingPlane />
          <Tools />
        </div>
        <div class="network-column">
          <Maps layer={0} />
          <Maps layer={1} />
        </div>
        <div class="network-column">
          <Answers />
          <GradientPlane />
        </div>
      </div>
      <Telling />
    </PageFrame>
  )
}

function Tools(): JSX.Element {
  const text = texts()
  const { sample, drawing: own } = settings.value
  const choose = (shape: ShapeName): void => {
    const seed = !own && shape === sample.shape ? (sample.seed % 999) + 1 : sample.seed
    changeSettings({ sample: { shape, seed }, drawing: undefined })
  }
  return (
    <>
      <div class="groups" role="group" aria-label={text.tools}>
        {[false, true].map((erases) => (
          <button
            key={String(erases)}
            type="button"
            class="quiet small"
            aria-pressed={isErasing.value === erases}
            onClick={() => {
              isErasing.value = erases
            }}
          >
            {erases ? text.erase : text.draw}
          </button>
        ))}
        <button
          type="button"
          class="quiet small"
          onClick={() => showDrawing(filled(drawing.peek()))}
        >
          {text.fill}
        </button>
        <button type="button" class="quiet small" onClick={() => showDrawing(emptyDrawing)}>
          {text.clear}
        </button>
      </div>
      <div class="groups" role="group" aria-label={text.samples}>
        {shapeNames.map((shape) => (
          <button
            key={shape}
            type="button"
            class="quiet small"
            aria-pressed={!own && sample.shape === shape}
            onClick={() => choose(shape)}
          >
            {text.shapes[shape]}
          </button>
        ))}
      </div>
      <p class="note">{text.toolsNote}</p>
    </>
  )
}

const shareText = (share: number): string => (100 * share).toFixed(1)

/** A probability that is not quite 0 or 1 is not written as if it were. */
const percentText = (probability: number): string => {
  if (probability < 0.001) return '< 0.1 %'
  return probability > 0.999 ? '> 99.9 %' : `${(100 * probability).toFixed(1)} %`
}

/** The probabilities. Each answer is a button: what would make it more probable? */
function Answers(): JSX.Element {
  const text = texts()
  const { cell } = settings.value
  return (
    <section class="answers" aria-labelledby="network-answer">
      <h2 id="network-answer">{text.answer}</h2>
      {pass.value.probabilities.map((probability, i) => {
        const percent = percentText(probability)
        return (
          <button
            key={shapeNames[i]}
            type="button"
            class={`answer${i === best.value ? ' best' : ''}`}
            aria-pressed={!cell && answer.value === i}
            onClick={() => changeSettings({ answer: i, cell: undefined })}
          >
            <span>{text.shapes[shapeNames[i]!]}</span>
            <span class="bar-room">
              <span style={{ width: `${100 * probability}%` }} />
            </span>
            <b>{percent}</b>
          </button>
        )
      })}
    </section>
  )
}

/** More ink: a full square where it helps, a small one where it harms. */
function GradientPlane(): JSX.Element {
  const text = texts()
  const values = Array.from(gradient.value)
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const { cell } = settings.value
  const title = cell ? text.cellChange : text.answerChange(text.shapes[shapeNames[answer.value]!])
  return (
    <>
      <Plane
        id="network-gradient"
        kind="product"
        title={title}
        width={side}
        height={side}
        spoken={`${title}. ${text.legend}`}
      >
        <Shades kind="more" paths={shadePaths(values, most, { columns: side })} />
        <Shades
          kind="less"
          paths={shadePaths(
            values.map((value) => -value),
            most,
            { columns: side, inset: 0.25 },
          )}
        />
        <Field />
      </Plane>
      <p class="note legend">
        <svg viewBox="0 0 1 1" aria-hidden="true">
          <rect class="more" width={1} height={1} />
        </svg>{' '}
        {text.more}{' '}
        <svg viewBox="0 0 1 1" aria-hidden="true">
          <rect class="less" x={0.25} y={0.25} width={0.5} height={0.5} />
        </svg>{' '}
        {text.less} {most === 0 && text.noChange}
      </p>
    </>
  )
}

function Telling(): JSX.Element {
  const text = texts()
  const { cell } = settings.value
  if (!cell) {
    const percent = percentText(pass.value.probabilities[best.value]!)
    return (
      <p class="telling" role="status">
        {isEmpty(drawing.value)
          ? text.empty
          : text.says(text.shapes[shapeNames[best.value]!], percent)}{' '}
        {text.pressCell}
      </p>
    )
  }
  const { rows, columns } = receptiveField(network, cell)
  const { shape, data } = pass.value.values[cell.layer + 1]!
  const place = (cell.map * shape[2]! + cell.row) * shape[3]! + cell.column
  return (
    <p class="telling" role="status">
      {text.cell(cell.map, cell.row, cell.column, numberText(data[place]!))}{' '}
      {text.sees(rows, columns, (rows[1] - rows[0]) * (columns[1] - columns[0]))}
    </p>
  )
}
