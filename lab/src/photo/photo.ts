/**
 * What the picture page shows now. The settings are in the link; the picture, its results and the
 * pixel under the pointer are only here. All parts of the page read these signals.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { change, face, part } from '../state/store.ts'
import type { Rectangle } from './chain.ts'
import { ask, closeEngine, listen } from './client.ts'
import { isOnGpu } from './gpu.ts'
import type {
  Analysis,
  Detail,
  Drawable,
  Frame,
  Hood,
  HoodRequest,
  NumberedAnswer,
  Opened,
  Probed,
  Room,
  SaveFormat,
  Shown,
  Stats,
} from './protocol.ts'
import { type Filter, type PhotoSettings, type SampleName, usualPhoto } from './settings.ts'

const photo = part('photo')
let lastSettings: PhotoSettings = usualPhoto
/** While the page is left, its parts read the last settings once more. */
export const settings: ReadonlySignal<PhotoSettings> = computed(() => {
  lastSettings = photo.value ?? lastSettings
  return { ...lastSettings, isOnGpu: isOnGpu.value }
})

export const changePhoto = (parts: Partial<PhotoSettings>): void =>
  change({ photo: { ...settings.peek(), ...parts } })

/** The filter whose kernel is edited. */
const chosen = signal(0)
export const selected: ReadonlySignal<number> = computed(() =>
  Math.max(0, Math.min(chosen.value, settings.value.filters.length - 1)),
)
export function select(filter: number): void {
  chosen.value = filter
}
export const selectedFilter: ReadonlySignal<Filter | undefined> = computed(
  () => settings.value.filters[selected.value],
)

export const changeFilter = (parts: Partial<Filter>, at: number = selected.peek()): void =>
  changePhoto({
    filters: settings
      .peek()
      .filters.map((filter, i) => (i === at ? { ...filter, ...parts } : filter)),
  })

/** The picture that is open; undefined until the first one is. */
export const opened: Signal<Opened | undefined> = signal(undefined)
export const isOpening: Signal<boolean> = signal(false)
export const shown: Signal<Shown | undefined> = signal(undefined)
/** What the last run found. Frames of the camera change it a few times in a second only. */
export const stats: Signal<Stats | undefined> = signal(undefined)
/** How much of the whole picture is done, from 0 to 1. */
export const progress: Signal<number | undefined> = signal(undefined)
export const analysis: Signal<Analysis | undefined> = signal(undefined)
export const probed: Signal<Probed | undefined> = signal(undefined)
export const saving: Signal<number | undefined> = signal(undefined)

/** A message for the user: why something did not work, or that something is done. */
export type Notice =
  | { readonly kind: 'broken'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'saved'; readonly name: string }
  | {
      readonly kind:
        | 'noFiles'
        | 'noPicture'
        | 'noSave'
        | 'cameraRefused'
        | 'cameraMissing'
        | 'cameraBusy'
        | 'cameraInsecure'
    }
export const notice: Signal<Notice | undefined> = signal(undefined)

/** The room for the picture on the screen, in device pixels. */
export const room: Signal<Room> = signal({ width: 1024, height: 768 })

/** A pixel of the picture. `isKept`: the pointer does not move it. */
export interface Cursor {
  readonly x: number
  readonly y: number
  readonly isKept: boolean
}
export const cursor: Signal<Cursor | undefined> = signal(undefined)

/** How many pixels around the cursor are shown: as many as the kernel reads, at least four. */
export const probeRadius: ReadonlySignal<number> = computed(() => {
  const { width = 1, height = 1 } = analysis.value ?? {}
  return Math.max(4, Math.min(15, Math.max(width, height) >> 1))
})

interface Own {
  readonly from: Blob
  readonly name: string
}
/** The user's own picture. It stays for Back and Forward as long as the page is open. */
let own: Own | undefined
/** The one before, while a new one is opened: it stays if the new one is broken. */
let ownBefore: Own | undefined
/** The picture that is open. */
let openName: PhotoSettings['picture'] | undefined
let openId = 0
let hasCamera = false

/** Opens a picture of the user. */
export function openOwn(from: Blob, name: string): void {
  ownBefore = own
  own = { from, name }
  notice.value = undefined
  if (settings.peek().picture === 'own') openPicture('own')
  else changePhoto({ picture: 'own' })
}

