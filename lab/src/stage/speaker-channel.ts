/**
 * What a presentation and the speaker's window tell each other. Each page of the lab has a channel
 * of its own, so two presentations do not mix.
 */

/** From the presentation: what is shown now, or that it has ended. */
export type SpeakerNews =
  | {
      readonly kind: 'news'
      readonly place: string
      readonly result: string
      readonly sentence: string
      readonly isPlaying: boolean
    }
  | { readonly kind: 'end' }

/** From the speaker's window: a question for news, or a key of the presentation. */
export type SpeakerAct = { readonly kind: 'ask' } | { readonly kind: 'act'; readonly key: string }

let name: string | undefined
let openedAt = -Infinity

/** How long after its opening a browser may still leave full screen for it. */
const openingMs = 2000

/** The name of this page's channel. */
export function speakerChannel(): string {
  name ??= `stridefold-speaker-${crypto.randomUUID()}`
  return name
}

/** Opens the speaker's window. It loads the same page with the name of the channel. */
export function openSpeaker(): void {
  openedAt = performance.now()
  open(
    `${location.pathname}?speaker=${speakerChannel()}${location.hash}`,
    speakerChannel(),
    'popup,width=520,height=560',
  )
}

export const isSpeakerOpening = (): boolean => performance.now() - openedAt < openingMs
