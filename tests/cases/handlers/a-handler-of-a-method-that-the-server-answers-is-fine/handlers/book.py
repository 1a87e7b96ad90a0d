from apiscribe_runtime.hooks import implements


@implements("shop.v1.Book.get")
async def get(request, rows):
    return {}
