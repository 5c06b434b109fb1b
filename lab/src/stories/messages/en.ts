/** The texts of the stories' panel and list in English. The stories have their own texts. */

export const en = {
  story: (title: string): string => `Story: ${title}`,
  stepOf: (step: number, count: number): string => `${step} of ${count}`,
  step: (step: number, outcome: 'open' | 'right' | 'shown' | 'none'): string =>
    `Step ${step}${{ open: ', with a question', right: ', answered', shown: ', answer shown', none: '' }[outcome]}`,
  steps: 'Steps',
  back: 'Step back',
  on: 'Next step',
  restore: 'Back to the step',
  restoreHint: 'Shows again what this step shows. Until then, play with the numbers.',
  all: 'All stories',
  fold: 'Fold the story away',
  unfold: 'Open the story again',
  close: 'Close the story',
  closeList: 'Close',
  keys: 'Page Down and Page Up turn the steps.',
  yourNumber: 'Your number',
  check: 'Check',
  showMe: 'Show me',
  right: 'Right.',
  answerIs: 'The answer:',
  notNumber: 'Type a number, such as 12.5 or −3.',
  tooSmall: (typed: string): string => `${typed} is too small. Try again.`,
  tooLarge: (typed: string): string => `${typed} is too large. Try again.`,
  notThis: 'Not this one. Try another.',
  notThisCell: (row: number, column: number, value: string): string =>
    `Row ${row}, column ${column}, where ${value} stands, is not it. Try another.`,
  isRight: (row: number, column: number, value: string): string =>
    `Row ${row}, column ${column}: ${value} is right. The lab has it too. Try another.`,
  cellAt: (row: string, column: string, value: string): string =>
    `Row ${row}, column ${column}: ${value}`,
  faultAt: (shown: string, truth: string): string => `${shown} should be ${truth}`,
  pointAt: 'Point at a cell: click, or arrow keys and Enter.',
  next: (title: string): string => `Next story: ${title}`,
  end: 'The end of this story.',
  loading: 'Loading …',
  listTitle: 'Stories',
  listLead:
    'Each step asks before it shows. You can play with the numbers at every step. Page Down and Page Up turn the steps.',
  start: 'Start',
  stepCount: (count: number): string => `${count} steps`,
  ownTitle: 'Your own story',
  ownWhat: 'A JSON file of links and sentences. It stays on your device.',
  choose: 'Open a file',
  dropHint: 'or drop it here, or paste its text',
  again: 'Open',
  save: 'Save as a file',
  copyStep: 'Copy this page as a step',
  copied: 'Copied. Paste it into the “steps” of your file.',
  copyFailed: 'The browser does not allow copying. This is the step:',
  gone: 'This story was in a file. Open the file again.',
  faults: (count: number): string =>
    count === 1
      ? 'One fault, so the file was not opened:'
      : `${count} faults, so the file was not opened:`,
  moreFaults: (count: number): string => `and ${count} more`,
}

export type StoryMessages = typeof en
