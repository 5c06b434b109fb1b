/**
 * What is measured, and what must come out? A suite is text with one case a line: the case, its
 * name, and the targets it has to meet. A baseline is named as in `npm run bench -- --help`.
 *
 *   line   = CASE ";" name { ";" clause }        "#" at the start of a line: a comment
 *   clause = "peak" number                       share of the measured 128-bit peak
 *          | "whole-last" number                 share of the speed in backend memory,
 *          | "whole-first" number                  channels last or first
 *          | "kernel" ( "random" | "gaussian" | "box" )    the weights; default random
 *          | "bytes"                             uint8 in and out, the batch as colour channels
 *          | baseline number                     times faster, arrays in backend memory
 *          | "direct:" baseline number           the same with direct sums only
 *          | "whole:" baseline number            times faster as a whole call, in the better layout
 */

import type { Weights } from '@stridefold/cli/measure'
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
 * The entries of a suite's text. Throws an `Error` naming suite and line for one that cannot be
 * read.
 */
export function parseSuite(suite: string, text: string): Entry[] {
  return text.split('\n').flatMap((line, at): Entry[] => {
    if (line.trim() === '' || line.startsWith('#')) return []
    const [problem = '', name, ...clauses] = line.split(';').map((part) => part.trim())
    const wrong = (what: string): Error => new Error(`suite ${suite}, line ${at + 1}: ${what}`)
    if (!name) throw wrong(`no name; write CASE ; name ; targets`)
    const geometry = parseCase(problem)
    if (
      geometry.boundary.some((border) => border !== 'zero') ||
      geometry.flip ||
      geometry.dtype !== 'float32'
    ) {
      throw wrong(
        `${geometry.key} is no float32 correlation with a zero border, which is all that is ` +
          'measured',
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
        throw wrong(`'${clause}' is no clause; write 'peak 0.9', 'RIVAL 1.4' or 'kernel gaussian'`)
    }
    return [{ suite, name, geometry, kernel, bytes, targets }]
  })
}
