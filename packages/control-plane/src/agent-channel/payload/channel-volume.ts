import type { Volume } from "@aws-sdk/client-ecs";
import type { ChannelVolume } from "@hatoba/contract";
import { present } from "./present.ts";

/** One volume of a task. A host volume must have its `host` object, if only an empty one. Source: agent protocol, Volume. */
export function channelVolume(volume: Volume): ChannelVolume {
  const { name = "", host, dockerVolumeConfiguration: docker, efsVolumeConfiguration: efs } = volume;
  const fsx = volume.fsxWindowsFileServerVolumeConfiguration;
  if (docker !== undefined) {
    return { name, type: "docker", dockerVolumeConfiguration: present({ ...docker, scope: docker.scope ?? "task" }) };
  }
  if (efs !== undefined) {
    const { fileSystemId = "", authorizationConfig, rootDirectory, transitEncryption, transitEncryptionPort } = efs;
    return {
      name,
      type: "efs",
      efsVolumeConfiguration: {
        fileSystemId,
        ...present({
          rootDirectory,
          transitEncryption,
          transitEncryptionPort,
          authorizationConfig: authorizationConfig && present({ ...authorizationConfig }),
        }),
      },
    };
  }
  if (fsx !== undefined) {
    const { fileSystemId = "", rootDirectory = "", authorizationConfig } = fsx;
    const { credentialsParameter = "", domain = "" } = authorizationConfig ?? {};
    return {
      name,
      type: "fsxWindowsFileServer",
      fsxWindowsFileServerVolumeConfiguration: {
        fileSystemId,
        rootDirectory,
        authorizationConfig: { credentialsParameter, domain },
      },
    };
  }
  return { name, host: host?.sourcePath === undefined ? {} : { sourcePath: host.sourcePath } };
}
