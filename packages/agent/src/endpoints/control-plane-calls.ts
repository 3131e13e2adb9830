import { ControlPlaneError } from "../channel/control-plane.ts";
import type { JsonApi } from "../channel/json-api.ts";
import type { Tags, TagsAnswer } from "./task-metadata.ts";
import type { CallAs } from "./task-protection.ts";

const ecsTarget = "AmazonEC2ContainerServiceV20141113";

/** Reads the tags of a task, and of the container instance unless that is nobody's to see. */
export async function readTags(api: JsonApi, taskArn: string, containerInstanceArn: string | undefined): Promise<Tags> {
  const [task, containerInstance] = await Promise.all([
    tagsOf(api, taskArn),
    containerInstanceArn === undefined ? { tags: {} } : tagsOf(api, containerInstanceArn),
  ]);
  return { task, containerInstance };
}

async function tagsOf(api: JsonApi, resourceArn: string): Promise<TagsAnswer> {
  try {
    const { tags = [] } = (await api.call("ecs", ecsTarget, "ListTagsForResource", { resourceArn })) as {
      tags?: readonly { readonly key?: string; readonly value?: string }[];
    };
    return { tags: Object.fromEntries(tags.map(({ key = "", value = "" }) => [key, value])) };
  } catch (error) {
    if (!(error instanceof ControlPlaneError)) throw error;
    const { name, message, statusCode } = error;
    return { resourceArn, code: name, message, statusCode };
  }
}

/** Calls as a task's role, over a connection of its own each time. @param apiOf a client that signs with these keys */
export const callAsRole =
  (apiOf: (credentials: Parameters<CallAs>[0]) => JsonApi): CallAs =>
  async (credentials, operation, input, signal) => {
    const api = apiOf(credentials);
    try {
      return await api.call("ecs", ecsTarget, operation, input, signal);
    } finally {
      api.close();
    }
  };
