/**
 * Which flags does `filter` have? One table. Each row gives the flag's syntax, help and parser, the
 * type of its value, and whether the library takes it as an option.
 *
 * A new flag is a new row. The row's key is the flag's name in camelCase, as commander writes it
 * (`--memory-limit` → `memoryLimit`). The table may import only types from the library, because
 * `--help` must start fast.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Boundary, ConvolveOptions } from 'stridefold'
import { usageError } from './failure.ts'
import { type Combination, combinations, type FilterOptions } from './filter-request.ts'
import { border, bytes, number, oneOf, perAxis } from './flag-values.ts'
import { type Format, formatNames, imageExtensions } from './images/formats.ts'
import { maxSampleBytes } from './images/image.ts'
import { type OutputPolicy, outputPolicies } from './images/levels.ts'
import { byteSize } from './units.ts'

interface Flag<T> {
  readonly syntax: string
  readonly help: string
  /**
   * Default: the word itself, or true for a flag without a value. `previous` is the value of the
   * same flag before it on the command line.
   */
  readonly parse?: (word: string, previous?: T) => T
  /** The words that are accepted. Default: the parser decides. */
  readonly choices?: readonly T[]
}

/** The user must give it. */
interface RequiredFlag<T> extends Flag<T> {
  readonly isRequired: true
}

/** May be given several times. Without it the list is empty. */
interface ListFlag<T> extends Flag<readonly T[]> {
  readonly isList: true
}

/** About the files of one call. A recipe does not have it. */
interface CallFlag<T> extends Flag<T> {
  readonly isOfCall: true
}

/** Passed to the library as the option of the same name. */
interface LibraryFlag<Name extends keyof ConvolveOptions>
  extends Flag<NonNullable<ConvolveOptions[Name]>> {
  readonly isLibraryOption: true
}

/** A record, so that a name that is missing or unknown is a type error. */
const borderNames: Readonly<Record<Extract<Boundary, string>, true>> = {
  zero: true,
  edge: true,
  reflect: true,
  symmetric: true,
  wrap: true,
}

/** The help of `--picture-limit`, which `demo` has too. */
export const imageLimitHelp: string =
  'largest size of an image, in bytes of unpacked samples ' +
  `(default: ${byteSize(maxSampleBytes)})`

