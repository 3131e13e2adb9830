/**
 * RegisterManagedInstance, which agents call and the SDK does not have: its run-time schema, as an SDK's module would
 * bring it, its limits and its types. The members up to Fingerprint and InstanceId are those of AWS. The others are ours:
 * what a machine says of itself, and the key it gets. Source: exec and session protocol, section 4.3.
 */
export const RegisterManagedInstance$ = [
  9,
  "com.amazonaws.ssm",
  "RegisterManagedInstance",
  0,
  () => RegisterManagedInstanceRequest$,
  () => RegisterManagedInstanceResult$,
] as const;

const inputMembers = [
  "ActivationId",
  "ActivationCode",
  "PublicKey",
  "PublicKeyType",
  "Fingerprint",
  "ComputerName",
  "IPAddress",
  "PlatformType",
  "PlatformName",
  "PlatformVersion",
] as const;
const outputMembers = ["InstanceId", "AccessKeyId", "SecretAccessKey", "Region"] as const;

const structure = (name: string, members: readonly string[], required = 0) =>
  [3, "com.amazonaws.ssm", name, 0, members, members.map(() => 0), required] as const;
const RegisterManagedInstanceRequest$ = structure("RegisterManagedInstanceRequest", inputMembers, 2);
const RegisterManagedInstanceResult$ = structure("RegisterManagedInstanceResult", outputMembers);

const short = { min: 1, max: 255 };
/** By structure and member, as the generated limits have it. */
export const registerManagedInstanceLimits = {
  RegisterManagedInstanceRequest: {
    ActivationId: { max: 64 },
    ActivationCode: { max: 250 },
    PublicKey: { max: 4096 },
    PublicKeyType: { max: 64 },
    Fingerprint: { max: 255 },
    ComputerName: short,
    IPAddress: { min: 1, max: 46 },
    PlatformType: { enum: "PlatformType" },
    PlatformName: short,
    PlatformVersion: short,
  },
} as const;
export const platformTypes = ["Windows", "Linux", "MacOS"] as const;

export type RegisterManagedInstanceRequest = Readonly<
  Record<"ActivationId" | "ActivationCode", string> &
    Partial<Record<Exclude<(typeof inputMembers)[number], "ActivationId" | "ActivationCode" | "PlatformType">, string>>
> & { readonly PlatformType?: (typeof platformTypes)[number] };
export type RegisterManagedInstanceResult = Readonly<Record<(typeof outputMembers)[number], string>>;
