/**
 * The one place where the state lives and changes, and its tie to the address: every change is soon
 * in the link, and a link, or Back, becomes the state.
 *
 * Changes that follow one another quickly, such as scrubbing, are one entry of the history; the
 * address is written when they pause, since browsers refuse pages that write it at every frame.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Focus } from 'stridefold/sync'
import { resetInvalid, type LinkError, linkOf, stateOf } from './link.ts'
import { type LabState, defaultState } from './state.ts'

const replaceDelayMs = 150
const sameEntryMs = 1000

const current: Signal<LabState> = signal(defaultState)
export const state: ReadonlySignal<LabState> = current

/** What a link held that could not be used. */
export const linkErrors: Signal<readonly LinkError[]> = signal([])

/**
 * What the pointer or the keyboard is on, for as long as it is: seen like the focus, never in the
 * link.
 */
export const preview: Signal<Focus | undefined> = signal(undefined)

/** What all views show: the preview, or else what is pinned. */
export const activeFocus: ReadonlySignal<Focus | undefined> = computed(
  () => preview.value ?? current.value.focus,
)

/** One part of the state, as a signal that changes only with it. */
export function part<Name extends keyof LabState>(name: Name): ReadonlySignal<LabState[Name]> {
  return computed(() => current.value[name])
}

/**
 * Changes parts of the state. What no longer fits, such as a focus outside, falls back as it would
 * in a link.
 */
export function change(parts: Partial<LabState>): void {
  const next = { ...current.value, ...parts }
  batch(() => {
    // Another problem has other places: what the pointer was on means nothing there.
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
  if (address === location.hash) return
  if (how === 'push') history.pushState(null, '', address)
  else history.replaceState(null, '', address)
}

/** Reads the address now, and whenever the user goes back or forward or pastes another one. */
export function followAddress(): void {
  const read = (): void => {
    clearTimeout(timer)
    lastChange = { parts: '', time: 0 }
    const link = stateOf(location.hash)
    batch(() => {
      preview.value = undefined
      current.value =
        location.hash === '' ? { ...link.state, language: preferredLanguage() } : link.state
      linkErrors.value = link.linkErrors
    })
  }
  addEventListener('popstate', read)
  addEventListener('hashchange', read)
  read()
}

const preferredLanguage = (): LabState['language'] =>
  navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
