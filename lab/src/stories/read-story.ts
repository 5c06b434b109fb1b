/**
 * Reads a story from JSON. Every fault is named with its place, what came and what was needed. A
 * story is valid if its texts and links are, and if the lab can compute every answer, which is
 * checked apart because it takes longer.
 */

import { messageOf } from '../model/message-of.ts'
import { answerOf, linkState } from './answers.ts'
import {
  type CellArray,
  type Choice,
  cellArrays,
  type Question,
  type Step,
  type Story,
  type Text,
} from './story.ts'

export interface StoryFault {
  /** Such as `steps[2].ask.number`. */
  readonly place: string
  readonly message: string
}

export type ReadStory = { readonly story: Story } | { readonly faults: readonly StoryFault[] }

const maxSteps = 100

/** A part of the JSON with its place. Every reader adds its faults to the list. */
class Part {
  readonly value: unknown
  readonly place: string
  readonly faults: StoryFault[]

  constructor(value: unknown, place: string, faults: StoryFault[]) {
    this.value = value
    this.place = place
    this.faults = faults
  }

  fault(message: string): void {
    this.faults.push({ place: this.place, message })
  }

  /** A member of an object. A value that is no object is a fault once, where it is read first. */
  at(name: string): Part {
    const { value } = this
    const place = this.place === '' ? name : `${this.place}.${name}`
    return new Part(isRecord(value) ? value[name] : undefined, place, this.faults)
  }

  get isThere(): boolean {
    return this.value !== undefined
  }

  list(what: string): readonly Part[] {
    const { value } = this
    if (!Array.isArray(value) || value.length === 0) {
      this.fault(`${described(value)}, needed ${what}`)
      return []
    }
    return value.map((item, i) => new Part(item, `${this.place}[${i}]`, this.faults))
  }

  string(what: string): string {
    const { value } = this
    if (typeof value === 'string' && value.trim() !== '') return value
    this.fault(`${described(value)}, needed ${what}`)
    return ''
  }

  /** A text for both languages, or one for each. A language that is missing gets the other. */
  text(): Text {
    const { value } = this
    if (typeof value === 'string' && value.trim() !== '') return { en: value, zh: value }
    if (isRecord(value)) {
      const { en, zh } = value
      const first = [en, zh].find((text) => typeof text === 'string' && text.trim() !== '')
      if (typeof first === 'string')
        return {
          en: typeof en === 'string' ? en : first,
          zh: typeof zh === 'string' ? zh : first,
        }
    }
    this.fault(`${described(value)}, needed a text, or {"en": …, "zh": …}`)
    return { en: '', zh: '' }
  }

