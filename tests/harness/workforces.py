"""The workforces and work teams of the stand-in for SageMaker, and those of vendors."""

from __future__ import annotations

from datetime import UTC, datetime


class Workforces:
    """What a region has of them; part of `ground_truth.GroundTruth`.

    Attributes
    ----------
    workforces, workteams : dict
        By name.
    vendors : dict
        Subscribed teams by ARN, put there by tests.
    """

    def __init__(self):
        self.workforces = {}
        self.workteams = {}
        self.vendors = {}

    def create_workforce(self, request):
        if self.workforces:
            raise self.refusal("ResourceInUse", "there is a workforce already")
        name = request["WorkforceName"]
        config = {key: value for key, value in request.items() if key.endswith("Config")}
        self.workforces[name] = {
            "WorkforceName": name,
            "WorkforceArn": f"{self._place}:workforce/{name}",
            "Status": "Initializing",
            "SubDomain": f"abc123.labeling.{self.region}.sagemaker.aws",
            **config,
        }
        return {"WorkforceArn": self.workforces[name]["WorkforceArn"]}

    def list_workforces(self, _request):
        found = [dict(one) for one in self.workforces.values()]
        for one in self.workforces.values():
            one["Status"] = "Active"
        return {"Workforces": found}

    def create_workteam(self, request):
        name = request["WorkteamName"]
        if name in self.workteams:
            raise self.refusal("ResourceInUse", f"there is a team {name}")
        (workforce,) = self.workforces.values()
        if workforce["Status"] != "Active":
            raise self.refusal("ValidationException", "the workforce is not ready")
        now = datetime.now(UTC).timestamp()
        self.workteams[name] = {
            **{key: value for key, value in request.items() if key not in {"Tags", "WorkforceName"}},
            "WorkteamArn": f"{self._place}:workteam/private-crowd/{name}",
            "WorkforceArn": workforce["WorkforceArn"],
            "SubDomain": workforce["SubDomain"],
            "CreateDate": now,
            "LastUpdatedDate": now,
        }
        return {"WorkteamArn": self.workteams[name]["WorkteamArn"]}

    def list_workteams(self, request):
        wanted = request.get("NameContains", "")
        return {"Workteams": [team for name, team in sorted(self.workteams.items()) if wanted in name]}

    def list_subscribed_workteams(self, _request):
        return {"SubscribedWorkteams": list(self.vendors.values())}

    def describe_subscribed_workteam(self, request):
        if request["WorkteamArn"] not in self.vendors:
            raise self.refusal("ValidationException", "no such subscription")
        return {"SubscribedWorkteam": self.vendors[request["WorkteamArn"]]}
