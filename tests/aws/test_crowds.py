"""Teams of vendors and of Mechanical Turk."""

from __future__ import annotations

import pandas as pd
import pytest

import nblabel as nl
from nblabel.errors import RequestError, ServiceError

VENDOR = "arn:aws:sagemaker:us-east-1:111122223333:workteam/vendor-crowd/labelers"
PRIVATE = "arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/cats"


def test_vendors_are_those_that_the_account_subscribed_to(service):
    with pytest.raises(RequestError, match=r"the account has not subscribed to it; subscribe to it in AWS Marketplace$"):
        nl.aws.vendor_team(VENDOR)
    service.vendors[VENDOR] = {"WorkteamArn": VENDOR, "SellerName": "Labelers & Co", "MarketplaceTitle": "Labels"}
    (row,) = nl.aws.list_vendors().to_dict("records")
    assert (row["name"], row["seller"], row["title"], row["arn"]) == ("labelers", "Labelers & Co", "Labels", VENDOR)
    assert nl.aws.vendor_team(VENDOR).kind == "vendor-crowd"
    with pytest.raises(RequestError, match="it is of the kind private-crowd, not vendor-crowd"):
        nl.aws.vendor_team(PRIVATE)
    with pytest.raises(RequestError, match=r"or take one of .*labelers"):
        nl.aws.vendor_team(f"{VENDOR}-2")
    service.fail(0, "AccessDeniedException")
    with pytest.raises(ServiceError, match="needs sagemaker:ListSubscribedWorkteams"):
        nl.aws.list_vendors()


def test_mechanical_turk_has_its_price_and_its_end():
    with pytest.warns(FutureWarning, match="announced the end of Mechanical Turk.*nl.aws.private_team"):
        team = nl.aws.public_team(price="0.036", region="us-east-1", no_personal_data=True, no_adult_content=True)
    frame = pd.DataFrame({"source-ref": ["s3://bucket/a.jpg"]})
    options = {"name": "cats", "output": "s3://bucket/out", "role": "arn:aws:iam::111122223333:role/GroundTruth", "dry_run": True}
    plan = frame.nblabel.push(nl.BoundingBox(["cat"]), team, **options)
    assert plan.request["HumanTaskConfig"]["PublicWorkforceTaskPrice"] == {"AmountInUsd": {"Dollars": 0, "Cents": 3, "TenthFractionsOfACent": 6}}
    classifiers = plan.request["InputConfig"]["DataAttributes"]["ContentClassifiers"]
    assert classifiers == ["FreeOfPersonallyIdentifiableInformation", "FreeOfAdultContent"]
    with pytest.raises(RequestError, match=r"accepted for SemanticSegmentation are \$0.840"):
        frame.nblabel.push(nl.SemanticSegmentation(["cat"]), team, **{**options, "name": "cats-ref"})


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"price": 0.037}, r"is 0.037: Ground Truth takes \$0.012, \$0.024, .*choose one of them"),
        ({"price": "much"}, "it is no amount of dollars"),
        ({"no_personal_data": False}, "fails jobs whose data is not said to be free of personal data.*no_personal_data=True"),
        ({"region": "mars-1"}, "has no built-in tasks"),
    ],
)
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_mechanical_turk_would_refuse(given, text):
    with pytest.raises(RequestError, match=text):
        nl.aws.public_team(**{"price": 0.036, "region": "us-east-1", "no_personal_data": True, **given})
