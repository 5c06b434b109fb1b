/**
 * The numbers of the memory view: shape and strides of all windows as a view of the input, the
 * element of one sample with the numbers of this place, and the element of the result.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { exactText } from '../../model/number-text.ts'
import { numberText } from '../number.ts'
import { activeTap, added, place, products, stageModel } from '../stage.ts'
import { outputAt } from '../stage-model.ts'
import { inLanguage } from './language.ts'
import { baseElement, elementAt, windowStrides, windowView } from './memory-layout.ts'
import { memoryText } from './memory-text.ts'

/** The letters of the formula, as many as the view has axes. */
const letters = { 2: ['x', 'j'], 4: ['y', 'x', 'i', 'j'] } as const
/** The first half of the axes are of the output, the others of the kernel. */
const role = (axis: number, axes: number): 'out' | 'ker' => (axis < axes / 2 ? 'out' : 'ker')

interface NumbersProps {
  readonly bytes: number
  /** Whether the line of memory has no names of its own. */
  readonly isPhone: boolean
}

export function MemoryNumbers({ bytes, isPhone }: NumbersProps): JSX.Element {
  return (
    <div class="memory-numbers">
      <Address bytes={bytes} />
      <View />
      <Result />
      <Legend isPhone={isPhone} />
    </div>
  )
}

function View(): JSX.Element {
  const w = inLanguage(memoryText)
  const model = stageModel.value
  const { shape, strides, offset } = windowView(model)
  if (shape.some((extent) => extent === 0)) return <p>{w.noWindowInside}</p>
  const isPadded = model.padded.data.length > model.input.data.length
  return (
    <p class="view" data-view={[shape, strides, [offset]].join('|')}>
      <i>{isPadded ? w.windowsInside : w.allWindows}</i> {w.shape} <Tuple of={shape} />
      {' · '}
      {w.strides} <Tuple of={strides} />
      {offset > 0 && (
        <>
          {' · '}
          {w.offset} {offset}
        </>
      )}
      {' · '}
      {w.nothingCopied}
    </p>
  )
}

/** Numbers in brackets, those of the output green and those of the kernel orange. */
function Tuple({ of }: { readonly of: readonly number[] }): JSX.Element {
  return (
    <span class="tuple">
      (
      {of.map((number, axis) => (
        <span key={axis}>
          <b class={role(axis, of.length)}>{number}</b>
          {axis < of.length - 1 && ', '}
        </span>
      ))}
      )
    </span>
  )
}

/**
 * element = strides · (y, x, i, j) − padding, in letters and with the numbers of the active tap.
 */
function Address({ bytes }: { readonly bytes: number }): JSX.Element {
  const w = inLanguage(memoryText)
  const model = stageModel.value
  const strides = windowStrides(model)
  const base = baseElement(model)
  const names = letters[strides.length as 2 | 4]
  const index = useComputed(() => {
    const { kernel, geometry } = stageModel.value
    const tap = activeTap.value ?? 0
    const [i, j] = [Math.floor(tap / kernel.width), tap % kernel.width]
    const { x, y } = place.value
    return geometry.axes.length === 1 ? [x, j] : [y, x, i, j]
  })
  const sample = useComputed(() => {
    const now = stageModel.value
    const one = products.value[activeTap.value ?? 0]!
    return elementAt(now, one.x, one.y)
  })
  const result = useComputed(() => String(sample.value ?? w.unpadded))
  const byte = useComputed(() =>
    sample.value === undefined
      ? ''
      : `, ${w.byte} ${bytes}·${sample.value} = ${sample.value * bytes}`,
  )
  const baseText = base === 0 ? '' : ` − ${-base}`
  return (
    <p class="address">
      <i>{w.formula}</i>{' '}
      <span class="term">
        {strides.map((stride, axis) => (
          <span key={axis}>
            {axis > 0 && ' + '}
            {stride}·<em class={role(axis, strides.length)}>{names[axis]}</em>
          </span>
        ))}
        {baseText}
      </span>{' '}
      <span class="term">
        {'= '}
        {strides.map((stride, axis) => (
          <span key={axis}>
            {axis > 0 && ' + '}
            {stride}·
            <b class={role(axis, strides.length)}>
              <Index of={index} axis={axis} />
            </b>
          </span>
        ))}
        {baseText}
      </span>{' '}
      <span class="term">
        {'= '}
        <b class="in" data-element>
          {result}
        </b>
        {byte}
      </span>
    </p>
  )
}

function Index({
  of,
  axis,
}: {
  readonly of: { readonly value: readonly number[] }
  readonly axis: number
}): JSX.Element {
  const text = useComputed(() => String(of.value[axis]))
  return <>{text}</>
}

/** The output lies in memory in the same way, row after row. */
function Result(): JSX.Element {
  const w = inLanguage(memoryText)
  const { geometry } = stageModel.value
  const isSignal = geometry.axes.length === 1
  const x = useComputed(() => String(place.value.x))
  const y = useComputed(() => String(place.value.y))
  const element = useComputed(() =>
    String(place.value.y * stageModel.value.output.width + place.value.x),
  )
  const isKnown = useComputed(() => added.value === undefined)
  const value = useComputed(() =>
    isKnown.value ? numberText(outputAt(stageModel.value, place.value)) : '…',
  )
  const exact = useComputed(() =>
    isKnown.value ? exactText(outputAt(stageModel.value, place.value)) : '',
  )
  const { output } = stageModel.value
  return (
    <p class="result">
      <output data-wire-output title={exact}>
        {value}
      </output>{' '}
      <i>{w.output}</i>{' '}
      {!isSignal && (
        <>
          {output.width}·<b class="out">{y}</b> + 1·<b class="out">{x}</b> ={' '}
        </>
      )}
      <b class="out">{element}</b>
    </p>
  )
}

function Legend({ isPhone }: Pick<NumbersProps, 'isPhone'>): JSX.Element {
  const w = inLanguage(memoryText)
  const { padded, input } = stageModel.value
  return (
    <p class="memory-legend">
      <span class="line-sign">{w.lineLegend}</span>
      {padded.data.length > input.data.length && <span class="hatch-sign">{w.paddingLegend}</span>}
      {isPhone && <span>{w.twoNumbers}</span>}
    </p>
  )
}
