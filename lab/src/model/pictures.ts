/**
 * The pictures of the lab. Each is a file of grey values, one byte for each pixel, row by row.
 */

import harbour from '../pictures/harbour.bin?url'
import { type PictureName, pictureNames } from '../state/state.ts'

const addresses: Readonly<Record<PictureName, string>> = { harbour }
const pixels = new Map<PictureName, readonly number[]>()

/** Loads all pictures. The page calls it before it shows anything. */
export async function loadPictures(): Promise<void> {
  await Promise.all(
    pictureNames.map(async (name) => {
      const response = await fetch(addresses[name])
      if (!response.ok) throw new Error(`The picture ${name} did not load: ${response.status}.`)
      pixels.set(name, [...new Uint8Array(await response.arrayBuffer())])
    }),
  )
}

/** The grey values of a picture, from 0 to 255. */
export function pixelsOf(name: PictureName): readonly number[] {
  const values = pixels.get(name)
  if (!values) throw new Error(`The picture ${name} is not loaded.`)
  return values
}
