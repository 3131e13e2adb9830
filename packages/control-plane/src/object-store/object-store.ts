/** A bucket. Times are epoch milliseconds. */
export interface Bucket {
  readonly name: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly objectOwnership?: ObjectOwnership;
  /** Asked for by AES256, the one way that is taken. */
  readonly encryption?: { readonly bucketKeyEnabled: boolean };
}

export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}
export type ObjectOwnership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

/** A checksum over an object, as S3 keeps it beside the ETag. */
export interface ObjectChecksum {
  /** As `CRC32`. */
  readonly algorithm: string;
  /** Base64; with `-N` behind it where it is over the checksums of N parts. */
  readonly value: string;
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

/** What goes with a content, and comes back with it. */
export interface ObjectFacts {
  /** `content-type`, `cache-control` and the like, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** `x-amz-meta-…` without the beginning, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum?: ObjectChecksum;
}

/** Bytes in a file of the store. */
export interface Piece {
  readonly file: string;
  readonly size: number;
}

export interface StoredObject extends ObjectFacts {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  /** Hexadecimal, with `-N` behind it for one that came in N parts. Without quotes. */
  readonly etag: string;
  readonly modifiedAt: number;
  /** The multipart upload that it came by. */
  readonly uploadId?: string;
  /** What its content consists of, in order; the parts of one that came in parts. */
  readonly pieces: readonly Piece[];
}

/** An object as listings show it. */
export type ListedObject = Omit<StoredObject, "pieces">;

/** A multipart upload under way. */
export interface Upload extends Omit<ObjectFacts, "checksum"> {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedAt: number;
  readonly checksum?: Omit<ObjectChecksum, "value">;
}

export interface UploadedPart extends Piece {
  /** 1 to 10,000. */
  readonly number: number;
  readonly etag: string;
  readonly modifiedAt: number;
  readonly checksum?: Pick<ObjectChecksum, "algorithm" | "value">;
}

/** What to list of a bucket; keys come in the order of their UTF-8 bytes. */
export interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  /** What lies between the prefix and the next of these is shown once, as a prefix of its own. */
  readonly delimiter?: string;
  /** Only what comes after this; a common prefix stands for all that begins with it. */
  readonly after?: string;
  readonly limit: number;
}
export type Listed<T> = { readonly commonPrefix: string } | { readonly item: T };
export interface ListedPage<T> {
  readonly entries: readonly Listed<T>[];
  /** Whether there is more after the last entry. */
  readonly isTruncated: boolean;
}

/** Throws if a change is not to be; asked in the moment that it is made. */
export type Condition = (current: StoredObject | undefined) => void;

/**
 * Buckets and what is in them. A change is on disk when it resolves, and then seen by every reading; it happens whole or not
 * at all, whatever befalls the process.
 */
export interface ObjectStore {
  buckets(): readonly Bucket[];
  bucket(name: string): Bucket | undefined;
  /** @returns false if there is one of that name */
  createBucket(bucket: Bucket): Promise<boolean>;
  /** @returns false if it is gone */
  changeBucket(name: string, change: (bucket: Bucket) => Bucket): Promise<boolean>;
  /** Multipart uploads into it end with it. */
  deleteBucket(name: string): Promise<"deleted" | "notEmpty" | "notThere">;

  object(bucket: string, key: string): StoredObject | undefined;
  list(listing: Listing): ListedPage<ListedObject>;
  /**
   * Writes a content, that is nobody's yet: it becomes an object's or part's, or is discarded. What `source` throws is
   * thrown on, and nothing is left.
   */
  write(source: AsyncIterable<Uint8Array>): Promise<Piece>;
  /** Forgets a content that did not become anything's. */
  discard(piece: Piece): Promise<void>;
  /** The bytes from `start` (included) to `end` (excluded); an object that is replaced meanwhile is read to its end. */
  read(object: StoredObject, start: number, end: number): AsyncIterable<Uint8Array>;
  /** In place of what is there. @returns false if the bucket is gone */
  putObject(object: StoredObject, condition?: Condition): Promise<boolean>;
  /** @returns false if it is gone */
  tagObject(bucket: string, key: string, tags: Readonly<Record<string, string>>): Promise<boolean>;
  deleteObjects(bucket: string, keys: readonly string[], condition?: Condition): Promise<void>;

  /** @returns false if the bucket is gone */
  createUpload(upload: Upload): Promise<boolean>;
  upload(id: string): Upload | undefined;
  uploads(listing: Listing & { readonly afterId?: string }): ListedPage<Upload>;
  parts(uploadId: string): readonly UploadedPart[];
  /** In place of the part of that number. @returns false if the upload is gone */
  putPart(uploadId: string, part: UploadedPart): Promise<boolean>;
  /**
   * The pieces of `object` have to be parts of the upload; the others go. @returns false if the upload is gone, or one of the
   * pieces is no part of it any more; then nothing is changed
   */
  completeUpload(uploadId: string, object: StoredObject, condition?: Condition): Promise<boolean>;
  abortUpload(uploadId: string): Promise<boolean>;

  /** Removes files that belong to nothing: what a crash left behind. @returns how many went */
  sweep(): Promise<number>;
  /** Lets what is under way end, then lets go of the files. */
  close(): Promise<void>;
}
