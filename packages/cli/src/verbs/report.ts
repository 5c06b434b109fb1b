/**
 * `report`: repeats the articles' experiments on this machine. Writes one page with charts, and
 * CSV, JSON, SVG and PNG files.
 */

import { exitCodes, Failure } from '../failure.ts'
import { checkFolder, writeFolder } from '../folder.ts'
import { type Io, print, printJson } from '../io.ts'
import { printable } from '../printable.ts'
import { withProgress } from '../progress.ts'
import { openBaselines } from '../report/baselines.ts'
import { filesOf, reportManifest, writeReport } from '../report/report.ts'

export interface ReportFlags {
  readonly output: string
  readonly quick?: boolean
  readonly rivals?: boolean
  readonly python: string
  readonly force?: boolean
  readonly json?: boolean
}

export async function report(
  {
    output,
    quick = false,
    rivals: withBaselines = false,
    python,
    force = false,
    json,
  }: ReportFlags,
  io: Io,
): Promise<void> {
  checkFolder(output, reportManifest, force, io)
  const result = await withProgress(io, async (progress) => {
    progress(0, 'looking for other libraries')
    const baselines = withBaselines ? await openBaselines(io.cwd, python) : undefined
    try {
      return await io.abortOnInterrupt((signal) =>
        writeReport({ quick, ...(baselines && { baselines }) }, signal, progress),
      )
    } finally {
      baselines?.close()
    }
  })
  const files = await filesOf(result)
  await writeFolder(output, files, reportManifest, force, io)
  if (json)
    await printJson(io, 'report', {
      folder: output,
      files: files.map(({ name }) => name),
      interrupted: result.interrupted,
      machine: result.machine,
    })
  else
    await print(
      io.stdout,
      `${printable(output)}/index.html, and ${files.length - 1} other files in the same ` +
        'folder.',
    )
  if (result.interrupted)
    throw new Failure(
      exitCodes.interrupted,
      `Interrupted: ${output} has the finished measurements.`,
    )
}
