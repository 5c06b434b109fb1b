/**
 * A style as text, for a signal. A signal that holds an object sets the style once; each later
 * object would remove it.
 */

export const styleText = (properties: Readonly<Record<string, string>>): string =>
  Object.entries(properties)
    .map(([name, value]) => `${name}:${value}`)
    .join(';')
