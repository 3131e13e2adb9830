/** One step of PowerShell on the machine; running it again changes nothing. */
export interface HostStep {
  readonly what: string;
  /** Whether it is done already: exits with 0 then. */
  readonly isDone: string;
  readonly script: string;
}

const address = "169.254.170.2";
const adapter = "Hatoba task credentials";
const rule = "Hatoba task credentials";

/**
 * How containers on Windows reach the agent at 169.254.170.2:80, where their SDKs look for credentials: an adapter on Docker's
 * `nat` switch has that address, and what comes to its port 80 is passed on to the agent. Kept as data for whoever sets up the
 * machine; needs an administrator, once. Source: agent protocol §10.1; ECS developer guide, Windows IAM roles for tasks.
 * @param endpointPort where the agent answers tasks on 127.0.0.1
 */
export function credentialsAddressSteps(endpointPort: number): readonly HostStep[] {
  const proxy = `listenaddress=${address} listenport=80`;
  return [
    {
      what: "an adapter of this machine on Docker's network",
      isDone: exists(`Get-VMNetworkAdapter -ManagementOS -Name '${adapter}' -ErrorAction SilentlyContinue`),
      script: `Add-VMNetworkAdapter -ManagementOS -Name '${adapter}' -SwitchName nat`,
    },
    {
      what: `the address ${address} on it`,
      isDone: exists(`Get-NetIPAddress -IPAddress ${address} -ErrorAction SilentlyContinue`),
      script: `New-NetIPAddress -InterfaceIndex ${interfaceIndex} -IPAddress ${address} -PrefixLength 32`,
    },
    {
      what: "the way back to containers",
      isDone: exists(
        `Get-NetRoute -InterfaceIndex ${interfaceIndex} -DestinationPrefix ${natSubnet} -ErrorAction SilentlyContinue`,
      ),
      script: `New-NetRoute -InterfaceIndex ${interfaceIndex} -DestinationPrefix ${natSubnet}`,
    },
    {
      what: "port 80 of it, passed on to the agent",
      isDone: exists(`netsh interface portproxy show v4tov4 | Select-String -SimpleMatch '${address}'`),
      script: `netsh interface portproxy add v4tov4 ${proxy} connectaddress=127.0.0.1 connectport=${endpointPort}`,
    },
    {
      what: "containers let in by the firewall, nobody else",
      isDone: exists(`Get-NetFirewallRule -DisplayName '${rule}' -ErrorAction SilentlyContinue`),
      script: `New-NetFirewallRule -DisplayName '${rule}' -Direction Inbound -Action Allow -Protocol TCP -LocalAddress ${address} -LocalPort 80 -RemoteAddress ${natSubnet}`,
    },
  ];
}

/** Takes back what the steps have done, the last first; what is not there is passed over. */
export function removeCredentialsAddress(): readonly string[] {
  return [
    `Remove-NetFirewallRule -DisplayName '${rule}' -ErrorAction SilentlyContinue`,
    `netsh interface portproxy delete v4tov4 listenaddress=${address} listenport=80`,
    `Remove-VMNetworkAdapter -ManagementOS -Name '${adapter}' -ErrorAction SilentlyContinue`,
  ];
}

const interfaceIndex = `(Get-NetAdapter -Name '*${adapter}*').ifIndex`;
const natSubnet = "(docker network inspect nat | ConvertFrom-Json).IPAM.Config[0].Subnet";
const exists = (query: string) => `if (${query}) { exit 0 } else { exit 1 }`;
