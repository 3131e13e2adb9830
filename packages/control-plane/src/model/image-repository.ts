import type { Place } from "@hatoba/contract";

/** How tags of a repository may be moved. Source: ECR API reference, ImageTagMutability. */
export type TagMutability = "MUTABLE" | "IMMUTABLE" | "IMMUTABLE_WITH_EXCLUSION" | "MUTABLE_WITH_EXCLUSION";

/** A repository of the house's registry as stored; keyed by its ARN. Times are epoch milliseconds. */
export interface ImageRepository {
  readonly name: string;
  readonly createdAt: number;
  readonly tagMutability: TagMutability;
  /** Tags as `dev-*` to which the opposite applies. */
  readonly tagExclusions: readonly string[];
  /** Kept and shown; nothing is scanned. */
  readonly scanOnPush: boolean;
  readonly encryption: { readonly encryptionType: "AES256" | "KMS" | "KMS_DSSE"; readonly kmsKey?: string };
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** JSON, as SetRepositoryPolicy gave it. */
  readonly policyText?: string;
  readonly lifecyclePolicy?: {
    readonly text: string;
    /** Written by the sweep that carried it out last; absent until then. */
    readonly evaluatedAt?: number;
  };
  readonly lifecyclePreview?: LifecyclePreview;
  /**
   * Grows with every write to what is in the repository, by whoever makes it, in the same commit: of two that look at the
   * same images and links, one starts again.
   */
  readonly contentChanges: number;
}

/** A lifecycle policy that is only tried: what it would expire is worked out when asked, as of then. Written by StartLifecyclePolicyPreview. */
export interface LifecyclePreview {
  readonly policyText: string;
  readonly startedAt: number;
}

/** A manifest in a repository; keyed by `imageKey`. Its text is a blob of the same digest. */
export interface Image {
  readonly repositoryArn: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly mediaType: string;
  /** Of its configuration, or what the manifest itself says. */
  readonly artifactType?: string;
  /** Of the manifest's text, in bytes. */
  readonly manifestBytes: number;
  /** Of its configuration and its layers together, in bytes; of an index the most that one of its images has. */
  readonly contentBytes: number;
  readonly pushedAt: number;
  /** At most once in a minute; absent until it was pulled. */
  readonly pulledAt?: number;
  /** Digests of its layers and its configuration. */
  readonly blobs: readonly string[];
  /** Digests of the manifests that an index names. */
  readonly manifests: readonly string[];
  /** Digest of the manifest that it is about, as of one that it signs. */
  readonly subject?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A tag of a repository; keyed by `imageTagKey`. Moved by pushes, removed by operations and the sweep. */
export interface ImageTag {
  readonly repositoryArn: string;
  readonly tag: string;
  readonly digest: string;
  /** `imageKey` of what it names. */
  readonly imageKey: string;
}

/** A blob that a repository has; keyed by `imageKey`. What no image uses any more, and nobody asked for lately, is swept. */
export interface ImageBlob {
  readonly repositoryArn: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
  /** When a push last found it here. */
  readonly seenAt: number;
}

export const repositoryArn = ({ region, accountId }: Place, name: string): string =>
  `arn:aws:ecr:${region}:${accountId}:repository/${name}`;
export const imageKey = (repository: string, digest: string): string => `${repository}@${digest}`;
export const imageTagKey = (repository: string, tag: string): string => `${repository}:${tag}`;
