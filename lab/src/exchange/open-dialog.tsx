/**
 * “Open”: a text or a file, what was understood, and what the page will show with it. Nothing
 * changes before “Use it”.
 */

import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { parseCase } from 'stridefold/sync'
import { exactText } from '../model/number-text.ts'
import { pause } from '../stage/player.ts'
import { change, state } from '../state/store.ts'
import { systemTitles } from './code-out.ts'
import { brought, exchange } from './exchange-state.ts'
import { texts } from './messages/index.ts'
import { type Offer, offerOfFile, offerOfText, type Role, type Use, useOf } from './offer.ts'
import { problemFacts } from './problem-facts.ts'

type Understood = Exclude<Offer, { kind: 'fault' }>

export function OpenDialog(): JSX.Element {
  const text = texts()
  const field = useRef<HTMLTextAreaElement>(null)
  const source = useSignal('')
  const offer = useSignal<Offer | undefined>(undefined)
  const chosen = useSignal<Role | undefined>(undefined)
  const role = useComputed(() => chosen.value ?? usualRole(offer.value))
  const take = async (file: File): Promise<void> => {
    source.value = ''
    offer.value = await offerOfFile(file, state.peek())
  }
  useEffect(() => {
    const what = brought.peek()
    if (typeof what === 'string') source.value = what
    else if (what) void take(what)
  }, [])
  useSignalEffect(() => {
    const now = source.value
    if (now.trim() !== '') offer.value = offerOfText(now, state.peek())
    else if (field.current?.value === '' && !brought.peek()) offer.value = undefined
  })
  const found = offer.value
  const use = found && found.kind !== 'fault' ? useOf(found, role.value, state.value) : undefined
  return (
    <form
      class="open-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!use || use.reason !== undefined) return
        pause()
        change(use.parts)
        brought.value = undefined
        exchange.value = undefined
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const file = event.dataTransfer?.files[0]
        if (!file) return
        event.preventDefault()
        void take(file)
      }}
    >
      <p>{text.openLead}</p>
      <label class="exchange-label" for="open-text">
        {text.textLabel}
      </label>
      <textarea
        ref={field}
        id="open-text"
        data-first
        rows={7}
        spellcheck={false}
        placeholder={text.placeholder}
        value={source}
        aria-describedby="open-result"
        onInput={(event) => {
          chosen.value = undefined
          source.value = event.currentTarget.value
        }}
      />
      <p class="open-file">
        <label class="button">
          {text.chooseFile}
          <input
            type="file"
            accept=".npy,.csv,.tsv,.txt,.py,.js,.json"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0]
              if (file) void take(file)
              event.currentTarget.value = ''
            }}
          />
        </label>{' '}
        <small>{text.noFileLeaves}</small>
      </p>
      <div id="open-result" class="open-result" role="status">
        {found && <Result offer={found} use={use} />}
      </div>
      <div class="open-use">
        {found?.kind === 'numbers' && (
          <fieldset>
            <legend>{text.useAs}</legend>
            {(['input', 'kernel'] as const).map((name) => (
              <label key={name}>
                <input
                  type="radio"
                  name="role"
                  value={name}
                  checked={role.value === name}
                  onChange={() => {
                    chosen.value = name
                  }}
                />{' '}
                {text.roles[name]}
              </label>
            ))}
          </fieldset>
        )}
        <button type="submit" class="primary" disabled={!use || use.reason !== undefined}>
          {text.use}
        </button>
      </div>
    </form>
  )
}

/** A small matrix is a kernel, if the page has a larger input. */
function usualRole(offer: Offer | undefined): Role {
  if (offer?.kind !== 'numbers') return 'input'
  const largest = 5
  const { axes } = parseCase(state.value.problem)
  const extents = offer.matrix.shape.slice(-axes.length)
  const isSmall = extents.every((extent, a) => extent <= largest && extent < axes[a]!.input)
  return isSmall && offer.matrix.shape.length === axes.length ? 'kernel' : 'input'
}

function Result({ offer, use }: { offer: Offer; use: Use | undefined }): JSX.Element {
  const text = texts()
  if (offer.kind === 'fault') {
    const { fault } = offer
    const original = 'message' in fault ? fault.message : undefined
    return (
      <div class="open-fault">
        <p>{text.fault(fault)}</p>
        {original && (
          <p>
            {text.original} <q lang="en">{original}</q>
          </p>
        )}
      </div>
    )
  }
  return (
    <>
      <p class="open-what">
        <b>{text.understood}</b> {whatText(offer)}
      </p>
      {use && (
        <p class="open-becomes">
          <b>{text.becomes}</b> {text.facts(problemFacts(use.parts.problem))}
        </p>
      )}
      <Notes offer={offer} use={use} />
    </>
  )
}

function whatText(offer: Understood): string {
  const text = texts()
  if (offer.kind === 'call')
    return text.call(systemTitles.find(([name]) => name === offer.call.system)![1])
  const { shape, values } = offer.matrix
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return text.numbers(shape.join(' × '), `${exactText(low)} … ${exactText(high)}`)
}

function Notes({ offer, use }: { offer: Understood; use: Use | undefined }): JSX.Element {
  const text = texts()
  const lines: string[] = []
  if (offer.kind === 'call') {
    const { assumed, input, kernel, bias } = offer.call
    const own = (['input', 'kernel'] as const).filter((name) => ({ input, kernel })[name])
    if (own.length > 0) lines.push(text.ownNumbers(own))
    if (Number.isNaN(Number(bias ?? 0))) lines.push(text.biasNamed)
    if (assumed.length > 0) lines.push(text.assumed(assumed))
  }
  if (use?.isKernelCut) lines.push(text.kernelCut(problemFacts(use.parts.problem).kernel))
  return (
    <>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {offer.kind === 'call' &&
        offer.call.notes.map((note) => (
          <p key={note} lang="en">
            {note}
          </p>
        ))}
      {use?.reason !== undefined && (
        <p class="open-fault">
          {text.cannotShow} <q lang="en">{use.reason}</q>
        </p>
      )}
    </>
  )
}
