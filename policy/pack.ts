import { PolicyPack } from '@pulumi/policy'
import * as pulumi from '@pulumi/pulumi'
import { policyOf } from './policy.ts'
import { isProduction } from './production.ts'
import { rules } from './rules/index.ts'

const production = isProduction(new pulumi.Config('entrada').get('target'))

new PolicyPack('entrada', { policies: rules.map((rule) => policyOf(rule, production)) })
