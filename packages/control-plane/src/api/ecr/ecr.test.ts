import * as ecr from "@aws-sdk/client-ecr";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf, imageType, startTestRegistry, type TestRegistry } from "../registry/registry.fixture.ts";

// Through the real client, over HTTP.
let house: TestRegistry;
let client: ecr.ECRClient;
const repositoryName = "team/app";
beforeEach(async () => {
  house = await startTestRegistry();
  client = house.client;
  await client.send(new ecr.CreateRepositoryCommand({ repositoryName, tags: [{ Key: "a", Value: "b" }] }));
});
afterEach(() => house[Symbol.asyncDispose]());

const resourceArn = "arn:aws:ecr:us-east-1:000000000000:repository/team/app";
const where = "repository with name 'team/app' in the registry with id '000000000000'";
const error = (name: string, message: string) =>
  expect.objectContaining({ name, message: expect.stringContaining(message) });

describe("repositories", () => {
  test("are described as ECR does, by the address that the caller uses", async () => {
    const { repositories = [] } = await client.send(new ecr.DescribeRepositoriesCommand({}));
    expect(repositories).toEqual([
      {
        repositoryArn: resourceArn,
        registryId: "000000000000",
        repositoryName,
        repositoryUri: `${new URL(house.server.url).host}/team/app`,
        createdAt: new Date(house.clock.now()),
        imageTagMutability: "MUTABLE",
        imageScanningConfiguration: { scanOnPush: false },
        encryptionConfiguration: { encryptionType: "AES256" },
      },
    ]);
  });

  test("are there once, and go when they are empty, or by force", async () => {
    const again = client.send(new ecr.CreateRepositoryCommand({ repositoryName }));
    const there = "The repository with name 'team/app' already exists in the registry with id '000000000000'";
    await expect(again).rejects.toThrow(error("RepositoryAlreadyExistsException", there));
    await house.image(repositoryName, "v1");
    await expect(client.send(new ecr.DeleteRepositoryCommand({ repositoryName }))).rejects.toThrow(
      error("RepositoryNotEmptyException", "cannot be deleted because it still contains images"),
    );
    await client.send(new ecr.DeleteRepositoryCommand({ repositoryName, force: true }));
    await expect(client.send(new ecr.ListImagesCommand({ repositoryName }))).rejects.toThrow(
      error("RepositoryNotFoundException", "'team/app' does not exist in the registry with id '000000000000'"),
    );
    expect(house.store.snapshot().list("imageBlob")).toEqual([]);
  });

  test("are listed by pages", async () => {
    for (const name of ["zz", "aa"]) await client.send(new ecr.CreateRepositoryCommand({ repositoryName: name }));
    const names: unknown[] = [];
    for await (const page of ecr.paginateDescribeRepositories({ client, pageSize: 2 }, {})) {
      names.push(page.repositories?.map((each) => each.repositoryName));
    }
    expect(names).toEqual([["aa", "team/app"], ["zz"]]);
  });

  test("have tags, policies and exclusions", async () => {
    await client.send(new ecr.TagResourceCommand({ resourceArn, tags: [{ Key: "c", Value: "d" }] }));
    await client.send(new ecr.UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    const { tags } = await client.send(new ecr.ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual([{ Key: "c", Value: "d" }]);

    const get = () => client.send(new ecr.GetRepositoryPolicyCommand({ repositoryName }));
    await expect(get()).rejects.toThrow(
      error("RepositoryPolicyNotFoundException", `Repository policy does not exist for the ${where}`),
    );
    const bad = client.send(new ecr.SetRepositoryPolicyCommand({ repositoryName, policyText: '{"Statement":[{}]}' }));
    await expect(bad).rejects.toThrow(error("InvalidParameterException", "Invalid repository policy provided"));
    const policyText = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "ecr:*" }],
    });
    await client.send(new ecr.SetRepositoryPolicyCommand({ repositoryName, policyText }));
    expect((await get()).policyText).toBe(policyText);
    await client.send(new ecr.DeleteRepositoryPolicyCommand({ repositoryName }));

    const set = (imageTagMutability: ecr.ImageTagMutability, ...filters: string[]) =>
      client.send(
        new ecr.PutImageTagMutabilityCommand({
          repositoryName,
          imageTagMutability,
          ...(filters.length === 0
            ? {}
            : { imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" })) }),
        }),
      );
    await expect(set("IMMUTABLE_WITH_EXCLUSION")).rejects.toThrow(error("InvalidParameterException", "filters"));
    await set("IMMUTABLE_WITH_EXCLUSION", "dev-*");
    const { repositories: [shown] = [] } = await client.send(new ecr.DescribeRepositoriesCommand({}));
    expect(shown?.imageTagMutabilityExclusionFilters).toEqual([{ filter: "dev-*", filterType: "WILDCARD" }]);
  });

  test("have names that ECR takes", async () => {
    const bad = client.send(new ecr.CreateRepositoryCommand({ repositoryName: "No" }));
    await expect(bad).rejects.toThrow(
      error("InvalidParameterException", "Invalid parameter at 'repositoryName' failed"),
    );
  });
});

