/**
 * The loop of the page: draw a frame, filter it, show it, wait for the next one. A control that
 * changes aborts what is being computed, so the page always shows what the controls say.
 */

import { filters } from './filters.ts'
import { camera, drawing, photo, type Source } from './sources.ts'

const find = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}
const contextOf = (selector: string): CanvasRenderingContext2D => {
  const canvas = find<HTMLCanvasElement>(selector)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('This browser gives no more canvases.')
  return context
}

const [before, after] = [contextOf('#before'), contextOf('#after')]
const divider = find<HTMLInputElement>('#divider')
const sourceMenu = find<HTMLSelectElement>('#source')
const filterMenu = find<HTMLSelectElement>('#filter')
const strength = find<HTMLInputElement>('#strength')
const amount = find<HTMLOutputElement>('#amount')
const pause = find<HTMLButtonElement>('#pause')
const file = find<HTMLInputElement>('#file')
const status = find<HTMLElement>('#status')

let source: Source = drawing
let seconds = 0
/** Aborted whenever a control changes. */
let change = new AbortController()

filterMenu.append(...filters.map(({ name }) => new Option(name)))
divider.addEventListener('input', () =>
  divider.parentElement?.style.setProperty('--divider', `${divider.value}%`),
)
for (const control of [filterMenu, strength]) control.addEventListener('input', restart)
pause.addEventListener('click', () => {
  pause.ariaPressed = String(!isPaused())
  restart()
})
sourceMenu.addEventListener('change', () => {
  if (sourceMenu.value === 'photo') file.click()
  else void open(sourceMenu.value === 'camera' ? camera() : drawing)
})
file.addEventListener('change', () => {
  const [chosen] = file.files ?? []
  if (chosen) void open(photo(chosen))
})
file.addEventListener('cancel', () => void open(drawing))

void run()

function isPaused(): boolean {
  return pause.ariaPressed === 'true'
}

function restart(): void {
  change.abort()
}

/** Changes the source. If it cannot be opened, the drawing comes back. */
async function open(next: Source | Promise<Source>): Promise<void> {
  source.close()
  source = drawing
  try {
    source = await next
  } catch (error) {
    sourceMenu.value = 'drawing'
    show(error)
  }
  restart()
}

async function run(): Promise<never> {
  for (;;) {
    change = new AbortController()
    const { signal } = change
    try {
      await renderFrame(signal)
      await (isPaused() ? untilAborted(signal) : nextFrame())
    } catch (error) {
      if (signal.aborted) continue
      show(error)
      await untilAborted(signal)
    }
  }
}

async function renderFrame(signal: AbortSignal): Promise<void> {
  const { width, height } = before.canvas
  const filter = filters[filterMenu.selectedIndex]
  if (filter === undefined) throw new Error('Choose a filter.')
  amount.value = filter.label(strength.valueAsNumber)
  source.draw(before, seconds)
  const image = before.getImageData(0, 0, width, height)
  const start = performance.now()
  after.putImageData(await filter.apply(image, strength.valueAsNumber, signal), 0, 0)
  const milliseconds = performance.now() - start
  status.className = ''
  status.textContent = `${width} × ${height}, filtered in ${milliseconds.toFixed(1)} ms`
}

/** Time goes on only while frames are shown. */
async function nextFrame(): Promise<void> {
  const [last, now] = [performance.now(), await new Promise<number>(requestAnimationFrame)]
  seconds += (now - last) / 1000
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function show(error: unknown): void {
  status.className = 'bad'
  status.textContent = error instanceof Error ? error.message : String(error)
}
