/**
 * A part of a JSON file with its place. Reading a value of another kind adds a fault, with what
 * came and what was needed, and goes on with an empty value. So one reading finds all faults.
 */

import { messageOf } from '../model/message-of.ts'
import { linkState } from './answers.ts'
import type { Text } from './story.ts'

export interface StoryFault {
  /** Such as `steps[2].ask.number`. */
  readonly place: string
  readonly message: string
}

/** A part of the JSON with its place. Every reader adds its faults to the list. */
export class Part {
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

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function described(value: unknown): string {
  if (value === undefined) return 'nothing came'
  const text = JSON.stringify(value) ?? String(value)
  return `${text.length > 40 ? `${text.slice(0, 37)}…` : text} came`
}
