import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleServiceDeployment } from "../../model/examples.ts";
import type { ServiceDeployment } from "../../model/service-deployment.ts";
import { advance, allowedAt, stages } from "./stages.ts";

const minute = 60_000;
const began = Date.UTC(2026, 0, 1);
const record = (
  configuration: Partial<ServiceDeployment["deploymentConfiguration"]> = {},
  more: Partial<ServiceDeployment> = {},
): ServiceDeployment =>
  exampleServiceDeployment({
    deploymentConfiguration: {
      maximumPercent: 200,
      minimumHealthyPercent: 100,
      strategy: "BLUE_GREEN",
      ...configuration,
    },
    lifecycleStage: "RECONCILE_SERVICE",
    stageSince: began,
    productionTraffic: 0,
    ...more,
  });

describe("a deployment in stages", () => {
  test("scales up first, and moves on when the target's tasks are healthy", () => {
    const waiting = advance(record(), { now: began, isTargetReady: false });
    expect(waiting).toMatchObject({ record: { lifecycleStage: "SCALE_UP", productionTraffic: 0 } });
    expect(waiting.nextAt).toBeUndefined();
    const ready = advance(waiting.record, { now: began + 1, isTargetReady: true });
    expect(ready.record).toMatchObject({ lifecycleStage: "CLEAN_UP", productionTraffic: 100 });
  });

  test("keeps what was before while it bakes", () => {
    const baking = advance(record({ bakeTimeInMinutes: 5 }), { now: began, isTargetReady: true });
    expect(baking).toMatchObject({
      record: { lifecycleStage: "BAKE_TIME", productionTraffic: 100 },
      nextAt: began + 5 * minute,
    });
    expect(allowedAt(baking.record.lifecycleStage)).toEqual({ start: true, displace: false });
    const baked = advance(baking.record, { now: began + 5 * minute, isTargetReady: true });
    expect(baked.record.lifecycleStage).toBe("CLEAN_UP");
    expect(allowedAt("CLEAN_UP")).toEqual({ start: true, displace: true });
  });

  // Source: ECS API reference, LinearConfiguration: no bake time after 100 per cent.
  test("LINEAR shifts equal steps, each baked but the last", () => {
    const linear = { strategy: "LINEAR" as const, linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 2 } };
    let step = advance(record(linear), { now: began, isTargetReady: true });
    const seen = [step.record.productionTraffic];
    while (step.nextAt !== undefined) {
      step = advance(step.record, { now: step.nextAt, isTargetReady: true });
      seen.push(step.record.productionTraffic);
    }
    expect(seen).toEqual([40, 80, 100]);
    expect(step.record).toMatchObject({ lifecycleStage: "CLEAN_UP", shiftedAt: began + 4 * minute });
  });

  // Source: ECS API reference, CanaryConfiguration.
  test("CANARY shifts a little, and then all", () => {
    const canary = { strategy: "CANARY" as const };
    const first = advance(record(canary), { now: began, isTargetReady: true });
    expect(first).toMatchObject({ record: { productionTraffic: 5 }, nextAt: began + 10 * minute });
    expect(advance(first.record, { now: began + 10 * minute, isTargetReady: true }).record).toMatchObject({
      productionTraffic: 100,
      lifecycleStage: "CLEAN_UP",
    });
  });

  describe("with a PAUSE hook", () => {
    const hooks = (action?: "CONTINUE" | "ROLLBACK") => ({
      lifecycleHooks: [
        {
          targetType: "PAUSE" as const,
          lifecycleStages: ["POST_SCALE_UP" as const],
          timeoutConfiguration: { timeoutInMinutes: 30, ...(action === undefined ? {} : { action }) },
        },
      ],
    });
    const paused = (action?: "CONTINUE" | "ROLLBACK") =>
      advance(record(hooks(action)), { now: began, isTargetReady: true });
    const asked = (requested: "CONTINUE" | "ROLLBACK") => {
      const { record: at } = paused();
      return { ...at, pauses: at.pauses.map((pause) => ({ ...pause, requested })) };
    };

    test("waits for somebody's word", () => {
      expect(paused()).toMatchObject({
        record: { lifecycleStage: "POST_SCALE_UP", pauses: [{ stage: "POST_SCALE_UP", status: "AWAITING_ACTION" }] },
        nextAt: began + 30 * minute,
      });
      const goesOn = advance(asked("CONTINUE"), { now: began, isTargetReady: true });
      expect(goesOn.record).toMatchObject({ lifecycleStage: "CLEAN_UP", pauses: [{ status: "SUCCEEDED" }] });
      expect(advance(asked("ROLLBACK"), { now: began, isTargetReady: true }).rollback).toMatch(/POST_SCALE_UP/);
    });

    test("takes its timeout's action when nobody says anything", () => {
      const late = { now: began + 30 * minute, isTargetReady: true };
      expect(advance(paused().record, late)).toMatchObject({
        rollback: expect.stringMatching(/not continued in time/),
        record: { pauses: [{ status: "TIMED_OUT" }] },
      });
      expect(advance(paused("CONTINUE").record, late).record.lifecycleStage).toBe("CLEAN_UP");
    });
  });

  test("never goes back, whatever comes when", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("BLUE_GREEN" as const, "LINEAR" as const, "CANARY" as const),
        fc.nat(3),
        fc.array(fc.record({ minutes: fc.nat(20), isTargetReady: fc.boolean() })),
        (strategy, bakeTimeInMinutes, looks) => {
          let current = record({ strategy, bakeTimeInMinutes });
          let now = began;
          for (const { minutes, isTargetReady } of looks) {
            now += minutes * minute;
            const { record: next } = advance(current, { now, isTargetReady });
            expect(stages.indexOf(next.lifecycleStage ?? "CLEAN_UP")).toBeGreaterThanOrEqual(
              stages.indexOf(current.lifecycleStage ?? "CLEAN_UP"),
            );
            expect(next.productionTraffic).toBeGreaterThanOrEqual(current.productionTraffic ?? 0);
            current = next;
          }
        },
      ),
    );
  });
});
