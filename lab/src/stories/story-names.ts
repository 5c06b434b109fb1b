/**
 * Which story is open, and at which step, as the state and the link have it: `im2col:3`, `own:1`
 * for a story from a file, `list` for the list of all stories.
 */

/** The stories of the lab: one for each article. */
export const storyNames = ['im2col', 'modes'] as const
export type StoryName = (typeof storyNames)[number]

export type OpenStory =
  | { readonly name: 'list' }
  /** `step` counts from 1. A step behind the last one is the last one. */
  | { readonly name: StoryName | 'own'; readonly step: number }

const maxSteps = 999

export const writeOpenStory = (story: OpenStory): string =>
  'step' in story ? `${story.name}:${story.step}` : story.name

export function readOpenStory(text: string): OpenStory {
  if (text === 'list') return { name: 'list' }
  const [word, number = '1'] = text.split(':')
  const name = [...storyNames, 'own' as const].find((candidate) => candidate === word)
  if (name === undefined)
    throw new Error(`'${word}' is not one of ${storyNames.join(', ')}, own, list`)
  const step = Number(number)
  if (!Number.isInteger(step) || step < 1 || step > maxSteps)
    throw new Error(`'${number}' is not a step. Steps count from 1`)
  return { name, step }
}
