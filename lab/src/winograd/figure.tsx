/** The arrays of the tile, where each is computed from those before it, and the matrices. */

import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { charactersWithin, Plane } from '../pages/plane.tsx'
import type { PlaneNumbers } from '../pages/plane-numbers.ts'
import { useWidth } from '../pages/use-width.ts'
import { numberText } from '../stage/number.ts'
import { roundOff } from '../stage/stage-model.ts'
import { fractionText } from './matrices.ts'
import { texts } from './messages/index.ts'
import { type ArrayName, arrayNames, type Cell, isTransform, transforms } from './settings.ts'
import { model, steps } from './winograd.ts'
import { placesOf, termsOf, usersOf, type WinogradModel, windowOf } from './winograd-model.ts'

const { cell, choose, shownOf } = steps

/** Columns of signs between arrays, a gap without one, and everything but the rows of cells. */
const [signs, gap, besides] = [2 * 48 + 16, 24, 430]
/** The widths of cells: the least where arrays stand beside each other, and the most. */
const [least, most, mostAlone] = [40, 64, 54]
const [smallestHeight, largestHeight, heightAlone] = [26, 48, 32]

interface CellSize {
  readonly size: number
  readonly height: number
}

/**
 * All arrays in three columns; where that is too narrow, those of the step beside each other, or
 * each alone.
 */
function cellSize({ n, axes }: WinogradModel, width: number): CellSize & { isNarrow: boolean } {
  const besideAll = (width - signs) / (3 * n)
  if (besideAll >= least) {
    const rows = axes === 1 ? 2 : 2 * n
    const height = Math.floor((innerHeight - besides) / rows)
    const size = Math.floor(Math.min(most, besideAll))
    const highest = Math.min(size, largestHeight, height)
    return { size, height: Math.max(smallestHeight, highest), isNarrow: false }
  }
  const besideOne = (width - gap - 12) / (2 * n)
  const room = besideOne >= least ? besideOne : (width - 4) / n
  return { size: Math.floor(Math.min(mostAlone, room)), height: heightAlone, isNarrow: true }
}

const kinds = {
  d: 'input',
  V: 'input',
  g: 'kernel',
  U: 'kernel',
  M: 'product',
  Y: 'output',
} as const

/** How an array is computed, as a formula. */
const formulas: Readonly<Record<1 | 2, Readonly<Record<ArrayName, string>>>> = {
  1: { d: '', g: '', V: 'V = Bᵀ d', U: 'U = G g', M: 'M = V ⊙ U', Y: 'Y = Aᵀ M' },
  2: { d: '', g: '', V: 'V = Bᵀ d B', U: 'U = G g Gᵀ', M: 'M = V ⊙ U', Y: 'Y = Aᵀ M A' },
}

/** The places of every array that belong to the number that is shown. */
function litFor(now: WinogradModel, at: Cell | undefined): Partial<Record<ArrayName, number[]>> {
  if (!at) return {}
  const { array, place } = at
  if (array === 'd') return { V: [...usersOf(now, 'd', place)] }
  if (array === 'g') return { U: [...usersOf(now, 'g', place)] }
  if (array === 'M') return { V: [place], U: [place] }
  const sources = termsOf(now, array, place).map((term) => term.place)
  if (array !== 'Y') return { [transforms[array].source]: sources }
  return { M: sources, d: windowOf(now, place), g: placesOf(now.arrays.g) }
}

/** The arrays of the step. In a narrow window only they are shown. */
const together: Readonly<Record<ArrayName | 'none', readonly ArrayName[]>> = {
  none: ['d', 'g'],
  d: ['d', 'V'],
  V: ['d', 'V'],
  g: ['g', 'U'],
  U: ['g', 'U'],
  M: ['V', 'U', 'M'],
  Y: ['M', 'Y'],
}

