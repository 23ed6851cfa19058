// A target in Azure with every fault that the policies know, and one secret that is told as such.
import * as pulumi from '@pulumi/pulumi'

const make = (type, name, props) => new pulumi.CustomResource(`azure-native:${type}`, name, props)

export default function program() {
  make('app/v20240301:ContainerApp', 'app', {
    configuration: {
      ingress: { allowInsecure: true },
      secrets: [
        { name: 'database', value: 'hush-hush' },
        { name: 'told', value: pulumi.secret('hush-hush') },
      ],
    },
    template: { scale: { minReplicas: 1 } },
  })
  const server = make('dbforpostgresql:Server', 'database', { network: { publicNetworkAccess: 'Enabled' } })
  make('dbforpostgresql:FirewallRule', 'everybody', {
    serverName: server.id,
    startIpAddress: '0.0.0.0',
    endIpAddress: '255.255.255.255',
  })
  make('keyvault:Vault', 'vault', { properties: {}, tags: { 'entrada-stack': 'x', 'managed-by': server.id } })
  make('containerregistry:Registry', 'registry', { adminUserEnabled: true })
  make('operationalinsights:Workspace', 'unknown', { tags: server.id })
}
