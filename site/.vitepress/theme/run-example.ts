/**
 * An example of the reference with a button that runs it here. The library is loaded at the first
 * run. Below the example stands what it shows, and whether that is what its comments say.
 */

import { withBase } from 'vitepress'
import { type Component, defineComponent, h, ref } from 'vue'
import { programOf, shownValue, statementsOf } from '../../../scripts/examples.ts'

type Library = Readonly<Record<string, unknown>> & {
  readonly toNested: (x: never) => unknown
}

type Program = (...values: unknown[]) => Promise<unknown[]>
const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Program

let library: Promise<Library> | undefined
const load = (): Promise<Library> => {
  library ??= import(/* @vite-ignore */ withBase('/library.js')) as Promise<Library>
  return library
}

interface Outcome {
  /** One line for each value. */
  readonly text: string
  readonly state: 'same' | 'other' | 'failed'
}

async function outcomeOf(example: string): Promise<Outcome> {
  try {
    const names = await load()
    const statements = statementsOf(example)
    // A block, because an example may give its own value a name of the library.
    const program = new AsyncFunction(...Object.keys(names), `{${programOf(statements)}}`)
    const values = await program(...Object.values(names))
    const expected = statements
      .filter(({ comment }) => comment !== '')
      .map(({ comment }) => new Function(`return (${comment})`)() as unknown)
    const [shown, said] = [values, expected].map((list) =>
      list.map((value) => textOf(shownValue(value, names.toNested))).join('\n'),
    )
    return { text: shown!, state: shown === said ? 'same' : 'other' }
  } catch (error) {
    return { text: String(error), state: 'failed' }
  }
}

/** As in JavaScript: JSON has no NaN, Infinity, −0 and undefined. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "\\'")}'`
  if (typeof value !== 'object' || value === null) return String(value)
  const parts = Object.entries(value).map(([key, part]) => `${key}: ${textOf(part)}`)
  return `{ ${parts.join(', ')} }`
}

const titles = {
  same: 'Shows, as the comments say:',
  other: 'Shows:',
  failed: 'Failed:',
} as const

export const RunExample: Component = defineComponent({
  setup(_, { slots }) {
    const root = ref<HTMLElement>()
    const outcome = ref<Outcome>()
    const isRunning = ref(false)

    const run = async (): Promise<void> => {
      const example = root.value?.querySelector('pre code')?.textContent ?? ''
      isRunning.value = true
      outcome.value = await outcomeOf(example)
      isRunning.value = false
    }

    return () =>
      h('div', { ref: root, class: 'example' }, [
        slots.default?.(),
        h(
          'button',
          { type: 'button', class: 'run', disabled: isRunning.value, onClick: run },
          'Run',
        ),
        h('div', { role: 'status', class: 'outcome', 'data-state': outcome.value?.state }, [
          ...(outcome.value === undefined
            ? []
            : [h('span', titles[outcome.value.state]), h('pre', outcome.value.text)]),
        ]),
      ])
  },
})
