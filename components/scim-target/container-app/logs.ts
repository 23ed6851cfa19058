import { DiagnosticSetting } from '@pulumi/azure-native/monitor/diagnosticSetting.js'
import { Workspace } from '@pulumi/azure-native/operationalinsights/workspace.js'
import type * as pulumi from '@pulumi/pulumi'
import type { Place } from './place.ts'

const KEPT_DAYS = 30

export function makeLogs(name: string, place: Place, parent: pulumi.Resource): Workspace {
  const { resourceGroupName, location, tags, names } = place
  return new Workspace(
    name,
    {
      resourceGroupName,
      location,
      tags,
      workspaceName: names.logs,
      sku: { name: 'PerGB2018' },
      retentionInDays: KEPT_DAYS,
    },
    { parent },
  )
}

/**
 * Sends a resource's logs to the workspace, whose key is not needed for that, so that none is in state. Metrics are kept by
 * Azure Monitor as it is.
 */
export function sendToLogs(
  name: string,
  resourceUri: pulumi.Input<string>,
  workspaceId: pulumi.Input<string>,
  parent: pulumi.Resource,
): DiagnosticSetting {
  return new DiagnosticSetting(
    name,
    {
      resourceUri,
      workspaceId,
      name: 'entrada',
      logAnalyticsDestinationType: 'Dedicated',
      logs: [{ categoryGroup: 'allLogs', enabled: true }],
    },
    // Azure does not give it back for every kind of resource.
    { parent, ignoreChanges: ['logAnalyticsDestinationType'] },
  )
}