export function openSample(name: SampleName): void {
  notice.value = undefined
  changePhoto({ picture: name })
}

/** Frames of the camera come one by one; no other picture is read meanwhile. */
export function cameraIs(isOn: boolean): void {
  const wasOn = hasCamera
  hasCamera = isOn
  // The frame that stays is a picture like any other, with its counts.
  if (wasOn && !isOn && !isFrameOut) filter()
  if (!isOn) return
  own = undefined
  if (settings.peek().picture !== 'own') changePhoto({ picture: 'own' })
}

function openPicture(picture: PhotoSettings['picture']): void {
  if (hasCamera && picture === 'own') return
  if (picture === 'own' && !own) {
    // A frozen frame of the camera is still open.
    if (opened.peek() && openName === 'own') return
    notice.value = { kind: 'noPicture' }
  }
  forgetFilter()
  isFrameOut = false
  frameId = 0
  isOpening.value = true
  openId = ask({ kind: 'open', from: picture === 'own' ? (own?.from ?? 'scene') : picture })
}

let filterId = 0
/** Whether the engine has not yet shown anything for the last request. */
export const isFiltering: Signal<boolean> = signal(false)
let isPending = false

/** A new picture ends the run over the old one, so its answer never comes. */
function forgetFilter(): void {
  isFiltering.value = false
  isPending = false
  filterId = 0
  progress.value = undefined
}

/** Filters the open picture. While the engine is busy with the last request, the newest waits. */
function filter(): void {
  if (hasCamera || !opened.peek() || isOpening.peek()) return
  if (isFiltering.peek()) {
    isPending = true
    return
  }
  isFiltering.value = true
  isPending = false
  progress.value = undefined
  filterId = ask({ kind: 'filter', settings: settings.peek(), room: room.peek() })
}

let frameAnswered: (() => void) | undefined
let frameId = 0
/** Whether the engine has a frame whose result is not there yet. */
let isFrameOut = false

/** Sends a frame of the camera. `done` is called when its result is there. */
export function sendFrame(image: Frame, done: () => void): void {
  forgetFilter()
  frameAnswered = done
  isFrameOut = true
  // What is shown is on the canvas already, so the next frame gets its memory.
  const spare = [shown.peek()?.before, shown.peek()?.after].flatMap(bufferOf)
  const isCounted = performance.now() - statsTime >= statsRestMs
  frameId = ask({ kind: 'frame', image, isCounted, spare, settings: settings.peek() }, [
    image,
    ...spare,
  ])
}

const bufferOf = (image: Drawable | undefined): ArrayBuffer[] =>
  image && 'data' in image && image.data.length > 0 ? [image.data.buffer] : []

function frameIsBack(): void {
  isFrameOut = false
  if (hasCamera) frameAnswered?.()
  else filter()
}

let probeId = 0
let isProbing = false
let probesAgain = false

function probe(): void {
  const at = cursor.peek()
  if (!at || !opened.peek()) {
    probed.value = undefined
    return
  }
  if (isProbing) {
    probesAgain = true
    return
  }
  isProbing = true
  probesAgain = false
  probeId = ask({
    kind: 'probe',
    settings: settings.peek(),
    probe: { x: at.x, y: at.y, radius: probeRadius.peek() },
  })
}

let takeDetail: ((detail: Detail | undefined) => void) | undefined
/** A part of the picture with all its pixels. `take` gets undefined where it cannot be had. */
export function askDetail(part: Rectangle, take: (detail: Detail | undefined) => void): void {
  takeDetail = take
  ask({ kind: 'detail', settings: settings.peek(), part })
}

let saveName = ''
export function save(format: SaveFormat): void {
  saving.value = 0
  saveName = `stridefold-${settings.peek().picture}.${format}`
  ask({ kind: 'save', settings: settings.peek(), format })
}

export function stopSaving(): void {
  saving.value = undefined
  ask({ kind: 'stop', what: 'save' })
}

let takeHood: ((hood: Hood) => void) | undefined
/** The samples under a filter around a pixel. */
export function askHood(hood: HoodRequest, take: (hood: Hood) => void): void {
  takeHood = take
  ask({ kind: 'hood', settings: settings.peek(), hood })
}

