/** The text of a story of the lab. */

import { readFileSync } from 'node:fs'
import type { StoryName } from '../src/stories/story-names.ts'

export const storyText = (name: StoryName): string =>
  readFileSync(new URL(`../src/stories/articles/${name}.json`, import.meta.url), 'utf8')
