/**
 * Holds the state and keeps it in step with the address. Every change is written to the link, and a
 * link or Back sets the state.
 *
 * Quick successive changes of the same parts, such as moving a slider, make one history entry. The
 * address is then written when they pause, because browsers block pages that write it in every
 * frame.
 *
 * Links are read and written by `address.ts`. A page without a link loads it at the first change.
 */

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Focus } from 'stridefold/sync'
import type { PageName } from '../pages/page-names.ts'
import { isEmbedded } from './embedded.ts'
import { fitsStage } from './fits-stage.ts'
import type { LinkError } from './link.ts'
import { resized } from './resized.ts'
import { defaultState, firstState, type LabState, usualViews } from './state.ts'
import { resetInvalid } from './valid.ts'

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

let links: typeof import('./address.ts') | undefined
const loadLinks = async (): Promise<void> => {
  links = await import('./address.ts')
}

function write(how: 'push' | 'replace'): void {
  clearTimeout(timer)
  if (links) links.writeAddress(current.value, how)
  else {
    const { hash } = location
    loadLinks().then(
      // Another link that came first wins. It sets the state.
      () => {
        if (location.hash === hash) write(how)
      },
      // Without a connection the address stays as it is. The next change loads again.
      () => undefined,
    )
  }
}

/** Reads the address now, and after every Back, Forward or edit of the address. */
export async function followAddress(): Promise<void> {
  const read = (): void => {
    clearTimeout(timer)
    lastChange = { parts: '', time: 0 }
    const link = location.hash === '' ? undefined : links!.readAddress()
    batch(() => {
      preview.value = undefined
      current.value = link
        ? isEmbedded()
          ? onlyStage(link.state)
          : withUsualViews(link.state)
        : { ...firstState, language: preferredLanguage() }
      linkErrors.value = link?.linkErrors ?? []
    })
  }
  const readOrLoad = (): void => {
    if (links || location.hash === '') read()
    else void loadLinks().then(read)
  }
  addEventListener('popstate', readOrLoad)
  addEventListener('hashchange', readOrLoad)
  if (location.hash !== '') await loadLinks()
  read()
}

/** A problem that the first screen cannot show opens the usual views. */
export const withUsualViews = (read: LabState): LabState =>
  read.views.length === 0 && !read.photo && !read.page && !fitsStage(read)
    ? { ...read, views: usualViews }
    : read

/** A frame in another page shows the first screen, if the problem fits it. */
const onlyStage = (read: LabState): LabState =>
  withUsualViews({ ...read, photo: undefined, page: undefined, present: false, views: [] })

export type Face = 'stage' | 'photo' | 'workspace' | PageName

/** Which face the page shows. */
export const face: ReadonlySignal<Face> = computed(() => {
  const now = current.value
  if (now.page) return now.page.name
  if (now.views.length > 0) return 'workspace'
  if (now.photo !== undefined) return 'photo'
  return fitsStage(now) ? 'stage' : 'workspace'
})

export const isOnStage: ReadonlySignal<boolean> = computed(() => face.value === 'stage')

const preferredLanguage = (): LabState['language'] =>
  navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
