/** The page of `npm run check:responsive`: what runs in the browser. */

/** What a page saw while a call ran. */
export interface Seen {
  /** Milliseconds of the call. */
  readonly took: number
  /** The longest time between two frames, in milliseconds. */
  readonly frame: number
}

/** What the script of the page offers. */
export interface CallPage {
  readonly names: readonly string[]
  /** Makes the arrays of a call. */
  prepare(name: string): Promise<void>
  /** Makes a call between two marks. `withOut`: into the result of the call before. */
  measure(name: string, withOut: boolean): Promise<Seen>
}

/** A module beside `library.js`. */
export const pageScript: string = `
import { conv2d, correlate, kernels, ndarray } from './library.js'

function fill(shape) {
  const length = shape.reduce((n, extent) => n * extent, 1)
  const data = new Float32Array(length)
  for (let i = 0; i < length; i++) data[i] = ((i * 7) % 31) / 8 - 2
  return ndarray(data, shape)
}
const cases = {
  'correlate 8000×5000, Gaussian 15×15': {
    arrays: () => [fill([5000, 8000]), kernels.gaussian({ size: 15, sigma: 2.5 })],
    call: (x, k, out) => correlate(x, k, { boundary: 'reflect', ...out }),
  },
  'conv2d 2×64×112² * 128×64×3×3': {
    arrays: () => [fill([2, 64, 112, 112]), fill([128, 64, 3, 3])],
    call: (x, k, out) => conv2d(x, k, { padding: 1, ...out }),
  },
  'correlate 1920×1080, 63×63': {
    arrays: () => [fill([1080, 1920]), fill([63, 63])],
    call: (x, k, out) => correlate(x, k, { ...out }),
  },
}
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const prepared = new Map()
const results = new Map()

globalThis.prepare = async (name) => {
  prepared.clear()
  results.clear()
  prepared.set(name, cases[name].arrays())
  await sleep(300)
}
globalThis.measure = async (name, withOut) => {
  const [x, k] = prepared.get(name)
  const out = withOut ? { out: results.get(name) } : {}
  let [last, frame, isOver] = [performance.now(), 0, false]
  const onFrame = (now) => {
    frame = Math.max(frame, performance.now() - last)
    last = performance.now()
    if (!isOver) requestAnimationFrame(onFrame)
  }
  await new Promise((resolve) => requestAnimationFrame(resolve))
  last = performance.now()
  requestAnimationFrame(onFrame)
  performance.mark('begin')
  const start = performance.now()
  const y = await cases[name].call(x, k, out)
  const took = performance.now() - start
  performance.mark('end')
  await new Promise((resolve) => requestAnimationFrame(resolve))
  isOver = true
  results.set(name, y)
  await sleep(100)
  return { took, frame }
}
globalThis.names = Object.keys(cases)
document.title = 'ready'
`
