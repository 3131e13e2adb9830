/**
 * What errors were called when CloudWatch spoke the query protocol, by which older programs still tell them apart.
 * Source: API reference, each error's `awsQueryError`.
 */
export const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  DashboardInvalidInputError: "InvalidParameterInput",
  DashboardNotFoundError: "ResourceNotFound",
  InternalServiceFault: "InternalServiceError",
  InvalidFormatFault: "InvalidFormat",
  InvalidParameterCombinationException: "InvalidParameterCombination",
  InvalidParameterValueException: "InvalidParameterValue",
  LimitExceededFault: "LimitExceeded",
  MissingRequiredParameterException: "MissingParameter",
  SerializationException: "MalformedInput",
};
