/**
 * `lab`: serves the built lab until Ctrl-C. The lab is a page that shows a convolution in every
 * representation at once.
 */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { codeOf, runtimeError } from '../failure.ts'
import { type Io, print, printJson } from '../io.ts'
import { serveLab } from '../lab-server.ts'

/** The folders of the built lab: in the published package, and in a clone. */
const labFolders = ['../lab', '../../../../lab/dist'].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
)

export async function serveLabPage(
  { port, json }: { port: number; json?: boolean },
  io: Io,
): Promise<void> {
  const folder = labFolders.find((place) => existsSync(`${place}/index.html`))
  if (folder === undefined)
    throw runtimeError(
      "The lab is not built. In a clone, run 'npm run lab', which builds it first.",
    )
  try {
    const { address } = await serveLab(folder, port)
    if (json) await printJson(io, 'lab', { address })
    else await print(io.stdout, address)
    io.stderr.write('The lab runs at this address. Ctrl-C ends it.\n')
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw runtimeError(`Port ${port} is in use. Leave --port out to use a free one.`, error)
    if (codeOf(error) === 'EACCES')
      throw runtimeError(
        `Port ${port} cannot be used: permission denied. Leave --port out to use a free one.`,
        error,
      )
    if (codeOf(error) !== '')
      throw runtimeError(
        `The lab cannot be served: ${error instanceof Error ? error.message : error}.`,
        error,
      )
    throw error
  }
  await new Promise(() => {})
}
