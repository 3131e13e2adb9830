#!/usr/bin/env python3
"""Writes packages/control-plane/src/api/limits/*.json from botocore's service data (Apache-2.0; see the NOTICE there).

Usage: python3 scripts/generate-limits.py PATH-OF-botocore/data

The AWS SDK for JavaScript knows names, types and required members of every operation. What it does not know is taken
from here: enums, lengths, ranges, patterns, which numbers are not integers, and the errors of each operation. Only
inputs are looked at. The services and operations wanted are listed below; None stands for all operations.
"""

import gzip
import json
import pathlib
import sys

WANTED = {
    "ecs": None,
    "logs": None,
    "sts": None,
    "iam": None,
    "ssm": [
        "AddTagsToResource",
        "CreateActivation",
        "DeleteActivation",
        "DeleteParameter",
        "DeleteParameters",
        "DeregisterManagedInstance",
        "DescribeActivations",
        "DescribeInstanceInformation",
        "DescribeParameters",
        "DescribeSessions",
        "GetConnectionStatus",
        "GetParameter",
        "GetParameterHistory",
        "GetParameters",
        "GetParametersByPath",
        "LabelParameterVersion",
        "ListTagsForResource",
        "PutParameter",
        "RemoveTagsFromResource",
        "ResumeSession",
        "StartSession",
        "TerminateSession",
        "UnlabelParameterVersion",
    ],
    "events": [
        "CreateApiDestination",
        "CreateConnection",
        "DeleteApiDestination",
        "DeleteConnection",
        "DeleteRule",
        "DescribeApiDestination",
        "DescribeConnection",
        "DescribeEventBus",
        "DescribeRule",
        "DisableRule",
        "EnableRule",
        "ListApiDestinations",
        "ListConnections",
        "ListEventBuses",
        "ListRuleNamesByTarget",
        "ListRules",
        "ListTagsForResource",
        "ListTargetsByRule",
        "PutEvents",
        "PutRule",
        "PutTargets",
        "RemoveTargets",
        "TagResource",
        "TestEventPattern",
        "UntagResource",
        "UpdateApiDestination",
        "UpdateConnection",
    ],
    "ec2": [
        "DescribeAccountAttributes",
        "DescribeAvailabilityZones",
        "DescribeNetworkInterfaces",
        "DescribeRegions",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcAttribute",
        "DescribeVpcs",
    ],
    "cloudwatch": [
        "GetMetricData",
        "GetMetricStatistics",
        "ListMetrics",
        "PutMetricData",
    ],
    "ecr": None,
    "efs": None,
    "scheduler": None,
    "secretsmanager": None,
}
TARGET = pathlib.Path(__file__).parent.parent / "packages/control-plane/src/api/limits"


def newest(data, service):
    """The newest version of a service's data."""
    versions = sorted(path for path in (data / service).iterdir() if path.is_dir())
    with gzip.open(versions[-1] / "service-2.json.gz") as file:
        return json.load(file)


class Limits:
    def __init__(self, model, operations):
        self.shapes = model["shapes"]
        self.enums = {}
        self.structures = {}
        self.errors = {}
        for name, operation in sorted(model["operations"].items()):
            if operations is not None and name not in operations:
                continue
            self.errors[name] = [error["shape"] for error in operation.get("errors", [])]
            if "input" in operation:
                self.visit(operation["input"]["shape"])

    def visit(self, name):
        """Takes in a structure and all that is in it."""
        if name in self.structures:
            return
        members = self.structures[name] = {}
        for member, reference in self.shapes[name].get("members", {}).items():
            limit = self.limit(reference["shape"])
            if limit:
                members[member] = limit

    def limit(self, name):
        """What is to be said of a value of this shape; empty if nothing is."""
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            self.visit(name)
            return {}
        limit = {key: shape[key] for key in ("min", "max", "pattern") if key in shape}
        if limit.get("min") == 0 and kind in ("string", "list", "map", "blob"):
            del limit["min"]
        if kind in ("long", "float", "double"):
            limit["type"] = kind
        if "enum" in shape:
            self.enums[name] = shape["enum"]
            limit["enum"] = name
        inner = {"list": {"item": "member"}, "map": {"key": "key", "value": "value"}}.get(kind, {})
        for ours, theirs in inner.items():
            found = self.limit(shape[theirs]["shape"])
            if found:
                limit[ours] = found
        return limit

    def as_json(self):
        structures = {name: members for name, members in sorted(self.structures.items()) if members}
        return {"enums": dict(sorted(self.enums.items())), "structures": structures, "errors": self.errors}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    for service, operations in WANTED.items():
        limits = Limits(newest(data, service), operations).as_json()
        text = json.dumps(limits, separators=(",", ":"), ensure_ascii=False)
        # A line for each structure and enum keeps changes readable.
        text = text.replace('},"', '},\n"').replace('],"', '],\n"')
        (TARGET / f"{service}.json").write_text(text + "\n", encoding="utf-8")


main()
