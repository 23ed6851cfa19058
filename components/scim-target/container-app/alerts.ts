import { ActionGroup } from '@pulumi/azure-native/monitor/actionGroup.js'
import { MetricAlert } from '@pulumi/azure-native/monitor/metricAlert.js'
import { ScheduledQueryRule } from '@pulumi/azure-native/monitor/scheduledQueryRule.js'
import type * as pulumi from '@pulumi/pulumi'
import { Component } from '../../component.ts'
import { logRules, type MetricRule, metricRules } from './alertRules.ts'
import type { Place } from './place.ts'

export interface ScimAlertsArgs {
  place: Place
  email: string
  /** Size of the database server. */
  sku: string
  appId: pulumi.Input<string>
  serverId: pulumi.Input<string>
  workspaceId: pulumi.Input<string>
}

/** Mails when the service is down or fails, the database is about to, or people wait for a licence. */
export class ScimAlerts extends Component {
  constructor(name: string, args: ScimAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('ScimAlerts', name, opts)
    const { resourceGroupName, location, tags, names } = args.place
    const group = new ActionGroup(
      name,
      {
        resourceGroupName,
        tags,
        location: 'Global',
        actionGroupName: `${names.app}-alerts`,
        groupShortName: 'entrada',
        enabled: true,
        emailReceivers: [{ name: 'mail', emailAddress: args.email, useCommonAlertSchema: true }],
      },
      { parent: this },
    )
    for (const rule of metricRules(args.sku)) {
      new MetricAlert(
        `${name}-${rule.key}`,
        {
          resourceGroupName,
          tags,
          location: 'global',
          ruleName: `${names.app}-${rule.key}`,
          description: rule.description,
          enabled: true,
          severity: rule.severity,
          scopes: [rule.of === 'app' ? args.appId : args.serverId],
          evaluationFrequency: 'PT5M',
          windowSize: rule.window,
          criteria: criteriaOf(rule),
          actions: [{ actionGroupId: group.id }],
        },
        { parent: this },
      )
    }
    for (const rule of logRules(names.app)) {
      const ruleName = `${names.app}-${rule.key}`
      new ScheduledQueryRule(
        `${name}-${rule.key}`,
        {
          resourceGroupName,
          location,
          tags,
          kind: 'LogAlert',
          ruleName,
          displayName: ruleName,
          description: rule.description,
          enabled: true,
          severity: rule.severity,
          // One mail when it begins, not one each time it is looked at.
          autoMitigate: true,
          scopes: [args.workspaceId],
          evaluationFrequency: rule.every,
          windowSize: rule.window,
          // A new workspace has no such table before the first line is logged.
          skipQueryValidation: true,
          criteria: {
            allOf: [
              {
                query: rule.query,
                metricMeasureColumn: rule.measure,
                timeAggregation: 'Maximum',
                // The SDK's list of operators is that of another type of the same name.
                operator: 'GreaterThan',
                threshold: rule.threshold,
                dimensions: rule.dimensions.map((column) => ({ name: column, operator: 'Include', values: ['*'] })),
              },
            ],
          },
          actions: { actionGroups: [group.id] },
        },
        { parent: this },
      )
    }
    this.registerOutputs({})
  }
}

function criteriaOf({ key, metric, aggregation, operator, threshold, dimension }: MetricRule) {
  return {
    odataType: 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria' as const,
    allOf: [
      {
        criterionType: 'StaticThresholdCriterion' as const,
        name: key,
        metricName: metric,
        timeAggregation: aggregation,
        operator,
        threshold,
        ...(dimension && { dimensions: [{ ...dimension, operator: 'Include' }] }),
      },
    ],
  }
}
