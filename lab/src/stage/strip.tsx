/**
 * The strip below the stage: a live drawing of every view, which opens it; and the ways for readers
 * of an article.
 */

import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { type DockName, dockNames, firstState } from '../state/state.ts'
import { change } from '../state/store.ts'
import { colours } from './colours.ts'
import { openDock } from './dock.tsx'
import { prepare } from './draw-planes.ts'
import { layout } from './layout.ts'
import { texts } from './messages/index.ts'
import { pause } from './player.ts'
import { dock, place, stageModel } from './stage.ts'
import { thumbnails } from './thumbnails.ts'
import { middleOf } from './words.ts'

const deskThumbnail = { width: 80, height: 50 }
const phoneThumbnail = { width: 96, height: 56 }

export function Strip(): JSX.Element {
  const text = texts()
  return (
    <>
      <div class="foot-line">
        <span class="lead">{text.lookAs(stageModel.value.taps)}</span>
        <Question />
        <ArticleLinks />
      </div>
      <div class="thumbnails">
        {dockNames.map((name) => (
          <Thumbnail key={name} name={name} />
        ))}
      </div>
    </>
  )
}

function Thumbnail({ name }: { readonly name: DockName }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null)
  const frame = useRef(0)
  // The drawing follows one frame later, so that it never delays the window.
  useSignalEffect(() => {
    const model = stageModel.value
    const at = place.value
    const { isPhone } = layout.value
    const now = colours.value
    cancelAnimationFrame(frame.current)
    frame.current = requestAnimationFrame(() => {
      if (!canvas.current) return
      const { width, height } = isPhone ? phoneThumbnail : deskThumbnail
      const context = prepare(canvas.current, width, height)
      thumbnails[name]({ context, width, height, model, place: at, colours: now })
    })
  })
  useEffect(() => () => cancelAnimationFrame(frame.current), [])
  const [title, small] = texts().docks[name]
  return (
    <button
      type="button"
      class="thumbnail"
      data-dock={name}
      aria-pressed={dock.value === name}
      onClick={() => {
        pause()
        openDock(name)
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <span>
        {title}
        <small>{small}</small>
      </span>
    </button>
  )
}

/** A first question, with the kernel that answers it. */
function Question(): JSX.Element {
  const text = texts()
  return (
    <span class="question">
      {text.question}{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          pause()
          const model = stageModel.peek()
          const values = new Array<number>(model.taps).fill(0)
          values[middleOf(model)] = 1
          change({ kernel: { values: model.geometry.flip ? values.reverse() : values } })
        }}
      >
        {text.answer}
      </button>
    </span>
  )
}

/** The example of the article, with its own numbers. */
const articleExample = {
  problem: '1x1x3x3 * 1x1x2x2',
  input: { values: [3, 9, 0, 2, 8, 1, 1, 4, 8] },
  kernel: { values: [8, 9, 4, 4] },
  bias: 0.06,
  focus: { output: [0, 0, 0, 0] },
} as const

function ArticleLinks(): JSX.Element {
  const text = texts()
  const { problem, input, kernel, focus } = firstState
  return (
    <span class="article">
      {text.fromArticle}{' '}
      {stageModel.value.isPicture ? (
        <button
          type="button"
          class="link"
          onClick={() => {
            pause()
            change({ ...articleExample, tap: undefined, wrote: undefined })
          }}
        >
          {text.articleExample}
        </button>
      ) : (
        <button
          type="button"
          class="link"
          onClick={() => {
            pause()
            change({ problem, input, kernel, focus, bias: 0, tap: undefined, wrote: undefined })
          }}
        >
          {text.toPicture}
        </button>
      )}{' '}
      ·{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          pause()
          if (dock.peek() !== 'sizes') openDock('sizes')
        }}
      >
        {text.threeModes}
      </button>{' '}
      ·{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          pause()
          change({ story: { name: 'list' } })
        }}
      >
        {text.stepByStep}
      </button>
    </span>
  )
}
