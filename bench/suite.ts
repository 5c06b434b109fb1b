/**
 * What is measured, and what must come out? A suite is text: one case a line, with a name and the
 * targets it has to meet.
 *
 *   line   = CASE ";" name { ";" clause }          "#" at the start of a line: a comment
 *   clause = "peak" number                  share of the measured 128-bit peak, in backend memory
 *          | "whole-last" number | "whole-first" number    share of the speed in backend memory
 *          | "kernel" ( "random" | "gaussian" | "box" )    the weights; default random
 *          | "bytes"                               samples are uint8, in and out; the batch is the colours of a picture, interleaved
 *          | rival number                          times faster than that rival, in backend memory
 *          | "direct:"rival number                 the same by direct sums alone, whatever `auto` would take
 *          | "whole:"rival number                  times faster than that rival as a whole call, with the layout that suits it better
 */

import type { Weights } from '@stridefold/cli/measure'
import { type ConvGeometry, parseCase } from 'stridefold/sync'

export interface Target {
  /** `peak`, a form of ours, or a rival's name. */
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
