/**
 * The words of the command line as the library's options. Lists have a comma between axes: `--mode
 * same,valid --stride 2,1`.
 */

import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import type { ConvolveOptions } from 'stridefold'
import { MOST_SAMPLE_BYTES } from './pictures/picture.ts'
import { byteSize } from './units.ts'

/** What commander hands over for the options below. */
export interface ConvolveFlags {
  readonly flip?: boolean
  readonly mode?: ConvolveOptions['mode']
  readonly boundary?: ConvolveOptions['boundary']
  readonly stride?: ConvolveOptions['stride']
  readonly dilation?: ConvolveOptions['dilation']
  readonly bias?: number
  readonly algorithm?: string
  readonly backend?: 'auto' | 'wasm' | 'js'
  readonly threads?: number
  readonly accuracy?: 'fast' | 'strict'
  readonly memoryLimit?: number
  readonly verify?: boolean
}

/**
 * Adds the library's options to a verb. Which values they may have is the library's to say, as far
 * as it says it well.
 */
export function addConvolveOptions(command: Command): Command {
  return command
    .option('--flip', 'turn the kernel round: convolution in place of correlation')
    .option(
      '--mode <mode>',
      'same | same-lower | full | valid, or one per axis (default: same)',
      perAxisOf(String),
    )
    .option(
      '--boundary <border>',
      'zero | constant=V | edge | reflect | symmetric | wrap, or one per axis (default: zero)',
      perAxisOf(border),
    )
    .option('--stride <n>', 'step of the kernel, or one per axis (default: 1)', perAxisOf(number))
    .option(
      '--dilation <n>',
      'distance between the samples under the kernel, or one per axis (default: 1)',
      perAxisOf(number),
    )
    .option('--bias <v>', 'a number added to every result, in levels (default: 0)', number)
    .option('--algorithm <name>', 'auto, or one by its name (default: auto)')
    .addOption(
      new Option('--backend <name>', 'where it runs (default: auto)').choices([
        'auto',
        'wasm',
        'js',
      ]),
    )
    .option(
      '--threads <n>',
      'at most so many threads; today one is used, whatever is allowed',
      number,
    )
    .addOption(
      new Option('--accuracy <which>', 'strict: as the direct sum (default: fast)').choices([
        'fast',
        'strict',
      ]),
    )
    .option(
      '--memory-limit <bytes>',
      'most workspace, such as 64M; 0 computes in place, which pictures of bytes cannot be',
      bytes,
    )
    .option('--verify', 'compare the result with the definition, and fail where it differs')
}

/** The options of the library that these flags stand for; what was not said is left out. */
export function convolveOptions(flags: ConvolveFlags): ConvolveOptions {
  const { flip: _, ...options } = flags
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.has(name) && value !== undefined),
  )
}

const names: ReadonlySet<string> = new Set([
  'mode',
  'boundary',
  'stride',
  'dilation',
  'bias',
  'algorithm',
  'backend',
  'threads',
  'accuracy',
  'memoryLimit',
  'verify',
])

/** One value, or a list where commas part several. */
function perAxisOf<T>(parse: (word: string) => T): (text: string) => T | T[] {
  return (text) => {
    const values = text.split(',').map((word) => parse(word.trim()))
    return values.length === 1 ? values[0]! : values
  }
}

function border(word: string): string | { readonly constant: number } {
  const value = /^constant[=:](.*)$/.exec(word)?.[1]
  if (value !== undefined) return { constant: number(value) }
  if (word === 'constant') throw new InvalidArgumentError("Write the value after it: 'constant=0'.")
  return word
}

/** A finite number. */
export function number(word: string): number {
  const value = Number(word)
  if (word.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError(`'${word}' is no number.`)
  return value
}

/** What is said of --picture-limit, which takes `bytes`. */
export const PICTURE_LIMIT: string = `most bytes of samples that a picture may unpack to (default: ${byteSize(MOST_SAMPLE_BYTES)})`

const units: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

/** Bytes, with K, M or G for powers of 1024. */
export function bytes(word: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([kmg]?)(?:i?b)?$/i.exec(word) ?? []
  if (digits === '')
    throw new InvalidArgumentError("Give bytes, or a number with K, M or G, such as '64M'.")
  return number(digits) * units[unit.toLowerCase()]!
}
