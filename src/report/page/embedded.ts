import { EMBEDDED_ID, embeddedJson } from '../../result/embedded.js'
import { Markup } from '../svg/markup.js'

/** The results that a page shows, in the page: what is in base64 needs no escape. */
export const embedded = (results: readonly object[]): Markup =>
  new Markup(`<script type="application/json" id="${EMBEDDED_ID}">${embeddedJson(results)}</script>`)
