import { parametersPage } from './parameters-page.js'
import { resultsPage } from './results-page.js'

/** The documents that are made from the code, by their place in the repository. `npm run docs` writes them. */
export const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'docs/parameters.md': parametersPage,
  'docs/results.md': resultsPage,
}
