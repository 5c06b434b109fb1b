/**
 * Modes and sizes: VALID, both kinds of SAME, and FULL side by side on the same data. Below them:
 * the positions of the window along every axis, and the formula of the output's size.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { ConvGeometry, Focus } from 'stridefold/sync'
import { useDerived } from '../grid/derived.ts'
import { Tensor } from '../grid/tensor.tsx'
import { LibraryText } from '../messages/library-text.tsx'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { type Highlight, highlightOf, noHighlight } from '../model/highlight.ts'
import { type ModeResult, modeResults, outputAt, windowOf } from '../model/modes.ts'
import { kindAt, sampleAt } from '../model/places.ts'
import { viewModel } from '../model/shared.ts'
import type { ViewModel } from '../model/view-model.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { Borders } from './borders.tsx'
import { Computing } from './computing.tsx'
import { Legend } from './legend.tsx'
import { Solver } from './solver.tsx'
import { isPadded, paddedPlaneName } from './tensors.tsx'
import { WindowPositions } from './window-positions.tsx'

const [input, kernel, divisor, bias] = [
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
]

/**
 * The window under the pointer in this view, even if the problem itself does not have it. It is
 * valid only for one view model.
 */
const pointer: Signal<{ readonly of: ViewModel; readonly window: readonly number[] } | undefined> =
  signal(undefined)
const pointedWindow = (): readonly number[] | undefined =>
  pointer.value?.of === viewModel.value ? pointer.value.window : undefined
const pointAt = (window: readonly number[] | undefined): void => {
  pointer.value = window && { of: viewModel.value, window }
}

const modes = computed(() =>
  modeResults(viewModel.value, {
    input: input.value,
    kernel: kernel.value,
    divisor: divisor.value,
    bias: bias.value,
  }),
)

export function Modes(): JSX.Element {
  const w = messages()
  return (
    <>
      <p class="note">{w.modesNote}</p>
      <Borders />
      <div class="flow modes">
        {modes.value.map((mode) => (
          <Mode key={mode.name} {...mode} />
        ))}
      </div>
      <SameNote modes={modes.value} />
      <WindowPositions geometry={viewModel.value.geometry} />
      <Legend more={['padding']} />
      <Solver />
    </>
  )
}

/**
 * The focus in another mode. A sample, a weight or a byte is the same in every mode. Any other
 * focus becomes the window of its first product.
 */
function focusIn(g: ConvGeometry, { focus, taps }: Highlight): Focus | undefined {
  if (
    pointedWindow() === undefined &&
    focus &&
    ('input' in focus || 'kernel' in focus || 'byte' in focus)
  )
    return focus
  const [first] = taps
  const window = pointedWindow() ?? (first && windowOf(viewModel.value.geometry, first.output))
  const output = window && outputAt(g, window)
  return output && { output }
}

function Mode({ name, problem, viewModel: model, fault }: ModeResult): JSX.Element {
  const w = messages()
  const isYours = problem === viewModel.value.geometry.key
  return (
    <section class="mode" data-mode={name} aria-label={w.modeNames[name]}>
      <h3>{w.modeNames[name]}</h3>
      <p class="note">{w.modeMeaning[name]}</p>
      {model ? (
        <Arrays name={name} model={model} problem={problem} />
      ) : (
        (fault === undefined && <Computing />) || (
          <p class="fault">
            <LibraryText text={fault ?? ''} />
          </p>
        )
      )}
      {isYours ? (
        <p class="note">{w.modeIsYours}</p>
      ) : (
        model && (
          <button type="button" onClick={() => change({ problem })}>
            {w.takeMode(w.modeNames[name])}
          </button>
        )
      )}
    </section>
  )
}

function Arrays({
  name,
  model,
  problem,
}: {
  readonly name: string
  readonly model: ViewModel
  readonly problem: string
}): JSX.Element {
  const w = messages()
  const yours = useHighlight()
  // Reads the current view model, not that of the last drawing. After a change of the problem the
  // focus already belongs to the new problem.
  const highlighted: ReadonlySignal<Highlight> = useDerived(() => {
    const mode = modes.value.find((result) => result.name === name)
    const focus = mode?.viewModel && focusIn(mode.viewModel.geometry, yours.value)
    if (!mode?.viewModel) return noHighlight
    const isSame = focus === yours.value.focus && mode.problem === viewModel.value.geometry.key
    return isSame ? yours.value : highlightOf(mode.viewModel, focus)
  }, [name, yours])
  const padded = useDerived(() => highlighted.value.marks('padded'), [highlighted])
  const output = useDerived(() => highlighted.value.marks('output'), [highlighted])
  const point = (index: readonly number[] | undefined): void => {
    const window = index && windowOf(model.geometry, index)
    const yours = window && outputAt(viewModel.value.geometry, window)
    pointAt(window)
    preview.value = yours && { output: yours }
  }
  const choose = (index: readonly number[]): void => {
    const yours = outputAt(viewModel.value.geometry, windowOf(model.geometry, index))
    pointAt(undefined)
    if (yours) pin({ output: yours })
    else change({ problem, focus: { output: index }, tap: undefined })
  }
  return (
    <>
      <Tensor
        name={`modes-${name}-input`}
        label={w.input}
        part="input"
        array={model.padded.array}
        shape={model.input.shape}
        {...(isPadded(model.padded, model.input) && {
          more: w.paddedShape(model.padded.array.shape.slice(2)),
        })}
        before={model.padded.before}
        kind={(index) => kindAt(model, index)}
        marks={padded}
        planeName={paddedPlaneName(model)}
        onPreview={(index) => {
          const sample = index && sampleAt(model, index)
          preview.value = sample && { input: sample }
        }}
        onPin={(index) => {
          const sample = sampleAt(model, index)
          if (sample) pin({ input: sample })
        }}
        small
      />
      <Tensor
        name={`modes-${name}`}
        label={w.output}
        part="output"
        array={model.output}
        marks={output}
        planeName={([n = 0, f = 0, ...more]) =>
          w.plane([model.geometry.batch > 1 ? w.batch(n) : '', w.filter(f), ...more.map(w.layer)])
        }
        onPreview={point}
        onPin={choose}
        small
      />
    </>
  )
}

const paddingText = ({ axes }: ConvGeometry): string =>
  axes.map(({ before, after }) => `${before}:${after}`).join(', ')

function SameNote({ modes }: { readonly modes: readonly ModeResult[] }): JSX.Element | null {
  const w = messages()
  const [layer, signal] = (['same', 'same-signal'] as const).map(
    (name) => modes.find((mode) => mode.name === name)?.viewModel?.geometry,
  )
  if (!layer || !signal) return null
  const isDense = layer.axes.every(({ stride }) => stride === 1)
  const [a, b] = [paddingText(layer), paddingText(signal)]
  return (
    <p class="note" data-same={isDense ? 'dense' : a === b ? 'equal' : 'differ'}>
      {isDense ? w.sameAgree : a === b ? w.sameEqual : w.sameDiffer(a, b)}
    </p>
  )
}
