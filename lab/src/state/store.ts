/**
 * Holds the state and keeps it in step with the address. Every change is written to the link, and a
 * link or Back sets the state.
 *
 * Quick successive changes of the same parts, such as moving a slider, make one history entry. The
 * address is then written when they pause, because browsers block pages that write it in every
 * frame.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Focus } from 'stridefold/sync'
import { fitsStage } from './fits-stage.ts'
import { resetInvalid, type LinkError, linkOf, type ReadLink, stateOf } from './link.ts'
import { resized } from './resized.ts'
import { type LabState, defaultState, firstState, usualViews } from './state.ts'
import { keepUnlinked, unlinkedOf } from './unlinked.ts'

const replaceDelayMs = 150
const sameEntryMs = 1000

const current: Signal<LabState> = signal(defaultState)
export const state: ReadonlySignal<LabState> = current

/** The parts of the last link that are not valid. */
export const linkErrors: Signal<readonly LinkError[]> = signal([])

/**
 * The cell under the pointer or the keyboard focus. Views show it like the pinned focus, but it is
 * never in the link.
 */
export const preview: Signal<Focus | undefined> = signal(undefined)

/** The focus that all views show: the preview if there is one, else the pinned focus. */
export const activeFocus: ReadonlySignal<Focus | undefined> = computed(
  () => preview.value ?? current.value.focus,
)

/** One part of the state, as a signal that changes only with that part. */
export function part<Name extends keyof LabState>(name: Name): ReadonlySignal<LabState[Name]> {
  return computed(() => current.value[name])
}

/**
 * Changes parts of the state. A new problem keeps the user's numbers, index by index. A part that
 * no longer fits, such as a focus outside its array, is reset as in a link. A new kernel has the
 * divisor 1 unless `parts` has another.
 */
export function change(parts: Partial<LabState>): void {
  const old = current.value
  const next = {
    ...old,
    ...(parts.problem !== undefined && resized(old, parts.problem)),
    ...('kernel' in parts && { divisor: 1 }),
    ...parts,
  }
  batch(() => {
    // The preview belongs to the old problem. Its index may not exist in the new one.
    if ('problem' in parts) preview.value = undefined
    current.value =
      'problem' in parts || 'input' in parts || 'kernel' in parts ? resetInvalid(next).state : next
  })
  schedule(Object.keys(parts).sort().join())
}

export function pin(focus: Focus | undefined, tap?: number, cell?: readonly number[]): void {
  batch(() => {
    preview.value = undefined
    change({ focus, tap, cell })
  })
}

let timer: ReturnType<typeof setTimeout> | undefined
let lastChange = { parts: '', time: 0 }

function schedule(parts: string): void {
  const isNew = parts !== lastChange.parts || performance.now() - lastChange.time > sameEntryMs
  lastChange = { parts: parts, time: performance.now() }
  if (isNew) write('push')
  else {
    clearTimeout(timer)
    timer = setTimeout(() => write('replace'), replaceDelayMs)
  }
}

function write(how: 'push' | 'replace'): void {
  clearTimeout(timer)
  const address = `#${linkOf(current.value)}`
  const unlinked = keepUnlinked(current.value)
  if (address === location.hash && unlinked === history.state) return
  if (how === 'push') history.pushState(unlinked, '', address)
  else history.replaceState(unlinked, '', address)
}

/** Reads the address now, and after every Back, Forward or edit of the address. */
export function followAddress(): void {
  const read = (): void => {
    clearTimeout(timer)
    lastChange = { parts: '', time: 0 }
    const link = withUnlinked(stateOf(location.hash))
    batch(() => {
      preview.value = undefined
      current.value =
        location.hash === ''
          ? { ...firstState, language: preferredLanguage() }
          : withUsualViews(link.state)
      linkErrors.value = link.linkErrors
    })
  }
  addEventListener('popstate', read)
  addEventListener('hashchange', read)
  read()
}

/** A problem that the first screen cannot show opens the usual views. */
const withUsualViews = (read: LabState): LabState =>
  read.views.length === 0 && !fitsStage(read) ? { ...read, views: usualViews } : read

/** Whether the page shows the first screen; else the workspace. */
export const isOnStage: ReadonlySignal<boolean> = computed(
  () => current.value.views.length === 0 && fitsStage(current.value),
)

/** The link with the numbers that it left out, if this history entry still has them. */
function withUnlinked(link: ReadLink): ReadLink {
  const numbers = unlinkedOf(history.state)
  if (Object.keys(numbers).length === 0) return link
  return { ...link, state: resetInvalid({ ...link.state, ...numbers }).state }
}

const preferredLanguage = (): LabState['language'] =>
  navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
