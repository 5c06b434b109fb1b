/**
 * The lens: the samples in the window × the weights = the products, as three grids. A weight can be
 * typed, and so can a sample of a small example. Each grid is one tab stop; the arrow keys move in
 * it.
 */

import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { colours } from './colours.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { pause } from './player.ts'
import { greyOf, inkOn } from './scale.ts'
import { typedNumber } from './typed-number.ts'
import {
  activeTap,
  added,
  dock,
  productOf,
  products,
  setSample,
  setWeight,
  stageModel,
} from './stage.ts'
import { tapColour } from '../model/colours.ts'

export function Lens(): JSX.Element {
  const { kernel, geometry, divisor, bias, isPicture, isSmall, taps } = stageModel.value
  const text = texts()
  return (
    <div class={kernel.width < 3 ? 'lens few' : 'lens'}>
      <div class="lens-label of-input">{text.samples(taps, isPicture)}</div>
      <span />
      <div class="lens-label of-kernel">
        <span>{text.weights(taps)}</span>
        <span class="divisor">
          {geometry.flip && <span title={text.turned}>↻ 180°</span>}{' '}
          {divisor !== 1 && `÷ ${numberText(divisor)}`}
          {divisor === 1 && bias !== 0 && `+ ${numberText(bias)}`}
        </span>
      </div>
      <span />
      <div class="lens-label of-product">{text.products(taps)}</div>
      <Grid name="window" label={text.samples(taps, isPicture)}>
        {(tap, isStop) =>
          isSmall ? (
            <SampleField key={tap} tap={tap} isStop={isStop} />
          ) : (
            <SampleCell key={tap} tap={tap} isStop={isStop} />
          )
        }
      </Grid>
      <div class="operator" aria-hidden="true">
        ×
      </div>
      <Grid name="weights" label={text.weights(taps)}>
        {(tap, isStop) => <WeightField key={`${kernel.width} ${tap}`} tap={tap} isStop={isStop} />}
      </Grid>
      <div class="operator" aria-hidden="true">
        =
      </div>
      <Grid name="products" label={text.products(taps)}>
        {(tap, isStop) => <ProductCell key={tap} tap={tap} isStop={isStop} />}
      </Grid>
    </div>
  )
}

interface GridProps {
  readonly name: 'window' | 'weights' | 'products'
  readonly label: string
  /** The cell of a tap. Only one cell of the grid is a tab stop. */
  readonly children: (tap: number, isStop: boolean) => JSX.Element
}

/** The arrow keys move the focus. In a field, left and right leave it only at the ends. */
function Grid({ name, label, children }: GridProps): JSX.Element {
  const grid = useRef<HTMLDivElement>(null)
  const current = useSignal(0)
  const { kernel, taps } = stageModel.value
  const columns = kernel.width
  const cells = (): HTMLElement[] => [...grid.current!.querySelectorAll<HTMLElement>('[data-tap]')]
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const at = Number((event.target as HTMLElement).dataset.tap)
    const by: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -(at % columns),
      End: columns - 1 - (at % columns),
    }
    const step = by[event.key]
    if (step === undefined || isInsideText(event)) return
    const next = at + step
    const isRowEnd = Math.abs(step) === 1 && Math.floor(next / columns) !== Math.floor(at / columns)
    if (next < 0 || next >= taps || isRowEnd) return
    event.preventDefault()
    const cell = cells()[next]!
    cell.focus()
    if (cell instanceof HTMLInputElement) cell.select()
  }
  return (
    <div
      ref={grid}
      class={`lens-grid ${name}`}
      role="grid"
      aria-label={label}
      onKeyDown={onKeyDown}
      onFocusIn={(event) => {
        const tap = (event.target as HTMLElement).dataset.tap
        if (tap === undefined) return
        current.value = Number(tap)
        activeTap.value = Number(tap)
      }}
      onFocusOut={() => {
        activeTap.value = undefined
      }}
      onPointerOver={(event) => {
        const tap = (event.target as HTMLElement).closest<HTMLElement>('[data-tap]')?.dataset.tap
        if (tap !== undefined && added.value === undefined) activeTap.value = Number(tap)
      }}
      onPointerLeave={() => {
        if (added.value === undefined) activeTap.value = undefined
      }}
    >
      {Array.from({ length: kernel.height }, (_, row) => (
        // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
        <div key={row} role="row" class="contents">
          {Array.from({ length: columns }, (_, column) => {
            const tap = row * columns + column
            return children(tap, tap === Math.min(current.value, taps - 1))
          })}
        </div>
      ))}
    </div>
  )
}

/**
 * Left and right move in the text of a field, unless all of it is selected or the caret is at an
 * end.
 */
function isInsideText({ key, target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLInputElement) || !/^Arrow(Left|Right)$|^Home$|^End$/.test(key))
    return false
  const { selectionStart: start, selectionEnd: end, value } = target
  if (start === 0 && end === value.length) return false
  return key === 'ArrowLeft' || key === 'Home' ? start !== 0 : end !== value.length
}

interface CellProps {
  readonly tap: number
  readonly isStop: boolean
}

const rowOf = (tap: number): number => Math.floor(tap / stageModel.value.kernel.width) + 1
const columnOf = (tap: number): number => (tap % stageModel.value.kernel.width) + 1

/** While a view is docked, each tap has its colour. */
function tapBar(tap: number): string {
  if (dock.value === undefined || layout.value.isPresenting) return ''
  const { width, height } = stageModel.value.kernel
  return `;--tap:${tapColour(tap, width, height, colours.value.isDark).background}`
}

const stateOf = (tap: number): string =>
  `${activeTap.value === tap ? ' active' : ''}${dock.value === undefined ? '' : ' ticked'}`

