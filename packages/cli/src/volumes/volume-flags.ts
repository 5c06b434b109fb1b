/**
 * The flags of `filter` and of `job plan` that are about volumes: arrays in Zarr, .npy and TIFF
 * that may be larger than memory. One table, as in filter-flags.ts; it may import only types from
 * the packages, because `--help` must start fast.
 */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { extents, oneOf, wholeNumber } from '../flag-values.ts'

export const elementTypes = [
  'float64',
  'float32',
  'float16',
  'int32',
  'int16',
  'int8',
  'uint16',
  'uint8',
] as const

export interface VolumeFlags {
  readonly zarrFormat?: '2' | '3'
  readonly chunks?: readonly number[]
  readonly shards?: readonly number[]
  readonly codec?: { readonly name: string; readonly level?: number }
  readonly dtype?: (typeof elementTypes)[number]
  readonly axes?: string
  readonly level?: number
  readonly pyramid?: boolean
  readonly keepGoing?: boolean
}

interface Row {
  readonly syntax: string
  readonly help: string
  readonly parse?: (word: string) => unknown
  readonly choices?: readonly string[]
}

const rows: Readonly<Record<keyof VolumeFlags, Row>> = {
  zarrFormat: {
    syntax: '--zarr-format <version>',
    help: "volumes: version of the Zarr (default: the source's, or 2)",
    choices: ['2', '3'],
  },
  chunks: {
    syntax: '--chunks <extents>',
    help: "volumes: chunks of the result, such as 64x64x64 (default: the source's)",
    parse: extents,
  },
  shards: {
    syntax: '--shards <extents>',
    help: 'volumes: files that hold several chunks, such as 512x512x512; Zarr 3 only',
    parse: extents,
  },
  codec: {
    syntax: '--codec <name>',
    help:
      'volumes: none, zstd, gzip, blosc or lz4; zstd:5 is level 5 ' +
      "(default: the source's, or zstd)",
    parse: codec,
  },
  dtype: {
    syntax: '--dtype <type>',
    help:
      'volumes: type of the results; integers are rounded and cut off at their limits ' +
      '(default: float32)',
    choices: elementTypes,
  },
  axes: {
    syntax: '--axes <names>',
    help:
      'volumes: names of all axes, such as t,c,z,y,x; t and c are looped over (default: those of ' +
      'the metadata)',
  },
  level: {
    syntax: '--level <n>',
    help: 'volumes: the resolution of an OME-Zarr that is filtered; 0 is the finest (default: 0)',
    parse: wholeNumber,
  },
  pyramid: {
    syntax: '--pyramid',
    help: 'volumes: compute the smaller resolutions of an OME-Zarr, too',
  },
  keepGoing: {
    syntax: '--keep-going',
    help: 'volumes: go on after a damaged chunk, list what failed, and exit with 3',
  },
}

/** Adds the flags of volumes to a command. */
export function addVolumeFlags(
  command: Command,
  names: readonly (keyof VolumeFlags)[] = Object.keys(rows) as (keyof VolumeFlags)[],
): void {
  for (const name of names) {
    const { syntax, help, parse, choices } = rows[name]
    const option = new Option(syntax, help)
    if (parse) option.argParser(parse)
    if (choices) option.choices(choices).argParser(oneOf(choices))
    command.addOption(option)
  }
}

/** The flags of volumes that were given, as they are written. */
export const givenVolumeFlags = (flags: VolumeFlags): string[] =>
  (Object.keys(rows) as (keyof VolumeFlags)[])
    .filter((name) => flags[name] !== undefined)
    .map((name) => rows[name].syntax.split(' ')[0]!)

function codec(word: string): { name: string; level?: number } {
  const [, name, level] = /^([a-z\d]+)(?::(\d+))?$/i.exec(word) ?? []
  if (name === undefined)
    throw new InvalidArgumentError("Give a name, or a name and a level, such as 'zstd:5'.")
  return { name: name.toLowerCase(), ...(level !== undefined && { level: Number(level) }) }
}
