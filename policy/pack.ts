import { PolicyPack } from '@pulumi/policy'
const x: string = 'entrada'
new PolicyPack(x, { policies: [{ name: 'a', description: 'b', enforcementLevel: 'mandatory', validateResource: (args, report) => { report(`${process.env.PULUMI_CONFIG} ${args.type}`) } }] })
