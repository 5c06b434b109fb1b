/**
 * The controls for signal and weighting: a shape with noise; a weighting by name, width and
 * alignment; or drawn and typed numbers.
 */

import { type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { shortText } from '../model/number-text.ts'
import { placeOf, product } from '../model/numbers.ts'
import { plot, pointerJob, pointerJobs, shownRow } from '../model/plot.ts'
import { viewModel } from '../model/shared.ts'
import { goToOutput, outputPlace } from '../model/steps.ts'
import { valuesOf, weightsOf } from '../model/values-of.ts'
import { inputRange } from '../model/view-model.ts'
import {
  type Alignment,
  alignmentOf,
  alignments,
  isCausal,
  normaliseRows,
  shownPlane,
  weightProperties,
  withWeighting,
} from '../model/weighting.ts'
import {
  type NoisySignal,
  signalNames,
  type WeightingName,
  weightingNames,
} from '../state/state.ts'
import { change, part, state } from '../state/store.ts'
import { problemWith } from '../state/valid.ts'
import { Borders } from './borders.tsx'
import { Menu } from './choice.tsx'
import { filled } from './filled.ts'

const [input, kernel] = [part('input'), part('kernel')]
const defaultSignal: NoisySignal = { signal: 'step', noise: 0.8, seed: 3 }
const maxNoise = 2
const maxWidth = 63
const maxRows = 128

export function SignalMakers(): JSX.Element {
  return (
    <>
      <SignalMaker />
      <WeightingMaker />
      <Borders />
    </>
  )
}

function SignalMaker(): JSX.Element {
  const w = messages()
  const numbers = input.value
  const noisySignal = 'signal' in numbers ? numbers : undefined
  const make = (parts: Partial<NoisySignal>): void =>
    change({ input: { ...(noisySignal ?? defaultSignal), ...parts } })
  return (
    <div class="row">
      <Menu
        label={w.signalShape}
        name="signal"
        names={signalNames}
        titles={w.signals}
        value={noisySignal?.signal}
        none={w.ownNumbers}
        take={(name) => make({ signal: name })}
      />
      <label>
        {w.noise}{' '}
        <input
          type="range"
          name="noise"
          min={0}
          max={Math.max(maxNoise, noisySignal?.noise ?? 0)}
          step={0.1}
          disabled={!noisySignal}
          value={noisySignal?.noise ?? 0}
          style={filled(noisySignal?.noise ?? 0, 0, Math.max(maxNoise, noisySignal?.noise ?? 0))}
          aria-valuetext={noisySignal && `± ${noisySignal.noise}`}
          onInput={(event) => make({ noise: event.currentTarget.valueAsNumber })}
        />{' '}
        <span class="count">{noisySignal ? `± ${noisySignal.noise}` : ''}</span>
      </label>
      <button
        type="button"
        disabled={!noisySignal}
        onClick={() =>
          make({
            seed:
              (noisySignal ?? defaultSignal).seed +
              product(viewModel.value.shapes.input.slice(0, 2)),
          })
        }
      >
        {w.newNoise}
      </button>
    </div>
  )
}

/**
 * The last rejected weighting and the reason. It holds the problem, because a later problem may
 * allow the same weighting.
 */
const rejected: Signal<{ readonly problem: string; readonly reason: string } | undefined> =
  signal(undefined)

function WeightingMaker(): JSX.Element {
  const w = messages()
  const { geometry: g, shapes } = viewModel.value
  const { kernel: width } = g.axes[0]!
  const name: WeightingName | undefined =
    'weighting' in kernel.value ? kernel.value.weighting : undefined
  const alignment = alignmentOf(g)
  const setWeighting = (parts: {
    readonly name?: WeightingName
    readonly width?: number
    readonly alignment?: Alignment
  }): void => {
    // Named weights are ordered by age. A convolution uses them in this order.
    const next = withWeighting(viewModel.value, state.value, {
      name,
      width,
      alignment,
      flip: g.flip || parts.name !== undefined,
      ...parts,
    })
    const reason = problemWith(next.problem)
    rejected.value = reason === undefined ? undefined : { problem: next.problem, reason: reason }
    if (reason === undefined) change({ ...next, tap: undefined })
  }
  const { sum, absoluteSum, isWeighting, zeroSum } = weightProperties.value
  const planes = shapes.kernel[0]! * shapes.kernel[1]!
  return (
    <>
      <div class="row">
        <Menu
          label={w.weighting}
          name="weighting"
          names={weightingNames}
          titles={w.weightings}
          value={name}
          none={w.ownNumbers}
          take={(chosen) => setWeighting({ name: chosen })}
        />
        <label>
          {w.width}{' '}
          <input
            type="range"
            name="width"
            min={Math.min(2, width)}
            max={Math.max(maxWidth, width)}
            value={width}
            style={filled(width, Math.min(2, width), Math.max(maxWidth, width))}
            aria-valuetext={w.samples(width)}
            onInput={(event) => setWeighting({ width: event.currentTarget.valueAsNumber })}
          />{' '}
          <span class="count">{w.samples(width)}</span>
        </label>
        <Menu
          label={w.alignment}
          name="reach"
          names={alignments}
          titles={w.alignments}
          value={alignment}
          none={w.ownAlignment}
          take={(chosen) => setWeighting({ alignment: chosen })}
        />
        <button
          type="button"
          disabled={zeroSum || isWeighting}
          onClick={() =>
            change({
              kernel: {
                values: normaliseRows(weightsOf(state.value, shapes.kernel), width),
              },
            })
          }
        >
          {w.normalise}
        </button>
      </div>
      {rejected.value && (
        <p class="fault" role="status" data-refused={rejected.value.problem}>
          {w.weightingRejected} <LibraryText text={rejected.value.reason} />
        </p>
      )}
      <p class="note" data-weighting={isWeighting}>
        {planes > 1 &&
          `${w.plane([w.filter(shownPlane.value[0]), w.channel(shownPlane.value[1])])}: `}
        {w.weightingProperties(shortText(sum), shortText(absoluteSum), isWeighting, isCausal(g))}
      </p>
    </>
  )
}

/**
 * Draws with the pointer. The number field edits the sample at the current place without a pointer.
 */
export function Pen(): JSX.Element {
  const w = messages()
  const { shapes, padded, input: samples } = viewModel.value
  const length = shapes.output[2]!
  const { item, panels, stride } = plot.value
  const sample = Math.max(
    0,
    Math.min(
      shapes.input[2]! - 1,
      Math.round(((outputPlace() % length) * stride) / padded.steps[0]!),
    ),
  )
  const at = placeOf([item, panels[0]!.channel, sample], shapes.input)
  const setSample = (value: number): void => {
    if (!Number.isFinite(value)) return
    const values = [...valuesOf(input.value, shapes.input, inputRange)]
    values[at] = value
    change({ input: { values } })
  }
  return (
    <div class="row">
      <Menu
        label={w.pointer}
        name="pointer"
        names={pointerJobs}
        titles={w.pointerJobs}
        value={pointerJob.value}
        take={(job) => {
          pointerJob.value = job
        }}
      />
      <label>
        {w.sampleAt(sample)}{' '}
        <input
          class="number"
          type="number"
          name="sample"
          step="any"
          value={Number.isFinite(samples.data[at]) ? Number(samples.data[at]!.toPrecision(6)) : ''}
          onKeyDown={(event) => {
            const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
            if (by === 0) return
            event.preventDefault()
            setSample(Number((samples.data[at]! + by * (event.shiftKey ? 1 : 0.1)).toFixed(3)))
          }}
          onChange={(event) => setSample(event.currentTarget.valueAsNumber)}
        />
      </label>
      <RowChoice />
    </div>
  )
}

/**
 * Selects the shown item and filter if there are several. If there are too many for a list, the
 * focus of another view selects them.
 */
function RowChoice(): JSX.Element | null {
  const w = messages()
  const { geometry: g, shapes } = viewModel.value
  const rows = g.batch * g.filters
  if (rows === 1 || rows > maxRows) return null
  const length = shapes.output[2]!
  return (
    <label>
      {w.shownResult}{' '}
      <select
        name="row"
        value={String(shownRow.value)}
        onChange={(event) =>
          goToOutput(Number(event.currentTarget.value) * length + (outputPlace() % length))
        }
      >
        {Array.from({ length: rows }, (_, row) => (
          <option key={row} value={String(row)}>
            {w.plane([
              g.batch > 1 ? w.batch(Math.floor(row / g.filters)) : '',
              w.filter(row % g.filters),
            ])}
          </option>
        ))}
      </select>
    </label>
  )
}