function sampleLabel(tap: number): string {
  const { x, y, isPadding, value } = productOf(tap)
  const { before } = stageModel.value
  return `${texts().sampleAt(y - before.y + 1, x - before.x + 1, isPadding)}: ${numberText(value)}`
}

/** The ground and the ink of a sample: its grey, or the tint of the input. */
function sampleStyle(tap: number): string {
  const { isSmall, inputScale } = stageModel.value
  const { value, isPadding } = productOf(tap)
  if (isSmall || isPadding) return tapBar(tap)
  const grey = greyOf(value, inputScale)
  return `background:rgb(${grey} ${grey} ${grey});color:${inkOn(grey)}${tapBar(tap)}`
}

function useSample(tap: number): {
  readonly style: ReadonlySignal<string>
  readonly kind: ReadonlySignal<string>
  readonly label: ReadonlySignal<string>
  readonly text: ReadonlySignal<string>
} {
  return {
    style: useComputed(() => sampleStyle(tap)),
    kind: useComputed(
      () =>
        `cell${productOf(tap).isPadding ? ' padding' : ''}` +
        `${stageModel.value.isSmall ? ' plain' : ''}${stateOf(tap)}`,
    ),
    label: useComputed(() => sampleLabel(tap)),
    text: useComputed(() => numberText(productOf(tap).value)),
  }
}

function SampleCell({ tap, isStop }: CellProps): JSX.Element {
  const { style, kind, label, text } = useSample(tap)
  return (
    <div
      role="gridcell"
      data-tap={tap}
      tabIndex={isStop ? 0 : -1}
      aria-selected="true"
      aria-label={label}
      class={kind}
      style={style}
    >
      <span>{text}</span>
    </div>
  )
}

/** A sample of a small example can be typed. Padding cannot. */
function SampleField({ tap, isStop }: CellProps): JSX.Element {
  const { style, kind, label, text } = useSample(tap)
  const isPadding = useComputed(() => productOf(tap).isPadding)
  return (
    <NumberField
      tap={tap}
      isStop={isStop}
      kind={kind}
      style={style}
      label={label}
      text={text}
      isFixed={isPadding.value}
      take={(value) => {
        const { x, y } = productOf(tap)
        setSample(x, y, value)
      }}
    />
  )
}

function WeightField({ tap, isStop }: CellProps): JSX.Element {
  const text = useComputed(() => numberText(productOf(tap).weight))
  const kind = useComputed(() => `cell${productOf(tap).weight === 0 ? ' zero' : ''}${stateOf(tap)}`)
  const style = useComputed(() => tapBar(tap))
  const label = useComputed(() => texts().weightAt(rowOf(tap), columnOf(tap)))
  return (
    <NumberField
      tap={tap}
      isStop={isStop}
      kind={kind}
      style={style}
      label={label}
      text={text}
      take={(value) => setWeight(tap, value)}
    />
  )
}

interface NumberFieldProps extends CellProps {
  readonly kind: ReadonlySignal<string>
  readonly style: ReadonlySignal<string>
  readonly label: ReadonlySignal<string>
  readonly text: ReadonlySignal<string>
  readonly isFixed?: boolean
  readonly take: (value: number) => void
}

/**
 * A typed number takes effect at once. What is not a number is marked, changes nothing, and gives
 * way to the number when the field is left.
 */
function NumberField({
  tap,
  isStop,
  kind,
  style,
  label,
  text,
  isFixed = false,
  take,
}: NumberFieldProps): JSX.Element {
  const typed = useSignal<string | undefined>(undefined)
  const isWrong = typed.value !== undefined && Number.isNaN(typedNumber(typed.value))
  const wrongNote = isWrong ? texts().notNumber : undefined
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field in it has the focus.
    <div role="gridcell" class={kind} style={style} aria-selected="true" title={wrongNote}>
      <input
        data-tap={tap}
        tabIndex={isStop ? 0 : -1}
        inputMode="decimal"
        autocomplete="off"
        spellcheck={false}
        readOnly={isFixed}
        aria-label={label}
        aria-invalid={isWrong}
        value={typed.value ?? text.value}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => {
          pause()
          typed.value = event.currentTarget.value
          const value = typedNumber(event.currentTarget.value)
          if (!Number.isNaN(value)) take(value)
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== 'Escape') return
          typed.value = undefined
          event.currentTarget.select()
          if (event.key === 'Escape') event.stopPropagation()
        }}
        onBlur={() => {
          typed.value = undefined
        }}
      />
    </div>
  )
}

function ProductCell({ tap, isStop }: CellProps): JSX.Element {
  const text = useComputed(() => numberText(productOf(tap).product))
  const isWaiting = useComputed(() => added.value !== undefined && tap >= added.value)
  const kind = useComputed(
    () =>
      `cell${productOf(tap).product === 0 ? ' zero' : ''}` +
      `${isWaiting.value ? ' waiting' : ''}${stateOf(tap)}`,
  )
  const style = useComputed(() => {
    const sizes = products.value.map(({ product }) => Math.abs(product))
    const share = isWaiting.value ? 0 : sizes[tap]! / Math.max(1e-9, ...sizes)
    return `--share:${share.toFixed(3)}${tapBar(tap)}`
  })
  const label = useComputed(() => {
    const { value, weight, product } = productOf(tap)
    const sum = `${numberText(value)} × ${numberText(weight)} = ${numberText(product)}`
    return `${texts().productAt(rowOf(tap), columnOf(tap))}: ${sum}`
  })
  return (
    <div
      role="gridcell"
      data-tap={tap}
      tabIndex={isStop ? 0 : -1}
      aria-selected="true"
      aria-label={label}
      class={kind}
      style={style}
    >
      <span>{text}</span>
    </div>
  )
}
