from apiscribe_runtime.hooks import implements


@implements("shop.v1.Book.borrow")
async def borrow(request, rows):
    return {}
