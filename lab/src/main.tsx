/**
 * The entry point: reads the link, loads what the first screen needs, and draws the page: the first
 * screen, the picture page, or the workspace with several views. The last two are loaded when they
 * are needed.
 */

import { effect, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { type ComponentType, render } from 'preact'
import { useEffect } from 'preact/hooks'
import { parseCase } from 'stridefold/sync'
import { exchange } from './exchange/exchange-state.ts'
import { takeTextAndFiles } from './exchange/listen.ts'
import { loadPictures } from './model/pictures.ts'
import { loadForPlane } from './model/plane-sums.ts'
import { registerServiceWorker } from './offline/update.ts'
import { pages } from './pages/pages.ts'
import { keepFocus } from './shell/keep-focus.ts'
import { followColours, refreshColours } from './stage/colours.ts'
import { Later, type Part } from './stage/later.tsx'
import { followLanguage, texts } from './stage/messages/index.ts'
import { stageModel } from './stage/stage.ts'
import { Stage } from './stage/stage-page.tsx'
import { goToEmbed, isEmbedded } from './state/embedded.ts'
import { type Face, face, followAddress, isOnStage, part } from './state/store.ts'

/** The faces that are loaded when they are needed. */
type LoadedFace = Exclude<Face, 'stage'>
const loaders: Readonly<Record<LoadedFace, () => Promise<ComponentType>>> = {
  ...pages,
  photo: async () => (await import('./photo/photo-page.tsx')).PhotoPage,
  workspace: async () => (await import('./shell/workspace.tsx')).Workspace,
}
const loaded = signal<Partial<Record<LoadedFace, ComponentType>>>({})

const story = part('story')
const loadStories = (): Promise<Part> => import('./stories/stories.tsx')

/** The open face, and a story over it. */
function Page(): JSX.Element {
  return (
    <>
      <OpenFace />
      {story.value && <Later load={loadStories} />}
    </>
  )
}

function OpenFace(): JSX.Element {
  const now = face.value
  useEffect(() => {
    document.documentElement.dataset.face = now
    if (now === 'stage') document.title = texts().title
    else if (!loaded.peek()[now])
      void loaders[now]().then((View) => {
        loaded.value = { ...loaded.peek(), [now]: View }
      })
  })
  const View = now === 'stage' ? Stage : loaded.value[now]
  return (
    <>
      {View ? <View /> : <p role="status">{texts().loading}</p>}
      {exchange.value !== undefined && <Later load={loadExchange} />}
    </>
  )
}

const loadExchange = (): Promise<Part> => import('./exchange/dialogs.tsx')

/** Not at the top of this file: a file that is loaded later waits until this one has run. */
async function start(): Promise<void> {
  if (goToEmbed()) return
  await followAddress()
  const [language, theme] = [part('language'), part('theme')]
  // This must run before the first drawing, because canvases read their colours from the page.
  effect(() => {
    const root = document.documentElement
    root.lang = language.value === 'zh' ? 'zh-Hans' : 'en'
    root.dataset.theme = theme.value
    refreshColours()
  })
  followColours()
  await Promise.all([
    loadPictures(),
    followLanguage(),
    isOnStage.peek() && loadForPlane(parseCase(part('problem').peek())),
  ])
  // The result of a large plane is computed in a task of its own, before the page is drawn.
  if (isOnStage.peek()) {
    stageModel.value
    await new Promise((resolve) => setTimeout(resolve))
  }
  const root = document.getElementById('lab')!
  keepFocus(root)
  if (!isEmbedded()) takeTextAndFiles()
  const speaker = new URLSearchParams(location.search).get('speaker')
  if (speaker === null) render(<Page />, root)
  else {
    const { Speaker } = await import('./stage/speaker.tsx')
    document.documentElement.dataset.face = 'stage'
    render(<Speaker channelName={speaker} />, root)
  }
  // Registration fails if the browser blocks storage. The page then works online only.
  if (import.meta.env.PROD && !isEmbedded() && 'serviceWorker' in navigator)
    void registerServiceWorker().catch(() => undefined)
}
void start()
