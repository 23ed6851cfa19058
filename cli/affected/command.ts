import { Command } from 'commander'
import { root } from '../../tools/setup/node.mjs'
import { azureMatrix } from './azureMatrix.ts'
import { changedFiles, stacksOf } from './changes.ts'
import { affectedStacks } from './rules.ts'

interface Options {
  since?: string
  all?: boolean
  removed?: boolean
  worktree?: boolean
  json?: boolean
  azureDevops?: boolean
}

export const command = new Command('affected')
  .description('names the stacks that a change touches, so that a pipeline looks at those alone')
  .option(
    '--since <ref>',
    'what the change is measured from: the last commit that this branch, tag or commit shares with HEAD',
  )
  .option('--worktree', 'count what is not committed, too')
  .option('--removed', 'name the stacks whose file the change removes instead')
  .option('--all', 'name all stacks, but local')
  .option('--json', 'print {"stack":[…]}, as a matrix of GitHub Actions takes it')
  .option('--azure-devops', 'print {"contoso":{"stack":"contoso"}}, as a matrix of Azure Pipelines takes it')
  .action((options: Options) => {
    const { names, note } = find(options)
    if (note) console.error(note)
    if (options.json) console.log(JSON.stringify({ stack: names }))
    else if (options.azureDevops) console.log(JSON.stringify(azureMatrix(names)))
    else for (const name of names) console.log(name)
  })

function find({ since, all = false, removed = false, worktree = false }: Options): { names: string[]; note?: string } {
  if (all === (since !== undefined)) throw new Error('give either --since with a branch, tag or commit, or --all')
  const stacks = stacksOf(root, worktree)
  if (since === undefined) return { names: stacks.map(({ name }) => name) }
  const affected = affectedStacks(changedFiles({ folder: root, since, worktree }), stacks)
  if (removed) return { names: affected.removed }
  if (affected.removed.length === 0) return { names: affected.stacks }
  const gone = affected.removed.join(', ')
  return { names: affected.stacks, note: `removed, and so not named: ${gone}; what they made is still in place` }
}
