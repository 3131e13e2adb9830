import type { ContainerSpec } from "../../runtime/container-runtime.ts";
import { efsFailure, type Granted } from "./efs-mount.ts";

/**
 * A container that is, for the file system, who the grant says. An NFS server sees users as it likes; in a bind mount files belong to
 * whoever runs. So the container runs as the access point's user, and one that states another is refused; and where root is to be
 * squashed, a container that is root, or may be, is refused. See decision 14.
 * @throws TaskFailure
 */
export function asEfsUser(
  spec: ContainerSpec,
  { user, mayBeRoot }: Pick<Granted, "user" | "mayBeRoot">,
): ContainerSpec {
  const stated = textOf(spec.dockerConfig["User"]);
  if (user === undefined) {
    if (mayBeRoot || isOther(stated)) return spec;
    throw efsFailure(squashed, 32);
  }
  if (user.uid === 0 && !mayBeRoot) throw efsFailure(squashed, 32);
  const [uid = "", gid] = stated.split(":");
  const agrees = (uid === "" || uid === String(user.uid)) && (gid === undefined || gid === String(user.gid));
  if (!agrees) {
    const whose = `the access point's user is ${user.uid}:${user.gid}, and the container is to run as ${stated}`;
    throw efsFailure(`${whose}: leave its user out`, 32);
  }
  const groups = spec.dockerHostConfig["GroupAdd"];
  const more = [...(Array.isArray(groups) ? groups : []), ...user.secondaryGids.map(String)];
  return {
    ...spec,
    dockerConfig: { ...spec.dockerConfig, User: `${user.uid}:${user.gid}` },
    dockerHostConfig: { ...spec.dockerHostConfig, ...(more.length === 0 ? {} : { GroupAdd: more }) },
  };
}

const squashed =
  "ClientRootAccess is not granted, and root cannot be squashed here: give the container a user by number that is not 0";

const textOf = (value: unknown) => (typeof value === "string" ? value : "");
/** Certainly not root: a number. Names are the image's affair, and no user is often root. */
const isOther = (stated: string) => /^0*[1-9]\d*(:|$)/.test(stated);