function hear(answer: NumberedAnswer): void {
  switch (answer.kind) {
    case 'opened':
      if (answer.id !== openId) return
      openName = settings.peek().picture
      batch(() => {
        isOpening.value = false
        opened.value = answer
        cursor.value = undefined
        shown.value = undefined
      })
      return
    case 'shown': {
      if (answer.id === frameId) {
        const { width, height } = answer.after
        batch(() => {
          if (opened.peek()?.width !== width || opened.peek()?.height !== height) {
            opened.value = { width, height, hasAlpha: false }
            cursor.value = undefined
          }
          isOpening.value = false
          openName = 'own'
          showNew(answer)
        })
        frameIsBack()
        return
      }
      if (answer.id !== filterId) return
      isFiltering.value = false
      showNew({ ...answer, before: answer.before ?? shown.peek()?.before })
      progress.value = answer.isReduced ? 0 : undefined
      if (isPending) filter()
      return
    }
    case 'progress':
      if (answer.of === 'save') saving.value = answer.done
      else if (answer.id === filterId) progress.value = answer.done
      return
    case 'detail':
      takeDetail?.(answer)
      return
    case 'probed':
      isProbing = false
      if (answer.id === probeId) probed.value = answer
      if (probesAgain) probe()
      return
    case 'hood':
      takeHood?.(answer)
      return
    case 'analysed':
      analysis.value = answer
      return
    case 'saved': {
      saving.value = undefined
      const link = document.createElement('a')
      link.href = URL.createObjectURL(answer.blob)
      link.download = saveName
      link.click()
      // The browser has read the address by then.
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
      notice.value = { kind: 'saved', name: saveName }
      return
    }
    case 'fault':
      hearFault(answer)
  }
}

/** Charts that change with every frame cannot be read, and drawing them takes its time. */
const statsRestMs = 200
let statsTime = 0

/** Images hold memory of the graphics card until they are closed. */
function showNew(next: Shown): void {
  const old = shown.peek()
  shown.value = next
  if (next.stats) {
    stats.value = next.stats
    statsTime = performance.now()
  }
  if (!old) return
  if (old.before !== next.before) close(old.before)
  close(old.after)
}

/** Ends the memory of an image. */
export function close(image: Drawable | undefined): void {
  if (image && 'close' in image) image.close()
}

function hearFault({ of, message, id }: Extract<NumberedAnswer, { kind: 'fault' }>): void {
  if (of === 'open') {
    if (id !== openId) return
    isOpening.value = false
    notice.value = { kind: 'broken', name: own?.name ?? settings.peek().picture }
    own = ownBefore
    if (openName !== undefined && openName !== settings.peek().picture)
      changePhoto({ picture: openName })
    return
  }
  if (of === 'frame') frameIsBack()
  if (of === 'probe') isProbing = false
  if (of === 'detail') takeDetail?.(undefined)
  if (of === 'filter') isFiltering.value = false
  if (of === 'save') saving.value = undefined
  if (of === 'probe' || of === 'hood' || of === 'detail') return
  notice.value = of === 'save' ? { kind: 'noSave' } : { kind: 'failed', message }
}

const pictureName = computed(() => settings.value.picture)

/** Starts to follow the settings, until the returned function is called. */
export function followPhoto(): () => void {
  listen(hear)
  const stops = [
    effect(() => {
      if (face.value === 'photo') openPicture(pictureName.value)
    }),
    effect(() => {
      settings.value
      room.value
      if (opened.value && !isOpening.value) filter()
    }),
    effect(() => {
      const now = settings.value
      if (opened.value) ask({ kind: 'analyse', settings: now, filter: selected.value })
    }),
    effect(() => {
      settings.value
      cursor.value
      shown.value
      probeRadius.value
      probe()
    }),
  ]
  return () => {
    for (const stop of stops) stop()
    // The own picture stays: it is opened again with the page.
    closeEngine()
    isFiltering.value = false
    isProbing = false
    openName = undefined
    batch(() => {
      opened.value = undefined
      shown.value = undefined
      stats.value = undefined
      probed.value = undefined
      progress.value = undefined
      saving.value = undefined
      isOpening.value = false
    })
  }
}
