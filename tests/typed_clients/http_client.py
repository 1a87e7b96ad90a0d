"""A client over HTTP."""

from invoicing.client import Client
from invoicing.models.invoicing.invoices import Invoice, LineItems

from apiscribe_runtime.client import NotFoundError, StatusError

with Client(token="secret", timeout=5, retries=0) as client:
    line = LineItems(description="Maintenance", quantity=1, unit_price=9500)
    created = client.invoices.create(customer_id="cus_1", due_date="2026-06-30", lines=[line, {}])
    drafts = client.invoices.list(status="draft", limit=2)
    page = drafts.page()
    totals: list[int] = [row.total + 1 for row in page.data if row.total is not None]
    listed: list[Invoice] = [created, *drafts]
    print(page.has_more, totals, [row.status for row in listed])
    client.invoices.delete_draft(created.id or "")
    try:
        client.invoices.update("inv_1", memo="Thank you!")
    except NotFoundError as error:
        print(error.code.upper(), error.status + 1)
    except StatusError:
        raise
