import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Measurement } from "../../metrics/metrics-store.ts";
import { Tally } from "../../metrics/tally.ts";
import { invalidCombination, invalidValue } from "./api-error.ts";
import { readDimensions } from "./read-dimensions.ts";

// Source of all: CloudWatch API reference, PutMetricData and MetricDatum.
const largest = 2 ** 360;
const mostValues = 150;
const hourMs = 3_600_000;
const [backMs, aheadMs] = [14 * 24 * hourMs, 2 * hourMs];

/**
 * One datum as it is kept. @param path how an error names it, as `MetricData.member.1` @param now epoch milliseconds
 * @throws CloudWatchError InvalidParameterValue, InvalidParameterCombination
 */
export function readMetricDatum(
  datum: MetricDatum,
  { namespace, path, now }: { readonly namespace: string; readonly path: string; readonly now: number },
): Measurement {
  const { MetricName: name = "", Dimensions, Timestamp, Unit = "None", StorageResolution = 60 } = datum;
  if (StorageResolution !== 1 && StorageResolution !== 60) {
    throw invalidValue(`The value ${StorageResolution} for parameter ${path}.StorageResolution is invalid.`);
  }
  const timestamp = Timestamp?.getTime() ?? now;
  if (timestamp < now - backMs || timestamp > now + aheadMs) {
    const shown = new Date(timestamp).toISOString();
    throw invalidValue(
      `The value ${shown} for parameter ${path}.Timestamp is invalid: it must be within two weeks before and two hours after now.`,
    );
  }
  const dimensions = readDimensions(Dimensions, `${path}.Dimensions`);
  return { namespace, name, dimensions, timestamp, unit: Unit, tally: tallyOf(datum, path) };
}

function tallyOf(datum: MetricDatum, path: string): Tally {
  const given = (["Value", "StatisticValues", "Values"] as const).filter((member) => datum[member] !== undefined);
  const [first, second] = given;
  if (first === undefined) {
    throw invalidCombination(
      `At least one of the parameters ${path}.Value, ${path}.Values or ${path}.StatisticValues must be specified.`,
    );
  }
  if (second !== undefined) {
    throw invalidCombination(
      `The parameters ${path}.${first} and ${path}.${second} are mutually exclusive and you have specified both.`,
    );
  }
  if (datum.Counts !== undefined && datum.Values === undefined) {
    throw invalidCombination(`The parameter ${path}.Counts requires ${path}.Values.`);
  }
  if (datum.StatisticValues !== undefined) return ofStatistics(datum.StatisticValues, `${path}.StatisticValues`);
  if (datum.Values !== undefined) return ofValues(datum.Values, datum.Counts, path);
  return Tally.of(requireNumber(datum.Value, `${path}.Value`));
}

function ofStatistics(set: NonNullable<MetricDatum["StatisticValues"]>, path: string): Tally {
  const sampleCount = requireNumber(set.SampleCount, `${path}.SampleCount`);
  const [sum, minimum, maximum] = (["Sum", "Minimum", "Maximum"] as const).map((member) =>
    requireNumber(set[member], `${path}.${member}`),
  ) as [number, number, number];
  if (sampleCount <= 0) throw invalidValue(`The value ${sampleCount} for parameter ${path}.SampleCount is invalid.`);
  if (minimum > maximum) {
    throw invalidValue(`The parameter ${path}.Maximum must be greater than or equal to ${path}.Minimum.`);
  }
  const tally = new Tally();
  tally.addSet({ sampleCount, sum, minimum, maximum });
  return tally;
}

function ofValues(values: readonly number[], counts: readonly number[] | undefined, path: string): Tally {
  if (values.length === 0) throw invalidValue(`The collection ${path}.Values must not be empty.`);
  if (values.length > mostValues) {
    throw invalidValue(`The collection ${path}.Values must not have a size greater than ${mostValues}.`);
  }
  if (counts !== undefined && counts.length !== values.length) {
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  }
  const tally = new Tally();
  for (const [index, each] of values.entries()) {
    const value = requireNumber(each, `${path}.Values.member.${index + 1}`);
    const count = requireNumber(counts?.[index] ?? 1, `${path}.Counts.member.${index + 1}`);
    if (count <= 0)
      throw invalidValue(`The value ${count} for parameter ${path}.Counts.member.${index + 1} is invalid.`);
    tally.add(value, count);
  }
  return tally;
}

function requireNumber(value: number | undefined, path: string): number {
  if (value !== undefined && Number.isFinite(value) && Math.abs(value) <= largest) return value;
  throw invalidValue(`The value ${value} for parameter ${path} is invalid.`);
}
