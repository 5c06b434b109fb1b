/** All arrays as bars: on the left over places, on the right over frequencies. */

import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { useWidth } from '../pages/use-width.ts'
import { numberText } from '../stage/number.ts'
import { Bars, type Form } from './bars.tsx'
import { model, settings, steps } from './fft.ts'
import { type Complex, cleanedOf, isTransform, sources, wrappedAt } from './fft-model.ts'
import { powerText } from './meaning.ts'
import { texts } from './messages/index.ts'
import { type ArrayName, arrayNames, type Cell, type ExampleName, examples } from './settings.ts'

const { cell, choose, shownOf } = steps

/** Between the two columns; the narrowest window with both; and everything but the bars. */
const [between, narrowWidth, besides] = [56, 640, 500]
const [lowest, highest] = [84, 170]

const kinds = {
  x: 'input',
  X: 'input',
  k: 'kernel',
  K: 'kernel',
  P: 'product',
  y: 'output',
} as const

/** The places of every array that belong to the number that is shown. */
function litFor({ array, place }: Cell): Partial<Record<ArrayName, readonly number[]>> {
  const { arrays, points } = model.value
  const all = arrays.x.map((_, i) => i)
  if (array === 'P') return { X: [place], K: [place] }
  const notZero = (name: ArrayName): readonly number[] =>
    all.filter((i) => arrays[name][i]!.re !== 0 || arrays[name][i]!.im !== 0)
  if (isTransform(array) && array !== 'y') return { [sources[array]]: notZero(sources[array]) }
  if (array === 'y') {
    const { x, k } = model.value.signals
    const meets = all.filter((i) => i < x.length && (place - i + points) % points < k.length)
    return { P: all, x: meets, k: meets.map((i) => (place - i + points) % points) }
  }
  return { [array === 'x' ? 'X' : 'K']: all }
}

/** The arrays of the step. In a narrow window only they are shown. */
const together: Readonly<Record<ArrayName | 'none', readonly ArrayName[]>> = {
  none: ['x', 'k'],
  x: ['x', 'X'],
  X: ['x', 'X'],
  k: ['k', 'K'],
  K: ['k', 'K'],
  P: ['X', 'K', 'P'],
  y: ['P', 'y'],
}

export function Figure(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const isNarrow = width < narrowWidth
  const at = cell.value
  const lit = at ? litFor(at) : {}
  const shown = together[at?.array ?? 'none']
  const size = {
    width: Math.floor(isNarrow ? width - 2 : (width - between) / 2),
    height: Math.max(lowest, Math.min(highest, Math.floor((innerHeight - besides) / 3))),
  }
  return (
    <div ref={box} class={`fft-arrays${isNarrow ? ' narrow' : ''}`}>
      {arrayNames.map((name) => (
        <div key={name} class={`array-${name}${shown.includes(name) ? '' : ' apart'}`}>
          <ArrayBars name={name} lit={lit[name] ?? []} {...size} />
        </div>
      ))}
      <Sign of="x">→</Sign>
      <Sign of="k">→</Sign>
      <Sign of="y">←</Sign>
    </div>
  )
}

const Sign = ({ of, children }: { of: 'x' | 'k' | 'y'; children: string }): JSX.Element => (
  <span class={`sign sign-${of}`} aria-hidden="true">
    <small>{of === 'y' ? 'F⁻¹' : 'F'}</small>
    {children}
  </span>
)

export const placeName = ({ array, place }: Cell): string => `${array}[${place}]`

interface ArrayBarsProps {
  readonly name: ArrayName
  readonly lit: readonly number[]
  readonly width: number
  readonly height: number
}

function ArrayBars({ name, lit, width, height }: ArrayBarsProps): JSX.Element {
  const text = texts()
  const now = model.value
  const { own, example, isPolar } = settings.value
  const isSignal = name === 'x' || name === 'k' || name === 'y'
  const form: Form = isSignal ? 'real' : isPolar ? 'polar' : 'parts'
  const values = cleanedOf(now, name)
  const at = cell.value
  const shown = shownOf(name)
  return (
    <Bars
      id={`fft-${name}`}
      kind={kinds[name]}
      title={text.arrays[name]}
      form={form}
      values={values}
      shown={shown}
      {...(name === 'x' || name === 'k' ? { filledFrom: now.signals[name].length } : {})}
      {...(name === 'y'
        ? { wrapped: values.map((_, place) => wrappedAt(now, place).wrapped) }
        : {})}
      labels={values.map((_, place) =>
        isSignal && !own ? labelOf(example, name, place) : `${place}`,
      )}
      lit={lit}
      framed={at?.array === name ? at.place : undefined}
      width={width}
      height={height}
      spoken={(place) =>
        text.spoken(
          placeName({ array: name, place }),
          place < shown ? complexText(values[place]!) : text.notYet,
        )
      }
      onChoose={(place) => choose({ array: name, place })}
    />
  )
}

/** What a place of an example means: the face of a die, a sum of two, a power. */
function labelOf(example: ExampleName, name: 'x' | 'k' | 'y', place: number): string {
  if (example === 'dice') {
    if (name === 'y') return String(place + 2)
    return place < examples.dice[name].length ? String(place + 1) : ''
  }
  return powerText(example === 'polynomials' ? 'x' : '10', place)
}

/** 1.5 − 2i; a real number without its imaginary part. */
export function complexText({ re, im }: Complex): string {
  if (im === 0) return numberText(re)
  const size = Math.abs(im) === 1 ? '' : numberText(Math.abs(im))
  if (re === 0) return `${im < 0 ? '−' : ''}${size}i`
  return `${numberText(re)} ${im < 0 ? '−' : '+'} ${size}i`
}
