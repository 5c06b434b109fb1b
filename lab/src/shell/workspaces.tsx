/**
 * Named sets of views, each with an example that fits them.
 */

import type { JSX } from 'preact'
import type { Messages } from '../messages/en.ts'
import { messages } from '../messages/messages.ts'
import { defaultState, type LabState, usualViews } from '../state/state.ts'
import { change } from '../state/store.ts'
import { smoothingExample } from '../views/smoothing.tsx'

type Name = keyof Messages['workspaces']

/**
 * The examples of the articles use square or symmetric numbers, which hide mistakes. These examples
 * have the same operations with other numbers.
 */
const workspaces: Readonly<Record<Name, Partial<LabState>>> = {
  first: { ...exampleOf(defaultState), views: ['slide', 'arithmetic', 'modes'] },
  article1: {
    problem: '1x1x5x6 * 1x1x2x2',
    input: { seed: 1 },
    kernel: { seed: 2 },
    focus: { output: [0, 0, 1, 2] },
    views: ['slide', 'im2col', 'memory'],
  },
  article2: {
    problem: '1x1x4x5 * 1x1x3x2 p2,1 flip',
    input: { seed: 1 },
    kernel: { seed: 2 },
    focus: { output: [0, 0, 2, 3] },
    views: ['slide', 'flip', 'modes', 'toeplitz'],
  },
  signal: { ...smoothingExample, views: ['smoothing', 'arithmetic', 'toeplitz'] },
  layer: {
    problem: '2x4x6x5 * 6x2x3x2 s2,1 p1,0:1 g2',
    input: { seed: 1 },
    kernel: { seed: 2 },
    focus: { output: [1, 4, 1, 2] },
    views: ['slide', 'arithmetic', 'im2col', 'toeplitz'],
  },
  everything: { ...exampleOf(defaultState), views: usualViews },
}

function exampleOf({ problem, input, kernel, bias, focus }: LabState): Partial<LabState> {
  return { problem, input, kernel, bias, focus }
}

export function Workspaces(): JSX.Element {
  const w = messages()
  return (
    <label class="row examples">
      {w.workspace}{' '}
      <select
        value=""
        onChange={(event) => {
          const name = (Object.keys(workspaces) as Name[]).find(
            (workspace) => workspace === event.currentTarget.value,
          )
          if (name) change({ tap: undefined, bias: 0, ...workspaces[name] })
          event.currentTarget.value = ''
        }}
      >
        <option value="">{w.choose}</option>
        {(Object.keys(workspaces) as Name[]).map((name) => (
          <option key={name} value={name}>
            {w.workspaces[name]}
          </option>
        ))}
      </select>
    </label>
  )
}
