"""Boxes: an HTTP API with bodies that are forms, stated in a way of its own on each page."""

from __future__ import annotations

BOXES = """
# Boxes

## The box object

| Field | Type | Description |
| --- | --- | --- |
| id | integer | Identifier. |
| name | string | Name. |
| sealed | boolean | Whether it is closed. |
| weight | number | In kilograms. |
| colour | string | One of `red`, `blue`. |
| tags | array of strings | Words. |
| maker | object | Who built it. |
| maker.name | string | Name. |
| maker.floors | array of integers | Floors. |
| labels | map of strings | Any labels. |
| parts | array of objects | What it is made of. |
| parts[].name | string | Name. |
| parts[].sizes | array of integers | Sizes. |

```json
{"id": 7, "name": "A", "sealed": true, "weight": 1.5, "colour": "red", "tags": ["x"],
 "maker": {"name": "Bo", "floors": [1]}, "labels": {"a": "b"}}
```

## Create a box

`POST /v1/boxes`

#### Form data parameters

| Field | Type | Required |
| --- | --- | --- |
| name | string | yes |
| sealed | boolean | no |
| weight | number | no |
| colour | string | no |
| tags[] | array of strings | no |
| maker | object | no |
| maker[name] | string | no |
| maker[floors] | array of integers | no |
| labels | map of strings | no |
| parts[] | array of objects | no |
| parts[][name] | string | no |
| parts[][sizes] | array of integers | no |

### Response 201

```json
{"id": 7, "name": "A", "sealed": true, "weight": 1.5, "colour": "red", "tags": ["x"],
 "maker": {"name": "Bo", "floors": [1]}, "labels": {"a": "b"}}
```

## Get a box

`GET /v1/boxes/{id}`

Returns [the box](#the-box-object).

## Replace a box

`PUT /v1/boxes/{id}`

Body (JSON):

| Field | Type | Required |
| --- | --- | --- |
| name | string | yes |

Returns [the box](#the-box-object).
"""

PHOTOS = """
# Photos

## The photo object

| Field | Type |
| --- | --- |
| id | integer |
| title | string |
| picture | file |
| thumbnails | array of files |
| width | integer |

## Get a photo

`GET /v1/photos/{id}`

Returns [the photo](#the-photo-object).

## Add a photo

`POST /v1/photos`

The body is `multipart/form-data`.

| Field | Type | Required |
| --- | --- | --- |
| title | string | yes |
| picture | file | yes |
| thumbnails | array of files | no |
| width | integer | no |

Returns `201` and [the photo](#the-photo-object).

## Rename a photo

`POST /v1/photos/{id}/rename`

Parameters:

- `title` (string, required): the new title

```sh
curl https://boxes.example/v1/photos/3/rename -d 'title=Chest'
```

### Response 200

```json
{"title": "Chest"}
```
"""

FILES = {"pages/boxes.md": BOXES, "pages/photos.md": PHOTOS}
