/**
 * Reads a story from JSON. Every fault is named with its place, what came and what was needed. A
 * story is valid if its texts and links are, and if the lab can compute every answer, which is
 * checked apart because it takes longer.
 */

import { messageOf } from '../model/message-of.ts'
import { answerOf } from './answers.ts'
import { described, isRecord, Part, type StoryFault } from './json-part.ts'
import {
  type CellArray,
  type Choice,
  cellArrays,
  type Question,
  type Step,
  type Story,
  type Text,
} from './story.ts'

export type ReadStory = { readonly story: Story } | { readonly faults: readonly StoryFault[] }

const maxSteps = 100

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