describe("images", () => {
  test("are described and listed, with and without tags", async () => {
    const first = await house.image(repositoryName, "v1", "12345");
    const second = await house.image(repositoryName, "v1", "1234567");
    const { imageDetails } = await client.send(
      new ecr.DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: "v1" }] }),
    );
    expect(imageDetails).toEqual([
      {
        registryId: "000000000000",
        repositoryName,
        imageDigest: second,
        imageTags: ["v1"],
        imageSizeInBytes: 9,
        imagePushedAt: new Date(house.clock.now()),
        imageManifestMediaType: imageType,
        artifactMediaType: "application/vnd.oci.image.config.v1+json",
        imageStatus: "ACTIVE",
      },
    ]);
    const list = async (tagStatus: ecr.TagStatus) =>
      (await client.send(new ecr.ListImagesCommand({ repositoryName, filter: { tagStatus } }))).imageIds;
    expect(await list("UNTAGGED")).toEqual([{ imageDigest: first }]);
    expect(await list("TAGGED")).toEqual([{ imageDigest: second, imageTag: "v1" }]);
    const missing = client.send(new ecr.DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: "v9" }] }));
    const id = "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the repository";
    await expect(missing).rejects.toThrow(error("ImageNotFoundException", id));
  });

  test("are pulled and pushed without Docker, layer by layer", async () => {
    await house.image(repositoryName, "v1", "layer");
    const { images: [image] = [], failures } = await client.send(
      new ecr.BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: "v1" }, { imageTag: "v9" }, {}] }),
    );
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(["ImageNotFound", "MissingDigestAndTag"]);
    const imageManifest = image?.imageManifest ?? "";
    const layerDigest = digestOf("layer");
    const { downloadUrl = "" } = await client.send(
      new ecr.GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }),
    );
    expect(await (await fetch(downloadUrl)).text()).toBe("layer");
    expect((await fetch(downloadUrl.replace(layerDigest, digestOf("{}")))).status).toBe(401);
    house.clock.advance(3_600_000);
    expect((await fetch(downloadUrl)).status).toBe(401);

    const other = { repositoryName: "other" };
    await client.send(new ecr.CreateRepositoryCommand(other));
    const put = () => client.send(new ecr.PutImageCommand({ ...other, imageManifest, imageTag: "v1" }));
    await expect(put()).rejects.toThrow(error("LayersNotFoundException", layerDigest));
    for (const content of ["layer", "{}"]) {
      const { uploadId } = await client.send(new ecr.InitiateLayerUploadCommand(other));
      const layerDigests = [digestOf(content)];
      const complete = () => client.send(new ecr.CompleteLayerUploadCommand({ ...other, uploadId, layerDigests }));
      await expect(complete()).rejects.toThrow(error("EmptyUploadException", "does not contain any layer parts"));
      const upload = (partFirstByte: number) =>
        client.send(
          new ecr.UploadLayerPartCommand({
            ...other,
            uploadId,
            partFirstByte,
            partLastByte: partFirstByte + content.length - 1,
            layerPartBlob: Buffer.from(content),
          }),
        );
      await expect(upload(3)).rejects.toThrow(error("InvalidLayerPartException", "0 bytes have come"));
      expect((await upload(0)).lastByteReceived).toBe(content.length - 1);
      expect((await complete()).layerDigest).toBe(digestOf(content));
    }
    const layers = await client.send(
      new ecr.BatchCheckLayerAvailabilityCommand({ ...other, layerDigests: [layerDigest, digestOf("no"), "sha256:1"] }),
    );
    expect(layers.layers?.map(({ layerAvailability }) => layerAvailability)).toEqual(["AVAILABLE", "UNAVAILABLE"]);
    expect(layers.failures?.map(({ failureCode }) => failureCode)).toEqual(["InvalidLayerDigest"]);
    expect((await put()).image?.imageId).toEqual({ imageTag: "v1", imageDigest: image?.imageId?.imageDigest });
    await expect(put()).rejects.toThrow(error("ImageAlreadyExistsException", "already exists in the repository"));
  });

  test("have layers of many parts", async () => {
    const part = Buffer.alloc(6_000_000, "x");
    const { uploadId } = await client.send(new ecr.InitiateLayerUploadCommand({ repositoryName }));
    for (const partFirstByte of [0, part.length]) {
      const partLastByte = partFirstByte + part.length - 1;
      const input = { repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob: part };
      await client.send(new ecr.UploadLayerPartCommand(input));
    }
    const layerDigest = digestOf(Buffer.concat([part, part]));
    const complete = { repositoryName, uploadId, layerDigests: [layerDigest] };
    expect((await client.send(new ecr.CompleteLayerUploadCommand(complete))).layerDigest).toBe(layerDigest);
  });

  test("go by tag, and by digest with all their tags; not while an index names them", async () => {
    const digest = await house.image(repositoryName, "v1");
    await house.image(repositoryName, "v2");
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      manifests: [{ mediaType: imageType, digest, size: 1 }],
    });
    const headers = { "content-type": mediaType };
    await house.call(`/v2/${repositoryName}/manifests/index`, { method: "PUT", headers, body });
    const remove = (...imageIds: ecr.ImageIdentifier[]) =>
      client.send(new ecr.BatchDeleteImageCommand({ repositoryName, imageIds }));
    expect((await remove({ imageTag: "v1" })).imageIds).toEqual([{ imageDigest: digest, imageTag: "v1" }]);
    const named = await remove({ imageDigest: digest });
    expect(named.failures?.[0]).toMatchObject({ failureCode: "ImageReferencedByManifestList" });
    const both = await remove({ imageTag: "index" }, { imageDigest: digest });
    expect([both.imageIds, both.failures]).toEqual([
      [
        { imageDigest: digestOf(body), imageTag: "index" },
        { imageDigest: digest, imageTag: "v2" },
      ],
      [],
    ]);
    expect((await client.send(new ecr.ListImagesCommand({ repositoryName }))).imageIds).toEqual([]);
  });
});

