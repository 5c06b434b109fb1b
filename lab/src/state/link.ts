/**
 * Converts the state to the part of an address after '#', and back:
 * `v1&case=7x9_*_3x2_p1&at=output:0,0,2,3`. A link holds only what differs from the default state.
 * So links stay short, and people can read and edit them.
 *
 * A part that is not valid is reported, and its default is used. So a broken link still shows
 * something.
 */

import { checkedFit, type ConvGeometry, parseCase } from 'stridefold/sync'
import { product } from '../model/numbers.ts'
import { fields, maxValues } from './fields.ts'
import { rejectFocus } from './focus-fits.ts'
import { inputShape, kernelShape } from './resized.ts'
import {
  defaultState,
  type LabState,
  type Numbers,
  pictureShape,
  usualSeeds,
  writtenValue,
} from './state.ts'
import { unlinkedNames } from './unlinked.ts'

const linkVersion = 'v1'

/** A part of a link that is not valid, and the reason. */
export interface LinkError {
  readonly part: string
  readonly reason: string
}

export interface ReadLink {
  readonly state: LabState
  readonly linkErrors: readonly LinkError[]
}

type Name = keyof LabState
const names = Object.keys(fields) as Name[]

export function linkOf(state: LabState): string {
  const expected =
    state.problem === defaultState.problem ? defaultState : { ...defaultState, ...seededDefaults }
  const unlinked: readonly Name[] = unlinkedNames(state)
  const parts = names.flatMap((name) => {
    if (state[name] === expected[name] || unlinked.includes(name)) return []
    const text = fieldText(name, state)
    return text === fieldText(name, expected) ? [] : [`${fields[name].key}=${escapeText(text)}`]
  })
  return [linkVersion, ...parts].join('&')
}

// Each field has the type of the part of the state with the same name. TypeScript cannot infer this
// for a variable name.
const fieldText = (name: Name, state: LabState): string =>
  (fields[name].write as (value: LabState[Name]) => string)(state[name])

/**
 * Leaves commas, colons and slashes unescaped: they are safe in an address and easy to read. Most
 * texts have nothing to escape, and a list of numbers may be long.
 */
const escapeText = (text: string): string =>
  /^[\w.,:/-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%(2C|3A|2F)/g, (code) => decodeURIComponent(code))

export function stateOf(fragment: string): ReadLink {
  const text = fragment.replace(/^#/, '')
  if (text === '') return { state: defaultState, linkErrors: [] }
  const [version, ...parts] = text.split('&')
  if (version !== linkVersion)
    return {
      state: defaultState,
      linkErrors: [{ part: shorten(text), reason: `a link must start with ${linkVersion}` }],
    }
  const linkErrors: LinkError[] = []
  const values: Partial<Record<Name, unknown>> = {}
  for (const part of parts) {
    const [key = '', ...valueParts] = part.split('=')
    const name = names.find((candidate) => fields[candidate].key === key)
    try {
      if (name === undefined) throw new Error(`'${shorten(key)}' is not a setting`)
      values[name] = fields[name].read(decoded(valueParts.join('=')))
    } catch (error) {
      linkErrors.push({ part: shorten(part), reason: errorMessage(error) })
    }
  }
  const { state, linkErrors: resetErrors } = resetInvalid({
    ...defaultState,
    ...(values.problem === undefined || values.problem === defaultState.problem
      ? {}
      : seededDefaults),
    ...values,
  } as LabState)
  return { state, linkErrors: [...linkErrors, ...resetErrors] }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`'${text}' is not text of an address`)
  }
}

/**
 * Defaults for a problem other than the example. The numbers and the focus of the example do not
 * fit another problem. So the numbers follow from a seed, unless the link has its own.
 */
const seededDefaults = {
  input: { seed: usualSeeds.input },
  kernel: { seed: usualSeeds.kernel },
  focus: undefined,
} as const

export const maxElements: number = 1 << 20
const maxProducts = 2 ** 28

