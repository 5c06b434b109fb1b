/**
 * The three arrays that several views show. Pointing at a cell previews a focus, a click pins it,
 * and every focus is highlighted in them.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Focus, NdArray } from 'stridefold/sync'
import { Tensor } from '../grid/tensor.tsx'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { placeOf } from '../model/numbers.ts'
import type { Padded } from '../model/padded.ts'
import { kindAt, sampleAt } from '../model/places.ts'
import { viewModel } from '../model/shared.ts'
import { valuesOf, weightsOf } from '../model/values-of.ts'
import { inputRange, type ViewModel } from '../model/view-model.ts'
import { change, pin, preview, state } from '../state/store.ts'
import { TurnedKernel } from './turned-kernel.tsx'

interface Tools {
  readonly canEdit?: boolean
  readonly paint?: number | undefined
  readonly small?: boolean
  /** The prefix of the grid names of this view. */
  readonly view: string
}

const setPreview = (focus: Focus | undefined): void => {
  preview.value = focus
}

/** Whether the padded input has more places than the input. */
export const isPadded = ({ array }: Padded, input: NdArray): boolean =>
  array.data.length !== input.data.length

/**
 * The names of the planes of the padded input. Layers count from the first sample, as rows and
 * columns do, so a layer of the border is before 0 or behind the last one.
 */
export function paddedPlaneName({
  geometry,
  padded,
}: ViewModel): (lead: readonly number[]) => string {
  const w = messages()
  return ([n = 0, c = 0, ...more]) =>
    w.plane([
      geometry.batch > 1 ? w.batch(n) : '',
      w.channel(c),
      ...more.map((i, a) => w.layer(i - padded.before[a]!)),
    ])
}

/**
 * The input with its border. Cells of the border belong to no sample, so they cannot be selected.
 */
export function InputTensor({ canEdit = false, paint, small = false, view }: Tools): JSX.Element {
  const highlighted = useHighlight()
  const { padded, input, shapes } = viewModel.value
  const marks = useComputed(() => highlighted.value.marks('padded'))
  const w = messages()
  const editSample = (index: readonly number[], value: number): void => {
    const sample = sampleAt(viewModel.value, index)
    if (!sample) return
    const values = [...valuesOf(state.value.input, shapes.input, inputRange)]
    values[placeOf(sample, shapes.input)] = value
    change({ input: { values } })
  }
  return (
    <Tensor
      name={`${view}-input`}
      label={w.input}
      part="input"
      array={padded.array}
      shape={input.shape}
      {...(isPadded(padded, input) && { more: w.paddedShape(padded.array.shape.slice(2)) })}
      before={padded.before}
      kind={(index) => kindAt(viewModel.value, index)}
      marks={marks}
      planeName={paddedPlaneName(viewModel.value)}
      onPreview={(index) => {
        const sample = index && sampleAt(viewModel.value, index)
        setPreview(sample && { input: sample })
      }}
      onPin={(index) => {
        const sample = sampleAt(viewModel.value, index)
        if (sample) pin({ input: sample })
      }}
      onEdit={canEdit ? editSample : undefined}
      paint={paint}
      small={small}
    />
  )
}

/** The kernel. A convolution multiplies it turned by 180°, so it is also shown turned. */
export function KernelTensor({ canEdit = false, paint, small = false, view }: Tools): JSX.Element {
  const highlighted = useHighlight()
  const { kernel, shapes } = viewModel.value
  const marks = useComputed(() => highlighted.value.marks('kernel'))
  const w = messages()
  const editSample = (index: readonly number[], value: number): void => {
    const values = [...weightsOf(state.value, shapes.kernel)]
    values[placeOf(index, shapes.kernel)] = value
    change({ kernel: { values } })
  }
  const { flip, axes } = viewModel.value.geometry
  return (
    <>
      <Tensor
        name={`${view}-kernel`}
        label={flip ? w.kernelGiven : w.kernel}
        part="kernel"
        array={kernel}
        marks={marks}
        planeName={([f, c, ...more]) =>
          w.plane([w.filter(f!), w.channel(c!), ...more.map((i) => w.layer(i))])
        }
        onPreview={(index) => setPreview(index && { kernel: index })}
        onPin={(index) => pin({ kernel: index })}
        onEdit={canEdit ? editSample : undefined}
        paint={paint}
        small={small}
      />
      {flip && (
        <TurnedKernel
          name={`${view}-turned`}
          label={axes.length === 2 ? w.kernelTurned : w.kernelReversed}
          onEdit={canEdit ? editSample : undefined}
          paint={paint}
          small={small}
        />
      )}
    </>
  )
}

export function OutputTensor({ small = false, view }: Tools): JSX.Element {
  const highlighted = useHighlight()
  const { output } = viewModel.value
  const marks = useComputed(() => highlighted.value.marks('output'))
  const w = messages()
  return (
    <Tensor
      name={`${view}-output`}
      label={w.output}
      part="output"
      array={output}
      marks={marks}
      planeName={([n, f, ...more]) =>
        w.plane([
          output.shape[0]! > 1 ? w.batch(n!) : '',
          w.filter(f!),
          ...more.map((i) => w.layer(i)),
        ])
      }
      onPreview={(index) => setPreview(index && { output: index })}
      onPin={(index) => pin({ output: index })}
      small={small}
    />
  )
}