describe("lifecycle policies", () => {
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1 };
  const rule = { rulePriority: 1, description: "keeps one image and no more", selection, action: { type: "expire" } };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] });

  test("are kept, and can be tried", async () => {
    const get = () => client.send(new ecr.GetLifecyclePolicyCommand({ repositoryName }));
    await expect(get()).rejects.toThrow(
      error("LifecyclePolicyNotFoundException", `Lifecycle policy does not exist for the ${where}`),
    );
    await client.send(new ecr.PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    expect((await get()).lifecyclePolicyText).toBe(lifecyclePolicyText);
    const old = await house.image(repositoryName, "v1", "one");
    house.clock.advance(1000);
    await house.image(repositoryName, "v2", "two");
    await client.send(new ecr.StartLifecyclePolicyPreviewCommand({ repositoryName }));
    const preview = await client.send(new ecr.GetLifecyclePolicyPreviewCommand({ repositoryName }));
    expect(preview).toMatchObject({
      status: "COMPLETE",
      previewResults: [{ imageDigest: old, imageTags: ["v1"], action: { type: "EXPIRE" }, appliedRulePriority: 1 }],
      summary: { expiringImageTotalCount: 1 },
    });
    await client.send(new ecr.DeleteLifecyclePolicyCommand({ repositoryName }));
    await expect(get()).rejects.toThrow("Lifecycle policy does not exist");
  });

  test("that say what cannot be are refused", async () => {
    const text = lifecyclePolicyText.replace('"expire"', '"explode"');
    const put = client.send(new ecr.PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: text }));
    await expect(put).rejects.toThrow(
      error(
        "InvalidParameterException",
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: ",
      ),
    );
  });
});

test("what a registry has beside is told, and what is not there is refused clearly", async () => {
  expect(await client.send(new ecr.DescribeRegistryCommand({}))).toMatchObject({
    replicationConfiguration: { rules: [] },
  });
  await expect(client.send(new ecr.GetRegistryPolicyCommand({}))).rejects.toThrow(
    error("RegistryPolicyNotFoundException", "Registry policy does not exist"),
  );
  const scan = client.send(new ecr.StartImageScanCommand({ repositoryName, imageId: { imageTag: "v1" } }));
  await expect(scan).rejects.toThrow("Images are not scanned here. docs/compatibility.md lists what there is.");
});
