/**
 * What the first screen shows now: the model of the problem, the place of the window, the products
 * there, and what the window has passed. All parts of the screen and all docked views read these
 * signals. Only the functions here change them.
 */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { DockName } from '../state/state.ts'
import { activeFocus, change, isOnStage, part, pin, state } from '../state/store.ts'
import { type Region, regionAround, wholeRegion } from './region.ts'
import {
  type Place,
  type Product,
  productsAt,
  type StageModel,
  stageModelOf,
} from './stage-model.ts'

const [problem, input, kernel, divisor, bias] = [
  part('problem'),
  part('input'),
  part('kernel'),
  part('divisor'),
  part('bias'),
]
export const dock: ReadonlySignal<DockName | undefined> = part('dock')

let lastModel: StageModel | undefined
/** While the page leaves the first screen, its parts read the last model once more. */
export const stageModel: ReadonlySignal<StageModel> = computed(() => {
  if (lastModel === undefined || isOnStage.value)
    lastModel = stageModelOf({
      problem: problem.value,
      input: input.value,
      kernel: kernel.value,
      divisor: divisor.value,
      bias: bias.value,
    })
  return lastModel
})

/** The place of the current output. Without a focus it is the first. */
export const place: ReadonlySignal<Place> = computed(() => {
  const { output } = stageModel.value
  const focus = activeFocus.value
  const index = focus && 'output' in focus ? focus.output : []
  return {
    x: clamp(index.at(-1) ?? 0, output.width),
    y: clamp(index.length > 1 && output.height > 1 ? index.at(-2)! : 0, output.height),
  }
})

const clamp = (at: number, extent: number): number => Math.max(0, Math.min(extent - 1, at))

/** The number of the current output, row by row. */
export const position: ReadonlySignal<number> = computed(
  () => place.value.y * stageModel.value.output.width + place.value.x,
)

export const products: ReadonlySignal<readonly Product[]> = computed(() =>
  productsAt(stageModel.value, place.value),
)

/**
 * The product of a tap. A cell of a larger kernel may ask once more before it is removed; it gets
 * a product of zeros.
 */
export const productOf = (tap: number): Product => products.value[tap] ?? noProduct
const noProduct: Product = {
  tap: 0,
  x: 0,
  y: 0,
  isPadding: true,
  value: 0,
  weight: 0,
  product: 0,
}

/** The tap under the pointer or the keyboard focus, or the one that Play adds now. */
export const activeTap: Signal<number | undefined> = signal(undefined)

/**
 * The sample of the padded input under the pointer or the keyboard focus, where a docked view shows
 * samples outside the window too.
 */
export const activeSample: Signal<Place | undefined> = signal(undefined)

/** The number of products that Play has added at the first place; undefined: all. */
export const added: Signal<number | undefined> = signal(undefined)

/** Counted up by a docked view whose ends of lines have moved. */
export const wireEnds: Signal<number> = signal(0)

/** Whether a docked view may replace the whole picture by the numbers around the window. */
export const mayZoom: Signal<boolean> = signal(true)

/** Whether the planes show numbers around the window instead of the whole picture. */
export const isZoomed: ReadonlySignal<boolean> = computed(
  () => stageModel.value.isSmall || (dock.value !== undefined && mayZoom.value),
)

/** The most outputs of the region around the window, in x and y. Small screens show fewer. */
export const regionLimit: Signal<Place> = signal({ x: 5, y: 3 })

let lastRegion: Region | undefined
/**
 * The part of the planes around the window. Planes with few numbers are shown whole. The region
 * moves only as far as the window forces it.
 */
export const region: ReadonlySignal<Region> = computed(() => {
  const model = stageModel.value
  lastRegion = model.isSmall
    ? wholeRegion(model)
    : regionAround(model, place.value, regionLimit.value, lastRegion)
  return lastRegion
})

/** The part of the planes that is drawn. */
export const shownRegion: ReadonlySignal<Region> = computed(() =>
  isZoomed.value ? region.value : wholeRegion(stageModel.value),
)

/** What the window has passed: 1 for every output that is drawn. It is changed in place. */
let passed = new Uint8Array(0)
let passedModel: StageModel | undefined
const passedChanges = signal(0)

/** The outputs that the window has passed. Reading it listens to changes. */
export function passedOutputs(): Uint8Array {
  passedChanges.value
  const model = stageModel.value
  const count = model.output.width * model.output.height
  if (!passedModel || !hasSameOutput(passedModel, model)) {
    passed = new Uint8Array(count)
    passed.fill(1, 0, position.peek() + 1)
  }
  passedModel = model
  return passed
}

const hasSameOutput = (a: StageModel, b: StageModel): boolean =>
  a.output.width === b.output.width && a.output.height === b.output.height

/** Changes the outputs that count as passed, and redraws them. */
export function pass(edit: (outputs: Uint8Array) => void): void {
  edit(passedOutputs())
  passedChanges.value = passedChanges.peek() + 1
}

/** Moves the window. The outputs on the way there count as passed, unless it jumps. */
export function moveTo({ x, y }: Place, jumps = false): void {
  const { output, geometry } = stageModel.peek()
  const from = place.peek()
  const to = { x: clamp(x, output.width), y: clamp(y, output.height) }
  batch(() => {
    pass((outputs) => {
      const [dx, dy] = jumps ? [0, 0] : [to.x - from.x, to.y - from.y]
      const steps = Math.max(Math.abs(dx), Math.abs(dy), 1)
      const start = jumps ? to : from
      for (let i = 0; i <= steps; i++)
        outputs[
          Math.round(start.y + (dy * i) / steps) * output.width +
            Math.round(start.x + (dx * i) / steps)
        ] = 1
    })
    activeTap.value = undefined
    pin({ output: [0, 0, ...(geometry.axes.length > 1 ? [to.y, to.x] : [to.x])] })
  })
}

/** Moves the window to the output with this number. */
export function moveToPosition(number: number, jumps = true): void {
  const { width, height } = stageModel.peek().output
  const at = clamp(number, width * height)
  moveTo({ x: at % width, y: Math.floor(at / width) }, jumps)
}

/** Opens a view beside the picture; closes the one that is open. */
export function toggleDock(name: DockName): void {
  batch(() => {
    mayZoom.value = true
    activeTap.value = undefined
    change({ dock: state.peek().dock === name ? undefined : name })
  })
}

/** A weight as it multiplies, put back into the given kernel. */
export function setWeight(tap: number, value: number): void {
  const model = stageModel.peek()
  const weights = [...Array.from(model.kernel.data)]
  weights[tap] = value
  change({
    kernel: { values: model.geometry.flip ? weights.reverse() : weights },
    divisor: model.divisor,
  })
}

/** Another sample of the input. A picture cannot be edited. */
export function setSample(x: number, y: number, value: number): void {
  const { input: plane, before } = stageModel.peek()
  const samples = Array.from(plane.data)
  samples[(y - before.y) * plane.width + x - before.x] = value
  change({ input: { values: samples } })
}

/** Forgets what the pointer was at when the problem changes: it belongs to the old one. */
export const followModel = (): (() => void) =>
  effect(() => {
    stageModel.value
    activeTap.value = undefined
    activeSample.value = undefined
    added.value = undefined
  })