export function Figure(): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const now = model.value
  const at = cell.value
  const { isNarrow, ...size } = cellSize(now, width)
  const lit = litFor(now, at)
  const shown = together[at?.array ?? 'none']
  return (
    <div ref={box} class={`winograd-planes${isNarrow ? ' narrow' : ''}`}>
      {arrayNames.map((name) => (
        <div
          key={name}
          class={`array-${name}${shown.includes(name) ? '' : ' apart'}`}
          data-array={name}
        >
          <ArrayPlane name={name} size={size} lit={lit[name] ?? []} />
        </div>
      ))}
      <Sign name="V">{now.axes === 1 ? 'Bᵀ ·' : 'Bᵀ · B'}</Sign>
      <Sign name="U">{now.axes === 1 ? 'G ·' : 'G · Gᵀ'}</Sign>
      <span class="sign sign-M" aria-hidden="true">
        ⊙ →
      </span>
    </div>
  )
}

const Sign = ({ name, children }: { name: 'V' | 'U'; children: string }): JSX.Element => (
  <span class={`sign sign-${name}`} aria-hidden="true">
    <small>{children}</small>→
  </span>
)

/** `V[1, 2]`, or `V[2]` with one axis. */
export function placeName({ array, place }: Cell): string {
  const { columns } = model.value.arrays[array]
  const column = place % columns
  return model.value.axes === 1
    ? `${array}[${column}]`
    : `${array}[${Math.floor(place / columns)}, ${column}]`
}

interface ArrayPlaneProps {
  readonly name: ArrayName
  readonly size: CellSize
  readonly lit: readonly number[]
}

function ArrayPlane({ name, size, lit }: ArrayPlaneProps): JSX.Element {
  const text = texts()
  const { axes, arrays } = model.value
  const numbers = rounded(arrays[name])
  const at = cell.value
  const shown = shownOf(name)
  const formula = formulas[axes][name]
  return (
    <Plane
      id={`winograd-${name}`}
      kind={kinds[name]}
      title={formula === '' ? text.arrays[name] : `${formula} · ${text.arrays[name]}`}
      numbers={numbers}
      {...size}
      characters={charactersWithin(size.size, numbers.data)}
      lit={lit}
      framed={at?.array === name ? at.place : undefined}
      empty={placesOf(numbers).slice(shown)}
      spoken={(place) =>
        text.spoken(
          placeName({ array: name, place }),
          place < shown ? numberText(numbers.data[place]!) : text.notYet,
        )
      }
      onChoose={(place) => choose({ array: name, place })}
    />
  )
}

const rounded = (numbers: PlaneNumbers): PlaneNumbers => ({
  ...numbers,
  data: Array.from(numbers.data, roundOff),
})

const matrixNames = { input: 'Bᵀ', kernel: 'G', output: 'Aᵀ' } as const
const matrixKinds = { input: 'input', kernel: 'kernel', output: 'output' } as const
/** Of the matrices: all their texts have room. */
const matrixSize = { size: 42, height: 28 } as const

/** The three matrices. The rows from which the number is computed are marked. */
export function MatrixPlanes(): JSX.Element {
  const now = model.value
  const at = cell.value
  return (
    <div class="matrices">
      {(['input', 'kernel', 'output'] as const).map((name) => {
        const matrix = now.matrices[name]
        const isUsed = at && isTransform(at.array) && transforms[at.array].matrix === name
        const rows = isUsed ? rowsOf(now, at) : []
        return (
          <Plane
            key={name}
            id={`winograd-${matrixNames[name]}`}
            kind={matrixKinds[name]}
            title={matrixNames[name]}
            numbers={matrix}
            {...matrixSize}
            words={Array.from(matrix.data, (value) => fractionText(value) ?? numberText(value))}
            lit={placesOf(matrix).filter((place) =>
              rows.includes(Math.floor(place / matrix.columns)),
            )}
            framed={undefined}
          />
        )
      })}
    </div>
  )
}

/** The rows of its matrix with which a number is computed: for its row, and for its column. */
function rowsOf({ axes, arrays }: WinogradModel, { array, place }: Cell): number[] {
  const { columns } = arrays[array]
  const column = place % columns
  return axes === 1 ? [column] : [Math.floor(place / columns), column]
}
