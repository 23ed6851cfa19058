import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { azureDevOpsPullRequest } from './azureDevOps.ts'
import { gitHubPullRequest } from './gitHub.ts'
import { writeComment } from './pullRequest.ts'

interface Options {
  file: string
  key: string
}

export const command = new Command('comment')
  .description("write a text as the pipeline's comment on its pull request, in place of what an earlier run wrote")
  .requiredOption('--file <file>', 'Markdown to write')
  .requiredOption('--key <key>', 'tells the comments of one pull request apart, e.g. the name of a stack')
  .addHelpText(
    'after',
    '\nRuns in GitHub Actions (with GITHUB_TOKEN) and in Azure Pipelines (with SYSTEM_ACCESSTOKEN), which say the rest.',
  )
  .action(async ({ file, key }: Options) => {
    const pullRequest = gitHubPullRequest(process.env, fetch) ?? azureDevOpsPullRequest(process.env, fetch)
    if (!pullRequest)
      throw new Error('this is neither GitHub Actions nor Azure Pipelines: there is nothing to comment on')
    const done = await writeComment(pullRequest, key, readFileSync(file, 'utf8'))
    console.error(`${pullRequest.name}: comment '${key}' ${done}`)
  })
