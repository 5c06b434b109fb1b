/** Settings of a page in the link are parts such as `tile:4x4;step:40`. */

export interface ReadSettings<T> {
  readonly settings: T
  /** The parts that are not valid. */
  readonly faults: readonly string[]
}

/** Reads them one after the other. Parts that are not valid are as if they were missing. */
export function readParts<T extends object>(
  text: string,
  usual: T,
  read: (part: string, before: T) => Partial<T> | undefined,
): ReadSettings<T> {
  let settings = usual
  const faults: string[] = []
  for (const part of text === '' ? [] : text.split(';')) {
    const parts = read(part, settings)
    if (parts) settings = { ...settings, ...parts }
    else faults.push(part.slice(0, longest))
  }
  return { settings, faults }
}

const longest = 60
