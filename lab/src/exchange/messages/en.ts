/** The dialogs in English. */

import type { OfferFault, Role } from '../offer.ts'
import type { ExchangeMessages, ProblemFacts } from './types.ts'

const at = ({ line, column }: { line: number; column: number }): string =>
  `Line ${line}, column ${column}`
const thing: Readonly<Record<Role, string>> = { input: 'the input', kernel: 'the kernel' }
const things = (roles: readonly Role[]): string => roles.map((role) => thing[role]).join(' and ')
const large = (count: number): string => count.toLocaleString('en')

function fault(of: OfferFault): string {
  switch (of.kind) {
    case 'empty':
      return (
        'There are no numbers yet. Paste rows of numbers, or a call such as ' +
        'nn.Conv2d(1, 1, 3).'
      )
    case 'word':
      return `${at(of)}: found “${of.found}”, a number was needed, such as 3, −0.5 or 1/9.`
    case 'ragged':
      return (
        `${at(of)}: this row has ${of.count} numbers, the first has ${of.first}. ` +
        'All rows need the same count.'
      )
    case 'open':
      return `${at(of)}: this bracket is not closed.`
    case 'rest':
      return `${at(of)}: found “${of.found}” after the last bracket. Leave it out.`
    case 'comma':
      return (
        `${at(of)}: this comma may be a decimal point or separate two numbers. ` +
        'Write 0.5, not 0,5.'
      )
    case 'many':
      return (
        `${large(of.count)} numbers, but a link holds at most ${large(of.most)}. ` +
        'Take a part of them.'
      )
    case 'axes':
      return (
        `The array has ${of.shape.length} axes (${of.shape.join('×')}). The lab shows 1 to 5: ` +
        'batch, channels, and up to three more.'
      )
    case 'code':
      return 'This call was not read.'
    case 'file':
      return 'This file was not read.'
    case 'problem':
      return 'The lab cannot show this.'
  }
}

const facts = (f: ProblemFacts): string =>
  [
    `input ${f.input}`,
    `kernel ${f.kernel}`,
    f.flip ? 'convolution' : 'correlation',
    f.stride && `stride ${f.stride}`,
    f.dilation && `dilation ${f.dilation}`,
    f.padding && `padding ${f.padding}`,
    f.border && `border ${f.border}`,
    f.groups && `${f.groups} groups`,
    `output ${f.output}`,
  ]
    .filter(Boolean)
    .join(', ')

export const en: ExchangeMessages = {
  close: 'Close',
  openTitle: 'Open',
  openLead:
    'Paste a matrix, or one call of a library. Or drop a .npy or CSV file. You see what was understood before anything changes.',
  textLabel: 'Numbers or a call',
  placeholder: '1 0 -1\n2 0 -2\n1 0 -1\n\nnn.Conv2d(1, 1, 3, stride=2, padding=1)',
  chooseFile: 'Choose a file (.npy, .csv, .txt)',
  noFileLeaves: 'Nothing leaves this device. Code is read, never executed.',
  understood: 'Understood',
  numbers: (shape, range) => `${shape} numbers, ${range}`,
  call: (system) => `a call of ${system}`,
  facts,
  assumed: (roles) =>
    `The code does not give the shape of ${things(roles)}: it is that of the page.`,
  biasNamed: 'The call adds a bias that is not in the code. The page shows the sums without it.',
  ownNumbers: (roles) => `With the numbers of ${things(roles)} from the code.`,
  kernelCut: (shape) => `The kernel was larger than the new input. It is cut to ${shape}.`,
  useAs: 'Use as',
  roles: { input: 'input', kernel: 'kernel' },
  use: 'Use it',
  becomes: 'The page will show',
  fault,
  original: 'In the words of the reader:',
  cannotShow: 'The lab cannot show this:',
  system: 'Library',
  automatic: 'recognised by its words',
  saveTitle: 'Save or copy',
  picture: 'Picture',
  whichPicture: 'What',
  figure: 'Input, kernel, output',
  saveSvg: 'Save SVG',
  pngScale: 'Size of the PNG',
  savePng: 'Save PNG',
  animation: 'Animation',
  gifFrames: (frames, seconds) =>
    `The window moves over the input: ${frames} frames, ${seconds.toLocaleString('en')} s.`,
  saveGif: 'Save GIF',
  gifProgress: (percent) => `GIF: ${percent} %`,
  stop: 'Stop',
  gifLarge: 'The GIF would be larger than 8 MB. Use a smaller input.',
  numbersTitle: 'Numbers',
  arrays: { input: 'input', kernel: 'kernel', output: 'output', matrix: 'windows as a matrix' },
  save: (what, ending) => `Save ${what} as ${ending}`,
  matrixLarge: (count, most) => `${count} numbers; more than ${most} are not saved.`,
  code: 'Code',
  programFor: (system) => `Program for ${system}`,
  noProgram: (system) => `${system} has no exact equivalent. In the words of the translator:`,
  missing: (roles) =>
    `The program expects ${roles.map((role) => (role === 'input' ? 'x' : 'k')).join(' and ')}: save ${things(roles)} as a file.`,
  copy: 'Copy',
  copied: 'Copied',
  saveCode: 'Save the program',
  embed: 'On a page of your own',
  embedLead:
    'The first screen as a frame in a course page, with this problem. Put the files of the lab on your server; the frame loads nothing from elsewhere.',
  embedHeight: 'Height',
  failed: (message) => `It could not be saved: ${message}`,
  saved: (name) => `Saved: ${name}`,
  openInLab: 'Open in the lab',
}
