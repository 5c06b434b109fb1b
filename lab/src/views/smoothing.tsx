/**
 * 1-D smoothing: a noisy signal, a flipped weighting that slides along it, the products, and the
 * smoothed signal. Then the integral that the sum approximates, and the frequency response of the
 * weighting. It shows the page's problem if that has one axis.
 */

import type { JSX } from 'preact'
import { messages } from '../messages/messages.ts'
import { exactText } from '../model/number-text.ts'
import { placeOf } from '../model/numbers.ts'
import { singleOutput } from '../model/plot.ts'
import { highlight, viewModel } from '../model/shared.ts'
import type { LabState } from '../state/state.ts'
import { change } from '../state/store.ts'
import { Continuous } from './continuous.tsx'
import { Follows } from './follows.tsx'
import { Legend } from './legend.tsx'
import { Response } from './response.tsx'
import { Pen, SignalMakers } from './signal-makers.tsx'
import { SignalPlot } from './signal-plot.tsx'
import { InputTensor, KernelTensor, OutputTensor } from './tensors.tsx'

/** A step with noise, smoothed by past samples only, as in the first example of article 2. */
export const smoothingExample: Partial<LabState> = {
  problem: '1x1x48 * 1x1x8 causal flip',
  input: { signal: 'step', noise: 0.8, seed: 3 },
  kernel: { weighting: 'exponential' },
  focus: { output: [0, 0, 20] },
  tap: undefined,
  bias: 0,
}

export function Smoothing(): JSX.Element {
  const w = messages()
  if (viewModel.value.geometry.axes.length !== 1) {
    return (
      <>
        <p class="empty">{w.notOneAxis}</p>
        <button type="button" data-one-axis onClick={() => change(smoothingExample)}>
          {w.showSignal}
        </button>
        <Continuous />
      </>
    )
  }
  return (
    <>
      <Pen />
      <SignalPlot />
      <Definition />
      <Follows lines={3} label={messages().sumTitle}>
        <SumAtPlace />
      </Follows>
      <SignalMakers />
      <details class="copies">
        <summary>{w.inNumbers}</summary>
        <div class="flow">
          <InputTensor view="smoothing" canEdit />
          <KernelTensor view="smoothing" canEdit />
          <OutputTensor view="smoothing" />
        </div>
        <Legend more={['padding']} />
      </details>
      <div class="flow waves">
        <Response />
        <Continuous />
      </div>
    </>
  )
}

/**
 * The definition with the numbers of this problem: s[t] = Σ w[a] · x[stride·t ± dilation·a +
 * offset].
 */
function Definition(): JSX.Element | null {
  const { geometry: g, shapes, bias } = viewModel.value
  const [axis] = g.axes
  if (!axis) return null
  const { kernel, stride, dilation, before, inputDilation } = axis
  const times = (factor: number, letter: string): string =>
    factor === 1 ? letter : `${factor}${letter}`
  // With a flipped kernel the first weight is at the last place of the window.
  const offset = (g.flip ? dilation * (kernel - 1) : 0) - before
  const shift = offset === 0 ? '' : offset > 0 ? ` + ${offset}` : ` − ${-offset}`
  const place = `${times(stride, 't')} ${g.flip ? '−' : '+'} ${times(dilation, 'a')}${shift}`
  const index = inputDilation === 1 ? place : `(${place}) / ${inputDilation}`
  const channels = shapes.kernel[1]!
  const channelPrefix = channels > 1 ? 'c, ' : ''
  return (
    <p class="formula" data-definition>
      <var>s</var>[t] = Σ
      <sub>
        {channels > 1 && `c = 0…${channels - 1}, `}a = 0…{kernel - 1}
      </sub>{' '}
      <var>w</var>[{channelPrefix}a] · <var>x</var>[{channelPrefix}
      {index}]{bias !== 0 && ' + b'}
    </p>
  )
}

const maxTerms = 8

/** The sum at the place, product by product in the order of the bars: sample × weight. */
function SumAtPlace(): JSX.Element | null {
  const w = messages()
  const at = singleOutput.value
  const { taps, focus } = highlight.value
  if (!at || taps.length === 0) return null
  const { bias, output, shapes } = viewModel.value
  const terms = taps
    .toSorted((a, b) => a.position[0]! - b.position[0]!)
    .slice(-maxTerms)
    .map(({ value, weight }) => `${bracketNegative(value)}\u00a0×\u00a0${bracketNegative(weight)}`)
  const isWhole = focus !== undefined && 'output' in focus
  const sum = taps.at(-1)!.sum ?? Number.NaN
  const result = output.data[placeOf(at, shapes.output)]!
  return (
    <p class="formula letters" data-written-sum={isWhole ? sum : undefined}>
      <var>s</var>[{at[2]}] = {taps.length > terms.length || !isWhole ? '… + ' : ''}
      {terms.join(' + ')}
      {isWhole ? (
        <>
          {' '}
          = <strong>{exactText(sum)}</strong>
          {bias !== 0 && `, + ${w.bias} ${exactText(bias)} = ${exactText(result)}`}
        </>
      ) : (
        ' + …'
      )}
    </p>
  )
}

const bracketNegative = (value: number | undefined): string => {
  const text = exactText(value)
  return text.startsWith('−') ? `(${text})` : text
}
