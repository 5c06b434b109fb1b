/** The page: one slice at a time. A control that moves ends the reading of the slice before. */

import type { NdArray } from 'stridefold'
import { Slices } from './slices.ts'

const find = <E extends Element>(selector: string): E => {
  const element = document.querySelector<E>(selector)
  if (element === null) throw new Error(`index.html has no ${selector}`)
  return element
}

const picture = find<HTMLCanvasElement>('#picture')
const depth = find<HTMLInputElement>('#depth')
const blur = find<HTMLInputElement>('#blur')
const white = find<HTMLInputElement>('#white')
const address = find<HTMLInputElement>('#address')
const level = find<HTMLInputElement>('#level')
const status = find<HTMLElement>('#status')

let slices: Slices | undefined
/** The slice that is shown, for another white. */
let shown: NdArray | undefined
/** Ends what is being read. */
let work = new AbortController()

performance.setResourceTimingBufferSize(10_000)
address.value = new URL('sample.zarr', document.baseURI).href

for (const control of [depth, blur]) control.addEventListener('input', () => start(showSlice))
white.addEventListener('input', paint)
find('#open').addEventListener('submit', (event) => {
  event.preventDefault()
  start(openVolume)
})
start(openVolume)

function start(run: (signal: AbortSignal) => Promise<void>): void {
  work.abort()
  work = new AbortController()
  const { signal } = work
  run(signal).catch((error: unknown) => {
    if (signal.aborted) return
    status.className = 'bad'
    status.textContent = error instanceof Error ? error.message : String(error)
  })
}

/** The volume before stays if the new one cannot be opened. */
async function openVolume(signal: AbortSignal): Promise<void> {
  say('Opening …')
  const next = await Slices.open(address.value, level.valueAsNumber, signal)
  if (signal.aborted) return next.close()
  await slices?.close()
  slices = next
  find('#about').textContent = next.about
  depth.max = String(next.size[0] - 1)
  depth.value = String(Math.floor(next.size[0] / 2))
  await showSlice(signal)
}

async function showSlice(signal: AbortSignal): Promise<void> {
  // A volume that is still being opened must not be forgotten.
  if (slices === undefined) return openVolume(signal)
  find('#depthText').textContent = `${depth.value} of ${slices.size[0]}`
  find('#blurText').textContent = `sigma ${blur.value} ${slices.unit}`
  say('Reading …')
  const start = performance.now()
  const options = { blur: blur.valueAsNumber, signal }
  shown = await slices.read(depth.valueAsNumber, options)
  signal.throwIfAborted()
  paint()
  const milliseconds = performance.now() - start
  say(`Read and filtered in ${milliseconds.toFixed(0)} ms. ${trafficText()}`)
}

/** Black to green to white. */
function paint(): void {
  find('#whiteText').textContent = white.value
  if (shown === undefined) return
  const [height, width] = shown.shape as [number, number]
  Object.assign(picture, { width, height })
  const image = new ImageData(width, height)
  for (let i = 0; i < width * height; i++) {
    const value = Math.min(1, Math.max(0, shown.data[i]! / white.valueAsNumber))
    image.data.set([255 * value ** 3, 255 * value, 255 * value ** 2, 255], 4 * i)
  }
  picture.getContext('2d')?.putImageData(image, 0, 0)
}

/** What came over the network from the address of the volume. */
function trafficText(): string {
  const entries = performance
    .getEntriesByType('resource')
    .filter(({ name }) => name.startsWith(address.value)) as PerformanceResourceTiming[]
  const bytes = entries.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  return `So far ${(bytes / 1e6).toFixed(2)} MB came in ${entries.length} requests.`
}

function say(text: string): void {
  status.className = ''
  status.textContent = text
}
