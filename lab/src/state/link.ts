/**
 * Converts the state to the part of an address after '#', and back:
 * `v1&case=7x9_*_3x2_p1&at=output:0,0,2,3`. A link holds only what differs from the default state.
 * So links stay short, and people can read and edit them.
 *
 * A part that is not valid is reported, and its default is used. So a broken link still shows
 * something.
 */

import { fields } from './fields.ts'
import { defaultState, type LabState, usualSeeds } from './state.ts'
import { unlinkedNames } from './unlinked.ts'
import { errorMessage, type FaultyPart, resetInvalid } from './valid.ts'

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
    if (Object.is(state[name], expected[name]) || unlinked.includes(name)) return []
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
 * Leaves commas and other signs unescaped that are safe in an address and easy to read. Most texts
 * have nothing to escape, and a list of numbers may be long.
 */
const escapeText = (text: string): string =>
  /^[\w.,:/-]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%(2C|3A|2F|3B|3D)/g, (code) => decodeURIComponent(code))

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
  const given = {
    ...defaultState,
    ...(values.problem === undefined || values.problem === defaultState.problem
      ? {}
      : seededDefaults),
    ...values,
  } as LabState
  const { state, faults } = resetInvalid(given)
  for (const { part, reason } of faults)
    linkErrors.push({ part: shorten(faultText(part, given)), reason })
  return { state, linkErrors }
}

/** A part of a state that was reset, as the list of errors names it. */
function faultText(part: FaultyPart, { problem, focus, cell, wrote }: LabState): string {
  if (part === 'problem') return problem
  if (part === 'focus') return fields.focus.write(focus)
  if (part === 'cell') return `cell=${cell}`
  return part === 'wrote' ? `wrote=${wrote!.element}` : fields[part].key
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

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text)
