/**
 * The right answer of a question, computed by the lab from the link of its step.
 */

import { stateOf } from '../state/link.ts'
import type { LabState } from '../state/state.ts'
import { holds, isSame, numberOf, type Scope } from './expression.ts'
import { cellOf, type Numbers, numbersOf } from './quantities.ts'
import type { CellArray, Choice, FindQuestion, Question, Step, Text } from './story.ts'

/** A table in which the reader points at a cell. */
export interface Table {
  readonly cells: readonly (readonly number[])[]
  /** The right numbers. Where they differ from `cells`, there is a fault. */
  readonly truth: readonly (readonly number[])[]
  /** Row · columns + column of the right cells. */
  readonly right: ReadonlySet<number>
}

export type Answer =
  | {
      readonly kind: 'number'
      readonly value: number
      readonly wrong: readonly { readonly value: number; readonly why: Text }[]
    }
  | { readonly kind: 'choices'; readonly right: number; readonly choices: readonly Choice[] }
  | ({ readonly kind: 'cell' | 'find' } & Table)

/** The largest table in which a reader points at a cell. */
export const maxCells = 12

/** The state of a link, or an error that says what is wrong with it. */
export function linkState(link: string): LabState {
  const { state, linkErrors } = stateOf(`#${link}`)
  const [error] = linkErrors
  if (error) throw new Error(`'${error.part}': ${error.reason}`)
  return state
}

/** Computes the answer. Throws if there is none, or more than one. */
export function answerOf(step: Step, ask: Question): Answer {
  const other = ask.other === undefined ? undefined : numbersOf(linkState(ask.other))
  const scope: Scope = { here: numbersOf(linkState(step.link)), other }
  if (ask.kind === 'number')
    return {
      kind: 'number',
      value: numberOf(ask.number, scope),
      wrong: ask.wrong.map(({ number, why }) => ({ value: numberOf(number, scope), why })),
    }
  if (ask.kind === 'choices') {
    const right = ask.choices.flatMap((choice, i) => (holds(choice.if, scope) ? [i] : []))
    if (right.length !== 1)
      throw new Error(
        `the conditions of ${right.length} choices hold, but it must be exactly one` +
          `${right.length > 0 ? ` (choices ${right.map((i) => i + 1).join(', ')})` : ''}`,
      )
    return { kind: 'choices', right: right[0]!, choices: ask.choices }
  }
  const table = ask.kind === 'find' ? findTable(ask, scope) : cellTable(ask, scope)
  if (table.right.size === 0)
    throw new Error(
      ask.kind === 'find' ? 'the shown numbers have no fault' : 'no cell fits the condition',
    )
  return { kind: ask.kind, ...table }
}

function cellTable(
  { of, where }: { readonly of: CellArray; readonly where: string },
  scope: Scope,
): Table {
  const cells = tableOf(scope.here, of)
  const right = new Set<number>()
  for (const [row, line] of cells.entries())
    for (const column of line.keys())
      if (holds(where, { ...scope, cell: indexOf(scope.here, of, row, column) }))
        right.add(row * line.length + column)
  return { cells, truth: cells, right }
}

function findTable({ shown, is }: FindQuestion, scope: Scope): Table {
  const truth =
    typeof is === 'string'
      ? tableOf(scope.here, is)
      : is.map((line) => line.map((text) => numberOf(text, scope)))
  if (shown.length !== truth.length || shown.some((line, i) => line.length !== truth[i]!.length))
    throw new Error(
      `${shown.length} × ${shown[0]?.length ?? 0} numbers are shown, ` +
        `but the lab has ${truth.length} × ${truth[0]?.length ?? 0}`,
    )
  const right = new Set<number>()
  for (const [row, line] of shown.entries())
    for (const [column, value] of line.entries())
      if (!isSame(value, truth[row]![column]!)) right.add(row * line.length + column)
  return { cells: shown, truth, right }
}

/** The index of a cell of a table in its array: the leading axes are 0. */
export function indexOf(
  { frame }: Numbers,
  of: CellArray,
  row: number,
  column: number,
): readonly number[] {
  const rank = frame.shapes[of].length
  if (rank === 2) return [row, column]
  return rank === 3 ? [0, 0, column] : [...new Array<number>(rank - 2).fill(0), row, column]
}

function tableOf(numbers: Numbers, of: CellArray): readonly (readonly number[])[] {
  const shape = numbers.frame.shapes[of]
  const [rows, columns] = [shape.length === 3 ? 1 : shape.at(-2)!, shape.at(-1)!]
  if (Math.max(rows, columns) > maxCells)
    throw new Error(
      `${of} has ${rows} × ${columns} cells. To point at one, at most ${maxCells} × ${maxCells}`,
    )
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      cellOf(numbers, of, indexOf(numbers, of, row, column)),
    ),
  )
}
