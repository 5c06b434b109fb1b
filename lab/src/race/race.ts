/**
 * The race as the page sees it: which course, what was measured, whether it runs. The worker
 * measures one size at a time; after each, the page decides what comes next. Results stay as long
 * as the page of the lab is open. The link holds the course only.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { parseCase } from 'stridefold/sync'
import { change, face, part } from '../state/store.ts'
import { type Course, courseOf, usualCourse } from './courses.ts'
import type { Answer, Clock, Request } from './protocol.ts'
import { nextSize, type SizeResult, type Standing, stays, withResult } from './results.ts'
import { type Runner, runnersOf } from './runners.ts'

const page = part('page')
let lastCourse: Course = usualCourse
/** While the page is left, its parts read the last course once more. */
export const course: ReadonlySignal<Course> = computed(() => {
  const now = page.value
  if (now?.name === 'race') lastCourse = courseOf(now.settings) ?? usualCourse
  return lastCourse
})
/** What the link names as a course, if there is no such course. */
export const unknownCourse: ReadonlySignal<string | undefined> = computed(() => {
  const now = page.value
  return now?.name === 'race' && now.settings !== '' && !courseOf(now.settings)
    ? now.settings
    : undefined
})
export const chooseCourse = ({ id }: Course): void =>
  change({ page: { name: 'race', settings: id } })

export const runners: ReadonlySignal<readonly Runner[]> = computed(() => runnersOf(course.value))

const allResults = signal<Readonly<Record<string, readonly SizeResult[]>>>({})
const allLeftOut = signal<Readonly<Record<string, ReadonlySet<string>>>>({})
const none: ReadonlySet<string> = new Set()

/** The results of this course, by size. */
export const results: ReadonlySignal<readonly SizeResult[]> = computed(
  () => allResults.value[course.value.id] ?? [],
)
/** The runners that the reader left out. */
export const leftOut: ReadonlySignal<ReadonlySet<string>> = computed(
  () => allLeftOut.value[course.value.id] ?? none,
)
const next = computed(() => nextSize(course.value, results.value, leftOut.value))

const isOn = signal(false)
const isHidden = signal(false)
/** Why the race cannot go on. */
export const fault: Signal<{ readonly message: string } | 'no worker' | undefined> =
  signal(undefined)
export const clock: Signal<Clock | undefined> = signal(undefined)
/** What the worker does now. */
export const now: Signal<
  { readonly n: number; readonly share: number; readonly runner: string } | undefined
> = signal(undefined)

export type Phase = 'ready' | 'running' | 'resting' | 'stopped' | 'done' | 'failed'
export const phase: ReadonlySignal<Phase> = computed(() => {
  if (fault.value !== undefined) return 'failed'
  if (next.value === undefined) return 'done'
  if (isOn.value) return isHidden.value ? 'resting' : 'running'
  return results.value.length > 0 ? 'stopped' : 'ready'
})

let worker: Worker | undefined
/** The course of the size that the worker measures. */
let measuring: Course | undefined

export function start(): void {
  batch(() => {
    fault.value = undefined
    if (next.peek() === undefined)
      allResults.value = { ...allResults.peek(), [course.peek().id]: [] }
    isOn.value = true
  })
  goOn()
}

export function stop(): void {
  isOn.value = false
  endSize()
}

/** Leaves a runner out, or lets it take part again. */
export function leaveOut(name: string, isOut: boolean): void {
  const names = new Set(leftOut.peek())
  if (isOut) names.add(name)
  else names.delete(name)
  allLeftOut.value = { ...allLeftOut.peek(), [course.peek().id]: names }
  // The size begins again with what was measured, without this runner.
  if (isOut) endSize()
  else goOn()
}

/** The answer of the size that is measured comes at once, with what it has. */
function endSize(): void {
  if (measuring) send({ kind: 'stop' })
}

function send(request: Request): void {
  worker?.postMessage(request)
}

/** Starts the next size, if the race runs and nothing is measured. */
function goOn(): void {
  if (!isOn.peek() || isHidden.peek() || measuring) return
  const n = next.peek()
  if (n === undefined) {
    isOn.value = false
    return
  }
  const at = course.peek()
  if (!worker && !open()) return
  const names = runners.peek().map(({ name }) => name)
  const smaller = results.peek().filter((result) => result.n < n)
  measuring = at
  now.value = { n, share: 0, runner: '' }
  send({
    ...{ kind: 'measure', course: at.id, n },
    without: [...new Set([...leftOut.peek(), ...stays(smaller, names, flopsOf(at, n)).keys()])],
    before: results.peek().find((result) => result.n === n),
  })
}

/** Two for each product: of two sizes of a course, the ratio is what counts. */
function flopsOf(of: Course, n: number): number {
  const { batch: items, filters, channels, groups, axes } = parseCase(of.caseOf(n))
  const sizes = axes.map((axis) => axis.output * axis.kernel)
  return 2 * sizes.reduce((product, size) => product * size, (items * filters * channels) / groups)
}

function open(): boolean {
  try {
    worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  } catch {
    fail('no worker')
    return false
  }
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => hear(data))
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    fail(event.message ? { message: event.message } : 'no worker')
  })
  return true
}

function fail(why: NonNullable<typeof fault.value>): void {
  close()
  batch(() => {
    isOn.value = false
    fault.value = why
  })
}

function close(): void {
  worker?.terminate()
  worker = undefined
  measuring = undefined
  now.value = undefined
}

function hear(answer: Answer): void {
  switch (answer.kind) {
    case 'clock':
      clock.value = answer
      return
    case 'progress':
      if (now.peek()) now.value = { ...now.peek()!, share: answer.share, runner: answer.runner }
      return
    case 'fault':
      fail({ message: answer.message })
      return
    case 'sized': {
      const of = measuring!
      measuring = undefined
      batch(() => {
        now.value = undefined
        keep(of, answer.result)
      })
      goOn()
    }
  }
}

/** Adds what the worker does not know: who was left out, and why. */
function keep(of: Course, result: SizeResult): void {
  const old = allResults.peek()[of.id] ?? []
  const names = runnersOf(of).map(({ name }) => name)
  const standings: Record<string, Standing> = {}
  const staying = stays(
    old.filter(({ n }) => n < result.n),
    names,
    result.flops,
  )
  for (const name of names) {
    const standing = result.standings[name] ?? staying.get(name)
    // Who is left out in the middle of a size has no point there.
    const isOut = allLeftOut.peek()[of.id]?.has(name) && !(standing && result.isWhole)
    if (isOut) standings[name] = { kind: 'left-out' }
    else if (standing) standings[name] = standing
  }
  allResults.value = { ...allResults.peek(), [of.id]: withResult(old, { ...result, standings }) }
}

/** Follows the page: another course, a hidden tab, the end. */
export function followRace(): () => void {
  const stopFollowing = effect(() => {
    const at = course.value
    if (face.value === 'race' && measuring && measuring !== at) endSize()
    else if (isOn.peek()) goOn()
  })
  const onVisibility = (): void => {
    isHidden.value = document.hidden
    if (document.hidden) endSize()
    else goOn()
  }
  onVisibility()
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    stopFollowing()
    document.removeEventListener('visibilitychange', onVisibility)
    isOn.value = false
    close()
  }
}
