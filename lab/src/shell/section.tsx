/**
 * The section of one view: title, description, and the highlight it shows. An observer reports
 * whether the section is visible.
 */

import type { ComponentType, JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { follower, HighlightContext } from '../model/follow-highlight.ts'
import type { ViewName } from '../state/state.ts'
import { messages } from '../messages/messages.ts'

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
  const w = messages()
  return (
    <section ref={section} class={`view view-${name}`} aria-labelledby={`title-${name}`}>
      <div class="view-head">
        <h2 id={`title-${name}`}>{w.views[name]}</h2>
        <p class="about">{w.about[name]}</p>
      </div>
      <HighlightContext.Provider value={highlighted}>
        <View />
      </HighlightContext.Provider>
    </section>
  )
}
