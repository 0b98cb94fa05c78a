import { expect, it } from 'vitest'
import { wordsOf } from '../../src/units/words.js'

// What bash makes of the same lines.
it.each([
  ['', []],
  ['  -p 4   -f 10k ', ['-p', '4', '-f', '10k']],
  [`--weights 'my file' --label "it's \\"new\\""`, ['--weights', 'my file', '--label', `it's "new"`]],
  [`a'b c'"d e"f\\ g`, ['ab cd ef g']],
  [`'' ""`, ['', '']],
])('%s has the words that a shell takes of it', (line, words) => expect(wordsOf(line)).toEqual(words))

it.each([`-p '4`, `"a`, `a\\`])('%s has an open end', (line) => expect(wordsOf(line)).toBeUndefined())
