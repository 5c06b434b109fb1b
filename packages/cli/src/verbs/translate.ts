/**
 * `translate CASE --to NAME`: the same operation as code for another library, or the reason why
 * that library has no equivalent. `translate CODE --from NAME` reads code of a library first.
 */

import { existsSync } from 'node:fs'
import { type ConvGeometry, checkedFit, OptionError, parseCase } from 'stridefold/sync'
import { usageError } from '../failure.ts'
import { absolutePath, type Io, print, printJson } from '../io.ts'
import { readInput } from '../read-input.ts'
import type { SystemName } from '../translate/names.ts'
import { type Answer, page } from '../translate/page.ts'
import { systems } from '../translate/systems.ts'
import type { System, TranslatedArray } from '../translate/translation.ts'

export interface TranslateFlags {
  readonly to?: SystemName
  readonly from?: SystemName
  readonly input?: readonly number[]
  readonly kernel?: readonly number[]
  readonly json?: boolean
}

export async function translate(text: string, flags: TranslateFlags, io: Io): Promise<void> {
  if (flags.from === undefined) return translateCase(text, flags, io)
  return translateCode(text, flags.from, flags, io)
}

async function translateCase(
  text: string,
  { to, input, kernel, json }: TranslateFlags,
  io: Io,
): Promise<void> {
  if (to === undefined)
    throw usageError('Give --to NAME for a case, or --from NAME for code of a library.')
  if (input !== undefined || kernel !== undefined)
    throw usageError('--input and --kernel belong to --from: a case has its own extents.')
  const geometry = checkedFit(parseCase(text))
  rejectEmpty(geometry)
  const system = systemOf(to)
  await show({ system, geometry, translation: system.translate(geometry) }, json, io)
}

async function translateCode(
  text: string,
  from: SystemName,
  { to = 'stridefold', input, kernel, json }: TranslateFlags,
  io: Io,
): Promise<void> {
  const { readCode } = await import('../translate/read/readers.ts')
  const { biasNote, ownCall } = await import('../translate/own-call.ts')
  const reading = readCode(await codeText(text, io), from, { input, kernel })
  const { geometry, convolution } = reading
  rejectEmpty(geometry)
  const system = systemOf(to)
  const isOwn = to === 'stridefold'
  const translation = isOwn ? ownCall(reading) : system.translate(geometry)
  const notes = [
    ...reading.notes,
    ...convolution.notes,
    ...(isOwn || convolution.bias === undefined ? [] : [biasNote(convolution.bias)]),
    ...translation.notes,
  ]
  await show(
    { system, geometry, from: systemOf(from), translation: { ...translation, notes } },
    json,
    io,
  )
}

const systemOf = (name: SystemName): System => systems.find((system) => system.name === name)!

/** The code itself, or the contents of the file or of stdin that the argument names. */
async function codeText(argument: string, io: Io): Promise<string> {
  const isPath =
    argument === '-' || !/[\s({]/.test(argument) || existsSync(absolutePath(argument, io))
  return isPath ? Buffer.from(await readInput(argument, io, maxCodeBytes)).toString() : argument
}

/** The most bytes of code that are read; real calls have fewer than 10,000. */
const maxCodeBytes = 2 ** 20

async function show(answer: Answer, json: boolean | undefined, io: Io): Promise<void> {
  const { system, geometry, translation, from } = answer
  if (!json) return print(io.stdout, page(answer))
  const { x, k, y, code, notes } = translation
  const of = (array: TranslatedArray): object => ({ dtype: geometry.dtype, ...array })
  return printJson(io, 'translate', {
    ...(from ? { from: from.name } : {}),
    to: system.name,
    language: system.language,
    case: geometry.key,
    code,
    x: of(x),
    k: of(k),
    y: of(y),
    notes,
  })
}

function rejectEmpty({ key, batch, channels, filters, axes }: ConvGeometry): void {
  if ([batch, channels, filters, ...axes.map(({ input }) => input)].every((extent) => extent > 0))
    return
  throw new OptionError(
    'TRANSLATION_REFUSED',
    `The case ${key} has an extent of 0, and libraries differ for empty arrays. Give every ` +
      'extent at least 1.',
  )
}
