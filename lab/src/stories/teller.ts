/**
 * The open story: its step, what the page shows for it, and what the reader has answered. Answers
 * and a story from a file are kept while the page is open; only the step is in the link.
 */

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { pass, position } from '../stage/stage.ts'
import { linkOf } from '../state/link.ts'
import { defaultState, type LabState } from '../state/state.ts'
import { change, isOnStage, part, state, withUsualViews } from '../state/store.ts'
import { type Answer, answerOf, linkState } from './answers.ts'
import type { StoryFault } from './json-part.ts'
import { readStory } from './read-story.ts'
import type { Step, Story } from './story.ts'
import { type StoryName, storyNames } from './story-names.ts'

/** A story from a file, with the text of the file, so that it can be saved again. */
export interface OwnStory {
  readonly story: Story
  readonly text: string
  readonly fileName: string
}

export const own: Signal<OwnStory | undefined> = signal(undefined)
/** What was wrong with the last file. */
export const ownFaults: Signal<readonly StoryFault[]> = signal([])
export const stories: Signal<Partial<Record<StoryName, Story>>> = signal({})

const files: Readonly<Record<StoryName, () => Promise<{ readonly default: string }>>> = {
  im2col: () => import('./articles/im2col.json?raw'),
  modes: () => import('./articles/modes.json?raw'),
}

/** Loads the stories of the lab. A test holds that they have no fault. */
export async function loadStories(): Promise<void> {
  const texts = await Promise.all(storyNames.map(async (name) => (await files[name]()).default))
  const read = storyNames.map((name, i) => {
    const result = readStory(texts[i]!)
    if ('faults' in result) throw new Error(`${name}: ${result.faults[0]!.message}`)
    return [name, result.story]
  })
  stories.value = Object.fromEntries(read)
}

const openStory = part('story')

export interface Told {
  readonly name: StoryName | 'own'
  readonly story: Story
  /** From 0. */
  readonly at: number
  readonly step: Step
}

/** The open story; undefined while it is loaded, if the list is open, or if its file is gone. */
export const told: ReadonlySignal<Told | undefined> = computed(() => {
  const open = openStory.value
  if (!open || !('step' in open)) return undefined
  const story = open.name === 'own' ? own.value?.story : stories.value[open.name]
  if (!story) return undefined
  const at = Math.min(open.step, story.steps.length) - 1
  return { name: open.name, story, at, step: story.steps[at]! }
})

/** How the question of a step was answered: by the reader, or shown. */
export type Outcome = 'right' | 'shown'
const outcomes: Signal<ReadonlyMap<Step, Outcome>> = signal(new Map())

export const outcomeOf = (step: Step): Outcome | undefined => outcomes.value.get(step)

const answers = new WeakMap<Step, Answer>()

/** The answer of a step with a question, computed at the first use. */
export function answer(step: Step): Answer {
  const known = answers.get(step) ?? answerOf(step, step.ask!)
  answers.set(step, known)
  return known
}

/** What belongs to the reader, not to a step. */
type Kept = 'language' | 'theme' | 'present' | 'shortcuts' | 'story'
type Shown = Omit<LabState, Kept>

function withoutKept(state: LabState): Shown {
  const { language, theme, present, shortcuts, story, ...shown } = state
  return shown
}

/** What the page shows, as a link: without language, theme, and the story itself. */
export const shownLink = (state: Shown): string =>
  linkOf({ ...defaultState, ...state, ...keptDefaults })
const { language, theme, present, shortcuts, story } = defaultState
const keptDefaults: Pick<LabState, Kept> = { language, theme, present, shortcuts, story }

const stateOfLink = (link: string): Shown => withoutKept(withUsualViews(linkState(link)))

/** What the page shows at a step: with the answer, as soon as it is known. */
function shownAt(step: Step): Shown {
  const { ask, link } = step
  if (!ask || !outcomes.peek().has(step)) return stateOfLink(link)
  if (ask.reveal !== undefined) return stateOfLink(ask.reveal)
  const place = ask.kind === 'number' ? /^output:([\d,]+)$/.exec(ask.number)?.[1] : undefined
  const shown = stateOfLink(link)
  return place === undefined ? shown : { ...shown, focus: { output: place.split(',').map(Number) } }
}

/** Whether the reader has left what the step shows. */
export const hasLeft: ReadonlySignal<boolean> = computed(() => {
  const now = told.value
  outcomes.value
  return now !== undefined && shownLink(withoutKept(state.value)) !== shownLink(shownAt(now.step))
})

/**
 * Only the outputs up to the window count as passed at a step, whatever was passed before: the next
 * one may be asked for.
 */
export function passOutputs(): void {
  told.value
  outcomes.value
  if (!isOnStage.peek()) return
  pass((outputs) => outputs.fill(0).fill(1, 0, position.peek() + 1))
}

/** Counted up when the text of a step shall get the focus. */
export const focusCalls: Signal<number> = signal(0)

/** Goes to a step, from 0, of a story that is loaded. */
export function goTo(name: StoryName | 'own', at: number): void {
  const story = name === 'own' ? own.peek()?.story : stories.peek()[name]
  const step = story?.steps[at]
  if (!step) return
  change({ ...shownAt(step), story: { name, step: at + 1 } })
  focusCalls.value = focusCalls.peek() + 1
}

/** One step on or back. At the ends nothing happens. */
export function turn(by: 1 | -1): void {
  const now = told.peek()
  if (now) goTo(now.name, now.at + by)
}

/** Shows again what the step shows. */
export function restore(): void {
  const now = told.peek()
  if (!now) return
  change(shownAt(now.step))
  passOutputs()
}

/** The answer is known now, and the page shows it. */
export function settle(step: Step, outcome: Outcome): void {
  outcomes.value = new Map(outcomes.peek()).set(step, outcome)
  change(shownAt(step))
}

/** A short link, such as `#v1&story=im2col:3`, shows the step itself. */
export function followShortLink(): void {
  const now = told.peek()
  if (now && shownLink(withoutKept(state.peek())) === shownLink(withoutKept(defaultState)))
    restore()
}

export const close = (): void => change({ story: undefined })
export const openList = (): void => change({ story: { name: 'list' } })

/** The story that follows. After the last one comes none. */
export function following(name: StoryName | 'own'): StoryName | undefined {
  const next = name === 'own' ? undefined : storyNames[storyNames.indexOf(name) + 1]
  return next
}
