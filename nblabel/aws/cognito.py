"""The user pool that the workers of a private workforce sign in to, through Amazon Cognito.

Steps and settings: SageMaker developer guide, "Create a private workforce" (Amazon Cognito); each function finds what is there before it makes it, so
that whatever was interrupted is taken up where it ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nblabel.aws.model import check_request
from nblabel.aws.service import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "POOL",
    "add_to_group",
    "check_invitation",
    "find_client",
    "find_group",
    "find_pool",
    "find_user",
    "has_domain",
    "invitation",
    "invite",
    "make_client",
    "make_domain",
    "make_group",
    "make_pool",
    "members",
    "remove_from_group",
    "set_enabled",
    "write_invitation",
]

POOL = "nblabel-groundtruth"
"""Name of the pool, and of its client."""

_SERVICE = "cognito-idp"
_NO_USER, _NO_RESOURCE = "UserNotFoundException", "ResourceNotFoundException"
# Ground Truth puts the portal's address in its place when the first team is made.
_PLACEHOLDER = "https://127.0.0.1"


def find_pool(cognito: Any) -> str | None:
    """Give the id of the pool that `make_pool` made."""
    return next((pool["Id"] for pool in _pages(cognito, "list_user_pools", "UserPools") if pool["Name"] == POOL), None)


def make_pool(cognito: Any) -> str:
    """Make a pool whose users are invited by e-mail and cannot sign up themselves."""
    with explained("CreateUserPool", _SERVICE):
        made = cognito.create_user_pool(PoolName=POOL, UsernameAttributes=["email"], **_pool_settings(None))
    return str(made["UserPool"]["Id"])


def write_invitation(cognito: Any, pool: str, message: dict[str, str]) -> None:
    """Give a pool that `make_pool` made the text of its invitations; what is not said again here would be reset."""
    with explained("UpdateUserPool", _SERVICE):
        cognito.update_user_pool(UserPoolId=pool, **_pool_settings(message))


def invitation(cognito: Any, pool: str) -> dict[str, str]:
    """Give the text of the invitations of a pool: subject and message."""
    with explained("DescribeUserPool", _SERVICE):
        found = cognito.describe_user_pool(UserPoolId=pool)["UserPool"]
    message = found.get("AdminCreateUserConfig", {}).get("InviteMessageTemplate", {})
    return {name: message[name] for name in ("EmailSubject", "EmailMessage") if name in message}


def check_invitation(pool: str, message: dict[str, str]) -> None:
    """Check the text of invitations before anything is made.

    Raises
    ------
    RequestError
        Cognito would refuse it.
    """
    check_request(_SERVICE, "UpdateUserPool", {"UserPoolId": pool, **_pool_settings(message)})


def _pool_settings(message: dict[str, str] | None) -> dict[str, Any]:
    policy = {"MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True, "RequireSymbols": False}
    invitation = {} if message is None else {"InviteMessageTemplate": message}
    return {
        "Policies": {"PasswordPolicy": policy},
        "AutoVerifiedAttributes": ["email"],
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True, **invitation},
    }


def find_client(cognito: Any, pool: str) -> str | None:
    """Give the id of the client that `make_client` made."""
    clients = _pages(cognito, "list_user_pool_clients", "UserPoolClients", UserPoolId=pool)
    return next((client["ClientId"] for client in clients if client["ClientName"] == POOL), None)


def make_client(cognito: Any, pool: str) -> str:
    """Make the client through which Ground Truth's portal signs workers in."""
    with explained("CreateUserPoolClient", _SERVICE):
        made = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName=POOL,
            GenerateSecret=True,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            SupportedIdentityProviders=["COGNITO"],
            CallbackURLs=[_PLACEHOLDER],
            LogoutURLs=[_PLACEHOLDER],
            AllowedOAuthFlows=["code", "implicit"],
            AllowedOAuthScopes=["email", "openid", "profile"],
            AllowedOAuthFlowsUserPoolClient=True,
        )
    return str(made["UserPoolClient"]["ClientId"])


