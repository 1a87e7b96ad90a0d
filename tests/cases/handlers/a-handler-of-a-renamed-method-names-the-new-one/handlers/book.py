from apiscribe_runtime.hooks import implements


@implements("shop.v1.Book.lend")
async def lend(request, rows):
    return {}
