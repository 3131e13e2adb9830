import { evaluateLayers, type PolicyLayers, type Verdict } from "../../authorization/evaluate-layers.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Store } from "../../store/store.ts";
import type { Call } from "../http/dispatch.ts";
import type { ServiceDefinition } from "../http/service-definition.ts";
import { agentSockets } from "../machines/machine-rights.ts";
import type { Caller } from "../operation-context.ts";
import { cloudWatchRights } from "./cloudwatch-rights.ts";
import { denial } from "./denial.ts";
import { ecrRights } from "./ecr-rights.ts";
import { ecsRights } from "./ecs-rights.ts";
import { efsRights } from "./efs-rights.ts";
import { eventsRights } from "./events-rights.ts";
import { iamRights } from "./iam-rights.ts";
import { logsRights } from "./logs-rights.ts";
import { operatorRights } from "./operator-rights.ts";
import { type CallFacts, requestContext } from "./request-context.ts";
import { everywhere, type Input, type Right, type RightsOf } from "./right.ts";
import { RolePolicies } from "./role-policies.ts";
import { s3Rights } from "./s3-rights.ts";
import { schedulerRights } from "./scheduler-rights.ts";
import { secretsManagerRights } from "./secrets-manager-rights.ts";
import { ssmRights } from "./ssm-rights.ts";

/** By signing name, then by operation. */
const rights: Readonly<Record<string, Readonly<Partial<Record<string, RightsOf>>>>> = {
  ecr: ecrRights,
  ecs: { ...ecsRights, ...operatorRights },
  elasticfilesystem: efsRights,
  events: eventsRights,
  iam: iamRights,
  logs: logsRights,
  monitoring: cloudWatchRights,
  s3: s3Rights,
  scheduler: schedulerRights,
  secretsmanager: secretsManagerRights,
  ssm: ssmRights,
};

/**
 * Calls that need no right: who asks who it is, is told. AssumeRole weighs the trust policy together with the caller's
 * own ones, and does so itself. Source: STS API reference, GetCallerIdentity.
 */
const free = new Set(["sts:GetCallerIdentity", "sts:AssumeRole"]);

/** One action on one resource by a session of a role. */
export interface Deed {
  readonly right: Right & { readonly action: string };
  readonly input: Input;
}

/**
 * What sessions of roles may do. The account's root may do everything and is none of this class's business, nor are
 * machines with keys of their own.
 */
export class RoleRights {
  /** Policies made ready; AssumeRole reads trust policies from here. */
  readonly policies = new RolePolicies();
  private readonly deps: { readonly store: Store; readonly clock: Clock };

  constructor(deps: { readonly store: Store; readonly clock: Clock }) {
    this.deps = deps;
  }

  /** @throws HttpRefusal AccessDenied, as the service's protocol words it, for the first right that the role lacks */
  requireRight({ caller, service, operation, input, details, action }: Call): void {
    if (caller.roleSession === undefined) return;
    const ownAction = action ?? `${service.actionPrefix ?? service.signingName}:${operation}`;
    if (free.has(ownAction)) return;
    const { store, clock } = this.deps;
    const scope = { place: caller, snapshot: store.snapshot() };
    const needed = withOwnAction(rights[service.signingName]?.[operation]?.(input, scope) ?? [], ownAction);
    const facts = { ...details, caller, now: clock.now() };
    const layers = this.policies.layersOf(caller.roleSession, scope.snapshot);
    for (const right of needed) {
      this.requireDeed({ right: { action: ownAction, ...right }, input }, { facts, layers, service });
    }
  }

  /**
   * Agents that have the credentials of a role need ecs:Poll on their container instance, and for telemetry
   * ecs:StartTelemetrySession. Source: Service Authorization Reference, Amazon ECS.
   * @param url as `/acs/ws?containerInstanceArn=…` @throws HttpRefusal AccessDeniedException
   */
  requireSocketRight(caller: Caller, url: string): void {
    if (caller.roleSession === undefined) return;
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const parameter = agentSockets[pathname];
    if (parameter === undefined) return;
    const action = pathname === "/tcs/ws" ? "ecs:StartTelemetrySession" : "ecs:Poll";
    const resource = searchParams.get(parameter) ?? "";
    const cluster = resource.replace(/:container-instance\/([^/]+)\/.*$/, ":cluster/$1");
    const right = { action, resource, keys: { "ecs:cluster": cluster } };
    const verdict = this.judge({ right, input: {} }, { caller, now: this.deps.clock.now() });
    if (!verdict.allowed) throw denial(caller, right, verdict, "awsJson1_1");
  }

  /** What the caller's own policies say; a role that was deleted allows nothing. */
  judge({ right, input }: Deed, facts: CallFacts, layers = this.layersOf(facts.caller)): Verdict {
    const context = requestContext(facts, { input, right, snapshot: this.deps.store.snapshot() });
    const nothing: PolicyLayers = { identity: [] };
    return evaluateLayers({ action: right.action, resource: right.resource, context }, layers ?? nothing);
  }

  private layersOf({ roleSession }: Caller): PolicyLayers | undefined {
    return roleSession && this.policies.layersOf(roleSession, this.deps.store.snapshot());
  }

  private requireDeed(
    deed: Deed,
    given: {
      readonly facts: CallFacts;
      readonly layers: PolicyLayers | undefined;
      readonly service: ServiceDefinition;
    },
  ): void {
    const verdict = this.judge(deed, given.facts, given.layers ?? { identity: [] });
    if (!verdict.allowed) throw denial(given.facts.caller, deed.right, verdict, given.service.protocol);
  }
}

/** A call that names nothing needs its own action all the same. */
const withOwnAction = (needed: readonly Right[], ownAction: string): readonly Right[] =>
  needed.some(({ action = ownAction }) => action === ownAction) ? needed : [everywhere, ...needed];
