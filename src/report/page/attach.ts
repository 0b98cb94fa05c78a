import type { AttachMember, AttachResult } from '../../result/attach-result.js'
import { endpoint } from '../../units/addresses.js'
import { formatCount } from '../../units/format.js'
import { holderInWords, queueInWords } from '../attach/members-table.js'
import { attachLines, attachPhrases } from '../attach/text.js'
import { readersInWords, readingInWords } from '../reader-words.js'
import { originSection } from './common-sections.js'
import { lineList, type Body } from './parts.js'
import { table } from './table.js'

/** Who is in a group that was watched, and what was found. */
export function attachBody(result: AttachResult): Body {
  const { members, groups, findings, levels, plan } = result
  const { port, protocol } = plan.effective
  const warnings = findings.filter(({ severity }) => severity === 'warn').length
  return {
    command: 'rpbench attach',
    facts: attachPhrases(result),
    notices: [],
    verdicts: [
      {
        about: 'findings',
        word: warnings === 0 ? 'none that warns' : `${warnings} to look at`,
        tone: warnings === 0 ? 'good' : 'bad',
      },
    ],
    headlines: [
      { name: 'sockets', value: formatCount(members.length) },
      { name: 'groups', value: formatCount(groups.length) },
      { name: 'level', value: levels.inForce },
    ],
    sections: [
      { key: 'found', title: 'What was found', content: lineList(attachLines(result)) },
      {
        key: 'members',
        title: 'Members',
        content: table<AttachMember>(
          'Sockets on the port',
          [
            { title: 'member', cell: ({ index }) => String(index) },
            { title: 'socket', words: true, cell: ({ group }) => endpoint(groups[group]!.address, port) },
            { title: 'inode', cell: ({ inode }) => String(inode) },
            { title: 'held by', words: true, cell: holderInWords },
            { title: 'read by', words: true, cell: readersInWords },
            { title: 'by', words: true, cell: readingInWords },
            { title: 'flows', cell: ({ flows }) => (flows === undefined ? '' : formatCount(flows)) },
            { title: 'packets', cell: ({ packets }) => (packets === undefined ? '' : formatCount(packets)) },
            { title: 'most queued', cell: (member) => queueInWords(member, protocol === 'udp') },
            { title: 'drops', cell: ({ drops }) => (drops === undefined ? '' : formatCount(drops)) },
          ],
          members,
        ),
      },
      originSection('rpbench attach', result),
    ],
  }
}
