export { clearUnusedRules, type EndpointReach, examineTaskEndpoints } from "./endpoints/host/examine.ts";
export { unmountBelow } from "./hooks/volumes/unmount-below.ts";
export { buildImage, busyboxImage, type ImageLoader, type ImageToBuild } from "./images/build-image.ts";
export { removeTaskCgroup } from "./runtime/cgroups/cgroupfs.ts";
export { credentialsAddressSteps, removeCredentialsAddress } from "./windows/credentials-address.ts";
export {
  type ServiceCommand,
  type WindowsServicePlan,
  windowsServiceCommands,
  windowsServiceName,
} from "./windows/windows-service.ts";