def has_domain(cognito: Any, pool: str) -> bool:
    """Tell whether a pool has a page to sign in."""
    with explained("DescribeUserPoolDomain", _SERVICE):
        return bool(cognito.describe_user_pool_domain(Domain=domain_of(pool)).get("DomainDescription"))


def make_domain(cognito: Any, pool: str) -> None:
    """Give a pool a page to sign in."""
    with explained("CreateUserPoolDomain", _SERVICE):
        cognito.create_user_pool_domain(Domain=domain_of(pool), UserPoolId=pool)


def domain_of(pool: str) -> str:
    """Name the page of a pool: domains of all accounts in a region are one space, and pools have names of their own there.

    Examples
    --------
    >>> domain_of("us-east-1_AbC123")
    'nblabel-us-east-1-abc123'
    """
    return f"nblabel-{pool.replace('_', '-').lower()}"


def find_group(cognito: Any, pool: str, group: str) -> bool:
    """Tell whether a pool has a group."""
    return _there(lambda: cognito.get_group(UserPoolId=pool, GroupName=group), "GetGroup", _NO_RESOURCE) is not None


def make_group(cognito: Any, pool: str, group: str) -> None:
    """Make a group of workers."""
    with explained("CreateGroup", _SERVICE):
        cognito.create_group(UserPoolId=pool, GroupName=group)


def find_user(cognito: Any, pool: str, email: str) -> bool:
    """Tell whether somebody was invited."""
    return _there(lambda: cognito.admin_get_user(UserPoolId=pool, Username=email), "AdminGetUser", _NO_USER) is not None


def invite(cognito: Any, pool: str, email: str) -> None:
    """Make a user, whom Cognito sends user name and a password for the first time."""
    with explained("AdminCreateUser", _SERVICE):
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=email,
            UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            DesiredDeliveryMediums=["EMAIL"],
        )


def add_to_group(cognito: Any, pool: str, group: str, email: str) -> None:
    """Make somebody a member of a group, which one may be already."""
    with explained("AdminAddUserToGroup", _SERVICE):
        cognito.admin_add_user_to_group(UserPoolId=pool, GroupName=group, Username=email)


def remove_from_group(cognito: Any, pool: str, group: str, email: str) -> None:
    """Take somebody out of a group."""
    with explained("AdminRemoveUserFromGroup", _SERVICE):
        cognito.admin_remove_user_from_group(UserPoolId=pool, GroupName=group, Username=email)


def set_enabled(cognito: Any, pool: str, email: str, *, enabled: bool) -> None:
    """Let somebody sign in, or no more, in all teams."""
    operation, call = ("AdminEnableUser", cognito.admin_enable_user) if enabled else ("AdminDisableUser", cognito.admin_disable_user)
    with explained(operation, _SERVICE):
        call(UserPoolId=pool, Username=email)


def members(cognito: Any, pool: str, group: str) -> list[dict[str, Any]]:
    """List the members of a group: their e-mail address, id, state, and whether they may sign in."""
    found = _pages(cognito, "list_users_in_group", "Users", UserPoolId=pool, GroupName=group)
    rows = []
    for user in found:
        told = {one["Name"]: one["Value"] for one in user.get("Attributes", ())}
        rows.append({"email": told.get("email", user["Username"]), "sub": told.get("sub"), "status": user["UserStatus"], "enabled": user["Enabled"]})
    return rows


def _pages(cognito: Any, method: str, key: str, **request: Any) -> Iterator[dict[str, Any]]:
    with explained("".join(word.capitalize() for word in method.split("_")), _SERVICE):
        for page in cognito.get_paginator(method).paginate(**request, PaginationConfig={"PageSize": 60}):
            yield from page[key]


def _there(ask: Any, operation: str, missing: str) -> Any:
    """Give what a call answers, None where what it asks for does not exist."""
    from botocore.exceptions import ClientError

    with explained(operation, _SERVICE):
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] == missing:
                return None
            raise
