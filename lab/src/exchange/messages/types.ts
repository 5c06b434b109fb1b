/** The texts of the dialogs “Open” and “Save or copy”. */

import type { OfferFault, Role } from '../offer.ts'
import type { ArrayName } from '../page-arrays.ts'

/** What a problem is, for its sentence. */
export interface ProblemFacts {
  readonly input: string
  readonly kernel: string
  readonly output: string
  readonly flip: boolean
  /** Words such as `2` or `2×1`; undefined if it is the usual. */
  readonly stride: string | undefined
  readonly padding: string | undefined
  readonly dilation: string | undefined
  readonly groups: string | undefined
  readonly border: string | undefined
}

export interface ExchangeMessages {
  readonly close: string
  readonly openTitle: string
  readonly openLead: string
  readonly textLabel: string
  readonly placeholder: string
  readonly chooseFile: string
  readonly noFileLeaves: string
  readonly understood: string
  readonly numbers: (shape: string, range: string) => string
  readonly call: (system: string) => string
  readonly facts: (facts: ProblemFacts) => string
  readonly assumed: (roles: readonly Role[]) => string
  readonly biasNamed: string
  readonly ownNumbers: (roles: readonly Role[]) => string
  readonly kernelCut: (shape: string) => string
  readonly useAs: string
  readonly roles: Readonly<Record<Role, string>>
  readonly use: string
  readonly becomes: string
  readonly fault: (fault: OfferFault) => string
  readonly original: string
  readonly cannotShow: string
  readonly system: string
  readonly automatic: string
  readonly saveTitle: string
  readonly picture: string
  readonly whichPicture: string
  readonly figure: string
  readonly saveSvg: string
  readonly pngScale: string
  readonly savePng: string
  readonly animation: string
  readonly gifFrames: (frames: number, seconds: number) => string
  readonly saveGif: string
  readonly gifProgress: (percent: number) => string
  readonly stop: string
  readonly gifLarge: string
  readonly numbersTitle: string
  readonly arrays: Readonly<Record<ArrayName, string>>
  readonly save: (what: string, ending: string) => string
  readonly matrixLarge: (count: string, most: string) => string
  readonly code: string
  readonly programFor: (system: string) => string
  readonly noProgram: (system: string) => string
  readonly missing: (roles: readonly Role[]) => string
  readonly copy: string
  readonly copied: string
  readonly saveCode: string
  readonly embed: string
  readonly embedLead: string
  readonly embedHeight: string
  readonly failed: (message: string) => string
  readonly saved: (name: string) => string
  readonly openInLab: string
}
