/**
 * Parses suites: the cases that are measured, and their targets. A suite is text with one case per
 * line: the case, its name, and the targets it has to meet. `npm run bench -- --help` lists the
 * names of the baselines.
 *
 *   line   = CASE ";" name { ";" clause }        "#" at the start of a line: a comment
 *   clause = "peak" number                       share of the measured 128-bit peak
 *          | "whole-last" number                 share of the speed in backend memory,
 *          | "whole-first" number                  channels last or first
 *          | "kernel" ( "random" | "gaussian" | "box" )    the weights; default random
 *          | "bytes"                             uint8 in and out, the batch as colour channels
 *          | "one-thread" number                 times faster than with one thread, planned
 *          | "whole:one-thread" number           the same as a whole call on ordinary arrays
 *          | baseline number                     times faster, arrays in backend memory
 *          | "direct:" baseline number           the same with direct sums only
 *          | "whole:" baseline number            times faster as a whole call, in the better layout
 */

import type { Weights } from '@stridefold/measure'
import { type ConvGeometry, parseCase } from 'stridefold/sync'

export interface Target {
  /** `peak`, one of our forms, or the name of a baseline. */
  readonly against: string
  readonly atLeast: number
}

export interface Entry {
  readonly suite: string
  readonly name: string
  readonly geometry: ConvGeometry
  readonly kernel: Weights
  readonly bytes: boolean
  readonly targets: readonly Target[]
}

/**
 * Parses the text of a suite. Throws an `Error` that names the suite and the line if a line is not
 * valid.
 */
export function parseSuite(suite: string, text: string): Entry[] {
  return text.split('\n').flatMap((line, at): Entry[] => {
    if (line.trim() === '' || line.startsWith('#')) return []
    const [problem = '', name, ...clauses] = line.split(';').map((part) => part.trim())
    const wrong = (what: string): Error => new Error(`suite ${suite}, line ${at + 1}: ${what}`)
    if (!name) throw wrong(`no name. Write CASE ; name ; targets`)
    const geometry = parseCase(problem)
    if (
      geometry.boundary.some((border) => border !== 'zero') ||
      geometry.flip ||
      geometry.dtype !== 'float32'
    ) {
      throw wrong(
        `${geometry.key} cannot be measured. Only float32 correlations with a zero border can`,
      )
    }
    let kernel: Entry['kernel'] = 'random'
    const bytes = clauses.includes('bytes')
    const targets: Target[] = []
    for (const clause of clauses.filter((text) => text !== 'bytes')) {
      const [word = '', value = '', ...more] = clause.split(/\s+/)
      const number = Number(value)
      if (
        word === 'kernel' &&
        (value === 'random' || value === 'gaussian' || value === 'box') &&
        more.length === 0
      )
        kernel = value
      else if (word !== 'kernel' && number > 0 && more.length === 0)
        targets.push({ against: word, atLeast: number })
      else
        throw wrong(
          `'${clause}' is no clause. Write 'peak 0.9', 'BASELINE 1.4' or 'kernel gaussian'`,
        )
    }
    return [{ suite, name, geometry, kernel, bytes, targets }]
  })
}
