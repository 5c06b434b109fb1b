/**
 * Stories over any face: the panel of the open story, or the list of all. Loaded when the state has
 * a story.
 */

import './stories.css'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { part } from '../state/store.ts'
import { StoryList } from './list.tsx'
import { StoryPanel } from './panel.tsx'
import { followShortLink, loadStories, own, stories, told } from './teller.ts'

const open = part('story')

export default function Stories(): JSX.Element | null {
  useEffect(() => {
    void loadStories().then(followShortLink)
  }, [])
  if (told.value) return <StoryPanel />
  const now = open.value
  const isThere = stories.value.im2col !== undefined
  return isThere && now && (now.name === 'list' || (now.name === 'own' && !own.value)) ? (
    <StoryList isGone={now.name === 'own'} />
  ) : null
}
