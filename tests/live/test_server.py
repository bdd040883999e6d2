"""A Temporal server that is not ours gets our columns from the first worker."""

from __future__ import annotations

from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest

from tests.live.house import House
from workflows.server import COLUMNS, add_columns


async def test_missing_columns_are_added_once(house: House):
    client = house.client.client
    remove = RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=["DueDay"])
    await client.operator_service.remove_search_attributes(remove)

    for _ in range(2):
        await add_columns(client)

    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    assert set(COLUMNS) <= set(listed.custom_attributes)
