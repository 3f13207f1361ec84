// Read texts of YAML as Marp reads front matter: a JSON list in, a list of what they hold out, null for what it drops.
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const marpit = createRequire(require.resolve('@marp-team/marpit'))
const yaml = marpit('js-yaml')
const read = (text) => {
  try {
    return yaml.load(text, { schema: yaml.FAILSAFE_SCHEMA }) ?? null
  } catch {
    return null
  }
}
let input = ''
for await (const chunk of process.stdin) input += chunk
process.stdout.write(JSON.stringify(JSON.parse(input).map(read)))
