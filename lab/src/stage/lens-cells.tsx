/**
 * The cells of the lens: a sample, a weight and a product, with their colours and labels.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { tapColour } from '../model/colours.ts'
import { colours } from './colours.ts'
import { layout } from './layout.ts'
import { type CellProps, type CellTexts, NumberCell, NumberField } from './lens-number.tsx'
import { texts } from './messages/index.ts'
import { numberText } from './number.ts'
import { greyOf, inkOn } from './scale.ts'
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

function useSample(tap: number): CellTexts {
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

export function SampleCell({ tap, isStop }: CellProps): JSX.Element {
  return <NumberCell tap={tap} isStop={isStop} {...useSample(tap)} />
}

/** A sample of a small example can be typed. Padding cannot. */
export function SampleField({ tap, isStop }: CellProps): JSX.Element {
  const isPadding = useComputed(() => productOf(tap).isPadding)
  return (
    <NumberField
      tap={tap}
      isStop={isStop}
      {...useSample(tap)}
      isFixed={isPadding.value}
      take={(value) => {
        const { x, y } = productOf(tap)
        setSample(x, y, value)
      }}
    />
  )
}

export function WeightField({ tap, isStop }: CellProps): JSX.Element {
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

export function ProductCell({ tap, isStop }: CellProps): JSX.Element {
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
    <NumberCell tap={tap} isStop={isStop} kind={kind} style={style} label={label} text={text} />
  )
}
