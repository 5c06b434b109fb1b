/**
 * Filters many files into a folder. One that fails does not stop the others: failures are listed at
 * the end. Everything that can be known before the work is checked before it.
 */

import * as fs from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { percent } from './encoded-result.ts'
import { errorMessage, exitCodeOf, runtimeError, usageError } from './failure.ts'
import { type FilterFlags, filterOptions } from './filter-flags.ts'
import { filterOne, type OneFile } from './filter-one.ts'
import { formatOfName, formats } from './images/formats.ts'
import { type InputFile, inputFiles, statusOf } from './input-files.ts'
import { absolutePath, type Io, printJson, tell } from './io.ts'
import type { Kernel } from './kernel-argument.ts'
import type { Outcome } from './outcome.ts'
import { withProgress } from './progress.ts'
import { countOf } from './units.ts'
import { writeFailure } from './write-output.ts'

/** A result that is written: its bytes are not kept. */
type Done = OneFile & { readonly bytes: number; readonly outcome: Omit<Outcome, 'bytes'> }
type Failed = OneFile & { readonly message: string; readonly exitCode: number }

export async function filterMany(
  words: readonly string[],
  kernels: readonly Kernel[],
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  const { out, recursive: isRecursive = false } = flags
  const { files, others } = await inputFiles(words, { isRecursive, out }, io)
  const pairs = files.map((file) => ({ input: file.path, out: join(out, outName(file, flags)) }))
  checkFolder(out, io)
  checkNames(pairs)
  checkExisting(pairs, flags, io)
  makeFolders(pairs, out, io)
  const { done, failed } = await filterAll(pairs, kernels, flags, io)
  if (flags.json) await printSummary(done, failed, kernels, flags, io)
  for (const { outcome } of done) for (const note of outcome.notes) await tell(io, note)
  await tell(io, clippingOf(done))
  if (others > 0)
    await tell(io, `${countOf(others, 'file')} in the folders: neither image nor array, left out.`)
  for (const { input, message } of failed) await tell(io, `${input}: ${message}`)
  if (failed.length > 0)
    throw runtimeError(
      `${failed.length} of ${countOf(files.length, 'file')} failed (listed above); ` +
        `${done.length} were written to ${out}.`,
    )
}

/** The name of a result below the folder. With --format it has the extension of the format. */
function outName({ path, name }: InputFile, { format }: FilterFlags): string {
  if (format !== undefined) {
    if (formatOfName(name) === format) return name
    return `${name.slice(0, name.length - extname(name).length)}${formats[format].extensions[0]}`
  }
  if (formatOfName(name) !== undefined) return name
  throw usageError(
    `${path}: its name does not end in a format that is written. Give --format, such as png.`,
  )
}

/** Two inputs with one result would lose one of them. */
function checkNames(pairs: readonly OneFile[]): void {
  const inputs = new Map<string, string>()
  for (const { input, out } of pairs) {
    // Some file systems do not tell capitals from small letters.
    const key = out.toLowerCase()
    const other = inputs.get(key)
    if (other !== undefined)
      throw usageError(
        `${other} and ${input} would both be written to ${out}. Filter them into two folders, or ` +
          'give their common folder with --recursive, which keeps subfolders.',
      )
    inputs.set(key, input)
  }
}

const shownNames = 3

function checkExisting(pairs: readonly OneFile[], { force = false }: FilterFlags, io: Io): void {
  if (force) return
  const existing = pairs.filter(({ out }) => fs.existsSync(absolutePath(out, io)))
  if (existing.length === 0) return
  const names = existing.slice(0, shownNames).map(({ out }) => out)
  const more = existing.length > shownNames ? ', …' : ''
  throw runtimeError(
    `${countOf(existing.length, 'result')} exist already: ${names.join(', ')}${more}. ` +
      'Nothing was done. Name another folder with -o, or replace them with --force.',
  )
}

function checkFolder(out: string, io: Io): void {
  const found = statusOf(out, io)
  const isFile = found ? !found.isDirectory() : formatOfName(out) !== undefined
  if (isFile)
    throw usageError(
      `-o ${out} is a file, but several results need a folder. Name one, such as -o results/.`,
    )
}

function makeFolders(pairs: readonly OneFile[], out: string, io: Io): void {
  try {
    for (const folder of new Set(pairs.map((pair) => dirname(absolutePath(pair.out, io)))))
      fs.mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw writeFailure(out, error)
  }
}

/** Some files are read or written while another is computed. Order of results: that of inputs. */
async function filterAll(
  pairs: readonly OneFile[],
  kernels: readonly Kernel[],
  flags: FilterFlags,
  io: Io,
): Promise<{ readonly done: readonly Done[]; readonly failed: readonly Failed[] }> {
  const ended: (Done | Failed)[] = new Array(pairs.length)
  let [next, count] = [0, 0]
  await withProgress(io, async (progress) => {
    const work = async (): Promise<void> => {
      for (let i = next++; i < pairs.length; i = next++) {
        const pair = pairs[i]!
        try {
          const { bytes, ...outcome } = await filterOne(pair, kernels, flags, io, () => {})
          ended[i] = { ...pair, bytes: bytes.length, outcome }
        } catch (error) {
          ended[i] = { ...pair, message: errorMessage(error), exitCode: exitCodeOf(error) }
        }
        progress(++count / pairs.length, `${count} of ${pairs.length} · ${pair.input}`)
      }
    }
    const jobs = Math.min(flags.jobs ?? availableParallelism(), pairs.length)
    await Promise.all(Array.from({ length: jobs }, work))
  })
  return {
    done: ended.filter((entry) => 'outcome' in entry),
    failed: ended.filter((entry) => 'message' in entry),
  }
}

/** What was clipped in all results, and where most. */
function clippingOf(done: readonly Done[]): string {
  const shares = done.flatMap(({ out, outcome: { clipping } }) => {
    if (!clipping) return []
    const { samples, below, above, notNumbers } = clipping
    return [{ out, share: (below + above + notNumbers) / Math.max(1, samples) }]
  })
  const clipped = shares.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share)
  const [most] = clipped
  const written = `${countOf(done.length, 'file')} written.`
  if (shares.length === 0) return written
  if (most === undefined) return `${written} No sample was clipped.`
  return (
    `${written} Samples were clipped in ${clipped.length}, most in ${most.out} ` +
    `(${percent(most.share)}). --json lists all.`
  )
}

function printSummary(
  done: readonly Done[],
  failed: readonly Failed[],
  kernels: readonly Kernel[],
  flags: FilterFlags,
  io: Io,
): Promise<void> {
  const { mode, boundary } = filterOptions(flags)
  return printJson(io, 'filter', {
    output: flags.out,
    kernels: kernels.map(({ text, shape, weights }) => ({ text, shape, weights })),
    ...(flags.combine && { combine: flags.combine }),
    ...{ mode, boundary },
    files: done.map(({ input, out, bytes, outcome }) => {
      const { format, shape, milliseconds, clipping, notes } = outcome
      return {
        ...{ input, output: out, bytes, format, shape, milliseconds },
        ...(clipping && { clipping }),
        notes,
      }
    }),
    failed: failed.map(({ input, message, exitCode }) => ({ input, message, exitCode })),
  })
}
