"""A client over HTTP for asyncio."""

import asyncio

from invoicing.client import AsyncClient
from invoicing.models.invoicing.customers import Customer


async def main() -> None:
    async with AsyncClient(
        "http://localhost:8080", token="secret", headers={"X-Id": "1"}
    ) as client:
        customer = await client.customers.create(name="Anna", email="anna@example.org")
        found: list[Customer] = [row async for row in client.customers.list(limit=2)]
        page = await client.customers.list().page()
        print(customer.name, len(found), page.has_more)
        await client.customers.delete("cus_1")


asyncio.run(main())
