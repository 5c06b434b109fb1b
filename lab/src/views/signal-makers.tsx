/**
 * Where signal and weighting come from: a shape with noise, a weighting by name and width, looking back only or to both sides; or drawn.
 */

import { type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { analyzeKernel, formatCase } from 'stridefold/sync'
import { listed, product } from '../model/numbers.ts'
import { KERNEL_RANGE } from '../model/scene.ts'
import { scene } from '../model/shared.ts'
import { normalised, type SignalName, signalNames, signalOf, type WeightingName, weightingNames, weightingOf } from '../model/signals.ts'
import { faultOf } from '../state/link.ts'
import { change, part } from '../state/store.ts'
import { words } from '../words/words.ts'

export const pointerJobs = ['points', 'signal', 'weighting'] as const
/** What the pointer does on the plot: points at a place, or draws. */
export const pointerJob: Signal<(typeof pointerJobs)[number]> = signal('points')
const kernel = part('kernel')

const maker: Signal<{ readonly shape: SignalName; readonly noise: number; readonly seed: number }> = signal({
  shape: 'step',
  noise: 0.8,
  seed: 3,
})
const lastName: Signal<WeightingName> = signal('exponential')

const MOST_WIDTH = 63

export function SignalMakers(): JSX.Element {
  const w = words()
  const { geometry: g, shapes } = scene.value
  const [axis] = g.axes
  const width = axis?.kernel ?? 1
  const isCausal = axis !== undefined && axis.after === 0 && axis.before > 0
  const facts = analyzeKernel(scene.value.kernel)
  const make = (parts: Partial<(typeof maker)['value']>): void => {
    maker.value = { ...maker.value, ...parts }
    const { shape, noise, seed } = maker.value
    const count = shapes.input.at(-1)!
    const rows = product(shapes.input.slice(0, -1))
    change({ input: { values: Array.from({ length: rows }, (_, row) => signalOf(shape, count, noise, seed + row)).flat() } })
  }
  /** The same problem with a window of this width, looking back only or to both sides. */
  const weigh = (name: WeightingName, to: number, causal: boolean): void => {
    lastName.value = name
    const weights = weightingOf(name, to)
    const reach = (axis?.dilation ?? 1) * (weights.length - 1)
    const before = causal ? reach : reach >> 1
    const problem = formatCase({
      ...g,
      flip: true,
      axes: g.axes.map((old) => ({ ...old, kernel: weights.length, before, after: reach - before })),
    })
    if (faultOf(problem) !== undefined) return
    const planes = product(shapes.kernel.slice(0, 2))
    change({ problem, kernel: { values: Array.from({ length: planes }, () => weights).flat() }, tap: undefined })
  }
  return (
    <>
      <div class="row">
        <label>
          {w.signalShape}{' '}
          <select
            name="signal"
            value={maker.value.shape}
            onChange={(event) => make({ shape: signalNames.find((each) => each === event.currentTarget.value) ?? 'step' })}
          >
            {signalNames.map((name) => (
              <option key={name} value={name}>
                {w.signals[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.noise}{' '}
          <input
            type="range"
            name="noise"
            min={0}
            max={2}
            step={0.1}
            value={maker.value.noise}
            onInput={(event) => make({ noise: event.currentTarget.valueAsNumber })}
          />
        </label>
        <button type="button" onClick={() => make({ seed: maker.value.seed + 1 })}>
          {w.newNoise}
        </button>
        <label>
          {w.pointer}{' '}
          <select
            name="pointer"
            value={pointerJob.value}
            onChange={(event) => {
              pointerJob.value = pointerJobs.find((each) => each === event.currentTarget.value) ?? 'points'
            }}
          >
            {pointerJobs.map((name) => (
              <option key={name} value={name}>
                {w.pointerJobs[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="row">
        <label>
          {w.weighting}{' '}
          <select
            name="weighting"
            value=""
            onChange={(event) => {
              const name = weightingNames.find((each) => each === event.currentTarget.value)
              if (name) weigh(name, width, isCausal)
            }}
          >
            <option value="">{w.choose}</option>
            {weightingNames.map((name) => (
              <option key={name} value={name}>
                {w.weightings[name]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.width}{' '}
          <input
            type="range"
            name="width"
            min={1}
            max={MOST_WIDTH}
            value={width}
            aria-valuetext={w.samples(width)}
            onInput={(event) => weigh(lastName.value, event.currentTarget.valueAsNumber, isCausal)}
          />{' '}
          <span class="count">{w.samples(width)}</span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            name="causal"
            checked={isCausal}
            onChange={(event) => weigh(lastName.value, width, event.currentTarget.checked)}
          />
          {w.causal}
        </label>
        <button
          type="button"
          disabled={facts.zeroSum || facts.isWeighting}
          onClick={() => change({ kernel: { values: normalised(listed(kernel.value, product(shapes.kernel), KERNEL_RANGE)) } })}
        >
          {w.normalise}
        </button>
      </div>
      <p class="note" data-weighting={facts.isWeighting}>
        {w.weightingFacts(facts.sum, facts.absoluteSum, facts.isWeighting, isCausal)}
      </p>
    </>
  )
}
