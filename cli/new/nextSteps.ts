import type { Planned } from './plan.ts'

/** What a new stack's file is followed by: a target that makes its own secrets has none to be given. */
export function nextSteps({ stack, kind }: Pick<Planned, 'stack' | 'kind'>): string {
  const secret = `npm run pulumi -- config set --stack ${stack} --path --secret entrada:target.clientSecret`
  const steps = [
    `npm run pulumi -- stack init --stack ${stack}`,
    ...(kind === 'external' ? [secret] : []),
    `npm run pulumi -- preview --stack ${stack}`,
    `npx entrada forecast ${stack}`,
    `npx entrada rollout ${stack}`,
  ]
  return [`stacks/Pulumi.${stack}.yaml`, ...steps.map((step) => `  ${step}`)].join('\n')
}