const flags = {
  kernel: {
    syntax: '-k, --kernel <kernel>',
    help:
      'a name (gaussian:sigma=2), a matrix ("1 0 -1; 2 0 -2; 1 0 -1") or a file (.json .csv ' +
      '.npy); with one axis more, one kernel per channel (channels last for images); several ' +
      'times: one after the other; for sound also a .wav file',
    parse: (word, previous = []) => [...previous, word],
    isList: true,
  } as ListFlag<string>,
  combine: {
    syntax: '--combine <how>',
    help:
      'every kernel filters the input, and the results are combined: ' +
      '-k sobel --combine magnitude is that of sobel-x and sobel-y',
    choices: combinations,
  } as Flag<Combination>,
  out: {
    syntax: '-o, --out <path>',
    help:
      `a file (${imageExtensions}; '-' is stdout), or a folder, where results keep the names ` +
      'of their inputs',
    isRequired: true,
    isOfCall: true,
  } as RequiredFlag<string> & CallFlag<string>,
  recipe: {
    syntax: '--recipe <file>',
    help: 'a JSON file with flags, such as {"kernel": ["sobel"], "combine": "magnitude"}',
    isOfCall: true,
  } as CallFlag<string>,
  recursive: {
    syntax: '--recursive',
    help: 'all images and arrays in folders and their subfolders',
    isOfCall: true,
  } as CallFlag<boolean>,
  jobs: {
    syntax: '--jobs <n>',
    help: 'files in work at once (default: one per processor core)',
    parse: (word) => wholeFrom1(number(word)),
    isOfCall: true,
  } as CallFlag<number>,
  format: {
    syntax: '--format <format>',
    help: "format of the result (default: the name's; for stdout the input's)",
    choices: formatNames,
  } as Flag<Format>,
  raw: {
    syntax: '--raw <format>',
    help:
      'numbers without a file format. Sound: s16le:2:48000 (format, channels, rate; u8, s16le, ' +
      's24le, s32le, f32le, f64le). A volume: uint16:100x512x512 or float32be:100x512x512:352 ' +
      '(type and byte order, shape, bytes to skip)',
    isOfCall: true,
  } as CallFlag<string>,
  channels: {
    syntax: '--channels <how>',
    help: 'each channel separately, or their sum as one grey channel (default: each)',
    choices: ['each', 'sum'],
  } as Flag<'each' | 'sum'>,
  channelAxis: {
    syntax: '--channel-axis <axis>',
    help:
      'the axis of the channels in an array, or none (default: the last of three axes, if its ' +
      'extent is at most 4)',
    parse: channelAxis,
  } as Flag<number | 'none'>,
  alpha: {
    syntax: '--alpha <how>',
    help: 'keep the alpha channel unchanged, or filter it too (default: keep)',
    choices: ['keep', 'filter'],
  } as Flag<'keep' | 'filter'>,
  output: {
    syntax: '--output <policy>',
    help: 'how results, which may be negative, become sample values of an image (default: clip)',
    choices: outputPolicies,
  } as Flag<OutputPolicy>,
  pictureLimit: {
    syntax: '--picture-limit <bytes>',
    help: imageLimitHelp,
    parse: bytes,
  } as Flag<number>,
  force: {
    syntax: '--force',
    help: 'replace existing files',
    isOfCall: true,
  } as CallFlag<boolean>,
  json: {
    syntax: '--json',
    help: 'print a JSON summary to stdout',
    isOfCall: true,
  } as CallFlag<boolean>,
  flip: {
    syntax: '--flip',
    help: 'flip the kernel: convolution instead of correlation',
  } as Flag<boolean>,
  mode: {
    syntax: '--mode <mode>',
    help: 'same | same-lower | full | valid, or one per axis (default: same)',
    parse: perAxis(String),
    isLibraryOption: true,
  } as LibraryFlag<'mode'>,
  boundary: {
    syntax: '--boundary <border>',
    help:
      `${Object.keys(borderNames).join(' | ')} | constant=V | missing, or one per axis (default: ` +
      'reflect, but zero with --mode full)',
    parse: perAxis(border),
    isLibraryOption: true,
  } as LibraryFlag<'boundary'>,
  missing: {
    syntax: '--missing <which>',
    help:
      'samples that are missing: those that are nan, or those with the nodata value of a TIFF; ' +
      'the mean of the others under the kernel stands for them (default: none)',
    choices: ['nan', 'nodata'],
  } as Flag<'nan' | 'nodata'>,
  minimumPresent: {
    syntax: '--minimum-present <part>',
    help:
      'NaN where less than this part of the weights meets samples that are not missing, from 0 ' +
      'to 1 (default: 0)',
    parse: number,
    isLibraryOption: true,
  } as LibraryFlag<'minimumPresent'>,
  stride: {
    syntax: '--stride <n>',
    help: 'step of the kernel in samples, or one per axis (default: 1)',
    parse: perAxis(number),
    isLibraryOption: true,
  } as LibraryFlag<'stride'>,
  dilation: {
    syntax: '--dilation <n>',
    help: 'distance between the samples under neighbouring weights, or one per axis (default: 1)',
    parse: perAxis(number),
    isLibraryOption: true,
  } as LibraryFlag<'dilation'>,
  bias: {
    syntax: '--bias <v>',
    help: 'a number added to every result, in sample values (default: 0)',
    parse: number,
    isLibraryOption: true,
  } as LibraryFlag<'bias'>,
  algorithm: {
    syntax: '--algorithm <name>',
    help: 'auto, or the name of an algorithm (default: auto)',
    isLibraryOption: true,
  } as LibraryFlag<'algorithm'>,
  backend: {
    syntax: '--backend <name>',
    help: 'where it runs; webgpu needs the npm package webgpu (default: auto)',
    choices: ['auto', 'wasm', 'js', 'webgpu'],
    isLibraryOption: true,
  } as LibraryFlag<'backend'>,
  threads: {
    syntax: '--threads <n>',
    help: 'largest number of threads (default: as many as pay)',
    parse: number,
    isLibraryOption: true,
  } as LibraryFlag<'threads'>,
  accuracy: {
    syntax: '--accuracy <which>',
    help: 'strict: only algorithms as accurate as the direct sum (default: fast)',
    choices: ['fast', 'strict'],
    isLibraryOption: true,
  } as LibraryFlag<'accuracy'>,
  memoryLimit: {
    syntax: '--memory-limit <bytes>',
    help:
      'largest workspace, such as 64M; 0 computes in place, which 8-bit images do not support; ' +
      'for volumes the largest memory (default: 1G)',
    parse: bytes,
    isLibraryOption: true,
  } as LibraryFlag<'memoryLimit'>,
  verify: {
    syntax: '--verify',
    help: 'compare the result with the definition, and fail if it differs',
    isLibraryOption: true,
  } as LibraryFlag<'verify'>,
}

