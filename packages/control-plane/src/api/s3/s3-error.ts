/** A refusal as S3 words it. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly code: string;
  readonly status: number;
  /** Further elements of the answer, as `Key`. */
  readonly members: Readonly<Record<string, string>>;
  constructor(code: string, message: string, status: number, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** Source of these: S3 API reference, "Error responses", and answers of S3. */
export const noSuchBucket = (bucket: string) =>
  new S3Error("NoSuchBucket", "The specified bucket does not exist", 404, { BucketName: bucket });
export const noSuchKey = (key: string) =>
  new S3Error("NoSuchKey", "The specified key does not exist.", 404, { Key: key });
export const noSuchUpload = (id: string) =>
  new S3Error(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    404,
    { UploadId: id },
  );
export const invalidArgument = (message: string, name: string, value: string) =>
  new S3Error("InvalidArgument", message, 400, { ArgumentName: name, ArgumentValue: value });
export const invalidRequest = (message: string) => new S3Error("InvalidRequest", message, 400);
export const notImplemented = (message: string) => new S3Error("NotImplemented", message, 501);
export const malformedXml = () =>
  new S3Error(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    400,
  );
export const preconditionFailed = (condition: string) =>
  new S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412, {
    Condition: condition,
  });
export const accessDenied = (message = "Access Denied", members: S3Error["members"] = {}) =>
  new S3Error("AccessDenied", message, 403, members);
