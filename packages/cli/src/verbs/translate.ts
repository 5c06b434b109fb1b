/**
 * `translate CASE --to NAME`: the same operation as code for another library, or the reason why
 * that library has no equivalent.
 */

import { type ConvGeometry, checkedFit, OptionError, parseCase } from 'stridefold/sync'
import { type Io, print, printJson } from '../io.ts'
import { systems } from '../translate/systems.ts'
import type { System, TranslatedArray, Translation } from '../translate/translation.ts'

export async function translateCase(
  text: string,
  { to, json }: { to: string; json?: boolean },
  io: Io,
): Promise<void> {
  const geometry = checkedFit(parseCase(text))
  rejectEmpty(geometry)
  const system = systems.find(({ name }) => name === to)!
  const translation = system.translate(geometry)
  if (json) {
    const { x, k, y, code, notes } = translation
    const of = (array: TranslatedArray): object => ({ dtype: geometry.dtype, ...array })
    await printJson(io, 'translate', {
      to,
      language: system.language,
      case: geometry.key,
      code,
      x: of(x),
      k: of(k),
      y: of(y),
      notes,
    })
  } else await print(io.stdout, page(system, geometry, translation))
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

/** The code, with its inputs and outputs as comments above. The whole text can be pasted. */
function page(
  { title, language }: System,
  { key, dtype }: ConvGeometry,
  { code, x, k, y, notes }: Translation,
): string {
  const mark = language === 'javascript' ? '//' : '#'
  const written = (name: string, array: TranslatedArray): string =>
    `${name}: ${array.dtype ?? dtype} ` +
    `[${array.shape.join(', ')}]${array.axes && ` (${array.axes})`}`
  const head = [
    `${key} in ${title}`,
    `${written('x', x)}, ${written('k', k)} → ${written('y', y)}`,
    ...notes,
  ]
  return [...head.map((line) => `${mark} ${line}`), '', code].join('\n')
}
