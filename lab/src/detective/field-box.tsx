/** A field for an array: text that is typed or pasted, or a file that is chosen or dropped. */

import type { JSX } from 'preact'
import { texts as exchangeTexts } from '../exchange/messages/index.ts'
import { fields, takeFile, typeText } from './detective.ts'
import { texts } from './messages/index.ts'
import type { ArrayName } from './readings.ts'

const kinds = { x: 'input', k: 'kernel', y: 'output' } as const

export function FieldBox({ name }: { readonly name: ArrayName }): JSX.Element {
  const text = texts()
  const { text: typed, file, array, fault } = fields.value[name]
  const id = `detective-${name}`
  const take = (chosen: File | undefined): void => {
    if (chosen) void takeFile(name, chosen)
  }
  return (
    <fieldset
      class="field-box"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const dropped = event.dataTransfer?.files[0]
        if (!dropped) return
        event.preventDefault()
        take(dropped)
      }}
    >
      <div class="field-head">
        <label for={id} class={`of-${kinds[name]}`}>
          {text.fields[name]}
        </label>
        <label class="quiet small file">
          {text.chooseFile}
          <input
            type="file"
            accept=".npy,.csv,.tsv,.txt,.json"
            aria-label={text.chooseFileFor(text.fields[name])}
            onChange={(event) => {
              take(event.currentTarget.files?.[0])
              event.currentTarget.value = ''
            }}
          />
        </label>
      </div>
      <textarea
        id={id}
        rows={8}
        wrap="off"
        spellcheck={false}
        autocomplete="off"
        value={typed}
        placeholder={file !== undefined && array ? text.noText(file) : ''}
        aria-describedby={`${id}-read`}
        aria-invalid={fault !== undefined}
        onInput={(event) => typeText(name, event.currentTarget.value)}
      />
      <p id={`${id}-read`} class="field-read">
        {array && text.numbers(array.shape.join(' × '))}
        {array && file !== undefined && ` ${text.fromFile(file)}`}
        {fault && (
          <span class="field-fault">
            {fault.kind === 'code' || (fault.kind === 'empty' && typed.trim() !== '')
              ? text.call
              : exchangeTexts().fault(fault)}
            {'message' in fault && fault.kind === 'file' && <q lang="en">{fault.message}</q>}
          </span>
        )}
      </p>
    </fieldset>
  )
}
