/** A plane that is one slider over its cells: arrow keys move, and a press chooses. */

import type { ComponentChildren, HTMLAttributes, JSX, TargetedKeyboardEvent } from 'preact'
import { type ShadePath, shades } from './plane-paths.ts'

interface PlaneProps {
  readonly id: string
  readonly kind: 'input' | 'output' | 'product'
  readonly title: string
  readonly width: number
  readonly height: number
  readonly children: ComponentChildren
  /** A plane without it is only looked at: `spoken` describes it. */
  readonly slider?: {
    readonly at: number
    readonly count: number
    /** Where an arrow key leads to. */
    readonly moved: (key: string) => number | undefined
    readonly choose: (place: number) => void
    readonly press?: () => void
  }
  readonly spoken: string
  readonly pointer?: HTMLAttributes<HTMLDivElement>
}

export function Plane(props: PlaneProps): JSX.Element {
  const { id, kind, title, width, height, children, slider, spoken, pointer } = props
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (!slider || event.ctrlKey || event.altKey || event.metaKey) return
    const place = slider.moved(event.key)
    const isPress = event.key === ' ' || event.key === 'Enter'
    if (place === undefined && !(isPress && slider.press)) return
    event.preventDefault()
    if (place === undefined) slider.press!()
    else slider.choose(place)
  }
  const drawing = (
    <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {children}
    </svg>
  )
  return (
    <figure class={`network-plane of-${kind}`}>
      <figcaption>{title}</figcaption>
      {slider ? (
        <div
          id={id}
          role="slider"
          tabIndex={0}
          aria-label={title}
          aria-valuemin={1}
          aria-valuemax={slider.count}
          aria-valuenow={slider.at + 1}
          aria-valuetext={spoken}
          onKeyDown={onKeyDown}
          {...pointer}
        >
          {drawing}
        </div>
      ) : (
        <div id={id} role="img" aria-label={spoken}>
          {drawing}
        </div>
      )}
    </figure>
  )
}

export const Shades = ({
  paths,
  kind,
}: {
  readonly paths: readonly ShadePath[]
  readonly kind: string
}): JSX.Element => (
  <g class={kind}>
    {paths.map(({ shade, path }) => (
      <path key={shade} d={path} fill-opacity={shade / shades} />
    ))}
  </g>
)
