/** The filters, one after the other: choose, add, move, switch off, remove. */

import type { JSX } from 'preact'
import type { PhotoMessages } from './messages/en.ts'
import { texts } from './messages/index.ts'
import { changeFilter, changePhoto, select, selected, settings } from './photo.ts'
import { type Filter, filterOf, maxFilters } from './settings.ts'

/** The name of a filter, without its parameters. */
export function filterName(text: PhotoMessages, { kernel }: Filter): string {
  if (!('name' in kernel)) return `${text.ownWeights} ${kernel.height} × ${kernel.width}`
  const [name = ''] = kernel.name.split(':')
  return text.kernels[name] ?? name
}

/** The first parameter, where there is room for one. */
function detailOf({ kernel }: Filter): string {
  if (!('name' in kernel)) return ''
  return (kernel.name.split(':')[1] ?? '').replaceAll(',', ', ').replaceAll('=', ' ')
}

export function Filters(): JSX.Element {
  const text = texts()
  const { filters } = settings.value
  const move = (from: number, by: 1 | -1): void => {
    const to = from + by
    const next = [...filters]
    next.splice(to, 0, ...next.splice(from, 1))
    changePhoto({ filters: next })
    select(to)
  }
  return (
    <section class="panel filters" aria-labelledby="filters-title">
      <h2 id="filters-title">{text.filters}</h2>
      {filters.length === 0 && <p class="quiet-text">{text.noFilters}</p>}
      <ol>
        {filters.map((filter, i) => {
          const name = filterName(text, filter)
          const isChosen = i === selected.value
          return (
            <li key={i} class={filter.isOn ? '' : 'off'}>
              <input
                type="checkbox"
                checked={filter.isOn}
                aria-label={text.isOn(`${text.filterNumber(i + 1)}, ${name}`)}
                onChange={(event) => changeFilter({ isOn: event.currentTarget.checked }, i)}
              />
              <button
                type="button"
                class="filter-name"
                aria-pressed={isChosen}
                data-filter={i}
                onClick={() => select(i)}
              >
                {name} <small>{detailOf(filter)}</small>
              </button>
              <button
                type="button"
                class="icon"
                hidden={filters.length === 1}
                aria-label={text.up(name)}
                title={text.up(name)}
                disabled={i === 0}
                onClick={() => move(i, -1)}
              >
                ↑
              </button>
              <button
                type="button"
                class="icon"
                hidden={filters.length === 1}
                aria-label={text.down(name)}
                title={text.down(name)}
                disabled={i === filters.length - 1}
                onClick={() => move(i, 1)}
              >
                ↓
              </button>
              <button
                type="button"
                class="icon"
                aria-label={text.remove(name)}
                title={text.remove(name)}
                onClick={() => changePhoto({ filters: filters.filter((_, at) => at !== i) })}
              >
                ×
              </button>
            </li>
          )
        })}
      </ol>
      <button
        type="button"
        class="quiet"
        id="add-filter"
        disabled={filters.length >= maxFilters}
        onClick={() => {
          changePhoto({ filters: [...filters, filterOf({ name: 'sharpen' })] })
          select(filters.length)
        }}
      >
        {text.addFilter}
      </button>
    </section>
  )
}
