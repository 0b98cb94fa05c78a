'use strict'
const { createHash } = require('node:crypto')
const { readdirSync, readFileSync } = require('node:fs')
const path = require('node:path')

const folder = path.join(__dirname, 'src')

/** Which sources these are, as a few digits that stand in the addon made of them too. */
exports.digest = () => {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).toSorted())
    hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)))
  return hash.digest('hex').slice(0, 16)
}

const LAUNCHER = ['launch.c', 'own_network.c']
const BOTH = ['rtnetlink.c']

/** The C files of the addon, and those of the launcher, which is a program of its own. */
exports.addon = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.c') && !LAUNCHER.includes(name))
    .map((name) => path.join(folder, name))
exports.launcher = () => [...LAUNCHER, ...BOTH].map((name) => path.join(folder, name))
