/** Memory in MiB that a CPU size can have: from, to, in steps of. */
interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const gib = 1024;
/** By CPU units. Source: ECS API reference, RegisterTaskDefinition, `memory`. */
const sizes: Readonly<Record<number, Sizes>> = {
  512: { from: gib, to: 4 * gib, step: gib },
  1024: { from: 2 * gib, to: 8 * gib, step: gib },
  2048: { from: 4 * gib, to: 16 * gib, step: gib },
  4096: { from: 8 * gib, to: 30 * gib, step: gib },
  8192: { from: 16 * gib, to: 60 * gib, step: 4 * gib },
  16384: { from: 32 * gib, to: 120 * gib, step: 8 * gib },
};
const smallest: readonly number[] = [512, gib, 2 * gib];

/** Whether Fargate has tasks of this size. Windows tasks have at least one vCPU, and no more than four. */
export function isFargateSize(cpu: number, memory: number, isWindows: boolean): boolean {
  if (isWindows && (cpu < 1024 || cpu > 4096)) return false;
  if (cpu === 256) return smallest.includes(memory);
  const allowed = sizes[cpu];
  return (
    allowed !== undefined &&
    memory >= allowed.from &&
    memory <= allowed.to &&
    (memory - allowed.from) % allowed.step === 0
  );
}
