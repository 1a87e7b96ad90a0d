"""A garden: an HTTP API with rows below rows, and answers that only examples give."""

from __future__ import annotations

BEDS = """
# Beds

## List beds

`GET /beds.json`

Returns `200`:

```json
[{"id": "bed_7k2m9q", "name": "South wall", "square_metres": 6}]
```

## Create a bed

`POST /beds.json`

| Field | Type | Required |
| --- | --- | --- |
| name | string | yes |
| square_metres | integer | no |

Returns `201`:

```json
{"id": "bed_7k2m9q", "name": "South wall", "square_metres": 6}
```

## Get a bed

`GET /beds/{id}.json`

Returns `200`:

```json
{"id": "bed_7k2m9q", "name": "South wall", "square_metres": 6}
```
"""

SEEDLINGS = """
# Seedlings

## The seedling object

| Field | Type | Description |
| --- | --- | --- |
| id | integer | |
| variety | string | |
| row | integer | |

## List the seedlings of a bed

`GET /beds/{id}/seedlings.json`

Returns `200` with a list of seedlings:

```json
[{"id": 41, "variety": "Ailsa Craig", "row": 3}]
```

## Plant a seedling

`POST /beds/{id}/seedlings.json`

| Field | Type | Required |
| --- | --- | --- |
| variety | string | yes |
| row | integer | no |

Returns `201`:

```json
{"id": 41, "variety": "Ailsa Craig", "row": 3}
```

## Get a seedling

`GET /seedlings/{id}.json`

Returns `200`:

```json
{"id": 41, "variety": "Ailsa Craig", "row": 3}
```

## Move a seedling

`PATCH /beds/{bed_id}/seedlings/{id}.json`

| Field | Type |
| --- | --- |
| row | integer |

Returns `200`:

```json
{"id": 41, "variety": "Ailsa Craig", "row": 4}
```

## Dig a seedling out

`DELETE /beds/{bed_id}/seedlings/{id}.json`

Returns `204`.
"""

FORECASTS = """
# Forecasts

## Forecasts of the week

`GET /weather/forecasts`

Returns `200`:

```json
[{"day": "2024-05-01", "degrees": 14, "winds": null}, {"day": "2024-05-02", "degrees": 15}]
```

## The forecast of a day

`GET /weather/today`

| Field | Type |
| --- | --- |
| day | string |
| winds | array of strings |

Returns `200`:

```json
{"day": "2024-05-01", "winds": null}
```
"""

GARDEN = {
    "pages/beds.md": BEDS,
    "pages/seedlings.md": SEEDLINGS,
    "pages/forecasts.md": FORECASTS,
}