type Table = typeof flags
type Value<Row> = Row extends Flag<infer T> ? T : never
type AlwaysSet = {
  [Name in keyof Table]: Table[Name] extends
    | { readonly isRequired: true }
    | { readonly isList: true }
    ? Name
    : never
}[keyof Table]

/** What commander passes to the verb. */
export type FilterFlags = {
  readonly [Name in AlwaysSet]: Value<Table[Name]>
} & { readonly [Name in Exclude<keyof Table, AlwaysSet>]?: Value<Table[Name]> }

type AnyFlag = Flag<never> &
  Partial<Pick<RequiredFlag<never>, 'isRequired'>> &
  Partial<Pick<ListFlag<never>, 'isList'>> &
  Partial<Pick<CallFlag<never>, 'isOfCall'>> &
  Partial<Pick<LibraryFlag<'mode'>, 'isLibraryOption'>>

const rows: readonly (readonly [string, AnyFlag])[] = Object.entries(flags as object)

/** Adds flags of the table to `command`, by default all, in the order of the table. */
export function addFilterFlags(command: Command, names?: readonly string[]): void {
  for (const [name, { syntax, help, parse, choices, isRequired, isList }] of rows) {
    if (names !== undefined && !names.includes(name)) continue
    const option = new Option(syntax, help)
    if (parse) option.argParser(parse)
    if (choices) option.choices(choices).argParser(oneOf(choices as readonly string[]))
    if (isRequired) option.makeOptionMandatory()
    if (isList) option.default([], 'none')
    command.addOption(option)
  }
}

/** The flags that a recipe may hold, by name, and how their words are read. */
export const recipeFlags: ReadonlyMap<string, (word: string) => unknown> = new Map(
  rows
    .filter(([, { isOfCall }]) => !isOfCall)
    .map(([name, { syntax, parse, choices }]) => [
      name,
      (word) => {
        if (!/[<]/.test(syntax)) return onOrOff(word)
        return choices ? oneOf(choices as readonly string[])(word) : (parse?.(word) ?? word)
      },
    ]),
)

function onOrOff(word: string): boolean {
  if (word !== 'true' && word !== 'false')
    throw new InvalidArgumentError('true or false is needed.')
  return word === 'true'
}

function wholeFrom1(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Give a whole number ≥ 1.')
  return value
}

/** The library's options among the flags. Flags that the user did not give are left out. */
export function libraryOptions(given: FilterFlags): ConvolveOptions {
  const values: Readonly<Record<string, unknown>> = given
  return Object.fromEntries(
    rows
      .filter(([name, { isLibraryOption }]) => isLibraryOption && values[name] !== undefined)
      .map(([name]) => [name, values[name]]),
  )
}

/**
 * The library's options, with a mode and a border. The default border mirrors the image, so that
 * its rim becomes neither darker nor brighter. With mode full the kernel leaves the image on all
 * sides: there the default is zero, as in the library.
 */
export function filterOptions(given: FilterFlags): FilterOptions {
  const options = libraryOptions(given)
  const { mode = 'same' } = options
  const borderOf = (name: string): 'zero' | 'reflect' => (name === 'full' ? 'zero' : 'reflect')
  const boundary =
    options.boundary ?? (typeof mode === 'string' ? borderOf(mode) : mode.map(borderOf))
  // Samples with the nodata value become NaN when they are read.
  return { ...options, ...(given.missing && { missing: 'nan' }), mode, boundary }
}

function channelAxis(word: string): number | 'none' {
  if (word === 'none') return word
  if (!/^-?\d+$/.test(word))
    throw usageError(
      `--channel-axis is '${word}': an integer is needed, such as -1 for the last axis, or none.`,
    )
  return Number(word)
}
