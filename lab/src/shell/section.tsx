/**
 * The section of one view: title, description, and the highlight it shows. An observer reports
 * whether the section is visible.
 */

import { useSignalEffect } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { messages } from '../messages/messages.ts'
import { follower, HighlightContext } from '../model/follow-highlight.ts'
import { isComputing, isReplaced } from '../model/shared.ts'
import type { ViewName } from '../state/state.ts'
import { Computing } from '../views/computing.tsx'
import { useTurn } from './turns.ts'

export function Section({
  name,
  view: View,
}: {
  readonly name: ViewName
  readonly view: ComponentType
}): JSX.Element {
  const section = useRef<HTMLElement>(null)
  const { highlighted, setInSight: seen, follow } = useMemo(follower, [])
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => seen(entries.at(-1)!.isIntersecting))
    observer.observe(section.current!)
    const stop = follow()
    return () => {
      observer.disconnect()
      stop()
    }
  }, [seen, follow])
  const mayDraw = !isReplaced.value
  const isDrawn = useTurn(mayDraw).value && mayDraw
  // The control that changed the problem may be in this view. The keyboard focus then stays on the
  // section.
  useSignalEffect(() => {
    if (isReplaced.value && section.current?.contains(document.activeElement))
      section.current.focus()
  })
  const w = messages()
  return (
    <section
      ref={section}
      class={`view view-${name}`}
      aria-labelledby={`title-${name}`}
      aria-busy={!isDrawn || isComputing.value}
      tabIndex={-1}
    >
      <div class="view-head">
        <h2 id={`title-${name}`}>{w.views[name]}</h2>
        <p class="about">{w.about[name]}</p>
      </div>
      {isDrawn ? (
        <HighlightContext.Provider value={highlighted}>
          <View />
        </HighlightContext.Provider>
      ) : (
        <Computing />
      )}
    </section>
  )
}