/** Resets parts that contradict each other, such as a focus outside its array. */
export function resetInvalid(state: LabState): ReadLink {
  const linkErrors: LinkError[] = []
  let result = state
  const resetIfInvalid = (part: string, check: () => void, instead: Partial<LabState>): void => {
    try {
      check()
    } catch (error) {
      linkErrors.push({ part: shorten(part), reason: errorMessage(error) })
      result = { ...result, ...instead }
    }
  }
  const { problem, input, kernel, focus, bias } = defaultState
  resetIfInvalid(state.problem, () => rejectSize(state.problem), {
    problem,
    input,
    kernel,
    focus,
    bias,
    tap: undefined,
  })
  const g = parseCase(result.problem)
  const counts = { input: product(inputShape(g)), kernel: product(kernelShape(g)) }
  for (const name of ['input', 'kernel'] as const) {
    const numbers = result[name]
    const check = (): void => {
      if ('values' in numbers && numbers.values.length !== counts[name]) {
        throw new Error(
          `${name} has ${numbers.values.length} numbers, but ${result.problem} needs ${counts[name]}`,
        )
      }
      if ('picture' in numbers) rejectPicture(numbers, name, g)
    }
    resetIfInvalid(fields[name].key, check, { [name]: { seed: usualSeeds[name] } })
  }
  const at = result.focus
  if (at)
    resetIfInvalid(fields.focus.write(at), () => rejectFocus(g, at), {
      focus: undefined,
      tap: undefined,
    })
  resetInvalidView(result, resetIfInvalid)
  return { state: result, linkErrors }
}

/** A picture is an input with one plane of the extents of the picture. */
function rejectPicture(
  { picture }: Extract<Numbers, { picture: string }>,
  name: 'input' | 'kernel',
  g: ConvGeometry,
): void {
  const extents = g.axes.map((axis) => axis.input).join('x')
  if (name === 'kernel' || g.batch * g.channels !== 1 || extents !== pictureShape.join('x'))
    throw new Error(`the picture ${picture} is one plane of ${pictureShape.join('x')} numbers`)
}

/** Resets a cell that the view does not have, and a write that the input no longer holds. */
function resetInvalidView(
  { view, cell, wrote, input, problem }: LabState,
  resetIfInvalid: (part: string, check: () => void, instead: Partial<LabState>) => void,
): void {
  const g = parseCase(problem)
  const shape = view?.shape ?? inputShape(g)
  if (cell)
    resetIfInvalid(
      `cell=${cell}`,
      () => {
        if (cell.length !== shape.length || cell.some((i, axis) => i >= shape[axis]!))
          throw new Error(`a view of shape ${shape} has no such cell`)
      },
      { cell: undefined },
    )
  if (wrote)
    resetIfInvalid(
      `wrote=${wrote.element}`,
      () => {
        if (!('values' in input) || input.values[wrote.element] !== writtenValue)
          throw new Error(`element ${wrote.element} of the input is not ${writtenValue}`)
      },
      { wrote: undefined },
    )
}

/** The reason why the lab cannot show a problem in case notation; undefined if it can. */
export function problemWith(problem: string): string | undefined {
  try {
    rejectSize(problem)
    return undefined
  } catch (error) {
    return errorMessage(error)
  }
}

function rejectSize(problem: string): void {
  const g = checkedFit(parseCase(problem))
  if (g.axes.length > 3)
    throw new Error(`the problem has ${g.axes.length} axes, but the lab shows at most 3`)
  const extents = [
    g.batch * g.channels * product(g.axes.map((axis) => axis.input)),
    g.batch * g.filters * product(g.axes.map((axis) => axis.output)),
    g.filters * (g.channels / g.groups) * product(g.axes.map((axis) => axis.kernel)),
  ]
  const padded =
    g.batch *
    g.channels *
    product(
      g.axes.map(
        (axis) =>
          axis.input * axis.inputDilation + Math.max(0, axis.before) + Math.max(0, axis.after),
      ),
    )
  const taps = extents[1]! * (g.channels / g.groups) * product(g.axes.map((axis) => axis.kernel))
  if (Math.min(...extents) < 1) throw new Error('an array is empty, so there is nothing to draw')
  if (Math.max(...extents, padded) > maxElements)
    throw new Error(`an array has more than ${maxElements} elements, the limit of the lab`)
  if (taps > maxProducts)
    throw new Error(`the problem has ${taps} products, but the limit of the lab is ${maxProducts}`)
  if (extents[2]! > maxValues)
    throw new Error(
      `the kernel has ${extents[2]} weights, but the limit of the lab is ${maxValues}`,
    )
}
const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)
const errorMessage = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
