/**
 * The line of memory around the window, as a grid with one row for each run. Samples of the window
 * have the colour of their tap. Padding is hatched: it has no address. Below the line are the
 * elements and bytes of the runs, and the jumps between them.
 */

import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { activeTap, moveTo, stageModel } from '../stage.ts'
import type { StageModel } from '../stage-model.ts'
import { makeOnlyStop } from './grid-focus.ts'
import { inLanguage } from './language.ts'
import { outputOver, type Tape } from './memory-layout.ts'
import { arcHeight, drawTape, numbersOf, type Spot } from './memory-tape-draw.ts'
import { memoryText } from './memory-text.ts'
import { useFollowing } from './patch.ts'

interface TapeProps {
  readonly model: StageModel
  readonly tape: Tape
  readonly bytes: number
  /** The width of the column with the names of the rows. */
  readonly names: number
  readonly hasNames: boolean
}

export function MemoryTape({ model, tape, bytes, names, hasNames }: TapeProps): JSX.Element {
  const w = inLanguage(memoryText)
  const grid = useRef<HTMLDivElement>(null)
  const jumps = useRef<SVGSVGElement>(null)
  const spots = useRef<readonly Spot[]>([])
  const { runs, places, pitch, gap } = tape
  const isBetween = numbersOf(model, tape, bytes).isBetween
  // Other inputs draw every cell again.
  let last: readonly Spot[] = []
  const draw = (): void => {
    if (!grid.current || !jumps.current || stageModel.value !== model) return
    const cells = grid.current.querySelectorAll<HTMLElement>('[role=gridcell]')
    last = drawTape(cells, jumps.current, { model, tape, bytes, text: w }, last)
    spots.current = last
  }
  useFollowing(draw, [model, tape, bytes, w])

  const pointAt = (target: EventTarget | null): void => {
    activeTap.value = spotOf(target)?.tap
  }
  const spotOf = (target: EventTarget | null): Spot | undefined => {
    const cell = (target as Element | null)?.closest?.('[role=gridcell]')
    return cell ? spots.current[Number((cell as HTMLElement).dataset.spot)] : undefined
  }
  const choose = (spot: Spot | undefined): void => {
    if (!spot) return
    if (spot.tap !== undefined) activeTap.value = spot.tap
    else moveTo(outputOver(model, spot.x, spot.y))
  }
  const focusSpot = (number: number): void => {
    const cell = grid.current!.querySelectorAll<HTMLElement>('[role=gridcell]')[number]!
    cell.focus()
  }
  // A click and a screen reader move the focus too, not only keys.
  const onFocusIn = (event: FocusEvent): void => {
    const cell = (event.target as Element).closest<HTMLElement>('[role=gridcell]')
    if (cell) makeOnlyStop(grid.current!, cell)
    pointAt(cell)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = Number((event.target as HTMLElement).dataset.spot)
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      choose(spots.current[at])
      return
    }
    const to = keyTarget(event, at, runs, places)
    if (to === undefined) return
    event.preventDefault()
    focusSpot(to)
  }
  return (
    <div class="memory-line" style={{ '--names': `${names}px` }}>
      <div
        ref={grid}
        class="tape"
        role="grid"
        aria-label={w.grid}
        data-digits={tape.hasDigits}
        data-picture={model.isPicture}
        style={{ '--pitch': `${pitch}px`, '--gap': `${gap}px` }}
        onPointerOver={(event) => event.pointerType === 'mouse' && pointAt(event.target)}
        onPointerLeave={(event) => event.pointerType === 'mouse' && pointAt(null)}
        onFocusIn={onFocusIn}
        onFocusOut={() => pointAt(null)}
        onClick={(event) => choose(spotOf(event.target))}
        onKeyDown={onKeyDown}
      >
        {Array.from({ length: runs }, (_, run) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the cells have the focus.
          <div key={run} class="tape-run" role="row" data-cut={gap > 0 && run < runs - 1}>
            {Array.from({ length: places }, (_, across) => (
              <div
                key={across}
                role="gridcell"
                data-spot={run * places + across}
                tabIndex={run + across === 0 ? 0 : -1}
              >
                <span class="place-value" />
                <span class="place-element" aria-hidden="true" />
                <span class="place-byte" aria-hidden="true" />
              </div>
            ))}
          </div>
        ))}
      </div>
      {hasNames && (
        <div class="tape-names" aria-hidden="true">
          <span>{w.element}</span>
          <span>{w.byte}</span>
        </div>
      )}
      <svg
        ref={jumps}
        class="jumps"
        data-between={isBetween}
        height={model.kernel.height > 1 ? arcHeight : 0}
        aria-hidden="true"
      >
        {Array.from({ length: Math.max(0, model.kernel.height - 1) }, (_, i) => (
          <g key={i}>
            <path class="arc" />
            <path class="arc-head" />
            <text class="jump" y={arcHeight - (isBetween ? 4 : 2)} />
          </g>
        ))}
      </svg>
    </div>
  )
}

function keyTarget(
  event: KeyboardEvent,
  at: number,
  runs: number,
  places: number,
): number | undefined {
  const last = runs * places - 1
  const run = Math.floor(at / places)
  const targets: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - places,
    ArrowDown: at + places,
    Home: event.ctrlKey ? 0 : run * places,
    End: event.ctrlKey ? last : run * places + places - 1,
  }
  const to = targets[event.key]
  if (to === undefined || event.altKey || event.metaKey) return undefined
  // Ctrl with an arrow belongs to the browser.
  if (event.ctrlKey && event.key.startsWith('Arrow')) return undefined
  return to < 0 || to > last ? at : to
}
