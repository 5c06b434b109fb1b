/**
 * The calibration of this machine, in a file that `doctor --calibrate` writes and other verbs use.
 * It lies in the folder for caches of the system: there is one file for each version of stridefold
 * and of Node. A file that is damaged or from another machine is not used, and the user is told.
 */

import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { loadTuning } from 'stridefold/sync'
import { codeOf, messageOf, runtimeError } from './failure.ts'
import { type Io, tell } from './io.ts'
import { createTemporary, forgetTemporary } from './temporaries.ts'
import { version } from './version.ts'

/** The folder for caches of the user; undefined if the environment names none. */
function cacheFolder({ env }: Io, platform: string): string | undefined {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME } = env
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME
  if (platform === 'win32') return LOCALAPPDATA
  if (!HOME) return undefined
  return platform === 'darwin' ? join(HOME, 'Library', 'Caches') : join(HOME, '.cache')
}

/** The path of the calibration; undefined if the environment names no folder for caches. */
export function calibrationPath(io: Io, platform: string = process.platform): string | undefined {
  const folder = cacheFolder(io, platform)
  const name = `calibration-${version}-node-${process.versions.node}.json`
  return folder && join(folder, 'stridefold', name)
}

/** Writes the calibration. The file appears whole or not at all. Returns its path. */
export function saveCalibration(json: string, io: Io): string {
  const path = calibrationPath(io)
  if (path === undefined) {
    throw runtimeError(
      'The calibration cannot be kept: neither XDG_CACHE_HOME nor HOME is set. Set one of them.',
    )
  }
  try {
    fs.mkdirSync(dirname(path), { recursive: true })
    const temporary = createTemporary(dirname(path))
    try {
      fs.writeSync(temporary.file, `${json}\n`)
    } finally {
      fs.closeSync(temporary.file)
    }
    fs.renameSync(temporary.path, path)
    forgetTemporary(temporary.path)
  } catch (error) {
    throw runtimeError(`${path} cannot be written: ${messageOf(error)}.`, error)
  }
  return path
}

/** Loads the calibration of this machine if there is one. Returns whether it is in use. */
export async function useCalibration(io: Io): Promise<boolean> {
  const path = calibrationPath(io)
  if (path === undefined) return false
  try {
    loadTuning(fs.readFileSync(path, 'utf8'))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    const why = messageOf(error)
      .replace('loadTuning: ', '')
      .replace(/ Measure again.*$/, '')
    await tell(
      io,
      `The calibration ${path} is not used: ${why} Run 'stridefold doctor --calibrate', or ` +
        'remove the file.',
    )
    return false
  }
}
