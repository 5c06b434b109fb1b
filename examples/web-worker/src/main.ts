/** The page: controls, a clock that shows that the page goes on, and one job at a time. */

import type { Jobs, Settings } from './messages.ts'
import { PictureWorker } from './picture-worker.ts'

const find = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}

const canvas = find<HTMLCanvasElement>('#picture')
const clock = find<HTMLElement>('#clock')
const filterMenu = find<HTMLSelectElement>('#filter')
const size = find<HTMLInputElement>('#size')
const amount = find<HTMLOutputElement>('#amount')
const cancel = find<HTMLButtonElement>('#cancel')
const file = find<HTMLInputElement>('#file')
const status = find<HTMLElement>('#status')

const worker = new PictureWorker(canvas)
/** The picture to open before the next job. Without a file the worker draws one. */
let unopened: Jobs['open']['job'] | undefined = { file: undefined }
/** Ends the job that runs. */
let job = new AbortController()
/** The longest time between two frames of this page since the last job began, in milliseconds. */
let longestPause = 0

for (const control of [filterMenu, size])
  control.addEventListener('input', () => startJob(filterPicture))
cancel.addEventListener('click', () => {
  job.abort()
  show('Cancelled. The picture is as before.')
})
find('#open').addEventListener('click', () => file.click())
file.addEventListener('change', () => {
  const [chosen] = file.files ?? []
  if (chosen) {
    unopened = { file: chosen }
    startJob(filterPicture)
  }
  // So that the same file can be chosen again.
  file.value = ''
})
find('#save').addEventListener('click', () => startJob(savePicture))

startClock()
startJob(filterPicture)

/** Starts a job. The one before ends, so that no old result is shown after a new one. */
function startJob(run: (signal: AbortSignal) => Promise<string>): void {
  job.abort()
  job = new AbortController()
  const { signal } = job
  cancel.disabled = false
  longestPause = 0
  amount.value = `${size.value} px`
  run(signal)
    .then((text) => show(text))
    .catch((error: unknown) => {
      if (!signal.aborted) show(error instanceof Error ? error.message : String(error), true)
    })
    .finally(() => {
      if (signal === job.signal) cancel.disabled = true
    })
}

async function filterPicture(signal: AbortSignal): Promise<string> {
  if (unopened !== undefined) await openPicture(unopened, signal)
  show('Filtering …')
  const settings: Settings = {
    filter: filterMenu.value as Settings['filter'],
    size: size.valueAsNumber,
  }
  const { milliseconds } = await worker.run('filter', settings, signal)
  const threads = crossOriginIsolated ? 'threads share memory' : 'threads have copies'
  return (
    `Filtered in ${milliseconds.toFixed(0)} ms (${threads}). No frame of this page took ` +
    `longer than ${longestPause.toFixed(0)} ms meanwhile.`
  )
}

/** A picture that cannot be opened is forgotten. One whose opening was aborted is still to open. */
async function openPicture(picture: Jobs['open']['job'], signal: AbortSignal): Promise<void> {
  show('Opening …')
  try {
    const { width, height } = await worker.run('open', picture, signal)
    canvas.style.aspectRatio = `${width} / ${height}`
  } catch (error) {
    if (!signal.aborted) unopened = undefined
    throw error
  }
  unopened = undefined
}

async function savePicture(signal: AbortSignal): Promise<string> {
  show('Encoding …')
  const address = URL.createObjectURL(await worker.run('save', undefined, signal))
  Object.assign(document.createElement('a'), { href: address, download: 'picture.png' }).click()
  // The browser has begun to read the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
  return 'Saved as picture.png.'
}

/** A script turns the hand, so it stands still if scripts of this page must wait. */
function startClock(): void {
  let last = performance.now()
  const turn = (now: number): void => {
    longestPause = Math.max(longestPause, now - last)
    last = now
    clock.style.setProperty('--turn', `${now / 2000}turn`)
    requestAnimationFrame(turn)
  }
  requestAnimationFrame(turn)
  // Browsers pause the frames of pages that nobody sees: that does not count.
  document.addEventListener('visibilitychange', () => {
    last = performance.now()
  })
}

function show(text: string, isError = false): void {
  status.className = isError ? 'bad' : ''
  status.textContent = text
}
