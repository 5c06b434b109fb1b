/**
 * `report`: the articles' experiments, made again on this machine, as one page with charts, and as
 * CSV, JSON, SVG and PNG.
 */

import { exitCodes, Failure } from '../failure.ts'
import { checkFolder, writeFolder } from '../folder.ts'
import { type Io, print, printJson } from '../io.ts'
import { printable } from '../printable.ts'
import { withProgress } from '../progress.ts'
import { filesOf, writeReport, reportManifest } from '../report/report.ts'
import { rivalsOf } from '../report/rivals.ts'

export interface ReportFlags {
  readonly output: string
  readonly quick?: boolean
  readonly rivals?: boolean
  readonly python: string
  readonly force?: boolean
  readonly json?: boolean
}

export async function report(
  { output, quick = false, rivals = false, python, force = false, json }: ReportFlags,
  io: Io,
): Promise<void> {
  checkFolder(output, reportManifest, force, io)
  const made = await withProgress(io, async (progress) => {
    progress(0, 'looking for other libraries')
    const others = rivals ? await rivalsOf(io.cwd, python) : undefined
    try {
      return await io.interruptible((signal) =>
        writeReport({ quick, ...(others && { rivals: others }) }, signal, progress),
      )
    } finally {
      others?.close()
    }
  })
  const files = await filesOf(made)
  await writeFolder(output, files, reportManifest, force, io)
  if (json)
    await printJson(io, 'report', {
      folder: output,
      files: files.map(({ name }) => name),
      interrupted: made.interrupted,
      machine: made.machine,
    })
  else
    await print(
      io.stdout,
      `${printable(output)}/index.html, and ${files.length - 1} files beside it.`,
    )
  if (made.interrupted)
    throw new Failure(
      exitCodes.interrupted,
      `Interrupted: ${output} holds what was measured until then.`,
    )
}