  link(): string {
    const text = this.string('a link of the lab, such as "v1&case=3x3_*_2x2"').replace(/^.*#/, '')
    if (text !== '') this.check(() => linkState(text))
    return text
  }

  /** Adds a fault if the check throws. */
  check(run: () => unknown): void {
    try {
      run()
    } catch (error) {
      this.fault(messageOf(error).replace(/\.$/, ''))
    }
  }

  /** Names that the format does not have: most are typing mistakes. */
  allow(names: readonly string[]): void {
    if (!isRecord(this.value)) return
    for (const name of Object.keys(this.value))
      if (!names.includes(name))
        this.at(name).fault(`is not part of the format. Known here: ${names.join(', ')}`)
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function described(value: unknown): string {
  if (value === undefined) return 'nothing came'
  const text = JSON.stringify(value) ?? String(value)
  return `${text.length > 40 ? `${text.slice(0, 37)}…` : text} came`
}

export function readStory(text: string): ReadStory {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { faults: [{ place: '', message: `This is not JSON: ${messageOf(error)}` }] }
  }
  const faults: StoryFault[] = []
  const part = new Part(json, '', faults)
  if (!isRecord(json)) {
    part.fault(`${described(json)}, needed {"title": …, "steps": […]}`)
    return { faults }
  }
  part.allow(['title', 'about', 'steps'])
  const steps = part.at('steps').list('a list of steps')
  if (steps.length > maxSteps)
    part.at('steps').fault(`${steps.length} steps came, at most ${maxSteps} are possible`)
  const story: Story = {
    title: part.at('title').text(),
    about: part.at('about').isThere ? part.at('about').text() : { en: '', zh: '' },
    steps: steps.slice(0, maxSteps).map(readStep),
  }
  return faults.length > 0 ? { faults } : { story }
}

function readStep(part: Part): Step {
  part.allow(['link', 'say', 'ask'])
  const ask = part.at('ask')
  return {
    link: part.at('link').link(),
    say: part.at('say').text(),
    ask: ask.isThere ? readQuestion(ask) : undefined,
  }
}

/** The questions of a valid story that the lab cannot answer. `rest` runs between two steps. */
export async function answerFaults(
  { steps }: Story,
  rest: () => Promise<unknown>,
): Promise<readonly StoryFault[]> {
  const faults: StoryFault[] = []
  for (const [i, step] of steps.entries()) {
    const { ask } = step
    if (ask) new Part(ask, `steps[${i}].ask`, faults).check(() => answerOf(step, ask))
    await rest()
  }
  return faults
}

const kinds = ['number', 'choices', 'cell', 'find'] as const

function readQuestion(part: Part): Question | undefined {
  const found = kinds.filter((kind) => part.at(kind).isThere)
  const [kind] = found
  if (kind === undefined || found.length > 1) {
    part.fault(
      `${found.length === 0 ? 'no answer came' : `${found.join(' and ')} came`}, ` +
        `needed one of ${kinds.join(', ')}`,
    )
    return undefined
  }
  part.allow(['question', 'because', 'reveal', 'other', ...allowed[kind]])
  const shared = {
    question: part.at('question').text(),
    because: part.at('because').text(),
    reveal: part.at('reveal').isThere ? part.at('reveal').link() : undefined,
    other: part.at('other').isThere ? part.at('other').link() : undefined,
  }
  switch (kind) {
    case 'number': {
      const wrong = part.at('wrong')
      return {
        kind,
        ...shared,
        number: part.at('number').string('an expression, such as "output:0,0,0,1"'),
        wrong: wrong.isThere
          ? wrong.list('a list of wrong numbers').map((item) => ({
              number: item.at('number').string('an expression'),
              why: item.at('why').text(),
            }))
          : [],
      }
    }
    case 'choices':
      return { kind, ...shared, choices: part.at('choices').list('choices').map(readChoice) }
    case 'cell':
      return {
        kind,
        ...shared,
        of: readArray(part.at('cell')),
        where: part.at('where').string('a condition, such as "uses:* = 4"'),
      }
    case 'find': {
      const is = part.at('is')
      const heads = (name: 'rows' | 'columns'): readonly Text[] | undefined =>
        part.at(name).isThere
          ? part
              .at(name)
              .list('names')
              .map((item) => item.text())
          : undefined
      return {
        kind,
        ...shared,
        shown: part.at('find').list('rows of numbers').map(readNumbers),
        is:
          typeof is.value === 'string'
            ? readArray(is)
            : is
                .list('an array, or rows of expressions')
                .map((line) =>
                  line.list('a row of expressions').map((cell) => cell.string('an expression')),
                ),
        rows: heads('rows'),
        columns: heads('columns'),
      }
    }
  }
}

const allowed = {
  number: ['number', 'wrong'],
  choices: ['choices'],
  cell: ['cell', 'where'],
  find: ['find', 'is', 'rows', 'columns'],
} as const

function readChoice(part: Part): Choice {
  part.allow(['text', 'if', 'why'])
  return {
    text: part.at('text').text(),
    if: part.at('if').string('a condition, such as "taps = 4"'),
    why: part.at('why').isThere ? part.at('why').text() : undefined,
  }
}

function readArray(part: Part): CellArray {
  const name = cellArrays.find((candidate) => candidate === part.value)
  if (name === undefined)
    part.fault(`${described(part.value)}, needed one of ${cellArrays.join(', ')}`)
  return name ?? 'output'
}

const readNumbers = (part: Part): readonly number[] =>
  part.list('a row of numbers').map((cell) => {
    if (typeof cell.value === 'number') return cell.value
    cell.fault(`${described(cell.value)}, needed a number`)
    return 0
  })
