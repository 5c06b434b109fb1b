/**
 * A page on which arrays are computed number by number: how far it is, which number is shown, and
 * what moves it. The position and the number are in the link.
 */

import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type Player, playerOf } from './player.ts'
import { computedOf, endAfter, endOf, type Stage, stageAt, startBefore, waitAt } from './stages.ts'

/** A number of an array, by its place in row-major order. */
export interface Place<Name> {
  readonly array: Name
  readonly place: number
}

export interface SteppedSettings<Name> {
  /** How many numbers are computed. Undefined: all. */
  readonly step: number | undefined
  /** The number that is shown. Undefined: the last that is computed. */
  readonly cell: Place<Name> | undefined
}

interface SteppedPage<Name, Settings> {
  readonly settings: ReadonlySignal<Settings>
  /** The arrays that are computed. All others are given. */
  readonly stages: ReadonlySignal<readonly Stage<Name>[]>
  readonly lengthOf: (array: Name) => number
  /** Writes settings into the link. */
  readonly write: (settings: Settings) => void
}

export interface Stepped<Name, Settings> {
  /** How many numbers are computed. It is written to the link when it rests. */
  readonly position: Signal<number>
  readonly last: ReadonlySignal<number>
  readonly cell: ReadonlySignal<Place<Name> | undefined>
  readonly player: Player
  /** How many numbers of an array are computed. */
  readonly shownOf: (array: Name) => number
  readonly changeSettings: (parts: Partial<Settings>) => void
  /** Moves to the end of an array, or back to its beginning. */
  readonly leap: (by: 1 | -1) => void
  /** Shows a number. One that is not computed yet is computed, with all before it. */
  readonly choose: (place: Place<Name>) => void
  /** Follows the link while the page is open. Returns what ends that. */
  readonly follow: () => () => void
}

export function stepped<Name, Settings extends SteppedSettings<Name>>({
  settings,
  stages,
  lengthOf,
  write,
}: SteppedPage<Name, Settings>): Stepped<Name, Settings> {
  const position = signal(0)
  const last = computed(() => endOf(stages.value))
  const shownOf = (array: Name): number =>
    computedOf(stages.value, position.value, array) ?? lengthOf(array)
  const cell = computed((): Place<Name> | undefined => {
    const { cell: chosen } = settings.value
    if (chosen && chosen.place < shownOf(chosen.array)) return chosen
    const stage = stageAt(stages.value, position.value)
    return stage && { array: stage.name, place: position.value - 1 - stage.from }
  })
  const changeSettings = (parts: Partial<Settings>): void => {
    const step = position.peek() === last.peek() ? undefined : position.peek()
    write({ ...settings.peek(), step, ...parts })
  }
  const player = playerOf({
    position,
    last: () => last.peek(),
    next: (at) =>
      matchMedia('(prefers-reduced-motion: reduce)').matches ? endAfter(stages.peek(), at) : at + 1,
    wait: (at) => waitAt(stages.peek(), at),
    keep: () => changeSettings({ cell: undefined } as Partial<Settings>),
  })
  return {
    ...{ position, last, cell, player, shownOf, changeSettings },
    leap: (by) => player.moveTo((by > 0 ? endAfter : startBefore)(stages.peek(), position.peek())),
    choose: ({ array, place }) => {
      player.pause()
      if (place < shownOf(array))
        return changeSettings({ cell: { array, place } } as Partial<Settings>)
      const stage = stages.peek().find(({ name }) => name === array)!
      player.moveTo(stage.from + place + 1)
    },
    follow: () =>
      effect(() => {
        position.value = Math.min(settings.value.step ?? last.value, last.value)
      }),
  }
}
