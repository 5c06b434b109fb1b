/**
 * The settings of the picture page as text of a link:
 *
 *     from:own;border:edge;k:gaussian:sigma=2;k:3x3:-1,0,1,-2,0,2,-1,0,1/div=4/add=128
 *
 * Each part is a name and a value. `k:` adds a filter. What differs from the usual settings is
 * written, and nothing else.
 */

import {
  alphaChoices,
  borders,
  channelChoices,
  type Filter,
  filterOf,
  type KernelSpec,
  maxFilters,
  maxKernel,
  type PhotoSettings,
  sampleNames,
  showings,
  usualPhoto,
} from './settings.ts'

const choices = {
  from: ['picture', [...sampleNames, 'own']],
  border: ['border', borders],
  channels: ['channels', channelChoices],
  alpha: ['alpha', alphaChoices],
  show: ['show', [...showings, 'auto']],
} as const

export function writePhoto(photo: PhotoSettings): string {
  const parts = Object.entries(choices).flatMap(([key, [name]]) =>
    photo[name] === usualPhoto[name] ? [] : [`${key}:${photo[name]}`],
  )
  if (photo.isLinear) parts.push('light:linear')
  // Without filters the picture stays as it is. An empty text would read as the usual filter.
  if (photo.filters.length === 0) parts.push('k:none')
  return [...parts, ...photo.filters.map(writeFilter)].join(';')
}

function writeFilter({ kernel, divisor, offset, isNormalised, isOn }: Filter): string {
  const text =
    'name' in kernel
      ? kernel.name
      : `${kernel.height}x${kernel.width}:${kernel.values.map(String).join(',')}`
  return [
    `k:${text}`,
    ...(divisor === 1 ? [] : [`div=${divisor}`]),
    ...(offset === 0 ? [] : [`add=${offset}`]),
    ...(isNormalised ? ['norm'] : []),
    ...(isOn ? [] : ['off']),
  ].join('/')
}

/** Throws an error for a text that is not valid. */
export function readPhoto(text: string): PhotoSettings {
  const values: Record<string, unknown> = {}
  const filters: Filter[] = []
  let isPlain = false
  for (const part of text === '' ? [] : text.split(';')) {
    const [key = '', ...rest] = part.split(':')
    const value = rest.join(':')
    const choice = Object.entries(choices).find(([name]) => name === key)?.[1]
    if (choice) {
      const [name, words]: readonly [string, readonly string[]] = choice
      if (!words.includes(value))
        throw new Error(`'${value}' is not one of ${words.join(', ')} (${key})`)
      values[name] = value
    } else if (key === 'light' && value === 'linear') values.isLinear = true
    else if (key === 'k' && value === 'none') isPlain = true
    else if (key === 'k') filters.push(readFilter(value))
    else throw new Error(`'${part}' is not a setting of the picture`)
  }
  if (filters.length > maxFilters) throw new Error(`there are more than ${maxFilters} filters`)
  const given = filters.length > 0 || isPlain ? { filters } : {}
  return { ...usualPhoto, ...values, ...given }
}

function readFilter(text: string): Filter {
  const [kernel = '', ...words] = text.split('/')
  let filter = filterOf(readKernel(kernel))
  for (const word of words) {
    const [name = '', value = ''] = word.split('=')
    if (word === 'norm') filter = { ...filter, isNormalised: true }
    else if (word === 'off') filter = { ...filter, isOn: false }
    else if (name === 'div') filter = { ...filter, divisor: readNumber(value) }
    else if (name === 'add') filter = { ...filter, offset: readNumber(value) }
    else throw new Error(`'${word}' is not a setting of a filter`)
  }
  if (filter.divisor === 0) throw new Error('a kernel cannot be divided by 0')
  return filter
}

function readKernel(text: string): KernelSpec {
  const matrix = /^(\d+)x(\d+):(.*)$/.exec(text)
  if (!matrix) return { name: text }
  const [height, width] = [Number(matrix[1]), Number(matrix[2])]
  const values = matrix[3]!.split(',').map(readNumber)
  if (height < 1 || width < 1 || Math.max(height, width) > maxKernel)
    throw new Error(`a kernel of ${height}×${width} is not from 1×1 to ${maxKernel}×${maxKernel}`)
  if (values.length !== width * height)
    throw new Error(`a kernel of ${height}×${width} has ${values.length} weights`)
  return { width, height, values }
}

function readNumber(word: string): number {
  const value = word.trim() === '' ? Number.NaN : Number(word)
  if (!Number.isFinite(value)) throw new Error(`'${word}' is not a number`)
  return value
}
