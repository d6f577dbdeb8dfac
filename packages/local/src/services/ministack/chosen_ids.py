"""Lets whoever creates a thing choose the identifier that AWS would draw: the Terraform state knows it already.

The request carries it in a tag, or in the token of the client where a thing has no tags.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

KEY_ID_TAG = "lakewright:key-id"
SECRET_ARN_TAG = "lakewright:secret-arn"
QUERY_ID_TOKEN = "lakewright:query-id:"


def let_tags_choose_key_ids(kms: ModuleType) -> None:
    """Lets CreateKey take the id from a tag, so that keys have the ARNs that the Terraform state knows."""
    create: Callable[[dict[str, Any]], Any] = kms._create_key
    new_id: Callable[[], str] = kms.new_uuid

    def create_key(data: dict[str, Any]) -> Any:
        tags = {tag.get("TagKey"): tag.get("TagValue") for tag in data.get("Tags", [])}
        wanted = tags.get(KEY_ID_TAG)
        kms.new_uuid = (lambda: wanted) if wanted else new_id  # type: ignore[attr-defined]
        try:
            return create(data)
        finally:
            kms.new_uuid = new_id  # type: ignore[attr-defined]

    kms._create_key = create_key  # type: ignore[attr-defined]


def let_tags_choose_secret_arns(secretsmanager: ModuleType) -> None:
    """Lets CreateSecret take the ARN from a tag: six characters of it are drawn otherwise.

    A secret that is created without a value has none afterwards ("CreateSecret" in the API reference); ministack
    would give it an empty one.
    """
    store: Callable[..., tuple[str, str]] = secretsmanager._store_new_secret

    def store_new_secret(name: str, secret_string: str | None = None, **given: Any) -> tuple[str, str]:
        tags = list(given.pop("tags", None) or [])
        wanted = {tag.get("Key"): tag.get("Value") for tag in tags}.get(SECRET_ARN_TAG)
        kept = [tag for tag in tags if tag.get("Key") != SECRET_ARN_TAG]
        arn, version = store(name, secret_string, tags=kept, **given)
        secret = secretsmanager._secrets[name]
        if secret_string is None and given.get("secret_binary") is None:
            secret["Versions"] = {}
        if wanted:
            secret["ARN"] = wanted
        return secret["ARN"], version

    secretsmanager._store_new_secret = store_new_secret  # type: ignore[attr-defined]


def let_tokens_choose_query_ids(athena: ModuleType) -> None:
    """Lets CreateNamedQuery take the id from its ClientRequestToken: named queries have no tags."""
    create: Callable[[dict[str, Any]], Any] = athena._create_named_query
    new_id: Callable[[], str] = athena.new_uuid

    def create_named_query(data: dict[str, Any]) -> Any:
        token = str(data.get("ClientRequestToken") or "")
        wanted = token.removeprefix(QUERY_ID_TOKEN)
        athena.new_uuid = (lambda: wanted) if wanted != token else new_id  # type: ignore[attr-defined]
        try:
            return create(data)
        finally:
            athena.new_uuid = new_id  # type: ignore[attr-defined]

    athena._create_named_query = create_named_query  # type: ignore[attr-defined]
